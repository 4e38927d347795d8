// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A USIM under attack: the input is a row of challenges. Each is made by the home
 * network with a SQN from the input and then, if the input says so, damaged. Only
 * an undamaged one may be taken, only with a number that is fresh by the rule
 * written down here once more, and a refused one changes nothing.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/aka.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHALLENGES_MAX 12
#define CHALLENGE_SIZE 9 /* SQN, octet to damage, bits to turn, limits */

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static bool fresh(const struct aka_sqn_array *array,
		  const struct aka_sqn_policy *policy, uint64_t sqn)
{
	uint64_t seq = sqn / AKA_IND_COUNT, highest = 0;
	unsigned int i;

	for (i = 0; i < AKA_IND_COUNT; i++)
		highest = array->seq[i] > highest ? array->seq[i] : highest;
	if (policy->delta && seq > highest + policy->delta)
		return false;
	if (policy->age && seq + policy->age <= highest)
		return false;
	return seq > array->seq[sqn % AKA_IND_COUNT];
}

static void challenge_take(const struct milenage *milenage,
			   struct aka_sqn_array *array, const uint8_t *data)
{
	struct aka_sqn_policy policy = {
		.delta = data[8] & 15 ? 1ULL << (data[8] & 15) : 0,
		.age = data[8] >> 4
	};
	struct aka_sqn_array before = *array;
	struct aka_vector vector = { 0 };
	struct aka_answer answer = { 0 };
	struct fault fault = { 0 };
	uint8_t rand[RAND_SIZE] = { 1, 2, 3 };
	uint64_t sqn = 0, sqn_ms = 1;
	bool damaged = data[7] != 0;
	int i;

	for (i = 0; i < 6; i++)
		sqn = sqn << 8 | data[i];
	demand(!aka_vector_build(milenage, rand, sqn, 0x8000, &vector, NULL));
	if (data[6] % 32 < 16)
		vector.autn[data[6] % 16] ^= data[7];
	else
		rand[data[6] % 16] ^= data[7];
	if (!aka_challenge_check(milenage, array, &policy, rand, vector.autn,
				 &answer, &fault)) {
		demand(!damaged && fresh(&before, &policy, sqn));
		demand(array->seq[sqn % AKA_IND_COUNT] == sqn / AKA_IND_COUNT);
		demand(secret_equal(&answer.res, &vector.xres));
		demand(secret_equal(&answer.ck, &vector.ck));
	} else {
		demand(!memcmp(array, &before, sizeof(before)));
		demand(!answer.ck.bytes && !answer.ik.bytes &&
		       !answer.res.bytes);
		demand(answer.resynchronise == !damaged);
		demand(fault.code ==
		       (damaged ? FAULT_UNAUTHENTIC : FAULT_REPLAYED));
		demand(damaged || !fresh(&before, &policy, sqn));
	}
	if (answer.resynchronise) {
		demand(!aka_auts_check(milenage, rand, answer.auts, &sqn_ms,
				       NULL));
		demand(sqn_ms == aka_sqn_highest(array));
		answer.auts[data[0] % AUTS_SIZE] ^= 1;
		demand(aka_auts_check(milenage, rand, answer.auts, &sqn_ms,
				      NULL));
		demand(sqn_ms == 0);
	}
	aka_answer_clear(&answer);
	aka_vector_clear(&vector);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aka_sqn_array array = { { 0 } };
	struct milenage milenage = { 0 };
	struct secret k = { 0 };
	unsigned int count;

	demand(!secret_set(&k, "0123456789abcdef", 16));
	demand(!milenage_set(&milenage, &k, &k, NULL));
	for (count = 0; count < CHALLENGES_MAX && size >= CHALLENGE_SIZE;
	     count++) {
		challenge_take(&milenage, &array, data);
		data += CHALLENGE_SIZE;
		size -= CHALLENGE_SIZE;
	}
	milenage_clear(&milenage);
	secret_clear(&k);
	return 0;
}
