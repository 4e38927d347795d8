// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a transmit key that this host knows may be used nevertheless. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <linux/mbsec.h>

#include "key_reuse.h"
#include "lookup.h"

/* Between the line in the list and the key in the kernel, in seconds. */
#define LINE_TO_KEY_MAX 60

void key_reuse_warn(void)
{
	fputs("mbsec: WARNING: " KEY_REUSE_FORCE "\n"
	      "mbsec: WARNING: if this key ever protected a datagram, sending with it again\n"
	      "mbsec: WARNING: repeats nonces: whoever recorded both can read the plaintext.\n",
	      stderr);
}

static int refuse(const struct history_key *key, enum history_match match,
		  time_t since, struct problem *problem)
{
	char date[64] = "an unknown date";
	struct tm tm;

	if (gmtime_r(&since, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &tm);
	if (match != HISTORY_SAME_IDENTITY)
		return problem_set(
			problem, EXIT_CODE_NONCE_REUSE,
			"this transmit key was used on this host before (first on %s) and would repeat nonces; take a new MTK",
			date);
	return problem_set(
		problem, EXIT_CODE_NONCE_REUSE,
		"a transmit key with this group, MSK ID%s was used on this host before (first on %s); take a new MTK ID",
		key->sender_id ? ", MTK ID and sender" : " and MTK ID", date);
}

/*
 * Is it the key of that line? The kernel does not show keys, but when it got
 * them: one with these identifiers may be another one, of mbsecd.
 */
static bool is_in_use(const struct key_list *list,
		      const struct history_key *wanted,
		      const struct group_id *group, time_t since)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct key *key = &list->keys[i];
		int64_t added = time(NULL) - (int64_t)key->age_seconds.value;

		if (key->role.value == MBSEC_ROLE_TX &&
		    key->msk_id.value == wanted->msk_id &&
		    key->mtk_id.value == wanted->mtk_id &&
		    group_id_equal(&key->group, group) &&
		    llabs(added - (int64_t)since) <= LINE_TO_KEY_MAX)
			return true;
	}
	return false;
}

static bool is_shared(struct netlink *netlink, const struct history *history,
		      const struct history_key *key)
{
	const struct group_id *group;
	struct problem problem;
	struct key_list list;
	size_t position = 0;
	bool shared = false;
	time_t since;

	if (!lookup_keys(netlink, &list, &problem))
		while (!shared &&
		       (group = history_next_group(history, &position, &since)))
			shared = is_in_use(&list, key, group, since);
	free(list.keys);
	return shared;
}

int key_reuse_check(struct netlink *netlink, const struct history *history,
		    const struct history_key *key, uint32_t format,
		    enum history_match *match, struct problem *problem)
{
	time_t since = 0;

	*match = history_find(history, &since);
	if (!*match)
		return 0;
	if (*match == HISTORY_OTHER_GROUP && format == MBSEC_FORMAT_SRTP &&
	    is_shared(netlink, history, key))
		return 0;
	return refuse(key, *match, since, problem);
}
