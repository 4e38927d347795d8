// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session keys of SRTP against libsrtp: packets that we protect with our keys and
 * OpenSSL are octet for octet those that libsrtp makes of the same master keys,
 * and it accepts them. Master keys of 128 and 256 bits, with and without the MKI
 * of MBMS, over the end of the sequence numbers.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <srtp2/srtp.h>

#include "core/mbms_profile.h"
#include "core/srtp_kdf.h"
#include "random.h"

#define KEYS 2
#define MASTER_SIZE_MAX (32 + SRTP_MASTER_SALT_SIZE)
#define TAG_SIZE 10
#define RTP_HEADER_SIZE 12
#define RTCP_HEADER_SIZE 8
#define BODY_MAX 1400
/* With room for the index of SRTCP, MKI and tag. */
#define PACKET_MAX (RTP_HEADER_SIZE + BODY_MAX + 64)
#define PACKETS 40
#define FIRST_SEQUENCE (65536 - PACKETS / 2)

static struct random numbers;

/* The same master keys for libsrtp and for us. */
struct world {
	uint8_t master[KEYS][MASTER_SIZE_MAX];
	uint8_t mki[KEYS][MBMS_MKI_SIZE];
	size_t mki_size;
	srtp_master_key_t keys[KEYS];
	srtp_master_key_t *key_list[KEYS];
	srtp_t sender, receiver;
	struct srtp_keys srtp[KEYS], srtcp[KEYS];
	uint32_t ssrc;
};

struct packet {
	uint8_t octets[PACKET_MAX];
	size_t size;
};

static void draw(uint8_t *octets, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		octets[i] = (uint8_t)random_u64(&numbers);
}

static void derive(struct world *world, size_t which, size_t key_size)
{
	struct secret key = { 0 }, salt = { 0 };

	assert_int_equal(secret_set(&key, world->master[which], key_size), 0);
	assert_int_equal(secret_set(&salt, world->master[which] + key_size,
				    SRTP_MASTER_SALT_SIZE),
			 0);
	assert_int_equal(srtp_kdf(&key, &salt, &world->srtp[which],
				  &world->srtcp[which], NULL),
			 0);
	secret_clear(&key);
	secret_clear(&salt);
}

static srtp_t session_open(struct world *world, size_t key_size,
			   srtp_ssrc_type_t type)
{
	srtp_policy_t policy = { .ssrc = { .type = type }, .window_size = 128 };
	srtp_t session;

	if (key_size == 32) {
		srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtp);
		srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtcp);
	} else {
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
		srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
	}
	policy.keys = world->key_list;
	policy.num_master_keys = KEYS;
	assert_int_equal(srtp_create(&session, &policy), srtp_err_status_ok);
	return session;
}

static void world_make(struct world *world, size_t key_size, bool has_mki)
{
	size_t i;

	*world = (struct world){ .mki_size = has_mki ? MBMS_MKI_SIZE : 0 };
	for (i = 0; i < KEYS; i++) {
		draw(world->master[i], sizeof(world->master[i]));
		mbms_mki_encode(0x00010001, (uint16_t)(i + 1), world->mki[i]);
		world->keys[i] = (srtp_master_key_t){ world->master[i],
						      world->mki[i],
						      MBMS_MKI_SIZE };
		world->key_list[i] = &world->keys[i];
		derive(world, i, key_size);
	}
	world->ssrc = (uint32_t)random_u64(&numbers);
	world->sender = session_open(world, key_size, ssrc_any_outbound);
	world->receiver = session_open(world, key_size, ssrc_any_inbound);
}

static void world_end(struct world *world)
{
	size_t i;

	srtp_dealloc(world->sender);
	srtp_dealloc(world->receiver);
	for (i = 0; i < KEYS; i++) {
		srtp_keys_clear(&world->srtp[i]);
		srtp_keys_clear(&world->srtcp[i]);
	}
}

static void number_put(uint8_t *octets, uint64_t number, size_t size)
{
	while (size--) {
		octets[size] = (uint8_t)number;
		number >>= 8;
	}
}

