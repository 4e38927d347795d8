/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers that a printed seed brings back (SplitMix64). */
#ifndef _UNIT_RANDOM_H
#define _UNIT_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_u64(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 to limit - 1, a little uneven if limit is near 2^64. */
static inline uint64_t random_below(struct random *random, uint64_t limit)
{
	return random_u64(random) % limit;
}

/* From MBSEC_TEST_SEED, or a new one; prints which. */
static inline void random_start(struct random *random)
{
	const char *text = getenv("MBSEC_TEST_SEED");
	uint32_t seed;

	if (text && *text)
		random->state = strtoull(text, NULL, 0);
	else if (getrandom(&seed, sizeof(seed), 0) == sizeof(seed))
		random->state = seed;
	else
		abort();
	printf("# seed: MBSEC_TEST_SEED=%llu\n",
	       (unsigned long long)random->state);
	fflush(stdout);
}

#endif /* _UNIT_RANDOM_H */
