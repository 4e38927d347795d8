// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Digest headers. The first octet says which: 'c' challenges, 'a' credentials,
 * 'i' Authentication-Info, 'n' an AKA nonce, 'r' realms. What is accepted has to
 * be written and read again as the same, and never proves a password.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/digest.h"
#include "core/digest_aka.h"
#include "core/digest_realm.h"

#define TEXT_MAX 16384

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void challenges(const char *text, size_t length)
{
	static struct digest_challenge list[DIGEST_CHALLENGES_MAX], again[1];
	const struct digest_challenge *chosen;
	struct digest_session session;
	char written[TEXT_MAX];
	enum digest_qop qop;
	size_t count, i;

	if (digest_challenges_parse(text, length, list, DIGEST_CHALLENGES_MAX,
				    &count, NULL))
		return;
	demand(count >= 1 && count <= DIGEST_CHALLENGES_MAX);
	for (i = 0; i < count; i++) {
		size_t one;

		if (digest_challenge_write(&list[i], written, sizeof(written),
					   NULL))
			continue;
		demand(!digest_challenges_parse(written, strlen(written), again,
						1, &one, NULL));
		demand(!memcmp(&again[0], &list[i], sizeof(again[0])));
	}
	if (!digest_challenge_choose(list, count, &digest_policy_ua, &chosen,
				     &qop, NULL)) {
		demand(qop == DIGEST_AUTH_INT);
		digest_session_start(chosen, qop, chosen->realm, &session,
				     NULL);
	}
}

static void credentials(const char *text, size_t length)
{
	static struct digest_session session;
	static struct digest_credentials one, again;
	struct secret password = { 0 };
	struct digest_request request = {
		.method = "POST", .uri = one.uri, .body = "x", .body_size = 1
	};
	uint8_t auts[DIGEST_AUTS_SIZE];
	char written[TEXT_MAX];

	if (digest_credentials_parse(text, length, &one, NULL))
		return;
	demand(!digest_credentials_write(&one, written, sizeof(written), NULL));
	demand(!digest_credentials_parse(written, strlen(written), &again,
					 NULL));
	demand(!memcmp(&again, &one, sizeof(one)));
	/* A session that agrees in all but the password. */
	memset(&session, 0, sizeof(session));
	session.algorithm = one.algorithm ? one.algorithm : DIGEST_AKAV1_MD5;
	session.qops = ~0U;
	session.count_max = UINT32_MAX;
	session.expires = 1;
	memcpy(session.realm, one.realm, sizeof(one.realm));
	memcpy(session.nonce, one.nonce, sizeof(one.nonce));
	memcpy(session.opaque, one.opaque, sizeof(one.opaque));
	demand(!secret_set(&password, "Circle of Life?", 15));
	demand(digest_credentials_verify(&session, &one, &request, &password, 0,
					 NULL));
	secret_clear(&password);
	digest_aka_resync_verify(&session, &one, &request, 0, auts, NULL);
}

static void info(const char *text, size_t length)
{
	static struct digest_info one, again;
	char written[TEXT_MAX];

	if (digest_info_parse(text, length, &one, NULL))
		return;
	demand(!digest_info_write(&one, written, sizeof(written), NULL));
	demand(!digest_info_parse(written, strlen(written), &again, NULL));
	demand(!memcmp(&again, &one, sizeof(one)));
}

/* These two take strings. */
static void nonce(const char *text)
{
	struct digest_aka_nonce one;
	char written[DIGEST_NONCE_SIZE];

	if (digest_aka_nonce_parse(text, &one, NULL))
		return;
	demand(!digest_aka_nonce_write(&one, written, NULL));
	demand(!strcmp(written, text));
}

static void realms(const char *text)
{
	char realm[DIGEST_REALM_SIZE];
	enum gba_mode mode;

	digest_realm_mode(text, &mode, NULL);
	if (!digest_realm_select(text, GBA_ME, "a.b", realm, sizeof(realm),
				 NULL)) {
		demand(digest_realm_is_offered(text, realm));
		demand(!digest_realm_mode(realm, &mode, NULL));
		demand(mode == GBA_ME);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = malloc(size);
	demand(text);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	switch (data[0]) {
	case 'c':
		challenges((const char *)data + 1, size - 1);
		break;
	case 'a':
		credentials((const char *)data + 1, size - 1);
		break;
	case 'i':
		info((const char *)data + 1, size - 1);
		break;
	case 'n':
		nonce(text);
		break;
	case 'r':
		realms(text);
		break;
	default:
		break;
	}
	free(text);
	return 0;
}