/* AES counter mode with the initial block of RFC 3711, 4.1.1, in place. */
static void encipher(const struct srtp_keys *keys, uint32_t ssrc,
		     uint64_t index, uint8_t *text, size_t size)
{
	const EVP_CIPHER *cipher = keys->encryption.size == 32 ?
					   EVP_aes_256_ctr() :
					   EVP_aes_128_ctr();
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	uint8_t block[16] = { 0 }, mask[16] = { 0 };
	int length;
	size_t i;

	number_put(mask + 4, ssrc, 4);
	number_put(mask + 8, index, 6);
	memcpy(block, keys->salt.bytes, SRTP_SALT_SIZE);
	for (i = 0; i < sizeof(block); i++)
		block[i] ^= mask[i];
	assert_non_null(context);
	assert_int_equal(EVP_EncryptInit_ex2(context, cipher,
					     keys->encryption.bytes, block,
					     NULL),
			 1);
	assert_int_equal(
		EVP_EncryptUpdate(context, text, &length, text, (int)size), 1);
	assert_int_equal(length, size);
	EVP_CIPHER_CTX_free(context);
}

static void append(struct packet *packet, const void *octets, size_t size)
{
	assert_true(packet->size + size <= PACKET_MAX);
	memcpy(packet->octets + packet->size, octets, size);
	packet->size += size;
}

/* The MAC is over the packet so far and @more, which is not sent. */
static void finish(struct packet *packet, const struct srtp_keys *keys,
		   const uint8_t *more, size_t more_size, const uint8_t *mki,
		   size_t mki_size)
{
	uint8_t text[PACKET_MAX + 4], tag[EVP_MAX_MD_SIZE];

	memcpy(text, packet->octets, packet->size);
	memcpy(text + packet->size, more, more_size);
	assert_non_null(HMAC(EVP_sha1(), keys->auth.bytes, (int)keys->auth.size,
			     text, packet->size + more_size, tag, NULL));
	append(packet, mki, mki_size);
	append(packet, tag, TAG_SIZE);
}

static void rtp_make(struct packet *packet, uint16_t sequence, uint32_t ssrc)
{
	uint8_t header[RTP_HEADER_SIZE] = { 0x80, 33 };
	uint8_t body[BODY_MAX];
	size_t size = random_below(&numbers, sizeof(body) + 1);

	number_put(header + 2, sequence, 2);
	draw(header + 4, 4);
	number_put(header + 8, ssrc, 4);
	draw(body, size);
	packet->size = 0;
	append(packet, header, sizeof(header));
	append(packet, body, size);
}

static void rtp_protect(const struct world *world, size_t which,
			struct packet *packet, uint64_t index)
{
	uint8_t roc[4];

	number_put(roc, index >> 16, 4);
	encipher(&world->srtp[which], world->ssrc, index,
		 packet->octets + RTP_HEADER_SIZE,
		 packet->size - RTP_HEADER_SIZE);
	finish(packet, &world->srtp[which], roc, sizeof(roc), world->mki[which],
	       world->mki_size);
}

static void rtp_check(struct world *world, uint64_t index)
{
	struct packet clear, theirs, ours;
	size_t which = world->mki_size ? index % KEYS : 0;
	unsigned int has_mki = world->mki_size > 0;
	int length;

	rtp_make(&clear, (uint16_t)index, world->ssrc);
	theirs = clear;
	ours = clear;
	length = (int)theirs.size;
	assert_int_equal(srtp_protect_mki(world->sender, theirs.octets, &length,
					  has_mki, (unsigned int)which),
			 srtp_err_status_ok);
	rtp_protect(world, which, &ours, index);
	assert_int_equal(length, ours.size);
	assert_memory_equal(theirs.octets, ours.octets, ours.size);
	assert_int_equal(srtp_unprotect_mki(world->receiver, ours.octets,
					    &length, has_mki),
			 srtp_err_status_ok);
	assert_int_equal(length, clear.size);
	assert_memory_equal(ours.octets, clear.octets, clear.size);
}

