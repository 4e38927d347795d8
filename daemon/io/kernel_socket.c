// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "kernel_socket.h"

/* It takes microseconds; the kernel may be busy with other namespaces. */
#define ANSWER_SECONDS 5

static void option_enable(int fd, int option)
{
	const int one = 1;

	/* Kernels without it answer as well, with fewer words. */
	setsockopt(fd, SOL_NETLINK, option, &one, sizeof(one));
}

int kernel_socket_open(struct kernel_socket *socket_, bool wait,
		       struct fault *fault)
{
	const struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	const struct timeval time = { .tv_sec = ANSWER_SECONDS };
	int type = SOCK_RAW | SOCK_CLOEXEC | (wait ? 0 : SOCK_NONBLOCK);

	socket_->fd = socket(AF_NETLINK, type, NETLINK_GENERIC);
	if (socket_->fd < 0 ||
	    bind(socket_->fd, (const void *)&local, sizeof(local))) {
		fault_set(fault, FAULT_STATE,
			  "generic netlink cannot be used: %s",
			  strerror(errno));
		kernel_socket_close(socket_);
		return -1;
	}
	option_enable(socket_->fd, NETLINK_EXT_ACK);
	/* Errors are not to repeat the request, which may hold keys. */
	option_enable(socket_->fd, NETLINK_CAP_ACK);
	setsockopt(socket_->fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
	return 0;
}

void kernel_socket_close(struct kernel_socket *socket)
{
	if (socket->fd >= 0)
		close(socket->fd);
	socket->fd = -1;
}

int kernel_socket_join(struct kernel_socket *socket, uint32_t multicast,
		       struct fault *fault)
{
	if (!setsockopt(socket->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			&multicast, sizeof(multicast)))
		return 0;
	return fault_set(fault, FAULT_STATE,
			 "notices of the kernel cannot be heard: %s",
			 strerror(errno));
}

/* Octets of messages, 0 for what is passed over, or a negative errno. */
static ssize_t receive(struct kernel_socket *socket)
{
	struct sockaddr_nl from = { 0 };
	struct iovec vector = { .iov_base = socket->received.bytes,
				.iov_len = sizeof(socket->received.bytes) };
	struct msghdr message = { .msg_name = &from,
				  .msg_namelen = sizeof(from),
				  .msg_iov = &vector,
				  .msg_iovlen = 1 };
	ssize_t size;

	do {
		size = recvmsg(socket->fd, &message, 0);
	} while (size < 0 && errno == EINTR);
	if (size < 0)
		return -errno;
	/* Only the kernel has number 0. */
	if (message.msg_namelen != sizeof(from) || from.nl_pid ||
	    message.msg_flags & MSG_TRUNC)
		return 0;
	return size;
}

/* The message at @offset, NULL if no whole one is there. */
static const struct nlmsghdr *message_at(const struct kernel_socket *socket,
					 size_t offset, size_t size)
{
	const struct nlmsghdr *header =
		(const struct nlmsghdr *)(socket->received.bytes + offset);

	if (offset > size || size - offset < NLMSG_HDRLEN ||
	    header->nlmsg_len < NLMSG_HDRLEN ||
	    header->nlmsg_len > size - offset)
		return NULL;
	return header;
}

/* One call on its way. */
struct call {
	uint32_t sequence;
	kernel_take take;
	void *argument;
	struct kernel_answer *answer;
	bool done;
	bool malformed;
	bool interrupted;
};

static void call_take(struct call *call, const struct nlmsghdr *header)
{
	/* The answer to an earlier request, for which we no longer waited. */
	if (call->done || header->nlmsg_seq != call->sequence)
		return;
	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		call->interrupted = true;
	switch (header->nlmsg_type) {
	case NLMSG_NOOP:
		return;
	case NLMSG_ERROR:
	case NLMSG_DONE:
		call->done = true;
		if (kernel_answer_parse(header, call->answer))
			call->malformed = true;
		return;
	default:
		if (call->take && call->take(call->argument, header))
			call->malformed = true;
	}
}

static int call_wait(struct kernel_socket *socket, struct call *call,
		     struct fault *fault)
{
	while (!call->done) {
		const struct nlmsghdr *header;
		ssize_t size = receive(socket);
		size_t offset = 0;

		if (size < 0)
			return fault_set(fault, FAULT_STATE,
					 "the kernel does not answer: %s",
					 strerror((int)-size));
		while ((header = message_at(socket, offset, (size_t)size))) {
			call_take(call, header);
			offset += NLMSG_ALIGN((size_t)header->nlmsg_len);
		}
	}
	if (call->malformed)
		return fault_set(
			fault, FAULT_MALFORMED,
			"the kernel module sends what this program does not understand");
	if (call->interrupted)
		call->answer->error = EINTR;
	return 0;
}

int kernel_socket_call(struct kernel_socket *socket,
		       struct kernel_message *message, kernel_take take,
		       void *argument, struct kernel_answer *answer,
		       struct fault *fault)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct call call = { .take = take,
			     .argument = argument,
			     .answer = answer };
	bool failed = message->failed;
	ssize_t sent = -1;
	int error = 0;

	memset(answer, 0, sizeof(*answer));
	call.sequence = ++socket->sequence;
	message->header.nlmsg_seq = call.sequence;
	if (!failed) {
		sent = sendto(socket->fd, message->bytes,
			      message->header.nlmsg_len, 0,
			      (const void *)&kernel, sizeof(kernel));
		error = errno;
	}
	kernel_message_wipe(message);
	if (failed)
		return fault_set(fault, FAULT_ARGUMENT,
				 "the request does not fit into a message");
	if (sent < 0)
		return fault_set(fault, FAULT_STATE,
				 "the kernel takes no request: %s",
				 strerror(error));
	return call_wait(socket, &call, fault);
}

int kernel_socket_read(struct kernel_socket *socket, kernel_take take,
		       void *argument)
{
	const struct nlmsghdr *header;
	ssize_t size = receive(socket);
	size_t offset = 0;

	if (size == -ENOBUFS)
		return -ENOBUFS;
	if (size < 0)
		return 0;
	while ((header = message_at(socket, offset, (size_t)size))) {
		take(argument, header);
		offset += NLMSG_ALIGN((size_t)header->nlmsg_len);
	}
	return 1;
}
