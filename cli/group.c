// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands on groups. */
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "encode.h"
#include "json.h"
#include "lookup.h"
#include "netlink.h"
#include "object_command.h"
#include "output.h"

static int no_room(struct nl_msg *msg, struct problem *problem)
{
	netlink_message_free(msg);
	return problem_set(problem, EXIT_CODE_REFUSED, "out of memory");
}

static int ifindex_find(const struct arguments *args, uint32_t *ifindex,
			struct problem *problem)
{
	*ifindex = 0;
	if (!(args->given & KEYWORD_BIT(DEV)))
		return 0;
	*ifindex = if_nametoindex(args->device);
	if (*ifindex)
		return 0;
	return problem_set(problem, EXIT_CODE_REFUSED,
			   "dev %s: there is no such interface", args->device);
}

int group_add(const struct arguments *args, struct problem *problem)
{
	struct netlink_answer answer;
	struct netlink netlink;
	struct nl_msg *msg;
	uint32_t ifindex;
	int code;

	code = netlink_open(&netlink, problem);
	if (code)
		return code;
	code = ifindex_find(args, &ifindex, problem);
	if (!code) {
		msg = netlink_message(&netlink, MBSEC_CMD_GROUP_ADD, 0);
		if (msg && encode_group(msg, args, ifindex))
			code = netlink_call(&netlink, msg, NULL, NULL, &answer,
					    problem);
		else
			code = no_room(msg, problem);
	}
	netlink_close(&netlink);
	return code;
}

int group_del(const struct arguments *args, struct problem *problem)
{
	return object_command(args, MBSEC_CMD_GROUP_DEL, NULL, problem);
}

/* An interface that is gone still has its number. */
static const char *device_format(uint32_t ifindex,
				 char name[static IF_NAMESIZE])
{
	if (!if_indextoname(ifindex, name))
		snprintf(name, IF_NAMESIZE, "if%" PRIu32, ifindex);
	return name;
}

static json_t *direction_json(uint32_t direction)
{
	json_t *array = json_array();

	for (size_t i = 0; i < direction_names.count; i++)
		if (direction & direction_names.names[i].value)
			json_array_append_new(
				array,
				json_text(direction_names.names[i].text));
	return array;
}

static void srtp_json(json_t *object, const struct group *group)
{
	bool none = group->rtcp_port.known && !group->rtcp_port.value;

	json_object_set_new(object, "rtcp-port",
			    none ? json_null() : json_maybe(group->rtcp_port));
	json_object_set_new(object, "no-mki", json_boolean(group->no_mki));
	json_object_set_new(object, "roc-rate", json_maybe(group->roc_rate));
	json_object_set_new(object, "roc-mode", json_maybe(group->roc_mode));
	json_object_set_new(object, "allow-no-integrity",
			    json_boolean(group->allow_no_integrity));
}

static json_t *group_json(const struct group *group, bool counters)
{
	char device[IF_NAMESIZE];
	json_t *object = json_object();

	json_add_group_id(object, &group->id);
	json_object_set_new(
		object, "dev",
		json_text(group->ifindex ?
				  device_format(group->ifindex, device) :
				  NULL));
	json_object_set_new(object, "direction",
			    direction_json(group->direction));
	json_object_set_new(object, "format",
			    json_name(&format_names, group->format));
	json_object_set_new(object, "suite",
			    json_name(&suite_names, group->suite));
	json_object_set_new(object, "policy",
			    json_name(&policy_names, group->policy));
	json_object_set_new(object, "overhead", json_number(group->overhead));
	json_object_set_new(object, "keys", json_number(group->keys));
	json_object_set_new(object, "senders", json_number(group->senders));
	srtp_json(object, group);
	if (counters)
		json_object_set_new(object, "counters",
				    json_counters(&group->counters));
	return object;
}

static const char *direction_format(uint32_t direction, char *text, size_t size)
{
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < direction_names.count && length < size; i++)
		if (direction & direction_names.names[i].value)
			length += snprintf(text + length, size - length, "%s%s",
					   length ? ", " : "",
					   direction_names.names[i].text);
	return text;
}

static void srtp_print(const struct group *group)
{
	if (group->rtcp_port.known && group->rtcp_port.value)
		output_field("rtcp-port", "%" PRIu64, group->rtcp_port.value);
	else if (group->rtcp_port.known)
		output_field("rtcp-port", "none");
	if (group->no_mki)
		output_field("no-mki", "packets name no key");
	if (group->roc_rate.known)
		output_field("roc-rate", "%" PRIu64, group->roc_rate.value);
	if (group->roc_mode.known)
		output_field("roc-mode", "%" PRIu64, group->roc_mode.value);
	if (group->allow_no_integrity)
		output_field("allow-no-integrity", "%s%s%s",
			     output_colour(OUTPUT_BAD),
			     "packets without a MAC are allowed",
			     output_plain());
}

static void group_print(const struct group *group, bool counters)
{
	char id[OUTPUT_GROUP_SIZE];
	char device[IF_NAMESIZE];
	char clean[IF_NAMESIZE];
	char direction[64];
	char format[OUTPUT_NAME_SIZE];
	char suite[OUTPUT_NAME_SIZE];
	char policy[OUTPUT_NAME_SIZE];

	output_heading("group", "%s", output_group(&group->id, id));
	output_field("suite", "%s (%s, %" PRIu32 " octets a datagram)",
		     output_name(&suite_names, group->suite, suite),
		     output_name(&format_names, group->format, format),
		     group->overhead);
	srtp_print(group);
	output_field("policy", "%s",
		     output_name(&policy_names, group->policy, policy));
	output_field("direction", "%s",
		     direction_format(group->direction, direction,
				      sizeof(direction)));
	if (group->ifindex)
		output_field("interface", "%s",
			     output_clean(device_format(group->ifindex, device),
					  clean, sizeof(clean)));
	output_field("keys", "%" PRIu32, group->keys);
	output_field("senders", "%" PRIu32, group->senders);
	if (counters)
		output_counters(&group->counters);
}

static int groups_print(const struct arguments *args,
			const struct group_list *list, struct problem *problem)
{
	bool counters = args->options & OPTION_STATISTICS;
	bool json = args->options & OPTION_JSON;
	json_t *array = json ? json_array() : NULL;
	bool first = true;

	for (size_t i = 0; i < list->count; i++) {
		const struct group *group = &list->groups[i];

		if (!lookup_matches(args, &group->id))
			continue;
		if (json) {
			json_array_append_new(array,
					      group_json(group, counters));
			continue;
		}
		if (!first)
			putchar('\n');
		first = false;
		group_print(group, counters);
	}
	return json ? json_print(array, problem) : 0;
}

int group_show(const struct arguments *args, struct problem *problem)
{
	struct netlink netlink;
	struct group_list list;
	int code;

	code = netlink_open(&netlink, problem);
	if (code)
		return code;
	code = lookup_groups(&netlink, &list, problem);
	if (!code)
		code = groups_print(args, &list, problem);
	free(list.groups);
	netlink_close(&netlink);
	return code;
}