static void rtcp_make(struct packet *packet, uint32_t ssrc)
{
	uint8_t header[RTCP_HEADER_SIZE] = { 0x80, 200 };
	uint8_t body[BODY_MAX];
	size_t size = 4 * random_below(&numbers, sizeof(body) / 4);

	number_put(header + 2, (sizeof(header) + size) / 4 - 1, 2);
	number_put(header + 4, ssrc, 4);
	draw(body, size);
	packet->size = 0;
	append(packet, header, sizeof(header));
	append(packet, body, size);
}

static void rtcp_protect(const struct world *world, size_t which,
			 struct packet *packet, uint32_t index)
{
	uint8_t trailer[4];

	number_put(trailer, UINT32_C(1) << 31 | index, 4);
	encipher(&world->srtcp[which], world->ssrc, index,
		 packet->octets + RTCP_HEADER_SIZE,
		 packet->size - RTCP_HEADER_SIZE);
	append(packet, trailer, sizeof(trailer));
	finish(packet, &world->srtcp[which], trailer, 0, world->mki[which],
	       world->mki_size);
}

/* The first packet of libsrtp has the index 1. */
static void rtcp_check(struct world *world, uint32_t index)
{
	struct packet clear, theirs, ours;
	size_t which = world->mki_size ? index % KEYS : 0;
	unsigned int has_mki = world->mki_size > 0;
	int length;

	rtcp_make(&clear, world->ssrc);
	theirs = clear;
	ours = clear;
	length = (int)theirs.size;
	assert_int_equal(srtp_protect_rtcp_mki(world->sender, theirs.octets,
					       &length, has_mki,
					       (unsigned int)which),
			 srtp_err_status_ok);
	rtcp_protect(world, which, &ours, index);
	assert_int_equal(length, ours.size);
	assert_memory_equal(theirs.octets, ours.octets, ours.size);
	assert_int_equal(srtp_unprotect_rtcp_mki(world->receiver, ours.octets,
						 &length, has_mki),
			 srtp_err_status_ok);
	assert_int_equal(length, clear.size);
	assert_memory_equal(ours.octets, clear.octets, clear.size);
}

static void check(size_t key_size, bool has_mki)
{
	static struct world world;
	uint32_t i;

	world_make(&world, key_size, has_mki);
	for (i = 0; i < PACKETS; i++) {
		rtp_check(&world, FIRST_SEQUENCE + i);
		rtcp_check(&world, i + 1);
	}
	world_end(&world);
}

static void test_aes_128(void **state)
{
	(void)state;
	check(16, false);
}

static void test_aes_128_mki(void **state)
{
	(void)state;
	check(16, true);
}

static void test_aes_256(void **state)
{
	(void)state;
	check(32, false);
}

static void test_aes_256_mki(void **state)
{
	(void)state;
	check(32, true);
}

/* Another master key, of which one bit differs, is refused by libsrtp. */
static void test_other_key_is_refused(void **state)
{
	static struct world world;
	struct packet packet;
	int length;

	(void)state;
	world_make(&world, 16, true);
	world.master[0][0] ^= 1;
	derive(&world, 0, 16);
	rtp_make(&packet, 1, world.ssrc);
	rtp_protect(&world, 0, &packet, 1);
	length = (int)packet.size;
	assert_int_equal(srtp_unprotect_mki(world.receiver, packet.octets,
					    &length, 1),
			 srtp_err_status_auth_fail);
	world_end(&world);
}

static int setup(void **state)
{
	(void)state;
	random_start(&numbers);
	return srtp_init() == srtp_err_status_ok ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return srtp_shutdown() == srtp_err_status_ok ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aes_128),
		cmocka_unit_test(test_aes_128_mki),
		cmocka_unit_test(test_aes_256),
		cmocka_unit_test(test_aes_256_mki),
		cmocka_unit_test(test_other_key_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
