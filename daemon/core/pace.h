/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When to send: rekeys at a bounded rate, retransmissions with growing pauses,
 * requests of many UEs spread at random, and the arithmetic of a timer wheel.
 * Times are milliseconds of one clock; random numbers are arguments.
 */
#ifndef CORE_PACE_H
#define CORE_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define PACE_NEVER INT64_MAX

/* ---- Rate: a token bucket for messages to the members of a group ---- */

#define PACE_RATE_MAX 10000000U
#define PACE_BURST_MAX 1000000U

/**
 * struct pace - how many messages may be sent
 * @rate: messages a second
 * @burst: messages at once, after a pause
 * @credit: thousandths of messages that may be sent now
 * @now: time of @credit
 */
struct pace {
	uint32_t rate;
	uint32_t burst;
	uint64_t credit;
	int64_t now;
};

/* Starts with a full burst. @rate is 1 to PACE_RATE_MAX; @burst has room for
 * the messages of one millisecond and a part of one, or the rate could not be kept,
 * and is at most PACE_BURST_MAX. Returns 0, or -1 and FAULT_ARGUMENT.
 */
int pace_init(struct pace *pace, uint32_t rate, uint32_t burst, int64_t now,
	      struct fault *fault);
/* Takes up to @wanted messages; returns how many may be sent now. */
uint32_t pace_take(struct pace *pace, uint32_t wanted, int64_t now);
/* Gives back what was taken and not sent. */
void pace_return(struct pace *pace, uint32_t unsent);
/* When the next message may be sent; @now if at once. */
int64_t pace_wake(const struct pace *pace, int64_t now);
/* Milliseconds that @count messages take at @rate a second, rounded up: the time
 * of a push, which msk_lead of struct keylife_policy has to exceed, and the least
 * randomTimePeriod (TS 26.517) for as many requests. @rate is not 0.
 */
int64_t pace_duration(uint64_t count, uint32_t rate);

/* ---- Retransmission of one message that is to be acknowledged ---- */

/**
 * struct retry_policy - when to send again
 * @first: milliseconds to the first repetition, at least 1
 * @most: pauses double up to this, at least @first
 * @attempts: transmissions in all, at least 1
 */
struct retry_policy {
	uint32_t first;
	uint32_t most;
	uint32_t attempts;
};

/* Returns 0, or -1 and FAULT_ARGUMENT. */
int retry_policy_check(const struct retry_policy *policy, struct fault *fault);

/**
 * struct retry - state of one message
 * @attempts: transmissions made
 * @at: when something is due
 */
struct retry {
	uint32_t attempts;
	int64_t at;
};

enum retry_verdict {
	RETRY_WAIT, /* nothing to do before @at */
	RETRY_SEND, /* send it (again) */
	RETRY_GIVE_UP, /* the last one was not answered in time */
};

/* The message is to be sent at once. */
void retry_start(struct retry *retry, int64_t now);
/* What is due at @now. After RETRY_SEND, @retry->at is the time of the next step:
 * the pause, and up to a quarter of it more by @random, so that messages which
 * were lost together are not sent together again.
 */
enum retry_verdict retry_step(struct retry *retry,
			      const struct retry_policy *policy,
			      uint32_t random, int64_t now);
/* Takes the last RETRY_SEND back, because the message did not leave (the socket
 * was full): the attempt does not count, and it is due at once.
 */
void retry_return(struct retry *retry, int64_t now);

/* ---- Random back-off of UEs ---- */

/* offsetTime + a part of randomTimePeriod (TS 26.517, TS 26.346; both in seconds
 * there, here in milliseconds), evenly spread from 0 to below @period by @random.
 */
int64_t backoff_delay(uint32_t offset, uint32_t period, uint32_t random);

/**
 * struct pull - one UE's requests for a missing MSK (TS 33.246, 6.3.2.2.3)
 * @attempts: requests since the last success
 * @at: when the next request is due, PACE_NEVER if none is
 * @free: no new request before
 *
 * Zeroed to begin with by pull_init(). Every packet and MTK message under an
 * unknown MSK asks for a request: one is made, and the next only after a pause
 * that doubles, so that a sender of forged key ids causes few of them.
 */
struct pull {
	uint32_t attempts;
	int64_t at;
	int64_t free;
};

/**
 * struct pull_policy - pauses of requests
 * @offset: milliseconds before a request
 * @period: and up to this more, at random
 * @pause: least time between two requests
 * @most: pauses double up to this
 */
struct pull_policy {
	uint32_t offset;
	uint32_t period;
	uint32_t pause;
	uint32_t most;
};

void pull_init(struct pull *pull);
/* An MSK is missing. Plans a request if none is planned; @pull->at is when. */
void pull_missing(struct pull *pull, const struct pull_policy *policy,
		  uint32_t random, int64_t now);
/* True if the request is to be sent now; the next one has to wait. */
bool pull_due(struct pull *pull, const struct pull_policy *policy, int64_t now);
/* The MSK came, or is no longer wanted. Pauses begin short again. */
void pull_done(struct pull *pull);

/* ---- Timer wheel ---- */

#define WHEEL_LEVELS 4
#define WHEEL_BITS 8
#define WHEEL_SLOTS (1U << WHEEL_BITS)

/**
 * struct wheel_place - where a timer waits
 * @level: 0 turns with every tick, the others WHEEL_SLOTS times slower each
 * @slot: slot of that level
 */
struct wheel_place {
	unsigned int level;
	unsigned int slot;
};

/* The place for a timer that is due at tick @at. @now is the next tick that the
 * wheel will take up; a timer that is due already goes to its slot. One that is
 * too far away for the wheel waits in the slot that comes last, and is placed
 * again from there.
 */
struct wheel_place wheel_place(uint64_t now, uint64_t at);
/* Which slot of @level is to be emptied when tick @now is taken up, false if none.
 * Go from the highest level down: the timers of levels above 0 are placed again
 * by wheel_place(), those of level 0 are due.
 */
bool wheel_turn(uint64_t now, unsigned int level, unsigned int *slot);

#endif /* CORE_PACE_H */
