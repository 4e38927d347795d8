// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* recvmmsg(), sendmmsg(), struct in6_pktinfo */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "udp.h"

/* Datagrams in one system call, and what a socket reads before others have their
 * turn.
 */
#define RECEIVE_BATCH 32
#define RECEIVE_ROUND 4

/* Room for as many of the largest; pages that are not used cost nothing. */
#define QUEUE_SIZE 1024

#define CONTROL_SIZE 128

struct receive_slot {
	uint8_t data[UDP_DATAGRAM_MAX];
	union address from;
	union {
		struct cmsghdr header;
		uint8_t bytes[CONTROL_SIZE];
	} control;
};

/**
 * struct udp - a socket and its queue
 * @family: of the socket; one of IPv6 serves IPv4, too
 * @callback: NULL if it only sends
 * @first: datagrams up to here have left
 * @last: datagrams up to here are queued
 * @used: octets of @data in use
 * @blocked: the system's buffer is full
 * @full: somebody was refused, or would be
 * @pending: @kick is set
 * @calling: a callback runs, which may close the socket
 */
struct udp {
	struct loop *loop;
	int fd;
	sa_family_t family;
	struct loop_watch reader;
	struct loop_watch writer;
	struct loop_round round;
	struct loop_timer kick;
	udp_callback callback;
	void *argument;
	loop_callback drained;
	void *drained_argument;
	size_t first;
	size_t last;
	size_t used;
	bool blocked;
	bool full;
	bool pending;
	bool calling;
	uint64_t sent;
	uint64_t received;
	uint64_t errors;
	struct mmsghdr queue[QUEUE_SIZE];
	struct iovec vectors[QUEUE_SIZE];
	union address to[QUEUE_SIZE];
	uint8_t *data;
	struct receive_slot *slots;
	struct mmsghdr batch[RECEIVE_BATCH];
	struct iovec batch_vectors[RECEIVE_BATCH];
};

static int socket_fault(const union address *address, const char *what,
			struct fault *fault)
{
	char text[ADDRESS_TEXT_SIZE];
	int error = errno;

	address_text(address, text);
	return fault_set(fault, FAULT_STATE, "UDP %s: %s: %s", text, what,
			 strerror(error));
}

static int option_set(const struct udp *udp, int level, int option, int value)
{
	return setsockopt(udp->fd, level, option, &value, sizeof(value));
}

static int family_options(const struct udp *udp, unsigned int ifindex,
			  const struct udp_options *options)
{
	const struct ip_mreqn by = { .imr_ifindex = (int)ifindex };
	int result;

	/* Both for sockets of IPv6, which serve IPv4 as well. "All" would be the
	 * groups that others on this host have joined.
	 */
	result = option_set(udp, IPPROTO_IP, IP_PKTINFO, 1) |
		 option_set(udp, IPPROTO_IP, IP_MULTICAST_ALL, 0) |
		 option_set(udp, IPPROTO_IP, IP_MULTICAST_LOOP,
			    options->loop_back);
	if (options->hops)
		result |= option_set(udp, IPPROTO_IP, IP_MULTICAST_TTL,
				     options->hops);
	if (ifindex)
		result |= setsockopt(udp->fd, IPPROTO_IP, IP_MULTICAST_IF, &by,
				     sizeof(by));
	if (udp->family != AF_INET6)
		return result;
	result |= option_set(udp, IPPROTO_IPV6, IPV6_V6ONLY, 0) |
		  option_set(udp, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) |
		  option_set(udp, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0) |
		  option_set(udp, IPPROTO_IPV6, IPV6_MULTICAST_LOOP,
			     options->loop_back);
	if (options->hops)
		result |= option_set(udp, IPPROTO_IPV6, IPV6_MULTICAST_HOPS,
				     options->hops);
	if (ifindex)
		result |= option_set(udp, IPPROTO_IPV6, IPV6_MULTICAST_IF,
				     (int)ifindex);
	return result;
}

static int device_find(const char *device, unsigned int *ifindex,
		       struct fault *fault)
{
	*ifindex = device ? if_nametoindex(device) : 0;
	if (device && !*ifindex)
		return fault_set(fault, FAULT_UNKNOWN,
				 "no interface is called %.15s", device);
	return 0;
}

static int socket_open(struct udp *udp, const struct udp_options *options,
		       struct fault *fault)
{
	const union address *local = &options->local;
	unsigned int ifindex;

