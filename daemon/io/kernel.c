// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two sockets: one for requests, and one for notices. The latter listens to the
 * kernel's own family "nlctrl", too, which says when ours comes and goes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_request.h"

#define LISTENERS_MAX 16
/* Notices in one go, before others have their turn. */
#define NOTICES_MAX 64
/* Tries to read a list that somebody changes meanwhile. */
#define DUMPS_MAX 8

#define CONTROL_FAMILY "nlctrl"
#define CONTROL_GROUP "notify"

struct listener {
	kernel_callback callback;
	void *argument;
};

/**
 * struct kernel - the way to the module
 * @family: of the module, id 0 if it is not loaded
 * @control: notice of a family to look at
 * @tell: tells the listeners from the loop
 * @told: they know that it is here
 * @restarted: it was gone since they know
 * @overrun: notices were lost
 */
struct kernel {
	struct loop *loop;
	struct kernel_socket requests;
	struct kernel_socket notices;
	struct loop_watch watch;
	struct loop_timer tell;
	struct kernel_family family;
	struct listener listeners[LISTENERS_MAX];
	unsigned int listener_count;
	bool told;
	bool restarted;
	bool overrun;
};

static void event_tell(const struct kernel *kernel,
		       const struct kernel_event *event)
{
	for (unsigned int i = 0; i < kernel->listener_count; i++)
		kernel->listeners[i].callback(kernel->listeners[i].argument,
					      event);
}

static void type_tell(const struct kernel *kernel, enum kernel_event_type type)
{
	const struct kernel_event event = { .type = type };

	event_tell(kernel, &event);
}

static void changes_tell(void *argument)
{
	struct kernel *kernel = argument;
	bool overrun = kernel->overrun;

	loop_timer_stop(&kernel->tell);
	kernel->overrun = false;
	if (kernel->told && (kernel->restarted || !kernel->family.id)) {
		kernel->told = false;
		overrun = false;
		type_tell(kernel, KERNEL_GONE);
	}
	kernel->restarted = false;
	if (!kernel->told && kernel->family.id) {
		kernel->told = true;
		type_tell(kernel, KERNEL_HERE);
	} else if (overrun && kernel->told) {
		type_tell(kernel, KERNEL_OVERRUN);
	}
}

static void changes_tell_soon(struct kernel *kernel)
{
	loop_timer_set(kernel->loop, &kernel->tell, 0, changes_tell, kernel);
}

static void family_gone(struct kernel *kernel)
{
	kernel->family = (struct kernel_family){ 0 };
	kernel->restarted = true;
	changes_tell_soon(kernel);
}

/* What is looked for, and what was found. */
struct lookup {
	const char *group;
	struct kernel_family family;
};

static int family_take(void *argument, const struct nlmsghdr *header)
{
	struct lookup *lookup = argument;

	return kernel_family_parse(header, lookup->group, &lookup->family);
}

/* Returns 0, with id 0 if there is no such family, or -1 and a fault. */
static int family_find(struct kernel *kernel, const char *name,
		       struct lookup *lookup, struct fault *fault)
{
	struct kernel_message message;
	struct kernel_answer answer;

	lookup->family = (struct kernel_family){ 0 };
	kernel_message_begin(&message, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1,
			     NLM_F_ACK);
	kernel_message_family(&message, name);
	if (kernel_socket_call(&kernel->requests, &message, family_take, lookup,
			       &answer, fault))
		return -1;
	if (answer.error == ENOENT)
		lookup->family = (struct kernel_family){ 0 };
	else if (answer.error)
		return fault_set(fault, FAULT_STATE,
				 "the kernel does not say what it has: %s",
				 strerror(answer.error));
	return 0;
}

/* Looks whether the module is there, and listens to it. */
static int family_refresh(struct kernel *kernel, struct fault *fault)
{
	struct lookup lookup = { .group = MBSEC_MCGRP_EVENTS };

	if (family_find(kernel, MBSEC_FAMILY_NAME, &lookup, fault))
		return -1;
	if (lookup.family.id == kernel->family.id)
		return 0;
	if (kernel->family.id)
		family_gone(kernel);
	if (!lookup.family.id)
		return 0;
	if (!lookup.family.multicast)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "the kernel module sends no events");
	/* It may have gone again by now; then that is noticed, too. */
	if (kernel_socket_join(&kernel->notices, lookup.family.multicast,
			       fault))
		return -1;
	kernel->family = lookup.family;
	changes_tell_soon(kernel);
	return 0;
}

