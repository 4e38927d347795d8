// SPDX-License-Identifier: GPL-2.0-or-later
#include "pace.h"

/* Thousandths of a message, so that a slow rate loses nothing to rounding: one
 * millisecond earns @rate of them.
 */
#define CREDIT 1000
#define DAY 86400

static int out_of_range(struct fault *fault, const char *name, uint64_t least,
			uint64_t most)
{
	return fault_set(fault, FAULT_ARGUMENT,
			 "%s is not between %llu and %llu", name,
			 (unsigned long long)least, (unsigned long long)most);
}

int pace_policy_check(const struct pace_policy *policy, struct fault *fault)
{
	if (!policy->rate || policy->rate > PACE_RATE_MAX)
		return out_of_range(fault, "rate", 1, PACE_RATE_MAX);
	if (!policy->burst || policy->burst > PACE_RATE_MAX)
		return out_of_range(fault, "burst", 1, PACE_RATE_MAX);
	if (!policy->first_wait || policy->first_wait > PACE_WAIT_MAX)
		return out_of_range(fault, "first_wait", 1, PACE_WAIT_MAX);
	if (policy->longest_wait < policy->first_wait ||
	    policy->longest_wait > PACE_WAIT_MAX)
		return out_of_range(fault, "longest_wait", policy->first_wait,
				    PACE_WAIT_MAX);
	if (!policy->attempts || policy->attempts > PACE_ATTEMPTS_MAX)
		return out_of_range(fault, "attempts", 1, PACE_ATTEMPTS_MAX);
	return 0;
}

void pace_bucket_init(struct pace_bucket *bucket,
		      const struct pace_policy *policy, uint64_t now)
{
	bucket->credit = (uint64_t)policy->burst * CREDIT;
	bucket->at = now;
}

static void earn(struct pace_bucket *bucket, const struct pace_policy *policy,
		 uint64_t now)
{
	uint64_t full = (uint64_t)policy->burst * CREDIT, elapsed;

	if (now > bucket->at) {
		elapsed = now - bucket->at;
		bucket->at = now;
		/* After this long any bucket is full; keeps the product small. */
		if (elapsed > full / policy->rate)
			bucket->credit = full;
		else
			bucket->credit += elapsed * policy->rate;
	}
	if (bucket->credit > full)
		bucket->credit = full;
}

uint32_t pace_bucket_take(struct pace_bucket *bucket,
			  const struct pace_policy *policy, uint64_t now,
			  uint32_t wanted)
{
	uint64_t whole;

	earn(bucket, policy, now);
	whole = bucket->credit / CREDIT;
	if (wanted > whole)
		wanted = (uint32_t)whole;
	bucket->credit -= (uint64_t)wanted * CREDIT;
	return wanted;
}

uint64_t pace_bucket_next(const struct pace_bucket *bucket,
			  const struct pace_policy *policy, uint64_t now)
{
	struct pace_bucket later = *bucket;
	uint64_t missing;

	earn(&later, policy, now);
	if (later.credit >= CREDIT)
		return now;
	missing = CREDIT - later.credit;
	return later.at + (missing + policy->rate - 1) / policy->rate;
}

void pace_retry_start(struct pace_retry *retry, uint64_t start)
{
	retry->attempts = 0;
	retry->due = start;
}

/* The wait after as many attempts as were made. */
static uint64_t retry_wait(const struct pace_retry *retry,
			   const struct pace_policy *policy, uint32_t random)
{
	uint64_t wait = (uint64_t)policy->first_wait << (retry->attempts - 1);

	if (wait > policy->longest_wait)
		wait = policy->longest_wait;
	return wait - ((wait / 4 * random) >> 32);
}

enum pace_verdict pace_retry_step(struct pace_retry *retry,
				  const struct pace_policy *policy,
				  uint64_t now, uint32_t random)
{
	if (now < retry->due || retry->due == PACE_NEVER)
		return PACE_WAIT;
	if (retry->attempts >= policy->attempts) {
		pace_retry_stop(retry);
		return PACE_SILENT;
	}
	retry->attempts++;
	retry->due = now + retry_wait(retry, policy, random);
	return PACE_SEND;
}

void pace_retry_stop(struct pace_retry *retry)
{
	retry->due = PACE_NEVER;
}

uint64_t pace_back_off(uint64_t now, uint32_t offset, uint32_t period,
		       uint32_t random)
{
	if (offset > PACE_WAIT_MAX)
		offset = PACE_WAIT_MAX;
	if (period > PACE_WAIT_MAX)
		period = PACE_WAIT_MAX;
	/* A share of @period + 1 instants; a product instead of a remainder, so
	 * that no instant is drawn more than once more often than another.
	 */
	return now + offset + (((uint64_t)period + 1) * random >> 32);
}

uint32_t pace_period(uint64_t receivers, uint32_t rate)
{
	uint64_t seconds;

	if (!rate)
		return DAY;
	seconds = receivers / rate + (receivers % rate != 0);
	return seconds > DAY ? DAY : (uint32_t)seconds;
}

uint64_t pace_rate(uint64_t messages, uint64_t time)
{
	if (!time)
		return 0;
	if (messages > UINT64_MAX / 1000)
		return UINT64_MAX;
	messages *= 1000;
	return messages / time + (messages % time != 0);
}
