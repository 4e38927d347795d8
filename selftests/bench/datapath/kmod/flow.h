/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MBSEC_BENCH_FLOW_H
#define MBSEC_BENCH_FLOW_H

#include <linux/types.h>

struct mbsec_bench_batch;
struct mbsec_bench_plan;
struct socket;

/**
 * struct bench_flow - a sender and a receiver
 * @plan: what they do
 * @tx: socket of the sender
 * @rx: socket of the receiver
 * @out: what is sent in a call
 * @in: room for what is received
 * @length: octets of each
 */
struct bench_flow {
	struct mbsec_bench_plan *plan;
	struct socket *tx;
	struct socket *rx;
	u8 *out;
	u8 *in;
	u32 length;
};

int bench_open(struct bench_flow *flow, struct mbsec_bench_plan *plan);
void bench_close(struct bench_flow *flow);
int bench_send_batch(struct bench_flow *flow);
int bench_receive_batch(struct bench_flow *flow, u32 calls, bool check);
int bench_batch_apart(struct bench_flow *flow, struct mbsec_bench_batch *batch,
		      bool check);

#endif