	if (!address_size(local))
		return fault_set(fault, FAULT_ARGUMENT,
				 "a UDP socket needs a local address");
	if (device_find(options->device, &ifindex, fault))
		return -1;
	udp->family = local->family;
	udp->fd = socket(local->family,
			 SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (udp->fd < 0)
		return socket_fault(local, "cannot be made", fault);
	if (family_options(udp, ifindex, options))
		return socket_fault(local, "an option is refused", fault);
	if (options->receive_buffer &&
	    option_set(udp, SOL_SOCKET, SO_RCVBUFFORCE,
		       options->receive_buffer))
		option_set(udp, SOL_SOCKET, SO_RCVBUF, options->receive_buffer);
	if (options->reuse && option_set(udp, SOL_SOCKET, SO_REUSEADDR, 1))
		return socket_fault(local, "its port cannot be shared", fault);
	if (options->device &&
	    setsockopt(udp->fd, SOL_SOCKET, SO_BINDTODEVICE, options->device,
		       (socklen_t)strlen(options->device)))
		return socket_fault(local, "its interface is refused", fault);
	if (bind(udp->fd, &local->any, address_size(local)))
		return socket_fault(local, "cannot be bound", fault);
	return 0;
}

static void datagram_to(struct msghdr *message, struct udp_datagram *datagram)
{
	struct cmsghdr *control;

	for (control = CMSG_FIRSTHDR(message); control;
	     control = CMSG_NXTHDR(message, control)) {
		if (control->cmsg_level == IPPROTO_IP &&
		    control->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(control), sizeof(info));
			datagram->to = (union address){
				.v4 = { .sin_family = AF_INET,
					.sin_addr = info.ipi_addr }
			};
			datagram->ifindex = (unsigned int)info.ipi_ifindex;
			return;
		}
		if (control->cmsg_level == IPPROTO_IPV6 &&
		    control->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(control), sizeof(info));
			datagram->to.v6.sin6_family = AF_INET6;
			datagram->to.v6.sin6_addr = info.ipi6_addr;
			datagram->ifindex = info.ipi6_ifindex;
		}
	}
}

static void datagram_give(struct udp *udp, struct mmsghdr *message,
			  struct receive_slot *slot)
{
	struct udp_datagram datagram = { .data = slot->data,
					 .size = message->msg_len,
					 .from = slot->from };

	/* Half a message is none. */
	if (message->msg_hdr.msg_flags & MSG_TRUNC) {
		udp->errors++;
		return;
	}
	udp->received++;
	datagram_to(&message->msg_hdr, &datagram);
	if (datagram.to.family == AF_INET6)
		datagram.to.v6.sin6_scope_id = datagram.ifindex;
	address_unmap(&datagram.from);
	address_unmap(&datagram.to);
	udp->callback(udp->argument, &datagram);
}

static int batch_receive(struct udp *udp)
{
	for (size_t i = 0; i < RECEIVE_BATCH; i++) {
		struct receive_slot *slot = &udp->slots[i];

		udp->batch_vectors[i] =
			(struct iovec){ .iov_base = slot->data,
					.iov_len = sizeof(slot->data) };
		udp->batch[i].msg_hdr =
			(struct msghdr){ .msg_name = &slot->from,
					 .msg_namelen = sizeof(slot->from),
					 .msg_iov = &udp->batch_vectors[i],
					 .msg_iovlen = 1,
					 .msg_control = &slot->control,
					 .msg_controllen =
						 sizeof(slot->control) };
	}
	return recvmmsg(udp->fd, udp->batch, RECEIVE_BATCH, 0, NULL);
}

static void udp_free(struct udp *udp)
{
	free(udp->slots);
	free(udp->data);
	free(udp);
}

static void calling_end(struct udp *udp)
{
	udp->calling = false;
	if (udp->fd < 0)
		udp_free(udp);
}

static void on_readable(void *argument, int fd, int what)
{
	struct udp *udp = argument;
	int count = RECEIVE_BATCH;

	(void)fd;
	(void)what;
	udp->calling = true;
	for (int i = 0; i < RECEIVE_ROUND && count == RECEIVE_BATCH; i++) {
		count = batch_receive(udp);
		if (count < 0 && errno != EAGAIN && errno != EINTR)
			udp->errors++;
		for (int j = 0; j < count && udp->fd >= 0; j++)
			datagram_give(udp, &udp->batch[j], &udp->slots[j]);
		if (udp->fd < 0)
			break;
	}
	calling_end(udp);
}

