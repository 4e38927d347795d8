// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of keys. They have identifiers, lifetimes and counters, no secrets. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "json.h"
#include "lookup.h"
#include "netlink.h"
#include "output.h"

/* By enum key_limit; the names of the attributes. */
static const char *const limit_labels[KEY_LIMIT_COUNT] = {
	"soft-packets", "hard-packets", "soft-bytes",
	"hard-bytes",	"soft-seconds", "hard-seconds",
};

static json_t *key_json(const struct key *key)
{
	json_t *object = json_object();

	json_add_group_id(object, &key->group);
	json_add_key_id(object, key);
	json_object_set_new(object, "suite",
			    json_maybe_name(&suite_names, key->suite));
	json_object_set_new(object, "window", json_maybe(key->window));
	json_object_set_new(object, "state",
			    json_maybe_name(&key_state_names, key->state));
	for (int i = 0; i < KEY_LIMIT_COUNT; i++)
		json_object_set_new(object, limit_labels[i],
				    json_maybe(key->limits[i]));
	json_object_set_new(object, "packets", json_maybe(key->packets));
	json_object_set_new(object, "bytes", json_maybe(key->bytes));
	json_object_set_new(object, "counter", json_maybe(key->counter));
	json_object_set_new(object, "age-seconds",
			    json_maybe(key->age_seconds));
	json_object_set_new(object, "auth-failures",
			    json_maybe(key->auth_failures));
	json_object_set_new(object, "replays", json_maybe(key->replays));
	return object;
}

static void maybe_print(const char *label, struct maybe maybe, bool *first)
{
	if (!maybe.known)
		return;
	printf("%s%s %" PRIu64, *first ? "    " : ", ", label, maybe.value);
	*first = false;
}

static void key_print_details(const struct key *key)
{
	bool first = true;

	maybe_print("packets", key->packets, &first);
	maybe_print("bytes", key->bytes, &first);
	maybe_print("counter", key->counter, &first);
	maybe_print("auth-failures", key->auth_failures, &first);
	maybe_print("replays", key->replays, &first);
	if (!first)
		putchar('\n');
	first = true;
	maybe_print("window", key->window, &first);
	maybe_print("age-seconds", key->age_seconds, &first);
	for (int i = 0; i < KEY_LIMIT_COUNT; i++)
		maybe_print(limit_labels[i], key->limits[i], &first);
	if (!first)
		putchar('\n');
}

static void key_print(const struct key *key, bool details)
{
	char name[OUTPUT_NAME_SIZE];
	char id[OUTPUT_KEY_SIZE];
	bool active = key->state.value == MBSEC_KEY_STATE_ACTIVE;

	printf("  %s %s%s%s\n", output_key(key, id),
	       output_colour(active ? OUTPUT_GOOD : ""),
	       key->state.known ?
		       output_name(&key_state_names, key->state.value, name) :
		       "",
	       output_plain());
	if (details)
		key_print_details(key);
}

static int keys_print_json(const struct arguments *args,
			   const struct key_list *list, struct problem *problem)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		if (lookup_matches(args, &list->keys[i].group))
			json_array_append_new(array, key_json(&list->keys[i]));
	return json_print(array, problem);
}

/* The keys of a group come one after the other. */
static void keys_print(const struct arguments *args,
		       const struct key_list *list)
{
	const struct key *last = NULL;
	char name[OUTPUT_NAME_SIZE];
	char group[OUTPUT_GROUP_SIZE];

	for (size_t i = 0; i < list->count; i++) {
		const struct key *key = &list->keys[i];

		if (!lookup_matches(args, &key->group))
			continue;
		if (!last || !group_id_equal(&last->group, &key->group)) {
			if (last)
				putchar('\n');
			output_heading("group", "%s",
				       output_group(&key->group, group));
			if (key->suite.known)
				output_field("suite", "%s",
					     output_name(&suite_names,
							 key->suite.value,
							 name));
		}
		key_print(key, args->options & OPTION_STATISTICS);
		last = key;
	}
}

int key_show(const struct arguments *args, struct problem *problem)
{
	struct netlink netlink;
	struct key_list list;
	int code;

	code = netlink_open(&netlink, problem);
	if (code)
		return code;
	code = lookup_keys(&netlink, &list, problem);
	if (!code && args->options & OPTION_JSON)
		code = keys_print_json(args, &list, problem);
	else if (!code)
		keys_print(args, &list);
	free(list.keys);
	netlink_close(&netlink);
	return code;
}
