// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows at the same time, each with a processor for itself; or one flow whose
 * sender and whose receiver have one each.
 */
#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "bench.h"
#include "flow.h"

/* Batches that a sender may be ahead of its receiver: no queue overflows. */
#define PARALLEL_AHEAD 24
/* Batches of others, all alike, during one of a processor that runs. */
#define PARALLEL_MORE 2
/* Times of batches that are kept. */
#define PARALLEL_TIMES_MAX 8192

struct bench_parallel;

/**
 * struct bench_lane - what one processor does
 * @all: all of them
 * @work: it, once all are ready
 * @flow: whose datagrams
 * @task: its thread
 * @done: it is through
 * @batches: how many were sent, or received
 * @time: nanoseconds that it took
 * @times: of single batches, nanoseconds
 * @count: how many @times
 * @err: 0 or a negative error number
 */
struct bench_lane {
	struct bench_parallel *all;
	int (*work)(struct bench_lane *lane);
	struct bench_flow *flow;
	struct task_struct *task;
	struct completion done;
	u64 batches;
	u64 time;
	u32 times[PARALLEL_TIMES_MAX];
	u32 count;
	int err;
};

/**
 * struct bench_parallel - lanes at the same time
 * @waiting: lanes that are not ready yet
 * @count: lanes
 * @duration: nanoseconds that it goes on
 * @stopped: no more is sent
 * @lanes: what processors do
 * @flows: flows of them
 * @plans: plans of these
 */
struct bench_parallel {
	atomic_t waiting;
	u32 count;
	u64 duration;
	bool stopped;
	struct bench_lane lanes[MBSEC_BENCH_LANES_MAX];
	struct bench_flow flows[MBSEC_BENCH_LANES_MAX];
	struct mbsec_bench_plan plans[MBSEC_BENCH_LANES_MAX];
};

static void parallel_look(const struct bench_parallel *all, u64 *batches)
{
	u32 i;

	for (i = 0; i < all->count; i++)
		batches[i] = READ_ONCE(all->lanes[i].batches);
}

/* Did all get on since that look, and none as if this one had been stopped? */
static bool parallel_went_on(const struct bench_parallel *all,
			     const u64 *batches)
{
	u64 more;
	u32 i;

	for (i = 0; i < all->count; i++) {
		more = READ_ONCE(all->lanes[i].batches) - batches[i];
		if (!more || more > PARALLEL_MORE)
			return false;
	}
	return true;
}

static int parallel_compare(const void *one, const void *other)
{
	u32 a = *(const u32 *)one, b = *(const u32 *)other;

	return (a > b) - (a < b);
}

/*
 * Sends and receives on this processor. Another process on the machine may stop
 * one of the processors: a batch counts if the others did about as much in the
 * meantime, and what counts is the median.
 */
static int parallel_both(struct bench_lane *lane)
{
	u64 batches[MBSEC_BENCH_LANES_MAX];
	u64 start = ktime_get_ns();
	struct mbsec_bench_batch batch;
	int err = 0;

	while (!err && ktime_get_ns() - start < lane->all->duration) {
		parallel_look(lane->all, batches);
		err = bench_batch_apart(lane->flow, &batch, false);
		WRITE_ONCE(lane->batches, lane->batches + 1);
		if (lane->count < PARALLEL_TIMES_MAX &&
		    parallel_went_on(lane->all, batches))
			lane->times[lane->count++] = batch.send + batch.receive;
		cond_resched();
	}
	if (!err && !lane->count)
		return -EBUSY;
	sort(lane->times, lane->count, sizeof(*lane->times), parallel_compare,
	     NULL);
	lane->time = lane->times[lane->count / 2];
	return err;
}

static int parallel_send(struct bench_lane *lane)
{
	const struct bench_lane *receiver = lane + 1;
	u64 start = ktime_get_ns();
	int err = 0;

	while (!err && ktime_get_ns() - start < lane->all->duration &&
	       !READ_ONCE(lane->all->stopped)) {
		cond_resched();
		if (lane->batches - READ_ONCE(receiver->batches) >=
		    PARALLEL_AHEAD)
			continue;
		/* At its end the other processor hears of all of it. */
		local_bh_disable();
		err = bench_send_batch(lane->flow);
		local_bh_enable();
		smp_store_release(&lane->batches, lane->batches + 1);
	}
	lane->time = ktime_get_ns() - start;
	smp_store_release(&lane->all->stopped, true);
	return err;
}