static int control_take(struct kernel *kernel, const struct nlmsghdr *header)
{
	struct kernel_family family;

	if (kernel_family_parse(header, MBSEC_MCGRP_EVENTS, &family) ||
	    strcmp(family.name, MBSEC_FAMILY_NAME))
		return 0;
	if (family.command == CTRL_CMD_DELFAMILY &&
	    family.id == kernel->family.id)
		family_gone(kernel);
	if (family.command == CTRL_CMD_NEWFAMILY ||
	    family.command == CTRL_CMD_DELFAMILY)
		family_refresh(kernel, NULL);
	return 0;
}

static int notice_take(void *argument, const struct nlmsghdr *header)
{
	struct kernel *kernel = argument;
	struct kernel_event event;

	if (header->nlmsg_type == GENL_ID_CTRL)
		return control_take(kernel, header);
	if (!kernel->family.id || header->nlmsg_type != kernel->family.id ||
	    kernel_event_parse(header, &event))
		return -1;
	/* Nobody hears of a key before he hears that there is a module. */
	if (kernel->tell.loop)
		changes_tell(kernel);
	event_tell(kernel, &event);
	return 0;
}

static void on_notice(void *argument, int fd, int what)
{
	struct kernel *kernel = argument;
	int result = 1;

	(void)fd;
	(void)what;
	for (int i = 0; i < NOTICES_MAX && result == 1; i++)
		result = kernel_socket_read(&kernel->notices, notice_take,
					    kernel);
	if (result == -ENOBUFS) {
		kernel->overrun = true;
		family_refresh(kernel, NULL);
		changes_tell_soon(kernel);
	}
}

struct kernel *kernel_open(struct loop *loop, struct fault *fault)
{
	struct lookup lookup = { .group = CONTROL_GROUP };
	struct kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel) {
		fault_set(fault, FAULT_MEMORY, "no memory for netlink");
		return NULL;
	}
	kernel->loop = loop;
	kernel->requests.fd = -1;
	kernel->notices.fd = -1;
	/* First listen, then look: what comes in between is not missed. */
	if (!kernel_socket_open(&kernel->requests, true, fault) &&
	    !kernel_socket_open(&kernel->notices, false, fault) &&
	    !family_find(kernel, CONTROL_FAMILY, &lookup, fault) &&
	    !kernel_socket_join(&kernel->notices, lookup.family.multicast,
				fault) &&
	    !family_refresh(kernel, fault) &&
	    !loop_watch_set(loop, &kernel->watch, kernel->notices.fd, LOOP_READ,
			    on_notice, kernel, fault))
		return kernel;
	kernel_close(kernel);
	return NULL;
}

void kernel_close(struct kernel *kernel)
{
	if (!kernel)
		return;
	loop_watch_stop(&kernel->watch);
	loop_timer_stop(&kernel->tell);
	kernel_socket_close(&kernel->requests);
	kernel_socket_close(&kernel->notices);
	free(kernel);
}

int kernel_listen(struct kernel *kernel, kernel_callback callback,
		  void *argument, struct fault *fault)
{
	if (kernel->listener_count == LISTENERS_MAX)
		return fault_set(
			fault, FAULT_LIMIT,
			"the kernel module has %d listeners, no more fit",
			LISTENERS_MAX);
	kernel->listeners[kernel->listener_count++] =
		(struct listener){ callback, argument };
	return 0;
}

bool kernel_is_here(const struct kernel *kernel)
{
	return kernel->family.id;
}

static enum fault_code fault_code_of(int error)
{
	switch (error) {
	case ENOENT:
	case ENOKEY:
		return FAULT_UNKNOWN;
	case EKEYREJECTED:
		return FAULT_REPLAYED;
	case ENOSPC:
		return FAULT_LIMIT;
	case EPERM:
	case EKEYEXPIRED:
	case EINTR:
		return FAULT_STATE;
	case ENOMEM:
	case ENOBUFS:
		return FAULT_MEMORY;
	default:
		return FAULT_ARGUMENT;
	}
}

static int no_module(struct fault *fault)
{
	return fault_set(fault, FAULT_STATE,
			 "the kernel module mbsec is not loaded");
}

int kernel_request_start(struct kernel *kernel, struct kernel_message *message,
			 uint8_t command, uint16_t flags, struct fault *fault)
{
	if (!kernel->family.id)
		return no_module(fault);
	kernel_message_begin(message, kernel->family.id, command,
			     MBSEC_FAMILY_VERSION, flags);
	return 0;
}

static int message_start(struct kernel *kernel, struct kernel_message *message,
			 uint8_t command, const struct kernel_group *group,
			 struct fault *fault)
{
	if (kernel->family.id && !address_is_multicast(&group->group))
		return fault_set(fault, FAULT_ARGUMENT,
				 "the group's address is not a multicast one");
	return kernel_request_start(kernel, message, command, NLM_F_ACK, fault);
}

