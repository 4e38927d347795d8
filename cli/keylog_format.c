// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An SRTP key in the words of other programs. The text is a key file of "mbsec
 * explain"; what others want stands in comments, "# PROGRAM: WORDS".
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include <linux/mbsec.h>

#include "core/base64.h"

#include "keylog.h"
#include "names.h"

#define MKI_SIZE 6
#define MASTER_SIZE_MAX (MTK_SIZE_MAX + MASTER_SALT_SIZE)

/**
 * struct words - what a suite is called elsewhere
 * @suite: enum mbsec_suite
 * @sdp: crypto suite of SDP (RFC 4568, RFC 6188)
 * @sdp_parameters: session parameters of SDP behind the key
 * @cipher: of GStreamer
 * @auth: of GStreamer, of RTP; that of RTCP has 80 bits in any case
 * @ffmpeg: of ffmpeg, to send; to receive it takes the line of SDP. Of its two
 * names with 32 bits this is the one with SRTCP of 80 bits.
 */
static const struct words {
	uint32_t suite;
	const char *sdp;
	const char *sdp_parameters;
	const char *cipher;
	const char *auth;
	const char *ffmpeg;
} words_of_suites[] = {
	{ MBSEC_SUITE_AES128_CM_HMAC_SHA1_80, "AES_CM_128_HMAC_SHA1_80", "",
	  "aes-128-icm", "hmac-sha1-80", "AES_CM_128_HMAC_SHA1_80" },
	{ MBSEC_SUITE_AES128_CM_HMAC_SHA1_32, "AES_CM_128_HMAC_SHA1_32", "",
	  "aes-128-icm", "hmac-sha1-32", "SRTP_AES128_CM_HMAC_SHA1_32" },
	{ MBSEC_SUITE_AES256_CM_HMAC_SHA1_80, "AES_256_CM_HMAC_SHA1_80", "",
	  "aes-256-icm", "hmac-sha1-80", NULL },
	{ MBSEC_SUITE_NULL_HMAC_SHA1_80, "AES_CM_128_HMAC_SHA1_80",
	  " UNENCRYPTED_SRTP UNENCRYPTED_SRTCP", "null", "hmac-sha1-80", NULL },
};

/* The forms of the key that the lines are made of. */
struct forms {
	const struct words *words;
	char mtk[2 * MTK_SIZE_MAX + 1];
	char salt[2 * MASTER_SALT_SIZE + 1];
	char both[BASE64_LENGTH(MASTER_SIZE_MAX) + 1];
};

struct text {
	char *text;
	size_t length;
};

static void add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
	size_t room = KEYLOG_TEXT_SIZE - text->length;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text->text + text->length, room, format, args);
	va_end(args);
	if (length > 0 && (size_t)length < room)
		text->length += length;
}

static void hex_make(const uint8_t *octets, size_t size, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		*hex++ = digits[octets[i] >> 4];
		*hex++ = digits[octets[i] & 15];
	}
	*hex = '\0';
}

static void forms_make(const struct keylog_entry *entry, struct forms *forms)
{
	const struct suite *suite = entry->suite;
	uint8_t both[MASTER_SIZE_MAX];
	size_t i = 0;

	while (words_of_suites[i].suite != suite->id)
		i++;
	forms->words = &words_of_suites[i];
	hex_make(entry->master.mtk, suite->mtk_size, forms->mtk);
	hex_make(entry->master.salt, suite->master_salt_size, forms->salt);
	memcpy(both, entry->master.mtk, suite->mtk_size);
	memcpy(both + suite->mtk_size, entry->master.salt,
	       suite->master_salt_size);
	base64_encode(both, suite->mtk_size + suite->master_salt_size,
		      forms->both, sizeof(forms->both), NULL);
	OPENSSL_cleanse(both, sizeof(both));
}

static void add_head(struct text *text, const struct keylog_entry *entry)
{
	add(text,
	    "# SECRET: a key of SRTP in the clear, by mbsec keylog. Who reads it can read the\n"
	    "# stream and make packets of it. Delete this file when it has served.\n"
	    "#\n");
	if (entry->has_mki)
		add(text, "# mki: %08" PRIx32 "%04x\n", entry->msk_id,
		    entry->mtk_id);
	else
		add(text, "# mki: none\n");
	if (entry->ssrc.known)
		add(text, "# ssrc: %08" PRIx64 "\n", entry->ssrc.value);
}

/* RFC 4568: the MKI as a number, and its length. */
static void add_sdp(struct text *text, const struct keylog_entry *entry,
		    const struct forms *forms)
{
	add(text, "# sdp: a=crypto:1 %s inline:%s", forms->words->sdp,
	    forms->both);
	if (entry->has_mki)
		add(text, "|%" PRIu64 ":%d",
		    (uint64_t)entry->msk_id << 16 | entry->mtk_id, MKI_SIZE);
	add(text, "%s\n", forms->words->sdp_parameters);
}

static void add_gstreamer(struct text *text, const struct keylog_entry *entry,
			  const struct forms *forms)
{
	const struct words *words = forms->words;

	add(text, "# gstreamer: application/x-srtp");
	if (entry->ssrc.known)
		add(text, ",ssrc=(uint)%" PRIu64, entry->ssrc.value);
	add(text, ",srtp-key=(buffer)%s%s", forms->mtk, forms->salt);
	add(text, ",srtp-cipher=(string)%s,srtp-auth=(string)%s", words->cipher,
	    words->auth);
	add(text, ",srtcp-cipher=(string)%s,srtcp-auth=(string)hmac-sha1-80",
	    words->cipher);
	add(text, ",roc=(uint)%" PRIu32, entry->roc);
	if (entry->has_mki)
		add(text, ",mki=(buffer)%08" PRIx32 "%04x", entry->msk_id,
		    entry->mtk_id);
	add(text, "\n");
}

size_t keylog_format(const struct keylog_entry *entry,
		     char text[static KEYLOG_TEXT_SIZE])
{
	struct text out = { text, 0 };
	struct forms forms;

	forms_make(entry, &forms);
	add_head(&out, entry);
	add(&out, "# libsrtp: %s%s\n", forms.mtk, forms.salt);
	add_sdp(&out, entry, &forms);
	if (forms.words->ffmpeg && !entry->has_mki)
		add(&out, "# ffmpeg: -srtp_out_suite %s -srtp_out_params %s\n",
		    forms.words->ffmpeg, forms.both);
	add_gstreamer(&out, entry, &forms);
	add(&out, "suite %s\nmtk %s\nsalt %s\nroc %" PRIu32 "\n",
	    names_text(&suite_names, entry->suite->id), forms.mtk, forms.salt,
	    entry->roc);
	OPENSSL_cleanse(&forms, sizeof(forms));
	return out.length;
}
