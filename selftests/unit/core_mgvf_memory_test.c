// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys that a receiver handles are nowhere but in secrets, and these give their
 * memory back wiped: after messages were taken and refused, the keys are looked
 * for in OpenSSL's secure heap and in the stack below us.
 */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "core/mgvf.h"
#include "core_mikey_vectors.h"

#define SECURE_HEAP_SIZE 65536
#define SECURE_BLOCK_SIZE 4096
#define STACK_SIZE 65536
#define NEEDLES_MAX 16
/* Enough to tell a key from chance; what is left of one would be as bad. */
#define NEEDLE_SIZE 12
#define MASK 0x5a

/* Keys to look for, masked so that they are not found here. */
static uint8_t needles[NEEDLES_MAX][NEEDLE_SIZE];
static size_t needle_count;
static json_t *list;

static void needle_add(const char *name, const char *value)
{
	uint8_t octets[SECRET_SIZE_MAX];
	size_t size = vectors_hex(vectors_find(list, name), value, octets,
				  sizeof(octets));
	size_t i;

	assert_true(size >= NEEDLE_SIZE && needle_count < NEEDLES_MAX);
	for (i = 0; i < NEEDLE_SIZE; i++)
		needles[needle_count][i] = octets[i] ^ MASK;
	needle_count++;
}

static int setup(void **state)
{
	(void)state;
	list = vectors_load("mikey");
	needle_add("keys of the MUK", "psk");
	needle_add("keys of the MUK", "encryption");
	needle_add("keys of the MUK", "salt");
	needle_add("keys of the MUK", "authentication");
	needle_add("keys of the MSK", "psk");
	needle_add("keys of the MSK", "encryption");
	needle_add("keys of the MSK", "salt");
	needle_add("keys of the MSK", "authentication");
	needle_add("MTK delivery, streaming", "mtk");
	needle_add("MTK delivery, streaming", "salt");
	needle_add("keys of a TGK", "encryption");
	needle_add("keys of a TGK", "authentication");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_decref(list);
	return 0;
}

/* What is stored is really stored, and what is read is not known before. */
static void compiler_forgets(const void *pointer)
{
	__asm__ volatile("" : : "r"(pointer) : "memory");
}

/* The needle that starts at @octets, or -1. The memory is not all ours. */
__attribute__((no_sanitize("address", "undefined"), noinline)) static int
needle_at(const uint8_t *octets)
{
	size_t i, j;

	for (i = 0; i < needle_count; i++) {
		for (j = 0; j < NEEDLE_SIZE; j++)
			if ((octets[j] ^ MASK) != needles[i][j])
				break;
		if (j == NEEDLE_SIZE)
			return (int)i;
	}
	return -1;
}

/* Looks through what functions that have returned left on the stack. */
__attribute__((no_sanitize("address", "undefined"), noinline)) static int
stack_search(void)
{
	const uint8_t *end = __builtin_frame_address(0);
	const uint8_t *at;
	int found = -1;

	/* Frames of our own callees are directly below. */
	compiler_forgets(end);
	for (at = end - STACK_SIZE; at < end - 512 && found < 0; at++)
		found = needle_at(at);
	return found;
}

/* Overwrites the same part, and makes sure that it is there to be read. */
__attribute__((no_sanitize("address", "undefined"), noinline)) static void
stack_fill(void)
{
	uint8_t fill[2 * STACK_SIZE];

	memset(fill, 0xee, sizeof(fill));
	compiler_forgets(fill);
}

/* Takes the whole secure heap and looks through it. */
static int secure_heap_search(void)
{
	uint8_t *blocks[SECURE_HEAP_SIZE / SECURE_BLOCK_SIZE];
	size_t count = 0, i;
	int found = -1;

	while (count < SECURE_HEAP_SIZE / SECURE_BLOCK_SIZE &&
	       CRYPTO_secure_used() < SECURE_HEAP_SIZE) {
		blocks[count] = OPENSSL_secure_malloc(SECURE_BLOCK_SIZE);
		if (!blocks[count])
			break;
		count++;
	}
	assert_int_equal(count, SECURE_HEAP_SIZE / SECURE_BLOCK_SIZE);
	while (count--) {
		for (i = 0; i + NEEDLE_SIZE <= SECURE_BLOCK_SIZE && found < 0;
		     i++)
			found = needle_at(blocks[count] + i);
		OPENSSL_secure_free(blocks[count]);
	}
	return found;
}

