// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "loop.h"

struct loop {
	struct event_base *base;
	struct loop_round *rounds;
	/* The round whose turn is next. */
	struct loop_round *next;
	bool stopped;
};

struct loop *loop_new(struct fault *fault)
{
	struct event_config *config = event_config_new();
	struct loop *loop = calloc(1, sizeof(*loop));

	if (config && loop) {
		event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
		loop->base = event_base_new_with_config(config);
	}
	if (config)
		event_config_free(config);
	if (loop && loop->base)
		return loop;
	free(loop);
	fault_set(fault, FAULT_MEMORY, "the system has no room for a loop");
	return NULL;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	event_base_free(loop->base);
	free(loop);
}

/* A callback may remove any of them. */
static void end_round(struct loop *loop)
{
	struct loop_round *round;

	loop->next = loop->rounds;
	while (loop->next) {
		round = loop->next;
		loop->next = round->next;
		round->callback(round->argument);
	}
}

int loop_run(struct loop *loop, struct fault *fault)
{
	loop->stopped = false;
	while (!loop->stopped) {
		end_round(loop);
		if (loop->stopped)
			break;
		if (event_base_loop(loop->base, EVLOOP_ONCE) < 0)
			return fault_set(fault, FAULT_STATE,
					 "waiting for events fails: %s",
					 strerror(errno));
	}
	end_round(loop);
	return 0;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
	event_base_loopbreak(loop->base);
}

struct event_base *loop_base(struct loop *loop)
{
	return loop->base;
}

static int64_t clock_milliseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t loop_now(const struct loop *loop)
{
	(void)loop;
	return clock_milliseconds(CLOCK_MONOTONIC);
}

int64_t loop_wall(const struct loop *loop)
{
	(void)loop;
	return clock_milliseconds(CLOCK_REALTIME);
}

static void on_timer(evutil_socket_t fd, short what, void *argument)
{
	struct loop_timer *timer = argument;

	(void)fd;
	(void)what;
	timer->callback(timer->argument);
}

void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t delay,
		    loop_callback callback, void *argument)
{
	struct timeval time;

	loop_timer_stop(timer);
	if (delay == INT64_MAX)
		return;
	if (delay < 0)
		delay = 0;
	/* A day at a time is enough for libevent and for those who look again. */
	if (delay > INT64_C(86400000))
		delay = INT64_C(86400000);
	time.tv_sec = delay / 1000;
	time.tv_usec = delay % 1000 * 1000;
	timer->loop = loop;
	timer->callback = callback;
	timer->argument = argument;
	event_assign(&timer->event, loop->base, -1, 0, on_timer, timer);
	event_add(&timer->event, &time);
}

void loop_timer_stop(struct loop_timer *timer)
{
	if (!timer->loop)
		return;
	event_del(&timer->event);
	timer->loop = NULL;
}

static void on_watch(evutil_socket_t fd, short what, void *argument)
{
	struct loop_watch *watch = argument;
	int ready = 0;

	if (what & EV_READ)
		ready |= LOOP_READ;
	if (what & EV_WRITE)
		ready |= LOOP_WRITE;
	watch->callback(watch->argument, fd, ready);
}

static int add(struct loop *loop, struct loop_watch *watch, int fd, short what,
	       loop_watch_callback callback, void *argument,
	       struct fault *fault)
{
	loop_watch_stop(watch);
	watch->loop = loop;
	watch->callback = callback;
	watch->argument = argument;
	if (!event_assign(&watch->event, loop->base, fd, what | EV_PERSIST,
			  on_watch, watch) &&
	    !event_add(&watch->event, NULL))
		return 0;
	watch->loop = NULL;
	return fault_set(fault, FAULT_STATE,
			 "the system does not watch a descriptor or signal");
}

int loop_watch_set(struct loop *loop, struct loop_watch *watch, int fd,
		   int what, loop_watch_callback callback, void *argument,
		   struct fault *fault)
{
	short events = 0;

	if (what & LOOP_READ)
		events |= EV_READ;
	if (what & LOOP_WRITE)
		events |= EV_WRITE;
	return add(loop, watch, fd, events, callback, argument, fault);
}

void loop_watch_stop(struct loop_watch *watch)
{
	if (!watch->loop)
		return;
	event_del(&watch->event);
	watch->loop = NULL;
}

int loop_signal_set(struct loop *loop, struct loop_watch *watch, int number,
		    loop_watch_callback callback, void *argument,
		    struct fault *fault)
{
	return add(loop, watch, number, EV_SIGNAL, callback, argument, fault);
}

void loop_round_add(struct loop *loop, struct loop_round *round,
		    loop_callback callback, void *argument)
{
	struct loop_round **end = &loop->rounds;

	while (*end)
		end = &(*end)->next;
	*round = (struct loop_round){ .callback = callback,
				      .argument = argument };
	*end = round;
}

void loop_round_remove(struct loop *loop, struct loop_round *round)
{
	struct loop_round **at = &loop->rounds;

	while (*at && *at != round)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = round->next;
	if (loop->next == round)
		loop->next = round->next;
}
