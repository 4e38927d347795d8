// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module's view of SRTP against libsrtp: the same packets octet for octet,
 * and the same judgement of each packet, over loss, reordering, replays,
 * forgeries and the end of the sequence numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <srtp2/srtp.h>

#include "random.h"
#include "replay.h"
#include "srtp_codec.h"

#define KID 0x00010001beef
#define SSRC 0xcafebabe
#define WINDOW 128
#define PACKETS 20000
#define RTCP_PACKETS 2000
#define BODY_MAX 300

static struct random numbers;

static const struct suite {
	size_t cipher_size;
	uint8_t tag_size;
	void (*policy)(srtp_crypto_policy_t *policy);
} suites[] = {
	{ 16, 10, srtp_crypto_policy_set_rtp_default },
	{ 16, 4, srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32 },
	{ 32, 10, srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 },
	{ 0, 10, srtp_crypto_policy_set_null_cipher_hmac_sha1_80 },
};

/* Both receive what libsrtp sends; ours keeps what the module keeps of an SSRC. */
struct world {
	struct mbsec_srtp_form form;
	struct codec_keys rtp, rtcp;
	uint8_t master[46], mki[MBSEC_SRTP_MKI_SIZE];
	srtp_master_key_t key, *key_list[1];
	srtp_t sender, receiver;
	struct mbsec_replay *window, *rtcp_window;
	unsigned int accepted, refused, rounds;
};

static void draw(uint8_t *octets, size_t size)
{
	while (size--)
		octets[size] = (uint8_t)random_u64(&numbers);
}

/* RFC 3711, 4.3.1: the key stream of the master key, with the label in the salt. */
static void derive_one(const struct world *world, size_t key_size, int label,
		       uint8_t *out, size_t size)
{
	struct codec_keys master = { .cipher_size = key_size };
	uint8_t block[MBSEC_SRTP_BLOCK_SIZE] = { 0 };

	memcpy(master.cipher, world->master, key_size);
	memcpy(block, world->master + key_size, MBSEC_SRTP_SALT_SIZE);
	block[7] ^= (uint8_t)label;
	memset(out, 0, size);
	codec_key_stream(&master, block, out, size);
}

static void derive(const struct world *world, const struct suite *suite,
		   int label, struct codec_keys *keys)
{
	size_t key_size = suite->cipher_size == 32 ? 32 : 16;

	keys->cipher_size = suite->cipher_size;
	derive_one(world, key_size, label, keys->cipher, suite->cipher_size);
	derive_one(world, key_size, label + 1, keys->auth, sizeof(keys->auth));
	derive_one(world, key_size, label + 2, keys->salt, sizeof(keys->salt));
}

static srtp_t session_open(struct world *world, const struct suite *suite,
			   srtp_ssrc_type_t type)
{
	srtp_policy_t policy = { .ssrc = { .type = type },
				 .window_size = WINDOW };
	srtp_t session;

	suite->policy(&policy.rtp);
	suite->policy(&policy.rtcp);
	policy.rtcp.auth_tag_len = world->form.rtcp_tag_size;
	policy.keys = world->key_list;
	policy.num_master_keys = 1;
	assert_int_equal(srtp_create(&session, &policy), srtp_err_status_ok);
	return session;
}

static struct mbsec_replay *window_new(void)
{
	struct mbsec_replay *window = malloc(mbsec_replay_bytes(WINDOW));

	assert_non_null(window);
	mbsec_replay_init(window, WINDOW);
	return window;
}

static void world_make(struct world *world, const struct suite *suite,
		       bool has_mki)
{
	*world = (struct world){ .form = { .tag_size = suite->tag_size,
					   .rtcp_tag_size = 10 } };
	/* With an MKI libsrtp 2.5 looks for it before a tag of the RTP size. */
	if (has_mki) {
		world->form.mki_size = MBSEC_SRTP_MKI_SIZE;
		world->form.rtcp_tag_size = suite->tag_size;
	}
	draw(world->master, sizeof(world->master));
	mbsec_srtp_mki_write(world->mki, KID);
	world->key = (srtp_master_key_t){ world->master, world->mki,
					  MBSEC_SRTP_MKI_SIZE };
	world->key_list[0] = &world->key;
	derive(world, suite, 0, &world->rtp);
	derive(world, suite, 3, &world->rtcp);
	world->sender = session_open(world, suite, ssrc_any_outbound);
	world->receiver = session_open(world, suite, ssrc_any_inbound);
	world->window = window_new();
	world->rtcp_window = window_new();
}