struct run {
	struct mgvf mgvf;
	struct mgvf_outcome outcome;
	uint8_t octets[5][MESSAGE_MAX];
	size_t sizes[5];
};

/* MSK, MTKs, a replay, and an MTK whose MAC is wrong. The stack is searched after
 * each, as the next one overwrites it. Returns the key that was found, or -1.
 */
static int run_messages(struct run *run)
{
	static const int wanted[5] = { 0, 0, 0, -1, -1 };
	int found = -1;
	size_t i;

	for (i = 0; i < 5 && found < 0; i++) {
		stack_fill();
		if (mgvf_receive(&run->mgvf, run->octets[i], run->sizes[i],
				 &run->outcome, NULL) != wanted[i])
			fail_msg("message %zu is not received as it should", i);
		found = stack_search();
	}
	return found;
}

static void run_load(struct run *run)
{
	static const char *const names[5] = {
		"MSK delivery, download",
		"MTK delivery, streaming",
		"MTK delivery, download",
		"MTK delivery, streaming",
		"MTK delivery with the last counter and MTK ID",
	};
	struct secret muk = { 0 };
	struct naf_id bmsc;
	size_t i;

	for (i = 0; i < 5; i++)
		run->sizes[i] = message_load(list, names[i], run->octets[i]);
	run->octets[4][run->sizes[4] - 1] ^= 1;
	mgvf_init(&run->mgvf);
	vectors_secret(vectors_find(list, "keys of the MUK"), "psk", &muk);
	assert_int_equal(
		naf_id_set(&bmsc, "bmsc.home1.net", UA_PROTOCOL_MBMS, NULL), 0);
	assert_int_equal(
		mgvf_muk_set(&run->mgvf, &bmsc, RESPONDER, &muk, 0, NULL), 0);
	secret_clear(&muk);
}

static void receiver_leaves_no_keys(void **state)
{
	struct run *run = calloc(1, sizeof(*run));
	int found;

	(void)state;
	assert_non_null(run);
	assert_int_equal(CRYPTO_secure_used(), 0);
	run_load(run);
	found = run_messages(run);
	if (found >= 0)
		fail_msg("key %d is left on the stack", found);
	mgvf_outcome_clear(&run->outcome);
	mgvf_clear(&run->mgvf);
	assert_int_equal(CRYPTO_secure_used(), 0);
	found = secure_heap_search();
	if (found >= 0)
		fail_msg("key %d is left in the secure heap", found);
	free(run);
}

static void sender_leaves_no_keys(void **state)
{
	struct request *msk = calloc(1, sizeof(*msk));
	struct request *mtk = calloc(1, sizeof(*mtk));
	uint8_t *octets = calloc(1, MESSAGE_MAX);
	struct writer writer;
	int found;

	(void)state;
	assert_true(msk && mtk && octets);
	request_msk(vectors_find(list, "MSK delivery, download"), msk);
	request_mtk(vectors_find(list, "MTK delivery, streaming"), mtk);
	stack_fill();
	writer_init(&writer, octets, MESSAGE_MAX);
	assert_int_equal(mbms_msk_build(&msk->msk, &msk->psk, &writer, NULL),
			 0);
	assert_int_equal(mbms_mtk_build(&mtk->mtk, &mtk->psk, &writer, NULL),
			 0);
	found = stack_search();
	if (found >= 0)
		fail_msg("key %d is left on the stack", found);
	request_clear(msk);
	request_clear(mtk);
	assert_int_equal(CRYPTO_secure_used(), 0);
	found = secure_heap_search();
	if (found >= 0)
		fail_msg("key %d is left in the secure heap", found);
	free(msk);
	free(mtk);
	free(octets);
}

#define FILLER_SIZE 16
#define FILLERS (SECURE_HEAP_SIZE / FILLER_SIZE)

static void *fillers[FILLERS];

/* Leaves room for @room small secrets in the secure heap. Returns how many
 * fillers there are.
 */
static size_t fill_secure_heap(size_t room)
{
	size_t count = 0;

	while (count < FILLERS &&
	       (fillers[count] = OPENSSL_secure_malloc(FILLER_SIZE)))
		count++;
	assert_true(count > room);
	while (room--)
		OPENSSL_secure_free(fillers[--count]);
	return count;
}