static int parallel_receive(struct bench_lane *lane)
{
	const struct bench_lane *sender = lane - 1;
	u64 start = ktime_get_ns();
	bool stopped;
	int err = 0;

	while (!err) {
		cond_resched();
		/* In this order: after it nothing is sent. */
		stopped = smp_load_acquire(&lane->all->stopped);
		if (lane->batches == smp_load_acquire(&sender->batches)) {
			if (stopped)
				break;
			continue;
		}
		err = bench_receive_batch(lane->flow, lane->flow->plan->batch,
					  false);
		WRITE_ONCE(lane->batches, lane->batches + 1);
		lane->time = ktime_get_ns() - start;
	}
	return err;
}

static int parallel_thread(void *data)
{
	struct bench_lane *lane = data;

	atomic_dec(&lane->all->waiting);
	while (atomic_read(&lane->all->waiting))
		cond_resched();
	lane->err = lane->work(lane);
	if (lane->err)
		WRITE_ONCE(lane->all->stopped, true);
	kthread_complete_and_exit(&lane->done, 0);
}

static int parallel_create(struct bench_parallel *all, u32 number,
			   struct bench_flow *flow,
			   int (*work)(struct bench_lane *lane))
{
	struct bench_lane *lane = &all->lanes[number];
	struct task_struct *task;

	if (!cpu_online(number))
		return -ENODEV;
	task = kthread_create(parallel_thread, lane, "mbsec-bench/%u", number);
	if (IS_ERR(task))
		return PTR_ERR(task);
	kthread_bind(task, number);
	init_completion(&lane->done);
	lane->all = all;
	lane->flow = flow;
	lane->work = work;
	lane->task = task;
	return 0;
}

/* A flow is to the next address each. */
static int parallel_open(struct bench_parallel *all,
			 const struct mbsec_bench_plan *plan, u32 flows)
{
	u32 i;
	int err = 0;

	for (i = 0; i < flows && !err; i++) {
		all->plans[i] = *plan;
		all->plans[i].address = htonl(ntohl(plan->address) + i);
		err = bench_open(&all->flows[i], &all->plans[i]);
	}
	return err;
}

static int parallel_run(struct bench_parallel *all, u32 lanes)
{
	u32 i;
	int err = 0;

	atomic_set(&all->waiting, lanes);
	all->count = lanes;
	for (i = 0; i < lanes; i++)
		wake_up_process(all->lanes[i].task);
	for (i = 0; i < lanes; i++) {
		wait_for_completion(&all->lanes[i].done);
		err = err ?: all->lanes[i].err;
	}
	return err;
}

/**
 * mbsec_bench_parallel - send and receive on several processors
 * @plan: what to do; @plan->rounds are processors, and each has a result: calls,
 *	and how long they took
 * @milliseconds: for how long
 * @split: one flow, sent on the first processor and read on the second
 *
 * Return: 0 or a negative error number, as mbsec_bench_flow().
 */
int mbsec_bench_parallel(struct mbsec_bench_plan *plan, u32 milliseconds,
			 bool split)
{
	struct bench_parallel *all = kvzalloc(sizeof(*all), GFP_KERNEL);
	u32 flows = split ? 1 : plan->rounds;
	u32 i;
	int err;

	if (!all)
		return -ENOMEM;
	all->duration = (u64)milliseconds * NSEC_PER_MSEC;
	err = parallel_open(all, plan, flows);
	for (i = 0; i < plan->rounds && !err; i++) {
		if (split)
			err = parallel_create(all, i, &all->flows[0],
					      i ? parallel_receive :
						  parallel_send);
		else
			err = parallel_create(all, i, &all->flows[i],
					      parallel_both);
	}
	if (!err)
		err = parallel_run(all, plan->rounds);
	else
		while (i--)
			if (all->lanes[i].task)
				kthread_stop(all->lanes[i].task);
	for (i = 0; i < plan->rounds; i++) {
		plan->batches[i].send = all->lanes[i].time;
		plan->batches[i].receive =
			(split ? all->lanes[i].batches : 1) * plan->batch;
		bench_close(&all->flows[i]);
	}
	kvfree(all);
	return err;
}
