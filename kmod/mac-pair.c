// SPDX-License-Identifier: GPL-2.0-only
#include <crypto/sha2.h>
#include <linux/cache.h>
#include <linux/string.h>

#include "mac-pair.h"

#ifdef MBSEC_HAVE_SHA256_FINUP_2X

/*
 * One SHA-256 leaves much of a processor idle, as each step waits for the one
 * before it: with SHA extensions two of them take little longer than one.
 */
static bool mbsec_mac_pair_fast __ro_after_init;

/**
 * mbsec_mac_pair_usable - is it faster to compute two at once?
 * @mac: HMAC with a key
 */
bool mbsec_mac_pair_usable(const struct mbsec_mac *mac)
{
	return mbsec_mac_pair_fast && mac->hash == &mbsec_mac_sha256;
}

/* Goes on behind the padded key with two messages of one size. */
static void mbsec_mac_pair_hash(struct sha256_ctx *ctx, const u32 *words,
				const u8 *one, const u8 *other, size_t size,
				u8 *results)
{
	memcpy(ctx->ctx.state.h, words, sizeof(ctx->ctx.state.h));
	ctx->ctx.bytecount = SHA256_BLOCK_SIZE;
	sha256_finup_2x(ctx, one, other, size, results,
			results + MBSEC_MAC_SIZE_MAX);
}

/**
 * mbsec_mac_pair_compute - compute MACs over two messages of one size
 * @mac: HMAC with a key, made of states
 * @messages: the two messages
 * @size: octets of each
 * @results: result, two digests of MBSEC_MAC_SIZE_MAX octets
 *
 * Context: any that a packet may be in, BH disabled.
 */
void mbsec_mac_pair_compute(const struct mbsec_mac *mac,
			    const u8 *const *messages, size_t size, u8 *results)
{
	u8 inner[2 * MBSEC_MAC_SIZE_MAX];
	struct sha256_ctx ctx;

	mbsec_mac_pair_hash(&ctx, mac->inner, messages[0], messages[1], size,
			    inner);
	mbsec_mac_pair_hash(&ctx, mac->outer, inner, inner + MBSEC_MAC_SIZE_MAX,
			    SHA256_DIGEST_SIZE, results);
	/* The state of a key is not changed by what follows it. */
	memzero_explicit(&ctx.ctx.state, sizeof(ctx.ctx.state));
	memzero_explicit(inner, sizeof(inner));
}

/* Of messages around a block, and of datagrams. */
static const u16 mbsec_mac_pair_sizes[] __initconst = {
	0, 50, 55, 56, 63, 64, 114, 128, 450, 500
};

/* Does a pair make the same as the crypto layer's HMAC? */
static bool __init mbsec_mac_pair_agree(const struct mbsec_mac *states,
					const struct mbsec_mac *keyed,
					const u8 *const *messages, size_t size)
{
	u8 pair[2 * MBSEC_MAC_SIZE_MAX], one[MBSEC_MAC_SIZE_MAX];
	int i;

	mbsec_mac_pair_compute(states, messages, size, pair);
	for (i = 0; i < 2; i++)
		if (mbsec_mac_compute(keyed, messages[i], 0, messages[i], size,
				      one) ||
		    memcmp(pair + i * MBSEC_MAC_SIZE_MAX, one, sizeof(one)))
			return false;
	return true;
}

/**
 * mbsec_mac_pair_setup - see whether pairs are right, and faster
 * @states: HMAC that is made of states
 * @keyed: the crypto layer's, with the same key
 * @data: any octets
 * @size: octets of @data, more than 500
 *
 * Return: whether mbsec_mac_pair_usable() says yes from now on.
 */
bool __init mbsec_mac_pair_setup(const struct mbsec_mac *states,
				 const struct mbsec_mac *keyed, const u8 *data,
				 size_t size)
{
	const u8 *messages[2] = { data };
	size_t i, length;

	for (i = 0; i < ARRAY_SIZE(mbsec_mac_pair_sizes); i++) {
		length = mbsec_mac_pair_sizes[i];
		messages[1] = data + size - length;
		if (!mbsec_mac_pair_agree(states, keyed, messages, length))
			return false;
	}
	mbsec_mac_pair_fast = sha256_finup_2x_is_optimized();
	return mbsec_mac_pair_fast;
}

#endif
