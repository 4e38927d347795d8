// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SFrame headers: there is exactly one spelling of each key identifier and
 * counter, and reading it takes no octet more than there are.
 */
#include <linux/errno.h>

#include "fuzz.h"
#include "sframe.h"

/*
 * Of a copy that ends where its memory does, so that the address sanitizer sees
 * every octet that is read beyond. One more octet is before the copy, as it
 * would not see that of an allocation of none.
 */
static int parse(const uint8_t *data, size_t size,
		 struct mbsec_sframe_header *header)
{
	uint8_t *memory = malloc(1 + size);
	int err;

	fuzz_check(memory);
	if (size)
		memcpy(memory + 1, data, size);
	err = mbsec_sframe_parse(memory + 1, size, header);
	free(memory);
	return err;
}

static size_t encode(uint8_t out[static MBSEC_SFRAME_HEADER_MAX], u64 kid,
		     u64 counter)
{
	size_t size = mbsec_sframe_encode(out, kid, counter);

	fuzz_check(size >= 1 && size <= MBSEC_SFRAME_HEADER_MAX);
	return size;
}

/* A header was read: it is the one that would have been written. */
static void check_accepted(const uint8_t *data, size_t size,
			   const struct mbsec_sframe_header *header)
{
	uint8_t out[MBSEC_SFRAME_HEADER_MAX];
	struct mbsec_sframe_header other;
	size_t cut;

	fuzz_check(header->size >= 1 && header->size <= size);
	fuzz_check(encode(out, header->kid, header->counter) == header->size);
	fuzz_check(!memcmp(out, data, header->size));
	/* It ends where it says that it ends. */
	for (cut = 0; cut < header->size; cut++)
		fuzz_check(parse(data, cut, &other) == -EBADMSG);
	fuzz_check(!parse(data, header->size, &other));
	fuzz_check(other.kid == header->kid);
	fuzz_check(other.counter == header->counter);
	fuzz_check(other.size == header->size);
}

/* More octets make a truncated header whole, and a wrong one no better. */
static void check_refused(const uint8_t *data, size_t size, int err)
{
	uint8_t longer[2 * MBSEC_SFRAME_HEADER_MAX];
	struct mbsec_sframe_header header;

	fuzz_check(err == -EBADMSG || err == -EINVAL);
	if (err == -EBADMSG)
		fuzz_check(size < MBSEC_SFRAME_HEADER_MAX);
	if (size > MBSEC_SFRAME_HEADER_MAX)
		size = MBSEC_SFRAME_HEADER_MAX;
	memset(longer, 0xff, sizeof(longer));
	if (size)
		memcpy(longer, data, size);
	err = parse(data, size, &header);
	if (err == -EINVAL)
		fuzz_check(parse(longer, sizeof(longer), &header) == -EINVAL);
	else
		fuzz_check(parse(longer, sizeof(longer), &header) != -EBADMSG);
}

static void check_values(u64 kid, u64 counter)
{
	uint8_t out[MBSEC_SFRAME_HEADER_MAX];
	struct mbsec_sframe_header header;
	size_t size = encode(out, kid, counter);

	fuzz_check(!parse(out, size, &header));
	fuzz_check(header.kid == kid && header.counter == counter);
	fuzz_check(header.size == size);
	fuzz_check(mbsec_sframe_kid(mbsec_sframe_kid_sender_id(kid),
				    mbsec_sframe_kid_msk_id(kid),
				    mbsec_sframe_kid_mtk_id(kid)) == kid);
}

/* Equal nonces under one salt would be equal counters. */
static void check_nonce(const uint8_t salt[static MBSEC_SFRAME_NONCE_SIZE],
			u64 counter)
{
	uint8_t *nonce = malloc(MBSEC_SFRAME_NONCE_SIZE);
	u64 found = 0;
	int i;

	fuzz_check(nonce);
	memset(nonce, 0xa5, MBSEC_SFRAME_NONCE_SIZE);
	mbsec_sframe_nonce(nonce, salt, counter);
	for (i = 0; i < MBSEC_SFRAME_NONCE_SIZE; i++) {
		if (i < 4)
			fuzz_check(nonce[i] == salt[i]);
		found = found << 8 | (nonce[i] ^ salt[i]);
	}
	fuzz_check(found == counter);
	free(nonce);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	uint8_t salt[MBSEC_SFRAME_NONCE_SIZE] = {};
	struct mbsec_sframe_header header;
	u64 kid, counter;
	int err;

	err = parse(data, size, &header);
	if (err)
		check_refused(data, size, err);
	else
		check_accepted(data, size, &header);

	kid = fuzz_take(&input, 8);
	counter = fuzz_take(&input, 8);
	check_values(kid, counter);
	/* Values of few octets are rare among those of eight. */
	check_values(kid >> (counter & 63), counter >> (kid & 63));
	if (size)
		memcpy(salt, data, size < sizeof(salt) ? size : sizeof(salt));
	check_nonce(salt, counter);
	return 0;
}