/* Moves what has not left to the front. */
static void queue_compact(struct udp *udp)
{
	size_t count = udp->last - udp->first, offset;

	if (!count) {
		udp->first = 0;
		udp->last = 0;
		udp->used = 0;
		return;
	}
	if (!udp->first)
		return;
	offset = (size_t)((uint8_t *)udp->vectors[udp->first].iov_base -
			  udp->data);
	memmove(udp->data, udp->data + offset, udp->used - offset);
	udp->used -= offset;
	for (size_t i = 0; i < count; i++) {
		struct iovec *vector = &udp->vectors[udp->first + i];

		udp->to[i] = udp->to[udp->first + i];
		udp->vectors[i] = (struct iovec){
			.iov_base = (uint8_t *)vector->iov_base - offset,
			.iov_len = vector->iov_len
		};
		udp->queue[i].msg_hdr =
			(struct msghdr){ .msg_name = &udp->to[i],
					 .msg_namelen =
						 address_size(&udp->to[i]),
					 .msg_iov = &udp->vectors[i],
					 .msg_iovlen = 1 };
	}
	udp->first = 0;
	udp->last = count;
}

static void on_writable(void *argument, int fd, int what);

/* Sends until the queue is empty or the system's buffer is full. */
static void queue_flush(struct udp *udp)
{
	while (udp->first < udp->last && !udp->blocked) {
		int count = sendmmsg(udp->fd, &udp->queue[udp->first],
				     (unsigned int)(udp->last - udp->first), 0);

		if (count > 0) {
			udp->first += (size_t)count;
			udp->sent += (uint64_t)count;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			udp->blocked = !loop_watch_set(udp->loop, &udp->writer,
						       udp->fd, LOOP_WRITE,
						       on_writable, udp, NULL);
			if (!udp->blocked)
				break;
		} else if (errno != EINTR) {
			/* Of the first one only; the others have theirs. */
			udp->first++;
			udp->errors++;
		}
	}
	if (udp->first == udp->last)
		queue_compact(udp);
}

static bool has_room(const struct udp *udp)
{
	return udp->last - udp->first < QUEUE_SIZE;
}

static void on_writable(void *argument, int fd, int what)
{
	struct udp *udp = argument;

	(void)fd;
	(void)what;
	udp->blocked = false;
	loop_watch_stop(&udp->writer);
	queue_flush(udp);
	if (!udp->full || !has_room(udp))
		return;
	udp->full = false;
	udp->calling = true;
	if (udp->drained)
		udp->drained(udp->drained_argument);
	calling_end(udp);
}

static void kick_callback(void *argument)
{
	/* Nothing to do: the end of this round comes now. */
	(void)argument;
}

static void on_round(void *argument)
{
	struct udp *udp = argument;

	if (!udp->pending)
		return;
	udp->pending = false;
	loop_timer_stop(&udp->kick);
	queue_flush(udp);
}

struct udp *udp_open(struct loop *loop, const struct udp_options *options,
		     udp_callback callback, void *argument, struct fault *fault)
{
	struct udp *udp = calloc(1, sizeof(*udp));

	if (udp) {
		udp->fd = -1;
		udp->loop = loop;
		udp->data = malloc((size_t)QUEUE_SIZE * UDP_DATAGRAM_MAX);
		if (callback)
			udp->slots = calloc(RECEIVE_BATCH, sizeof(*udp->slots));
	}
	if (!udp || !udp->data || (callback && !udp->slots)) {
		fault_set(fault, FAULT_MEMORY, "no memory for a UDP socket");
	} else if (!socket_open(udp, options, fault)) {
		udp->callback = callback;
		udp->argument = argument;
		if (!callback ||
		    !loop_watch_set(loop, &udp->reader, udp->fd, LOOP_READ,
				    on_readable, udp, fault)) {
			loop_round_add(loop, &udp->round, on_round, udp);
			return udp;
		}
	}
	udp_close(udp);
	return NULL;
}

void udp_close(struct udp *udp)
{
	if (!udp)
		return;
	loop_watch_stop(&udp->reader);
	if (udp->fd >= 0)
		queue_flush(udp);
	loop_watch_stop(&udp->writer);
	loop_timer_stop(&udp->kick);
	loop_round_remove(udp->loop, &udp->round);
	if (udp->fd >= 0)
		close(udp->fd);
	udp->fd = -1;
	if (!udp->calling)
		udp_free(udp);
}