int kernel_request_run(struct kernel *kernel, struct kernel_message *message,
		       kernel_take take, void *argument, int *error,
		       struct fault *refusal, struct fault *fault)
{
	struct kernel_answer answer;

	if (kernel_socket_call(&kernel->requests, message, take, argument,
			       &answer, fault))
		return -1;
	*error = answer.error;
	if (answer.error == ENOENT && !answer.sentence[0]) {
		/* All errors of the module have a sentence: it is gone. */
		family_gone(kernel);
		family_refresh(kernel, NULL);
		return no_module(fault);
	}
	if (answer.error)
		fault_set(refusal, fault_code_of(answer.error), "kernel: %s",
			  answer.sentence[0] ? answer.sentence :
					       strerror(answer.error));
	return 0;
}

int kernel_request_refuse(const struct fault *refusal, struct fault *fault)
{
	return fault_set(fault, refusal->code, "%s", refusal->text);
}

/* The kernel's groups have an interface, not a scope. */
static bool host_is(const union address *a, union address b)
{
	if (a->family == AF_INET6 && b.family == AF_INET6)
		b.v6.sin6_scope_id = a->v6.sin6_scope_id;
	return address_host_equal(a, &b);
}

static bool group_is(const struct kernel_group *a, const struct kernel_group *b)
{
	return host_is(&a->group, b->group) &&
	       address_port(&a->group) == address_port(&b->group) &&
	       host_is(&a->source, b->source);
}

/* An object that a dump is searched for. */
struct search {
	const struct kernel_group *group;
	const struct kernel_key *key;
	struct kernel_object found;
	bool there;
};

static int object_take(void *argument, const struct nlmsghdr *header)
{
	struct search *search = argument;
	struct kernel_object object;

	if (kernel_object_parse(header, &object))
		return -1;
	if (!group_is(&object.group, search->group) ||
	    (search->key && (object.key.msk_id != search->key->msk_id ||
			     object.key.mtk_id != search->key->mtk_id ||
			     object.key.sender_id != search->key->sender_id ||
			     object.key.role != search->key->role)))
		return 0;
	search->found = object;
	search->there = true;
	return 0;
}

int kernel_request_dump(struct kernel *kernel, uint8_t command,
			kernel_dump_begin begin, kernel_take take,
			void *argument, struct fault *fault)
{
	struct kernel_message message;
	struct fault refusal;
	int error = EINTR;

	for (int i = 0; i < DUMPS_MAX && error == EINTR; i++) {
		refusal = (struct fault){ 0 };
		begin(argument);
		if (kernel_request_start(kernel, &message, command, NLM_F_DUMP,
					 fault) ||
		    kernel_request_run(kernel, &message, take, argument, &error,
				       &refusal, fault))
			return -1;
	}
	return error ? kernel_request_refuse(&refusal, fault) : 0;
}

static void object_lose(void *argument)
{
	struct search *search = argument;

	search->there = false;
}

static int object_find(struct kernel *kernel, uint8_t command,
		       struct search *search, struct fault *fault)
{
	return kernel_request_dump(kernel, command, object_lose, object_take,
				   search, fault);
}

/* The name of the first property that differs, or NULL. */
static const char *group_difference(const struct kernel_object *object,
				    const struct kernel_group *group,
				    uint32_t ifindex)
{
	uint32_t direction = group->direction ?
				     group->direction :
				     MBSEC_DIRECTION_OUT | MBSEC_DIRECTION_IN;
	uint32_t suite = group->suite ? group->suite :
					MBSEC_SUITE_AES128_CTR_HMAC_SHA256_80;
	uint32_t format = group->format ? group->format : MBSEC_FORMAT_SFRAME;

	if (object->group.format != format)
		return "format";
	if (object->group.suite != suite)
		return "suite";
	if (object->group.rtcp_port != group->rtcp_port)
		return "port of RTCP";
	if (object->group.roc_rate != group->roc_rate)
		return "ROC transmission rate";
	if (object->group.direction != direction)
		return "direction";
	if (object->group.policy != group->policy)
		return "policy";
	return object->ifindex == ifindex ? NULL : "interface";
}

