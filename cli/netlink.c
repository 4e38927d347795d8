// SPDX-License-Identifier: GPL-2.0-or-later
/* The generic netlink socket: calls, dumps, events, error sentences. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/mbsec.h>
#include <linux/netlink.h>

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/handlers.h>

#include <openssl/crypto.h>

#include "netlink.h"

#define DUMP_TRIES 50

/* One call on its way. */
struct call {
	struct netlink_answer *answer;
	netlink_take take;
	void *argument;
	bool done;
	bool malformed;
	bool interrupted;
};

static int no_module(struct problem *problem)
{
	return problem_set(
		problem, EXIT_CODE_NO_MODULE,
		"the kernel module is not loaded (insmod mbsec.ko or modprobe mbsec)");
}

static void option_enable(int fd, int option)
{
	const int one = 1;

	/* Kernels without it answer as well, with fewer words. */
	setsockopt(fd, SOL_NETLINK, option, &one, sizeof(one));
}

int netlink_open(struct netlink *netlink, struct problem *problem)
{
	/* The default callbacks would print messages if NLCB asks for it. */
	struct nl_cb *callbacks = nl_cb_alloc(NL_CB_DEFAULT);
	int err = -NLE_NOMEM;

	netlink->socket = callbacks ? nl_socket_alloc_cb(callbacks) : NULL;
	nl_cb_put(callbacks);
	if (netlink->socket)
		err = genl_connect(netlink->socket);
	if (err) {
		netlink_close(netlink);
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "cannot open a netlink socket: %s",
				   nl_geterror(err));
	}
	option_enable(nl_socket_get_fd(netlink->socket), NETLINK_EXT_ACK);
	option_enable(nl_socket_get_fd(netlink->socket), NETLINK_CAP_ACK);
	nl_socket_enable_msg_peek(netlink->socket);

	netlink->family = genl_ctrl_resolve(netlink->socket, MBSEC_FAMILY_NAME);
	if (netlink->family >= 0)
		return 0;
	err = netlink->family;
	netlink_close(netlink);
	if (err == -NLE_OBJ_NOTFOUND)
		return no_module(problem);
	return problem_set(problem, EXIT_CODE_REFUSED,
			   "cannot look for the kernel module: %s",
			   nl_geterror(err));
}

void netlink_close(struct netlink *netlink)
{
	nl_socket_free(netlink->socket);
	netlink->socket = NULL;
}

struct nl_msg *netlink_message(const struct netlink *netlink, uint8_t command,
			       int flags)
{
	/* Of fixed size: growing would leave a copy behind in freed memory. */
	struct nl_msg *msg = nlmsg_alloc();

	if (msg && genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, netlink->family,
			       0, flags, command, MBSEC_FAMILY_VERSION))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

void netlink_message_free(struct nl_msg *msg)
{
	if (!msg)
		return;
	OPENSSL_cleanse(nlmsg_hdr(msg), nlmsg_get_max_size(msg));
	nlmsg_free(msg);
}

static size_t answer_fixed_size(const struct nlmsghdr *header)
{
	const struct nlmsgerr *error = nlmsg_data(header);
	size_t size;

	if (header->nlmsg_type == NLMSG_DONE)
		return sizeof(int);
	size = sizeof(*error);
	if (!(header->nlmsg_flags & NLM_F_CAPPED) &&
	    error->msg.nlmsg_len >= NLMSG_HDRLEN)
		size += NLMSG_ALIGN(error->msg.nlmsg_len - NLMSG_HDRLEN);
	return size;
}

void netlink_answer_parse(const struct nlmsghdr *header,
			  struct netlink_answer *answer)
{
	size_t length = nlmsg_datalen(header);
	struct nlattr *sentence;
	size_t fixed;
	int error;

	answer->error = 0;
	answer->sentence[0] = '\0';
	if (header->nlmsg_type == NLMSG_ERROR ?
		    length < sizeof(struct nlmsgerr) :
		    length < sizeof(int))
		return;
	memcpy(&error, nlmsg_data(header), sizeof(error));
	answer->error = error < 0 ? -error : error;
	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	fixed = answer_fixed_size(header);
	if (fixed >= length)
		return;
	sentence =
		nla_find((struct nlattr *)((char *)nlmsg_data(header) + fixed),
			 length - fixed, NLMSGERR_ATTR_MSG);
	if (sentence)
		nla_strlcpy(answer->sentence, sentence,
			    sizeof(answer->sentence));
}

