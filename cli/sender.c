// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands on the senders of SRTP groups: their SSRCs, and where they stand. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "encode.h"
#include "json.h"
#include "lookup.h"
#include "netlink.h"
#include "object_command.h"
#include "output.h"

int sender_add(const struct arguments *args, struct problem *problem)
{
	return object_command(args, MBSEC_CMD_SENDER_ADD, encode_sender,
			      problem);
}

int sender_del(const struct arguments *args, struct problem *problem)
{
	return object_command(args, MBSEC_CMD_SENDER_DEL, encode_sender,
			      problem);
}

static json_t *sender_json(const struct sender *sender)
{
	const struct maybe ssrc = { true, sender->ssrc };
	json_t *object = json_object();

	json_add_group_id(object, &sender->group);
	json_object_set_new(object, "ssrc", json_maybe_hex8(ssrc));
	json_object_set_new(object, "role",
			    json_name(&role_names, sender->role));
	json_object_set_new(object, "roc", json_maybe(sender->roc));
	json_object_set_new(object, "sequence", json_maybe(sender->sequence));
	json_object_set_new(object, "rtcp-index",
			    json_maybe(sender->rtcp_index));
	json_object_set_new(object, "provisioned",
			    json_boolean(sender->provisioned));
	json_object_set_new(object, "streams", json_maybe(sender->streams));
	return object;
}

static void maybe_print(const char *label, struct maybe maybe)
{
	if (maybe.known)
		printf(" %s %" PRIu64, label, maybe.value);
}

static void sender_print(const struct sender *sender)
{
	char name[OUTPUT_NAME_SIZE];

	printf("  %s ssrc %08" PRIx32,
	       output_name(&role_names, sender->role, name), sender->ssrc);
	maybe_print("roc", sender->roc);
	maybe_print("sequence", sender->sequence);
	maybe_print("rtcp-index", sender->rtcp_index);
	maybe_print("streams", sender->streams);
	puts(sender->provisioned ? " provisioned" : "");
}

static int senders_print_json(const struct arguments *args,
			      const struct sender_list *list,
			      struct problem *problem)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		if (lookup_matches(args, &list->senders[i].group))
			json_array_append_new(array,
					      sender_json(&list->senders[i]));
	return json_print(array, problem);
}

/* The senders of a group come one after the other. */
static void senders_print(const struct arguments *args,
			  const struct sender_list *list)
{
	const struct sender *last = NULL;
	char group[OUTPUT_GROUP_SIZE];

	for (size_t i = 0; i < list->count; i++) {
		const struct sender *sender = &list->senders[i];

		if (!lookup_matches(args, &sender->group))
			continue;
		if (!last || !group_id_equal(&last->group, &sender->group)) {
			if (last)
				putchar('\n');
			output_heading("group", "%s",
				       output_group(&sender->group, group));
		}
		sender_print(sender);
		last = sender;
	}
}

int sender_show(const struct arguments *args, struct problem *problem)
{
	struct netlink netlink;
	struct sender_list list;
	int code;

	code = netlink_open(&netlink, problem);
	if (code)
		return code;
	code = lookup_senders(&netlink, &list, problem);
	if (!code && args->options & OPTION_JSON)
		code = senders_print_json(args, &list, problem);
	else if (!code)
		senders_print(args, &list);
	free(list.senders);
	netlink_close(&netlink);
	return code;
}
