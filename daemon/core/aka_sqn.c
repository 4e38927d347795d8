// SPDX-License-Identifier: GPL-2.0-or-later
#include "aka_sqn.h"

#define SQN_LIMIT UINT64_C(0xffffffffffff)

static uint64_t sqn_seq(uint64_t sqn)
{
	return sqn >> AKA_IND_BITS;
}

static unsigned int sqn_ind(uint64_t sqn)
{
	return (unsigned int)(sqn & (AKA_IND_COUNT - 1));
}

static int sqn_check(uint64_t sqn, struct fault *fault)
{
	if (sqn <= SQN_LIMIT)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT, "SQN has more than 48 bits");
}

uint64_t aka_sqn_highest(const struct aka_sqn_array *array)
{
	unsigned int highest = 0, i;

	for (i = 1; i < AKA_IND_COUNT; i++)
		if (array->seq[i] > array->seq[highest])
			highest = i;
	if (!array->seq[highest])
		return 0;
	return array->seq[highest] << AKA_IND_BITS | highest;
}

int aka_sqn_accept(struct aka_sqn_array *array,
		   const struct aka_sqn_policy *policy, uint64_t sqn,
		   struct fault *fault)
{
	uint64_t highest = sqn_seq(aka_sqn_highest(array));
	uint64_t seq = sqn_seq(sqn);
	uint64_t *kept = &array->seq[sqn_ind(sqn)];

	if (sqn_check(sqn, fault))
		return -1;
	if (policy->delta && seq > highest && seq - highest > policy->delta)
		return fault_set(fault, FAULT_REPLAYED,
				 "SQN of the challenge jumps too far");
	if (policy->age && highest > seq && highest - seq >= policy->age)
		return fault_set(fault, FAULT_REPLAYED,
				 "SQN of the challenge is too old");
	if (seq <= *kept)
		return fault_set(fault, FAULT_REPLAYED,
				 "SQN of the challenge was used before");
	*kept = seq;
	return 0;
}

int aka_sqn_next(struct aka_sqn_source *source, uint64_t *sqn,
		 struct fault *fault)
{
	*sqn = 0;
	if (source->seq >= AKA_SEQ_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "all sequence numbers of the USIM are used");
	source->seq++;
	source->ind = (source->ind + 1) % AKA_IND_COUNT;
	*sqn = source->seq << AKA_IND_BITS | source->ind;
	return 0;
}

int aka_sqn_resynchronise(struct aka_sqn_source *source,
			  const struct aka_sqn_policy *policy, uint64_t sqn_ms,
			  struct fault *fault)
{
	uint64_t seq_ms = sqn_seq(sqn_ms), next = source->seq + 1;

	if (sqn_check(sqn_ms, fault))
		return -1;
	if (next <= AKA_SEQ_MAX && next > seq_ms &&
	    (!policy->delta || next - seq_ms <= policy->delta))
		return 0;
	source->seq = seq_ms;
	return 0;
}
