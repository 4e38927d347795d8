// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of groups, keys and senders as the kernel has them. */
#include <stdlib.h>

#include "decode.h"
#include "lookup.h"

/* Room for one more, or NULL. Sizes are powers of two. */
static void *room_make(void *items, size_t count, size_t size)
{
	if (count & (count - 1) || (count && count < 8))
		return items;
	return reallocarray(items, count < 8 ? 8 : 2 * count, size);
}

static bool group_take(struct nlmsghdr *header, void *argument)
{
	struct group_list *list = argument;
	struct group *groups =
		room_make(list->groups, list->count, sizeof(*groups));

	if (!groups)
		return false;
	list->groups = groups;
	return decode_group(header, &groups[list->count++]);
}

static void groups_restart(void *argument)
{
	struct group_list *list = argument;

	free(list->groups);
	list->groups = NULL;
	list->count = 0;
}

int lookup_groups(struct netlink *netlink, struct group_list *list,
		  struct problem *problem)
{
	list->groups = NULL;
	list->count = 0;
	return netlink_dump(netlink, MBSEC_CMD_GROUP_GET, group_take,
			    groups_restart, list, problem);
}

static bool key_take(struct nlmsghdr *header, void *argument)
{
	struct key_list *list = argument;
	struct key *keys = room_make(list->keys, list->count, sizeof(*keys));

	if (!keys)
		return false;
	list->keys = keys;
	return decode_key(header, &keys[list->count++]);
}

static void keys_restart(void *argument)
{
	struct key_list *list = argument;

	free(list->keys);
	list->keys = NULL;
	list->count = 0;
}

int lookup_keys(struct netlink *netlink, struct key_list *list,
		struct problem *problem)
{
	list->keys = NULL;
	list->count = 0;
	return netlink_dump(netlink, MBSEC_CMD_KEY_GET, key_take, keys_restart,
			    list, problem);
}

static bool sender_take(struct nlmsghdr *header, void *argument)
{
	struct sender_list *list = argument;
	struct sender *senders =
		room_make(list->senders, list->count, sizeof(*senders));

	if (!senders)
		return false;
	list->senders = senders;
	return decode_sender(header, &senders[list->count++]);
}

static void senders_restart(void *argument)
{
	struct sender_list *list = argument;

	free(list->senders);
	list->senders = NULL;
	list->count = 0;
}

int lookup_senders(struct netlink *netlink, struct sender_list *list,
		   struct problem *problem)
{
	list->senders = NULL;
	list->count = 0;
	return netlink_dump(netlink, MBSEC_CMD_SENDER_GET, sender_take,
			    senders_restart, list, problem);
}

bool lookup_matches(const struct arguments *args, const struct group_id *id)
{
	if (args->has_address &&
	    !address_equal(&args->group.address, &id->address))
		return false;
	if (args->given & KEYWORD_BIT(PORT) && args->group.port != id->port)
		return false;
	return !(args->given & KEYWORD_BIT(SRC)) ||
	       address_equal(&args->group.source, &id->source);
}

int lookup_resolve(const struct group_list *list, const struct group_id *id,
		   const struct group **group, struct problem *problem)
{
	size_t matches = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct group *candidate = &list->groups[i];

		if (group_id_equal(&candidate->id, id)) {
			*group = candidate;
			return 0;
		}
		if (id->source.family != AF_UNSPEC ||
		    candidate->id.port != id->port ||
		    !address_equal(&candidate->id.address, &id->address))
			continue;
		*group = candidate;
		matches++;
	}
	if (matches == 1)
		return 0;
	if (matches)
		return problem_set(
			problem, EXIT_CODE_REFUSED,
			"several groups have this address and port; name the source (src)");
	return problem_set(problem, EXIT_CODE_REFUSED,
			   "no group has this address, port and source");
}
