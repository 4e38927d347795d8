// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "roles/ue_nonce.h"

#define TEXTS 5

/* What is in front of the texts, each of which ends with a NUL. */
struct packed {
	enum digest_algorithm algorithm;
	unsigned int qops;
	uint32_t count;
};

char *ue_nonce_pack(const struct digest_session *session)
{
	const char *const texts[TEXTS] = { session->realm, session->nonce,
					   session->opaque,
					   session->nonce_prime,
					   session->cnonce_prime };
	const struct packed head = { session->algorithm, session->qops,
				     session->count };
	size_t size = sizeof(head), i;
	char *packed, *at;

	for (i = 0; i < TEXTS; i++)
		size += strlen(texts[i]) + 1;
	packed = malloc(size);
	if (!packed)
		return NULL;
	memcpy(packed, &head, sizeof(head));
	at = packed + sizeof(head);
	for (i = 0; i < TEXTS; i++)
		at = stpcpy(at, texts[i]) + 1;
	return packed;
}

void ue_nonce_unpack(const char *packed, struct digest_session *session)
{
	const char *at = packed + sizeof(struct packed);
	struct packed head;
	size_t i;

	*session = (struct digest_session){ 0 };
	char *const texts[TEXTS] = { session->realm, session->nonce,
				     session->opaque, session->nonce_prime,
				     session->cnonce_prime };

	memcpy(&head, packed, sizeof(head));
	session->algorithm = head.algorithm;
	session->qops = head.qops;
	session->count = head.count;
	/* Each text came from a field of this size. */
	for (i = 0; i < TEXTS; i++) {
		memcpy(texts[i], at, strlen(at) + 1);
		at += strlen(at) + 1;
	}
}