static void world_end(struct world *world)
{
	srtp_dealloc(world->sender);
	srtp_dealloc(world->receiver);
	free(world->window);
	free(world->rtcp_window);
}

/* With CSRCs and an extension at times. */
static void rtp_make(struct codec_packet *packet, uint16_t sequence)
{
	unsigned int csrcs = random_below(&numbers, 16);
	unsigned int words = random_below(&numbers, 5);

	packet->size = MBSEC_SRTP_HEADER_MIN + 4 * (csrcs + 1 + words) +
		       random_below(&numbers, BODY_MAX);
	draw(packet->octets, packet->size);
	packet->octets[0] = (uint8_t)(0x80 | csrcs);
	packet->octets[1] = 33;
	codec_number(packet->octets + 2, sequence, 2);
	codec_number(packet->octets + 8, SSRC, 4);
	if (words) {
		packet->octets[0] |= 0x10;
		codec_number(packet->octets + MBSEC_SRTP_HEADER_MIN +
				     4 * csrcs + 2,
			     words, 2);
	}
}

static void rtcp_make(struct codec_packet *packet)
{
	size_t words = 2 + random_below(&numbers, BODY_MAX / 4);

	packet->size = 4 * words;
	draw(packet->octets, packet->size);
	packet->octets[0] = 0x80;
	packet->octets[1] = 200;
	codec_number(packet->octets + 2, words - 1, 2);
	codec_number(packet->octets + 4, SSRC, 4);
}

/* What libsrtp makes of a packet is what we make of it. */
static void send_one(struct world *world, struct codec_packet *packet,
		     uint64_t index, bool rtcp)
{
	struct codec_packet ours = *packet;
	int size = (int)packet->size;

	codec_protect(&world->form, rtcp ? &world->rtcp : &world->rtp, KID,
		      index, &ours);
	if (rtcp)
		assert_int_equal(srtp_protect_rtcp_mki(
					 world->sender, packet->octets, &size,
					 world->form.mki_size > 0, 0),
				 srtp_err_status_ok);
	else
		assert_int_equal(srtp_protect_mki(world->sender, packet->octets,
						  &size,
						  world->form.mki_size > 0, 0),
				 srtp_err_status_ok);
	packet->size = (size_t)size;
	assert_int_equal(packet->size, ours.size);
	assert_memory_equal(packet->octets, ours.octets, ours.size);
}

/* Is the MKI that of the key? */
static bool names_key(const struct world *world,
		      const struct codec_packet *packet)
{
	struct mbsec_srtp_header header;
	struct mbsec_srtp_layout layout;

	if (mbsec_srtp_parse(packet->octets, packet->size, &header) ||
	    mbsec_srtp_dissect(&world->form, &header, packet->size, &layout))
		return false;
	return !world->form.mki_size ||
	       mbsec_srtp_mki_read(packet->octets + layout.mki) == KID;
}

/* As the module: index, a look at the window, the MAC, then the window. */
static bool receive_ours(struct world *world, struct codec_packet *packet)
{
	struct mbsec_srtp_header header;
	u64 highest, index;

	if (mbsec_srtp_parse(packet->octets, packet->size, &header))
		return false;
	index = header.sequence;
	if (mbsec_replay_highest(world->window, &highest) &&
	    mbsec_srtp_index_estimate(highest, header.sequence, &index))
		return false;
	if (mbsec_replay_check(world->window, index) ||
	    !codec_unprotect(&world->form, &world->rtp, index, packet))
		return false;
	assert_int_equal(mbsec_replay_commit(world->window, index), 0);
	return true;
}

