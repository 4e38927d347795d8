/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When to send keys to many receivers: a rate that is not exceeded, sending
 * again until a receiver answers, and a random wait before everybody asks. No
 * clock and no randomness inside: times are milliseconds of any clock of the
 * caller that does not go back, random numbers are arguments.
 */
#ifndef CORE_PACE_H
#define CORE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

/* A time that does not come. */
#define PACE_NEVER UINT64_MAX
/* Messages in a second; more than any sender makes. */
#define PACE_RATE_MAX 10000000
#define PACE_ATTEMPTS_MAX 16
/* A day in milliseconds; longer waits are mistakes of a configuration. */
#define PACE_WAIT_MAX 86400000

/**
 * struct pace_policy - how fast and how often
 * @rate: messages in a second, 1 to PACE_RATE_MAX
 * @burst: messages at once after a rest, 1 to PACE_RATE_MAX
 * @first_wait: milliseconds until an unanswered message is sent again, 1 to
 *	PACE_WAIT_MAX
 * @longest_wait: the wait doubles with each attempt up to this, not below
 *	@first_wait and at most PACE_WAIT_MAX
 * @attempts: transmissions of one message in all, 1 to PACE_ATTEMPTS_MAX; then
 *	the receiver counts as silent
 */
struct pace_policy {
	uint32_t rate;
	uint32_t burst;
	uint32_t first_wait;
	uint32_t longest_wait;
	uint8_t attempts;
};

/* Returns 0, or -1 and FAULT_ARGUMENT naming the member out of range. */
int pace_policy_check(const struct pace_policy *policy, struct fault *fault);

/**
 * struct pace_bucket - what may be sent (a token bucket)
 * @credit: thousandths of a message; not above 1000 * burst
 * @at: when @credit was right, milliseconds
 */
struct pace_bucket {
	uint64_t credit;
	uint64_t at;
};

/* A full bucket. */
void pace_bucket_init(struct pace_bucket *bucket,
		      const struct pace_policy *policy, uint64_t now);
/* Takes leave to send up to @wanted messages now and returns for how many it is
 * given. A @now before the last one earns nothing and is no error. @policy is a
 * checked one and may differ from the last call's.
 */
uint32_t pace_bucket_take(struct pace_bucket *bucket,
			  const struct pace_policy *policy, uint64_t now,
			  uint32_t wanted);
/* When the next message may go, @now if at once. */
uint64_t pace_bucket_next(const struct pace_bucket *bucket,
			  const struct pace_policy *policy, uint64_t now);

/**
 * struct pace_retry - transmissions of one message to one receiver
 * @attempts: made so far
 * @due: when the next one is due, PACE_NEVER if none is
 */
struct pace_retry {
	uint8_t attempts;
	uint64_t due;
};

enum pace_verdict {
	PACE_WAIT, /* nothing is due before @due */
	PACE_SEND, /* send it now; counted as sent */
	PACE_SILENT, /* all attempts are made and nobody has answered */
};

/* A message to be sent at @start or as soon as there is leave. */
void pace_retry_start(struct pace_retry *retry, uint64_t start);
/* Says what to do now. The wait after attempt n is first_wait * 2^(n-1), at most
 * longest_wait, with up to a quarter of it taken away as @random says, so that
 * those who lost a message together do not stay together. A BM-SC takes a new
 * counter for each attempt (RFC 3830, 5.4: the old message is a replay). After
 * PACE_SILENT the retry is over and says PACE_WAIT for ever. Only to be asked
 * when the bucket gives leave: PACE_SEND counts.
 */
enum pace_verdict pace_retry_step(struct pace_retry *retry,
				  const struct pace_policy *policy,
				  uint64_t now, uint32_t random);
/* The receiver has answered. */
void pace_retry_stop(struct pace_retry *retry);

/* When a receiver asks for keys: @now + @offset + a share of @period that
 * @random says, each instant equally likely (TS 26.517, BackOffParameters;
 * TS 26.346, waitTime and maxBackOff). All in milliseconds, @offset and @period
 * at most PACE_WAIT_MAX, else taken as that.
 */
uint64_t pace_back_off(uint64_t now, uint32_t offset, uint32_t period,
		       uint32_t random);
/* The period to be announced, in whole seconds rounded up, so that @receivers
 * ask at no more than @rate in a second on average; at most a day.
 */
uint32_t pace_period(uint64_t receivers, uint32_t rate);
/* The rate in messages a second, rounded up, at which @messages are out after
 * @time milliseconds. 0 if there is no time. May be above PACE_RATE_MAX: then it
 * cannot be done.
 */
uint64_t pace_rate(uint64_t messages, uint64_t time);

#endif /* CORE_PACE_H */