void udp_local(const struct udp *udp, union address *local)
{
	socklen_t size = sizeof(*local);

	memset(local, 0, sizeof(*local));
	getsockname(udp->fd, &local->any, &size);
}

static int membership(struct udp *udp, const union address *group,
		      const union address *source, const char *device,
		      bool join, struct fault *fault)
{
	int level = group->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	struct group_source_req both = { 0 };
	struct group_req any = { 0 };
	unsigned int ifindex;
	int error;

	if (!address_is_multicast(group) ||
	    (udp->family == AF_INET && group->family != AF_INET) ||
	    (source && source->family != group->family))
		return fault_set(fault, FAULT_ARGUMENT,
				 "the addresses of a group do not match");
	if (device_find(device, &ifindex, fault))
		return -1;
	if (!ifindex && group->family == AF_INET6)
		ifindex = group->v6.sin6_scope_id;
	both.gsr_interface = ifindex;
	any.gr_interface = ifindex;
	memcpy(&both.gsr_group, group, address_size(group));
	memcpy(&any.gr_group, group, address_size(group));
	if (source) {
		memcpy(&both.gsr_source, source, address_size(source));
		error = setsockopt(udp->fd, level,
				   join ? MCAST_JOIN_SOURCE_GROUP :
					  MCAST_LEAVE_SOURCE_GROUP,
				   &both, sizeof(both));
	} else {
		error = setsockopt(udp->fd, level,
				   join ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP,
				   &any, sizeof(any));
	}
	return error ? socket_fault(group,
				    join ? "the group cannot be joined" :
					   "the group cannot be left",
				    fault) :
		       0;
}

int udp_join(struct udp *udp, const union address *group,
	     const union address *source, const char *device,
	     struct fault *fault)
{
	return membership(udp, group, source, device, true, fault);
}

int udp_leave(struct udp *udp, const union address *group,
	      const union address *source, const char *device,
	      struct fault *fault)
{
	return membership(udp, group, source, device, false, fault);
}

static void kick(struct udp *udp)
{
	if (udp->pending)
		return;
	udp->pending = true;
	loop_timer_set(udp->loop, &udp->kick, 0, kick_callback, NULL);
}

static void queue_put(struct udp *udp, const union address *to,
		      const uint8_t *data, size_t size)
{
	size_t i = udp->last;

	udp->to[i] = *to;
	if (udp->family == AF_INET6)
		address_map(&udp->to[i]);
	memcpy(udp->data + udp->used, data, size);
	udp->vectors[i] = (struct iovec){ .iov_base = udp->data + udp->used,
					  .iov_len = size };
	udp->queue[i].msg_hdr =
		(struct msghdr){ .msg_name = &udp->to[i],
				 .msg_namelen = address_size(&udp->to[i]),
				 .msg_iov = &udp->vectors[i],
				 .msg_iovlen = 1 };
	udp->used += size;
	udp->last++;
}

int udp_send(struct udp *udp, const union address *to, const uint8_t *data,
	     size_t size, struct fault *fault)
{
	if (size > UDP_DATAGRAM_MAX || !address_port(to) ||
	    (udp->family == AF_INET && to->family != AF_INET))
		return fault_set(
			fault, FAULT_ARGUMENT,
			"a datagram has no place to go, or is too long");
	if (!has_room(udp))
		queue_flush(udp);
	if (!has_room(udp)) {
		udp->full = true;
		return fault_set(fault, FAULT_LIMIT,
				 "the queue of a UDP socket is full");
	}
	if (udp->last == QUEUE_SIZE)
		queue_compact(udp);
	queue_put(udp, to, data, size);
	if (!has_room(udp))
		queue_flush(udp);
	udp->full = !has_room(udp);
	kick(udp);
	return 0;
}

size_t udp_room(const struct udp *udp)
{
	return QUEUE_SIZE - (udp->last - udp->first);
}

void udp_drained_set(struct udp *udp, loop_callback callback, void *argument)
{
	udp->drained = callback;
	udp->drained_argument = argument;
}

void udp_counts(const struct udp *udp, uint64_t *sent, uint64_t *received,
		uint64_t *errors)
{
	if (sent)
		*sent = udp->sent;
	if (received)
		*received = udp->received;
	if (errors)
		*errors = udp->errors;
}
