// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sender and a receiver of multicast in the kernel, so that a system call, a
 * process switch and the wake-up of a reader, which cost more than a datagram,
 * are not measured along.
 *
 * With BH disabled, what a device hands to netif_rx() waits for local_bh_enable().
 * So a batch is sent as a whole first, down to the device, and then received as
 * a whole, up to the socket's reader; each is timed once for the batch.
 */
#include <linux/bottom_half.h>
#include <linux/in.h>
#include <linux/igmp.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <linux/udp.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "bench.h"
#include "flow.h"

#define BENCH_PORT 5004
#define BENCH_BUFFER (64 << 20)
#define BENCH_WARM_UP 2

#define RTP_HEADER_SIZE 12
#define RTP_SEQUENCE 2
#define RTP_SSRC 8

static int bench_option(struct socket *socket, int level, int option, int value)
{
	return socket->ops->setsockopt(socket, level, option,
				       KERNEL_SOCKPTR(&value), sizeof(value));
}

static int bench_open_tx(struct bench_flow *flow)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(BENCH_PORT),
		.sin_addr.s_addr = flow->plan->address,
	};
	int err;

	err = sock_create_kern(flow->plan->from, PF_INET, SOCK_DGRAM,
			       IPPROTO_UDP, &flow->tx);
	if (err)
		return err;
	/* It sends with BH disabled. */
	flow->tx->sk->sk_allocation = GFP_ATOMIC;
	WRITE_ONCE(flow->tx->sk->sk_sndbuf, BENCH_BUFFER);
	err = bench_option(flow->tx, SOL_IP, IP_MULTICAST_LOOP, 0);
	if (!err && flow->plan->segments > 1)
		err = bench_option(flow->tx, SOL_UDP, UDP_SEGMENT,
				   flow->plan->size);
	if (err)
		return err;
	return kernel_connect(flow->tx, (void *)&address, sizeof(address), 0);
}

static int bench_open_rx(struct bench_flow *flow)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(BENCH_PORT),
		.sin_addr.s_addr = flow->plan->address,
	};
	struct ip_mreqn member = { .imr_multiaddr = address.sin_addr };
	int err;

	err = sock_create_kern(flow->plan->to, PF_INET, SOCK_DGRAM, IPPROTO_UDP,
			       &flow->rx);
	if (err)
		return err;
	WRITE_ONCE(flow->rx->sk->sk_rcvbuf, BENCH_BUFFER);
	WRITE_ONCE(flow->rx->sk->sk_rcvtimeo, HZ);
	err = kernel_bind(flow->rx, (void *)&address, sizeof(address));
	if (!err && flow->plan->segments > 1)
		err = bench_option(flow->rx, SOL_UDP, UDP_GRO, 1);
	if (err || !ipv4_is_multicast(flow->plan->address))
		return err;
	return flow->rx->ops->setsockopt(flow->rx, SOL_IP, IP_ADD_MEMBERSHIP,
					 KERNEL_SOCKPTR(&member),
					 sizeof(member));
}

/* An RTP header, as SRTP wants one, and octets that the receiver knows. */
static void bench_fill(struct bench_flow *flow)
{
	const __be32 ssrc = htonl(0x6d627365);
	u32 i, offset;
	u8 *datagram;

	for (i = 0; i < flow->plan->segments; i++) {
		datagram = flow->out + i * flow->plan->size;
		memset(datagram, 0, RTP_HEADER_SIZE);
		datagram[0] = 0x80;
		memcpy(datagram + RTP_SSRC, &ssrc, sizeof(ssrc));
		for (offset = RTP_HEADER_SIZE; offset < flow->plan->size;
		     offset++)
			datagram[offset] = offset;
	}
}

static int bench_send(struct bench_flow *flow)
{
	struct msghdr message = { .msg_flags = MSG_DONTWAIT };
	struct kvec vector = { flow->out, flow->length };
	__be16 sequence;
	u32 offset;
	int sent;

	for (offset = 0; offset < flow->length; offset += flow->plan->size) {
		sequence = htons(flow->plan->sequence++);
		memcpy(flow->out + offset + RTP_SEQUENCE, &sequence,
		       sizeof(sequence));
	}
	sent = kernel_sendmsg(flow->tx, &message, &vector, 1, flow->length);
	if (sent < 0)
		return sent;
	return sent == flow->length ? 0 : -EMSGSIZE;
}

