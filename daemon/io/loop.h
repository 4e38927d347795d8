/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop of the daemon: descriptors, timers, signals. A thin layer over
 * libevent; all callbacks run in the one thread that calls loop_run().
 *
 * Structs of watches and timers belong to the caller, who zeroes them before the
 * first use and stops them before they go out of scope. Stopping one that is
 * stopped does nothing.
 */
#ifndef MBSEC_DAEMON_LOOP_H
#define MBSEC_DAEMON_LOOP_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdint.h>

#include "core/fault.h"

struct loop;

/* Returns NULL and a fault if the system refuses. */
struct loop *loop_new(struct fault *fault);
void loop_free(struct loop *loop);
/* Until loop_stop(). Returns 0, or -1 if the system's polling fails. */
int loop_run(struct loop *loop, struct fault *fault);
/* loop_run() returns when the callbacks of this round are done. */
void loop_stop(struct loop *loop);
/* For libraries that want it (libevent's own structures). */
struct event_base *loop_base(struct loop *loop);

/* Milliseconds since an unknown moment; never goes back. */
int64_t loop_now(const struct loop *loop);
/* Milliseconds since 1970, as the clock of the system says: it may jump, and it
 * survives a restart. What is stored is in this time.
 */
int64_t loop_wall(const struct loop *loop);

typedef void (*loop_callback)(void *argument);

/**
 * struct loop_timer - calls back once
 */
struct loop_timer {
	struct event event;
	struct loop *loop;
	loop_callback callback;
	void *argument;
};

/* Calls @callback in @delay milliseconds, 0 or less for "in the next round", a day
 * at most: whoever waits longer looks at the time and sets it anew;
 * a timer that is set already is set anew. A delay of INT64_MAX stops it.
 */
void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t delay,
		    loop_callback callback, void *argument);
void loop_timer_stop(struct loop_timer *timer);

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

typedef void (*loop_watch_callback)(void *argument, int fd, int what);

/**
 * struct loop_watch - calls back each time a descriptor is ready
 */
struct loop_watch {
	struct event event;
	struct loop *loop;
	loop_watch_callback callback;
	void *argument;
};

/* @what is LOOP_READ, LOOP_WRITE or both. @fd stays the caller's to close, after
 * loop_watch_stop(). Returns 0 or -1.
 */
int loop_watch_set(struct loop *loop, struct loop_watch *watch, int fd,
		   int what, loop_watch_callback callback, void *argument,
		   struct fault *fault);
void loop_watch_stop(struct loop_watch *watch);

/* Calls @callback on signal @number, outside of the signal handler. */
int loop_signal_set(struct loop *loop, struct loop_watch *watch, int number,
		    loop_watch_callback callback, void *argument,
		    struct fault *fault);

/**
 * struct loop_round - called at the end of each round, before the loop waits
 *
 * Here belongs what one does once for many events: a commit, a sendmmsg(). The
 * calls come in the order of loop_round_add().
 */
struct loop_round {
	loop_callback callback;
	void *argument;
	struct loop_round *next;
};

void loop_round_add(struct loop *loop, struct loop_round *round,
		    loop_callback callback, void *argument);
void loop_round_remove(struct loop *loop, struct loop_round *round);

#endif