static bool receive_ours_rtcp(struct world *world, struct codec_packet *packet)
{
	struct mbsec_srtp_header header;
	struct mbsec_srtp_layout layout;
	u64 index = 0;
	int i;

	assert_int_equal(
		mbsec_srtp_parse(packet->octets, packet->size, &header), 0);
	assert_int_equal(mbsec_srtp_dissect(&world->form, &header, packet->size,
					    &layout),
			 0);
	for (i = 4; i > 0; i--)
		index = index << 8 | packet->octets[layout.signed_size - i];
	index &= ~(u64)MBSEC_SRTCP_ENCRYPTED;
	if (mbsec_replay_check(world->rtcp_window, index) ||
	    !codec_unprotect(&world->form, &world->rtcp, index, packet))
		return false;
	assert_int_equal(mbsec_replay_commit(world->rtcp_window, index), 0);
	return true;
}

/* Both take it, and read the same; or neither does. */
static void receive_one(struct world *world, const struct codec_packet *packet,
			const struct codec_packet *clear, bool rtcp)
{
	struct codec_packet ours = *packet, theirs = *packet;
	bool has_mki = world->form.mki_size > 0;
	int size = (int)theirs.size;
	srtp_err_status_t status;
	bool taken = names_key(world, packet);

	if (rtcp) {
		taken = taken && receive_ours_rtcp(world, &ours);
		status = srtp_unprotect_rtcp_mki(world->receiver, theirs.octets,
						 &size, has_mki);
	} else {
		taken = taken && receive_ours(world, &ours);
		status = srtp_unprotect_mki(world->receiver, theirs.octets,
					    &size, has_mki);
	}
	assert_int_equal(taken, status == srtp_err_status_ok);
	if (!taken) {
		world->refused++;
		return;
	}
	world->accepted++;
	assert_int_equal(size, clear->size);
	assert_memory_equal(theirs.octets, clear->octets, clear->size);
	assert_int_equal(ours.size, clear->size);
	assert_memory_equal(ours.octets, clear->octets, clear->size);
}

#define KEPT 64

/* Sent in order, with gaps; received late, twice, forged, or never. */
static void exchange(struct world *world, unsigned int count, bool rtcp)
{
	static struct codec_packet clear[KEPT], sent[KEPT], forged;
	uint64_t index = 1;
	unsigned int i, which;

	for (i = 0; i < count; i++) {
		which = i % KEPT;
		if (rtcp)
			rtcp_make(&clear[which]);
		else
			rtp_make(&clear[which], (uint16_t)index);
		sent[which] = clear[which];
		send_one(world, &sent[which], index, rtcp);
		/* Now and then a gap, as far as the index can be estimated. */
		index++;
		if (!rtcp && !random_below(&numbers, 50))
			index += random_below(&numbers, 3000);
		/* Four packets of ten are lost, others come late or again. */
		if (i < KEPT || random_below(&numbers, 10) < 4)
			continue;
		which = (i - random_below(&numbers, KEPT)) % KEPT;
		receive_one(world, &sent[which], &clear[which], rtcp);
		forged = sent[which];
		forged.octets[random_below(&numbers, forged.size)] ^= 0x40;
		if (random_below(&numbers, 20) || forged.octets[0] >> 6 != 2)
			continue;
		/* As one of the other kind it would have another key. */
		if (((forged.octets[1] & 0xe0) == 0xc0) == rtcp)
			receive_one(world, &forged, &clear[which], rtcp);
	}
	if (!rtcp)
		world->rounds = (unsigned int)(index >> 16);
}

static void check(size_t which, bool has_mki)
{
	static struct world world;

	world_make(&world, &suites[which], has_mki);
	exchange(&world, PACKETS, false);
	exchange(&world, RTCP_PACKETS, true);
	print_message("# accepted %u, refused %u, ROC %u\n", world.accepted,
		      world.refused, world.rounds);
	assert_true(world.rounds > 3);
	assert_true(world.accepted > PACKETS / 4);
	assert_true(world.refused > PACKETS / 20);
	world_end(&world);
}

static void test_128_80(void **state)
{
	(void)state;
	check(0, false);
	check(0, true);
}

static void test_128_32(void **state)
{
	(void)state;
	check(1, false);
	check(1, true);
}

static void test_256_80(void **state)
{
	(void)state;
	check(2, false);
	check(2, true);
}

static void test_null_80(void **state)
{
	(void)state;
	check(3, false);
	check(3, true);
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
		cmocka_unit_test(test_128_80),
		cmocka_unit_test(test_128_32),
		cmocka_unit_test(test_256_80),
		cmocka_unit_test(test_null_80),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