/* Reads a datagram, or several that arrived as one; their size or an error. */
static int bench_receive(struct bench_flow *flow)
{
	struct msghdr message = {};
	struct kvec vector = { flow->in, flow->length };
	int size;

	size = kernel_recvmsg(flow->rx, &message, &vector, 1, flow->length, 0);
	if (size < 0)
		return size == -EAGAIN ? -ETIMEDOUT : size;
	return size && !(size % flow->plan->size) ? size : -EBADMSG;
}

static bool bench_intact(const struct bench_flow *flow, u32 size)
{
	const u32 skip = RTP_SEQUENCE + sizeof(u16);
	u32 offset;

	for (offset = 0; offset < size; offset += flow->plan->size)
		if (memcmp(flow->in + offset + skip, flow->out + skip,
			   flow->plan->size - skip))
			return false;
	return true;
}

/* Functions of their own, as profiles tell sending from receiving by them. */
noinline int bench_receive_batch(struct bench_flow *flow, u32 calls, bool check)
{
	u64 left = (u64)calls * flow->length;
	int size;

	while (left) {
		size = bench_receive(flow);
		if (size < 0)
			return size;
		if (size > left || (check && !bench_intact(flow, size)))
			return -EBADMSG;
		left -= size;
	}
	return 0;
}

noinline int bench_send_batch(struct bench_flow *flow)
{
	u32 i;
	int err;

	for (i = 0; i < flow->plan->batch; i++) {
		err = bench_send(flow);
		if (err)
			return err;
	}
	return 0;
}

/* First all of it is sent, then all of it is received. */
noinline int bench_batch_apart(struct bench_flow *flow,
			       struct mbsec_bench_batch *batch, bool check)
{
	u64 start, middle;
	int err;

	local_bh_disable();
	start = ktime_get_ns();
	err = bench_send_batch(flow);
	middle = ktime_get_ns();
	local_bh_enable();
	if (!err)
		err = bench_receive_batch(flow, flow->plan->batch, check);
	batch->send = middle - start;
	batch->receive = ktime_get_ns() - middle;
	return err;
}

/* Each call is received before the next one is sent. */
static int bench_batch_together(struct bench_flow *flow,
				struct mbsec_bench_batch *batch, bool check)
{
	u64 start = ktime_get_ns();
	u32 i;
	int err;

	for (i = 0; i < flow->plan->batch; i++) {
		err = bench_send(flow);
		if (!err)
			err = bench_receive_batch(flow, 1, check);
		if (err)
			return err;
	}
	batch->send = ktime_get_ns() - start;
	batch->receive = 0;
	return 0;
}

static int bench_rounds(struct bench_flow *flow)
{
	struct mbsec_bench_plan *plan = flow->plan;
	struct mbsec_bench_batch ignored;
	struct mbsec_bench_batch *batch;
	bool warm;
	u32 i;
	int err = 0;

	for (i = 0; i < BENCH_WARM_UP + plan->rounds && !err; i++) {
		warm = i >= BENCH_WARM_UP;
		batch = warm ? &plan->batches[i - BENCH_WARM_UP] : &ignored;
		if (plan->apart)
			err = bench_batch_apart(flow, batch, !warm);
		else
			err = bench_batch_together(flow, batch, !warm);
		if (!err && signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	return err;
}

/**
 * bench_open - prepare a flow
 * @flow: result, to be given to bench_close() in any case
 * @plan: what to do; the route to the address leads from @plan->from to @plan->to
 */
int bench_open(struct bench_flow *flow, struct mbsec_bench_plan *plan)
{
	int err;

	memset(flow, 0, sizeof(*flow));
	flow->plan = plan;
	flow->length = plan->size * plan->segments;
	flow->out = kvmalloc(flow->length, GFP_KERNEL);
	flow->in = kvmalloc(flow->length, GFP_KERNEL);
	if (!flow->out || !flow->in)
		return -ENOMEM;
	bench_fill(flow);
	err = bench_open_rx(flow);
	return err ?: bench_open_tx(flow);
}

/** bench_close - let go what a flow has */
void bench_close(struct bench_flow *flow)
{
	if (flow->tx)
		sock_release(flow->tx);
	if (flow->rx)
		sock_release(flow->rx);
	kvfree(flow->in);
	kvfree(flow->out);
}

/**
 * mbsec_bench_flow - send datagrams and receive them
 * @plan: what to do
 *
 * Return: 0, or a negative error number: -ETIMEDOUT if a datagram was lost,
 * -EBADMSG if one was not received as it was sent.
 */
int mbsec_bench_flow(struct mbsec_bench_plan *plan)
{
	struct bench_flow flow;
	int err = bench_open(&flow, plan);

	if (!err)
		err = bench_rounds(&flow);
	bench_close(&flow);
	return err;
}
