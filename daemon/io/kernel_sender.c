// SPDX-License-Identifier: GPL-2.0-or-later
/* SSRCs of SRTP groups in the kernel. */
#include <errno.h>

#include "kernel_request.h"

static int sender_request(struct kernel *kernel, uint8_t command,
			  const struct kernel_group *group,
			  const struct kernel_sender *sender, int *error,
			  struct fault *refusal, struct fault *fault)
{
	struct kernel_message message;

	if (kernel_request_start(kernel, &message, command, NLM_F_ACK, fault))
		return -1;
	kernel_message_group_id(&message, group);
	kernel_message_sender(&message, sender,
			      command == MBSEC_CMD_SENDER_ADD);
	return kernel_request_run(kernel, &message, NULL, NULL, error, refusal,
				  fault);
}

int kernel_sender_add(struct kernel *kernel, const struct kernel_group *group,
		      const struct kernel_sender *sender, struct fault *fault)
{
	struct fault refusal = { 0 };
	int error;

	if (sender_request(kernel, MBSEC_CMD_SENDER_ADD, group, sender, &error,
			   &refusal, fault))
		return -1;
	return error ? kernel_request_refuse(&refusal, fault) : 0;
}

int kernel_sender_delete(struct kernel *kernel,
			 const struct kernel_group *group,
			 const struct kernel_sender *sender,
			 struct fault *fault)
{
	struct fault refusal = { 0 };
	int error;

	if (sender_request(kernel, MBSEC_CMD_SENDER_DEL, group, sender, &error,
			   &refusal, fault))
		return -1;
	return error && error != ENOENT && error != EBUSY ?
		       kernel_request_refuse(&refusal, fault) :
		       0;
}

struct senders {
	kernel_sender_callback callback;
	void *argument;
};

/* The kernel does not begin anew when the list of senders changes. */
static void senders_begin(void *argument)
{
	(void)argument;
}

static int sender_take(void *argument, const struct nlmsghdr *header)
{
	const struct senders *senders = argument;
	struct kernel_object object;

	if (kernel_object_parse(header, &object))
		return -1;
	senders->callback(senders->argument, &object.group, &object.sender);
	return 0;
}

int kernel_senders_each(struct kernel *kernel, kernel_sender_callback callback,
			void *argument, struct fault *fault)
{
	struct senders senders = { callback, argument };

	return kernel_request_dump(kernel, MBSEC_CMD_SENDER_GET, senders_begin,
				   sender_take, &senders, fault);
}
