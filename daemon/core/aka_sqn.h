/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sequence numbers of AKA (TS 33.102, annex C): how the home network makes them,
 * and when a USIM takes one as fresh. SQN = SEQ (43 bits) || IND (5 bits).
 */
#ifndef CORE_AKA_SQN_H
#define CORE_AKA_SQN_H

#include <stdint.h>

#include "fault.h"

#define AKA_IND_BITS 5
#define AKA_IND_COUNT (1 << AKA_IND_BITS)
#define AKA_SEQ_MAX (UINT64_C(0xffffffffffff) >> AKA_IND_BITS)

/**
 * struct aka_sqn_policy - limits of a USIM (C.2.1, C.2.3)
 * @delta: the most that SEQ may be above the highest one accepted, so that
 *	nobody can use up the numbers of a USIM; 0 for no limit
 * @age: SEQ has to be less than this below the highest one; 0 for no limit
 */
struct aka_sqn_policy {
	uint64_t delta;
	uint64_t age;
};

/* Delta of the profiles in C.3; an age limit is used by none. */
#define AKA_SQN_POLICY_DEFAULT ((struct aka_sqn_policy){ .delta = 1 << 28 })

/**
 * struct aka_sqn_array - memory of a USIM (C.2.2), zeroed to begin with
 * @seq: highest SEQ accepted, for each IND
 */
struct aka_sqn_array {
	uint64_t seq[AKA_IND_COUNT];
};

/* SQN_MS: the highest number that was accepted, with its IND; 0 if none. */
uint64_t aka_sqn_highest(const struct aka_sqn_array *array);
/* Takes @sqn, which came in an authentic challenge, if it is fresh: SEQ above
 * the one kept for its IND, and within the limits of @policy. Returns 0, or -1
 * and FAULT_REPLAYED with @array unchanged (then the USIM answers with AUTS), or
 * FAULT_ARGUMENT if @sqn has more than 48 bits.
 */
int aka_sqn_accept(struct aka_sqn_array *array,
		   const struct aka_sqn_policy *policy, uint64_t sqn,
		   struct fault *fault);

/**
 * struct aka_sqn_source - counter of the home network (C.1.1.1), zeroed for a
 * new USIM
 * @seq: SEQ_HE, of the last number given out
 * @ind: IND of that number
 */
struct aka_sqn_source {
	uint64_t seq;
	unsigned int ind;
};

/* The next number: SEQ_HE + 1 and the next IND in turn (C.1.1.1, C.1.1.3). The
 * caller stores @source before the number leaves the house. Returns 0, or -1 and
 * FAULT_LIMIT if all are used up, and @source is unchanged.
 */
int aka_sqn_next(struct aka_sqn_source *source, uint64_t *sqn,
		 struct fault *fault);
/* After an authentic AUTS with @sqn_ms (6.3.5): if the USIM would take the next
 * number anyway, nothing changes; else SEQ_HE becomes SEQ_MS. Returns 0, or -1
 * and FAULT_ARGUMENT.
 */
int aka_sqn_resynchronise(struct aka_sqn_source *source,
			  const struct aka_sqn_policy *policy, uint64_t sqn_ms,
			  struct fault *fault);

#endif /* CORE_AKA_SQN_H */