static int on_valid(struct nl_msg *msg, void *argument)
{
	struct call *call = argument;

	if (call->take && !call->take(nlmsg_hdr(msg), call->argument))
		call->malformed = true;
	return NL_OK;
}

static int on_end(struct nl_msg *msg, void *argument)
{
	struct call *call = argument;

	netlink_answer_parse(nlmsg_hdr(msg), call->answer);
	call->done = true;
	return NL_STOP;
}

static int on_error(struct sockaddr_nl *sender __attribute__((unused)),
		    struct nlmsgerr *error, void *argument)
{
	struct call *call = argument;

	/* libnl hands over the payload; the header is just before it. */
	netlink_answer_parse((struct nlmsghdr *)((char *)error - NLMSG_HDRLEN),
			     call->answer);
	call->done = true;
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg __attribute__((unused)),
			  void *argument)
{
	struct call *call = argument;

	call->interrupted = true;
	return NL_OK;
}

static int answer_receive(struct netlink *netlink, struct call *call)
{
	struct nl_cb *callbacks = nl_cb_alloc(NL_CB_DEFAULT);
	int err = callbacks ? 0 : -NLE_NOMEM;

	if (callbacks) {
		nl_cb_set(callbacks, NL_CB_VALID, NL_CB_CUSTOM, on_valid, call);
		nl_cb_set(callbacks, NL_CB_ACK, NL_CB_CUSTOM, on_end, call);
		nl_cb_set(callbacks, NL_CB_FINISH, NL_CB_CUSTOM, on_end, call);
		nl_cb_set(callbacks, NL_CB_DUMP_INTR, NL_CB_CUSTOM,
			  on_interrupted, call);
		nl_cb_err(callbacks, NL_CB_CUSTOM, on_error, call);
	}
	while (!err && !call->done) {
		err = nl_recvmsgs_report(netlink->socket, callbacks);
		if (err > 0)
			err = 0;
	}
	nl_cb_put(callbacks);
	return call->done ? 0 : err;
}

static int answer_judge(const struct call *call, struct problem *problem)
{
	const struct netlink_answer *answer = call->answer;

	if (answer->error && answer->sentence[0])
		return problem_set(problem, EXIT_CODE_REFUSED, "%s",
				   answer->sentence);
	switch (answer->error) {
	case 0:
		break;
	case EPERM:
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "not permitted; it needs CAP_NET_ADMIN");
	case ENOENT:
		/* All errors of the module have a sentence: it is gone. */
		return no_module(problem);
	default:
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "the kernel refused: %s",
				   strerror(answer->error));
	}
	if (call->malformed)
		return problem_set(
			problem, EXIT_CODE_REFUSED,
			"the kernel module sent an answer that this version of the tool does not understand");
	return 0;
}

static int call_run(struct netlink *netlink, struct nl_msg *msg,
		    struct call *call, struct problem *problem)
{
	int err;

	call->answer->error = NETLINK_NOT_SENT;
	call->answer->sentence[0] = '\0';
	err = nl_send_auto(netlink->socket, msg);
	netlink_message_free(msg);
	if (err < 0)
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "cannot send to the kernel: %s",
				   nl_geterror(err));
	call->answer->error = NETLINK_NO_ANSWER;
	err = answer_receive(netlink, call);
	if (err)
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "no answer from the kernel: %s",
				   nl_geterror(err));
	return answer_judge(call, problem);
}

int netlink_call(struct netlink *netlink, struct nl_msg *msg, netlink_take take,
		 void *argument, struct netlink_answer *answer,
		 struct problem *problem)
{
	struct call call = {
		.answer = answer,
		.take = take,
		.argument = argument,
	};

	return call_run(netlink, msg, &call, problem);
}

int netlink_dump(struct netlink *netlink, uint8_t command, netlink_take take,
		 void (*restart)(void *argument), void *argument,
		 struct problem *problem)
{
	for (int i = 0; i < DUMP_TRIES; i++) {
		struct netlink_answer answer;
		struct call call = {
			.answer = &answer,
			.take = take,
			.argument = argument,
		};
		struct nl_msg *msg =
			netlink_message(netlink, command, NLM_F_DUMP);
		int code;

		restart(argument);
		if (!msg)
			return problem_set(problem, EXIT_CODE_REFUSED,
					   "out of memory");
		code = call_run(netlink, msg, &call, problem);
		if (code || !call.interrupted)
			return code;
	}
	return problem_set(
		problem, EXIT_CODE_REFUSED,
		"the list changed each time while it was read; try again");
}
