// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "roles/bsf.h"

/* How long a UE may take, and challenges at a time: who floods the BSF with first
 * requests displaces challenges that are older, and fills no more memory.
 */
#define LIFETIME 60000
#define OPEN_MAX 65536

/* Nonces begin with RAND in base 64, which is ours and random. */
static struct bsf_bucket *bucket_of(struct bsf *bsf, const char *nonce)
{
	uint32_t hash = 2166136261U;

	for (; *nonce; nonce++)
		hash = (hash ^ (uint8_t)*nonce) * 16777619U;
	return &bsf->buckets[hash & (BSF_BUCKETS - 1)];
}

void bsf_challenge_remove(struct bsf *bsf, struct bsf_challenge *challenge)
{
	TAILQ_REMOVE(&bsf->ages, challenge, by_age);
	LIST_REMOVE(challenge, in_bucket);
	bsf->open--;
	aka_vector_clear(&challenge->aka);
	free(challenge->nonce);
	free(challenge->impi);
	free(challenge);
}

static void expire(struct bsf *bsf, int64_t now)
{
	struct bsf_challenge *oldest;

	while ((oldest = TAILQ_FIRST(&bsf->ages)) &&
	       (oldest->expires <= now || bsf->open > OPEN_MAX))
		bsf_challenge_remove(bsf, oldest);
}

struct bsf_challenge *bsf_challenge_add(struct bsf *bsf, const char *impi,
					const char *nonce,
					struct aka_vector *aka, bool gba_u)
{
	struct bsf_challenge *challenge = calloc(1, sizeof(*challenge));
	int64_t now = loop_now(bsf->daemon->loop);

	if (challenge) {
		challenge->nonce = strdup(nonce);
		challenge->impi = strdup(impi);
	}
	if (!challenge || !challenge->nonce || !challenge->impi) {
		if (challenge) {
			free(challenge->nonce);
			free(challenge->impi);
		}
		free(challenge);
		return NULL;
	}
	challenge->aka = *aka;
	*aka = (struct aka_vector){ .rand = { 0 } };
	challenge->gba_u = gba_u;
	challenge->expires = now + LIFETIME;
	TAILQ_INSERT_TAIL(&bsf->ages, challenge, by_age);
	LIST_INSERT_HEAD(bucket_of(bsf, nonce), challenge, in_bucket);
	bsf->open++;
	expire(bsf, now);
	return challenge;
}

struct bsf_challenge *bsf_challenge_find(struct bsf *bsf, const char *nonce)
{
	struct bsf_challenge *challenge;

	expire(bsf, loop_now(bsf->daemon->loop));
	LIST_FOREACH(challenge, bucket_of(bsf, nonce), in_bucket)
	if (!strcmp(challenge->nonce, nonce))
		return challenge;
	return NULL;
}