static int group_compare(struct kernel *kernel,
			 const struct kernel_group *group, uint32_t ifindex,
			 const struct fault *refusal, struct fault *fault)
{
	struct search search = { .group = group };
	char text[ADDRESS_TEXT_SIZE];
	const char *difference;

	if (object_find(kernel, MBSEC_CMD_GROUP_GET, &search, fault))
		return -1;
	if (!search.there)
		return kernel_request_refuse(refusal, fault);
	difference = group_difference(&search.found, group, ifindex);
	if (!difference)
		return 0;
	address_text(&group->group, text);
	return fault_set(fault, FAULT_ARGUMENT,
			 "group %s is in the kernel already, with another %s",
			 text, difference);
}

int kernel_group_add(struct kernel *kernel, const struct kernel_group *group,
		     struct fault *fault)
{
	struct kernel_message message;
	struct fault refusal = { 0 };
	uint32_t ifindex = 0;
	int error;

	if (group->device[0]) {
		ifindex = if_nametoindex(group->device);
		if (!ifindex)
			return fault_set(fault, FAULT_ARGUMENT,
					 "no interface is called %.*s",
					 (int)sizeof(group->device),
					 group->device);
	}
	if (message_start(kernel, &message, MBSEC_CMD_GROUP_ADD, group, fault))
		return -1;
	kernel_message_group(&message, group, ifindex);
	if (kernel_request_run(kernel, &message, NULL, NULL, &error, &refusal,
			       fault))
		return -1;
	if (error == EEXIST)
		return group_compare(kernel, group, ifindex, &refusal, fault);
	return error ? kernel_request_refuse(&refusal, fault) : 0;
}

int kernel_group_delete(struct kernel *kernel, const struct kernel_group *group,
			struct fault *fault)
{
	struct kernel_message message;
	struct fault refusal = { 0 };
	int error;

	if (message_start(kernel, &message, MBSEC_CMD_GROUP_DEL, group, fault))
		return -1;
	kernel_message_group_id(&message, group);
	if (kernel_request_run(kernel, &message, NULL, NULL, &error, &refusal,
			       fault))
		return -1;
	return error && error != ENOENT ?
		       kernel_request_refuse(&refusal, fault) :
		       0;
}

/* The module says EEXIST also if another group uses the key. */
static int key_find(struct kernel *kernel, const struct kernel_group *group,
		    const struct kernel_key *key, const struct fault *refusal,
		    struct fault *fault)
{
	struct search search = { .group = group, .key = key };

	if (object_find(kernel, MBSEC_CMD_KEY_GET, &search, fault))
		return -1;
	return search.there ? 0 : kernel_request_refuse(refusal, fault);
}

int kernel_key_add(struct kernel *kernel, const struct kernel_group *group,
		   const struct kernel_key *key, struct fault *fault)
{
	struct kernel_message message;
	struct fault refusal = { 0 };
	int error;

	if (!key->keys && !(key->srtp && key->srtcp))
		return fault_set(fault, FAULT_ARGUMENT,
				 "the key has no octets");
	if (message_start(kernel, &message, MBSEC_CMD_KEY_ADD, group, fault))
		return -1;
	kernel_message_group_id(&message, group);
	kernel_message_key(&message, key);
	if (kernel_request_run(kernel, &message, NULL, NULL, &error, &refusal,
			       fault))
		return -1;
	if (error == EEXIST && key->role == MBSEC_ROLE_RX)
		return key_find(kernel, group, key, &refusal, fault);
	if (error == EEXIST)
		refusal.code = FAULT_REPLAYED;
	return error ? kernel_request_refuse(&refusal, fault) : 0;
}

static int key_request(struct kernel *kernel, uint8_t command,
		       const struct kernel_group *group,
		       const struct kernel_key *key, int *error,
		       struct fault *refusal, struct fault *fault)
{
	struct kernel_message message;

	if (message_start(kernel, &message, command, group, fault))
		return -1;
	kernel_message_group_id(&message, group);
	kernel_message_key_id(&message, key);
	return kernel_request_run(kernel, &message, NULL, NULL, error, refusal,
				  fault);
}

int kernel_key_activate(struct kernel *kernel, const struct kernel_group *group,
			const struct kernel_key *key, struct fault *fault)
{
	struct fault refusal = { 0 };
	int error;

	if (key_request(kernel, MBSEC_CMD_KEY_ACTIVATE, group, key, &error,
			&refusal, fault))
		return -1;
	return error ? kernel_request_refuse(&refusal, fault) : 0;
}

int kernel_key_delete(struct kernel *kernel, const struct kernel_group *group,
		      const struct kernel_key *key, struct fault *fault)
{
	struct fault refusal = { 0 };
	int error;

	if (key_request(kernel, MBSEC_CMD_KEY_DEL, group, key, &error, &refusal,
			fault))
		return -1;
	return error && error != ENOENT ?
		       kernel_request_refuse(&refusal, fault) :
		       0;
}
