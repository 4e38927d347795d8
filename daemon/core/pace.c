// SPDX-License-Identifier: GPL-2.0-or-later
#include "pace.h"

/* Credit of one message: a rate a second and a time in milliseconds multiply to
 * thousandths.
 */
#define MESSAGE 1000U
/* Far above any clock, so that sums of times do not overflow. */
#define TIME_LIMIT (INT64_MAX / 2)

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t time_limit(int64_t time)
{
	return later(0, earlier(time, TIME_LIMIT));
}

int pace_init(struct pace *pace, uint32_t rate, uint32_t burst, int64_t now,
	      struct fault *fault)
{
	*pace = (struct pace){ 0 };
	if (!rate || rate > PACE_RATE_MAX || burst > PACE_BURST_MAX ||
	    (uint64_t)burst * MESSAGE < (uint64_t)rate + MESSAGE - 1)
		return fault_set(fault, FAULT_ARGUMENT,
				 "rate %u or burst %u is out of range", rate,
				 burst);
	*pace = (struct pace){ .rate = rate,
			       .burst = burst,
			       .credit = (uint64_t)burst * MESSAGE,
			       .now = time_limit(now) };
	return 0;
}

/* Credit that there is at @now, never more than a burst. */
static uint64_t pace_credit(const struct pace *pace, int64_t now)
{
	uint64_t full = (uint64_t)pace->burst * MESSAGE;
	uint64_t missing = full - pace->credit;
	uint64_t elapsed = 0;

	if (now > pace->now)
		elapsed = (uint64_t)(now - pace->now);
	/* In this order the product cannot overflow. */
	if (elapsed > missing / pace->rate)
		return full;
	return pace->credit + elapsed * pace->rate;
}

uint32_t pace_take(struct pace *pace, uint32_t wanted, int64_t now)
{
	uint64_t allowed;

	now = later(time_limit(now), pace->now);
	pace->credit = pace_credit(pace, now);
	pace->now = now;
	allowed = pace->credit / MESSAGE;
	if (wanted > allowed)
		wanted = (uint32_t)allowed;
	pace->credit -= (uint64_t)wanted * MESSAGE;
	return wanted;
}

void pace_return(struct pace *pace, uint32_t unsent)
{
	uint64_t full = (uint64_t)pace->burst * MESSAGE;

	pace->credit += (uint64_t)unsent * MESSAGE;
	if (pace->credit > full)
		pace->credit = full;
}

int64_t pace_wake(const struct pace *pace, int64_t now)
{
	uint64_t credit, missing;

	now = later(time_limit(now), pace->now);
	credit = pace_credit(pace, now);
	if (credit >= MESSAGE)
		return now;
	missing = MESSAGE - credit;
	return now + (int64_t)((missing + pace->rate - 1) / pace->rate);
}

int64_t pace_duration(uint64_t count, uint32_t rate)
{
	uint64_t seconds = count / rate, rest = count % rate;

	if (seconds > TIME_LIMIT / 1000 - 1)
		return TIME_LIMIT;
	return (int64_t)(seconds * 1000 + (rest * 1000 + rate - 1) / rate);
}

int retry_policy_check(const struct retry_policy *policy, struct fault *fault)
{
	if (!policy->first || policy->most < policy->first || !policy->attempts)
		return fault_set(fault, FAULT_ARGUMENT,
				 "retransmission has a pause of 0, a longest "
				 "pause below the first, or no attempt");
	return 0;
}

/* @first, doubled @times times, at most @most. */
static uint32_t pause_doubled(uint32_t first, uint32_t most, uint32_t times)
{
	uint64_t pause = first;

	while (times-- && pause < most)
		pause *= 2;
	return pause < most ? (uint32_t)pause : most;
}

/* Evenly spread from 0 to below @range. */
static uint32_t spread(uint32_t range, uint32_t random)
{
	return (uint32_t)((uint64_t)range * random >> 32);
}

void retry_start(struct retry *retry, int64_t now)
{
	*retry = (struct retry){ .at = time_limit(now) };
}

enum retry_verdict retry_step(struct retry *retry,
			      const struct retry_policy *policy,
			      uint32_t random, int64_t now)
{
	uint32_t pause;

	now = time_limit(now);
	if (now < retry->at)
		return RETRY_WAIT;
	if (retry->attempts >= policy->attempts) {
		retry->at = PACE_NEVER;
		return RETRY_GIVE_UP;
	}
	pause = pause_doubled(policy->first, policy->most, retry->attempts);
	retry->attempts++;
	retry->at = now + pause + spread(pause / 4, random);
	return RETRY_SEND;
}

void retry_return(struct retry *retry, int64_t now)
{
	if (retry->attempts)
		retry->attempts--;
	retry->at = time_limit(now);
}

int64_t backoff_delay(uint32_t offset, uint32_t period, uint32_t random)
{
	return (int64_t)offset + spread(period, random);
}

void pull_init(struct pull *pull)
{
	*pull = (struct pull){ .at = PACE_NEVER };
}

void pull_missing(struct pull *pull, const struct pull_policy *policy,
		  uint32_t random, int64_t now)
{
	if (pull->at != PACE_NEVER)
		return;
	pull->at =
		later(pull->free,
		      time_limit(now) + backoff_delay(policy->offset,
						      policy->period, random));
}

bool pull_due(struct pull *pull, const struct pull_policy *policy, int64_t now)
{
	now = time_limit(now);
	if (now < pull->at)
		return false;
	pull->free = now +
		     pause_doubled(policy->pause, policy->most, pull->attempts);
	if (pull->attempts < UINT32_MAX)
		pull->attempts++;
	pull->at = PACE_NEVER;
	return true;
}

void pull_done(struct pull *pull)
{
	/* The pause since the last request stays. */
	pull->attempts = 0;
	pull->at = PACE_NEVER;
}

#define WHEEL_TOP ((WHEEL_LEVELS - 1) * WHEEL_BITS)

struct wheel_place wheel_place(uint64_t now, uint64_t at)
{
	struct wheel_place place = { .level = WHEEL_LEVELS - 1 };

	if (at < now)
		at = now;
	/* Another round of the slowest level cannot be told from this one. */
	if ((at >> WHEEL_TOP) - (now >> WHEEL_TOP) >= WHEEL_SLOTS)
		at = ((now >> WHEEL_TOP) + WHEEL_SLOTS - 1) << WHEEL_TOP;
	/* The slowest level on which the two ticks are in different slots. */
	while (place.level && at >> (place.level * WHEEL_BITS) ==
				      now >> (place.level * WHEEL_BITS))
		place.level--;
	place.slot = (unsigned int)(at >> (place.level * WHEEL_BITS)) &
		     (WHEEL_SLOTS - 1);
	return place;
}

bool wheel_turn(uint64_t now, unsigned int level, unsigned int *slot)
{
	uint64_t below = (UINT64_C(1) << (level * WHEEL_BITS)) - 1;

	*slot = 0;
	if (level >= WHEEL_LEVELS || (now & below))
		return false;
	*slot = (unsigned int)(now >> (level * WHEEL_BITS)) & (WHEEL_SLOTS - 1);
	return true;
}