/* With ever more memory the message is refused, unchanged state each time, until
 * it is received.
 */
static void receive_with_little_memory(struct run *run, size_t message)
{
	static struct mgvf before;
	struct fault fault;
	size_t room, count;
	int result = -1;

	for (room = 0; result; room++) {
		assert_true(room < 128);
		memcpy(&before, &run->mgvf, sizeof(before));
		fault = (struct fault){ 0 };
		count = fill_secure_heap(room);
		result = mgvf_receive(&run->mgvf, run->octets[message],
				      run->sizes[message], &run->outcome,
				      &fault);
		while (count)
			OPENSSL_secure_free(fillers[--count]);
		if (!result)
			break;
		assert_int_equal(fault.code, FAULT_MEMORY);
		assert_memory_equal(&run->mgvf, &before, sizeof(before));
	}
	assert_true(room > 2);
	mgvf_outcome_clear(&run->outcome);
}

static void memory_runs_out(void **state)
{
	struct run *run = calloc(1, sizeof(*run));
	size_t i;

	(void)state;
	assert_non_null(run);
	run_load(run);
	for (i = 0; i < 3; i++)
		receive_with_little_memory(run, i);
	mgvf_clear(&run->mgvf);
	assert_int_equal(CRYPTO_secure_used(), 0);
	free(run);
}

static void keys_need_memory(void **state)
{
	struct mgvf_msk_input input = { .ref = { { { 1, 2, 3 } }, 1 } };
	struct secret key = { 0 }, password = { 0 };
	struct mgvf *mgvf = calloc(1, sizeof(*mgvf));
	struct mgvf_stored stored;
	struct fault fault = { 0 };
	struct naf_id bmsc;
	size_t count;

	(void)state;
	assert_non_null(mgvf);
	assert_int_equal(secret_set(&key, "0123456789abcdef", 16), 0);
	assert_int_equal(
		naf_id_set(&bmsc, "bmsc.home1.net", UA_PROTOCOL_MBMS, NULL), 0);
	input.msk = &key;
	count = fill_secure_heap(0);
	assert_refused(mgvf_muk_set(mgvf, &bmsc, RESPONDER, &key, 0, &fault),
		       fault, FAULT_MEMORY, "MUK");
	assert_refused(mgvf_msk_set(mgvf, &input, &stored, &fault), fault,
		       FAULT_MEMORY, "MSK");
	assert_refused(mbms_digest_password(&key, &password, &fault), fault,
		       FAULT_MEMORY, "password");
	while (count)
		OPENSSL_secure_free(fillers[--count]);
	assert_null(mgvf_muk_find(mgvf, &bmsc));
	assert_null(mgvf_msk_find(mgvf, &input.ref));
	secret_clear(&key);
	mgvf_clear(mgvf);
	free(mgvf);
}

/* The search itself: a key that is left is found. */
__attribute__((no_sanitize("address", "undefined"), noinline)) static void
leave_a_key(void)
{
	uint8_t left[2048];
	size_t i;

	for (i = 0; i < NEEDLE_SIZE; i++)
		left[64 + i] = needles[4][i] ^ MASK;
	compiler_forgets(left);
}

static void search_finds(void **state)
{
	uint8_t *block = OPENSSL_secure_malloc(64);
	size_t i;

	(void)state;
	stack_fill();
	assert_int_equal(stack_search(), -1);
	leave_a_key();
	assert_int_equal(stack_search(), 4);
	stack_fill();
	assert_non_null(block);
	for (i = 0; i < NEEDLE_SIZE; i++)
		block[i] = needles[5][i] ^ MASK;
	assert_int_equal(needle_at(block), 5);
	OPENSSL_secure_clear_free(block, 64);
	assert_int_equal(secure_heap_search(), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(search_finds),
		cmocka_unit_test(receiver_leaves_no_keys),
		cmocka_unit_test(sender_leaves_no_keys),
		cmocka_unit_test(memory_runs_out),
		cmocka_unit_test(keys_need_memory),
	};
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (CRYPTO_secure_malloc_init(SECURE_HEAP_SIZE, 16) == 0)
		return 1;
	failed = cmocka_run_group_tests(tests, setup, teardown);
	CRYPTO_secure_malloc_done();
	return failed;
}
