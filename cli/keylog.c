// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SRTP keys for other programs, in the clear. The kernel gives no key back, so
 * what is written comes from the user's own key file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include <linux/mbsec.h>

#include "command.h"
#include "keyfile.h"
#include "keylog.h"
#include "secret.h"
#include "text_file.h"

static int confirmation_check(const struct arguments *args,
			      struct problem *problem)
{
	if (keyfile_looks_like_key(args->operand))
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"the name of a file is wanted, not a key: every user of this host can see a key on the command line, so use another one");
	if (args->options & OPTION_WRITE_SECRET_KEYS)
		return 0;
	return problem_set(
		problem, EXIT_CODE_USAGE,
		"this writes secret keys into a file in the clear; say --write-secret-keys if that is what you want");
}

static int entry_make(const struct arguments *args, struct keylog_entry *entry,
		      struct problem *problem)
{
	const uint32_t identity = KEYWORD_BIT(MSK_ID) | KEYWORD_BIT(MTK_ID);
	uint32_t suite = args->given & KEYWORD_BIT(SUITE) ?
				 args->suite :
				 MBSEC_SUITE_AES128_CM_HMAC_SHA1_80;

	*entry = (struct keylog_entry){
		.suite = suite_find(suite),
		.has_mki = args->given & identity,
		.msk_id = args->msk_id,
		.mtk_id = args->mtk_id,
		.ssrc = { args->given & KEYWORD_BIT(SSRC), args->ssrc },
		.roc = args->roc,
	};
	if (!entry->suite || entry->suite->format != MBSEC_FORMAT_SRTP)
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"the suite is not of SRTP, and no other program knows such keys");
	if (entry->has_mki && identity & ~args->given)
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"msk-id and mtk-id make the MKI together; packets without an MKI need neither");
	return 0;
}

static void warn(const char *name)
{
	fprintf(stderr,
		"mbsec: WARNING: %s now holds a secret key in the clear.\n"
		"mbsec: WARNING: Who reads it can read the stream and make packets of it, those that\n"
		"mbsec: WARNING: were recorded too. Delete it when it has served.\n",
		name);
}

/* O_EXCL: neither a file that is there is used, nor a link followed. */
static int file_write(const char *name, const char *text, size_t length,
		      struct problem *problem)
{
	int fd = open(name,
		      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0600);
	bool ok;
	int error;

	if (fd < 0)
		return problem_set(problem, EXIT_CODE_REFUSED, "%s: %s", name,
				   strerror(errno));
	ok = text_write(fd, text, length);
	error = errno;
	if (close(fd) && ok) {
		ok = false;
		error = errno;
	}
	if (ok)
		return 0;
	unlink(name);
	return problem_set(problem, EXIT_CODE_REFUSED, "%s: %s", name,
			   strerror(error));
}

int keylog_write(const struct arguments *args, struct problem *problem)
{
	struct keylog_entry entry;
	struct keyfile_sizes sizes;
	char text[KEYLOG_TEXT_SIZE];
	size_t length = 0;
	int code;

	code = confirmation_check(args, problem);
	if (!code)
		code = entry_make(args, &entry, problem);
	if (code)
		return code;
	secret_protect_process();
	sizes = (struct keyfile_sizes){ entry.suite->mtk_size,
					entry.suite->master_salt_size };
	code = keyfile_read(args->key_file, &sizes, &entry.master, problem);
	if (!code) {
		length = keylog_format(&entry, text);
		code = file_write(args->operand, text, length, problem);
	}
	if (!code)
		warn(args->operand);
	OPENSSL_cleanse(text, sizeof(text));
	OPENSSL_cleanse(&entry, sizeof(entry));
	return code;
}
