// SPDX-License-Identifier: GPL-2.0-or-later
/* Adding a key: the only command that touches key material. */
#include <errno.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "command.h"
#include "derive.h"
#include "encode.h"
#include "history.h"
#include "key_reuse.h"
#include "keyfile.h"
#include "lookup.h"
#include "netlink.h"
#include "secret.h"

/* The suite of the group says how session keys are made. */
static int group_find(struct netlink *netlink, const struct arguments *args,
		      struct group *group, struct problem *problem)
{
	const struct group *found;
	struct group_list list;
	int code;

	code = lookup_groups(netlink, &list, problem);
	if (!code)
		code = lookup_resolve(&list, &args->group, &found, problem);
	if (!code)
		*group = *found;
	free(list.groups);
	return code;
}

/* Whether a key names its sender depends on the format. */
static int sender_check(const struct arguments *args, uint32_t format,
			struct problem *problem)
{
	bool given = args->given & KEYWORD_BIT(SENDER);

	if (format == MBSEC_FORMAT_SRTP && given)
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"sender is not of SRTP groups: all senders have the same key and differ in their SSRC");
	if (format != MBSEC_FORMAT_SRTP && !given)
		return problem_set(problem, EXIT_CODE_USAGE,
				   "sender is missing");
	return 0;
}

static int keys_read(const struct arguments *args, const struct group *group,
		     struct session_keys *keys, struct problem *problem)
{
	uint64_t kid = derive_kid(args->sender_id, args->msk_id, args->mtk_id);
	const struct suite *suite = suite_find(group->suite);
	struct keyfile_sizes sizes;
	struct master_key master;
	int code;

	if (!suite)
		return problem_set(
			problem, EXIT_CODE_REFUSED,
			"the suite of the group (0x%04x) is not known to this version of the tool",
			group->suite);
	sizes = (struct keyfile_sizes){ suite->mtk_size,
					suite->master_salt_size };
	code = sender_check(args, suite->format, problem);
	if (!code)
		code = keyfile_read(args->key_file, &sizes, &master, problem);
	if (code)
		return code;
	code = derive_session_keys(suite, kid, &master, keys, problem);
	OPENSSL_cleanse(&master, sizeof(master));
	return code;
}

static int key_send(struct netlink *netlink, const struct arguments *args,
		    const struct group_id *group,
		    const struct session_keys *keys,
		    struct netlink_answer *answer, struct problem *problem)
{
	struct nl_msg *msg = netlink_message(netlink, MBSEC_CMD_KEY_ADD, 0);

	if (msg && encode_group_id(msg, group) && encode_key(msg, args, keys))
		return netlink_call(netlink, msg, NULL, NULL, answer, problem);
	netlink_message_free(msg);
	answer->error = NETLINK_NOT_SENT;
	return problem_set(problem, EXIT_CODE_REFUSED, "out of memory");
}

/*
 * Did the kernel surely not take the key, and not because it knows it already?
 * Then it was not used.
 */
static bool key_is_unused(const struct netlink_answer *answer)
{
	switch (answer->error) {
	case NETLINK_NOT_SENT:
	case EINVAL:
	case ENOENT:
	case ENOMEM:
	case ENOSPC:
	case ENOTUNIQ:
	case EOPNOTSUPP:
	case EPERM:
	case ERANGE:
		return true;
	default:
		return false;
	}
}

/*
 * First to the state file, then to the kernel: if this host stops in between,
 * an unused key is refused later, which does no harm.
 */
static int tx_key_send(struct netlink *netlink, const struct arguments *args,
		       const struct group *group,
		       const struct session_keys *keys, struct problem *problem)
{
	const struct history_key key = {
		.group = group->id,
		.msk_id = args->msk_id,
		.mtk_id = args->mtk_id,
		.sender_id = args->sender_id,
		.keys = keys,
	};
	bool force = args->options & OPTION_FORCE_NONCE_REUSE;
	struct netlink_answer answer;
	struct problem withdrawal;
	enum history_match match;
	struct history *history;
	int code;

	if (force)
		key_reuse_warn();
	code = history_open(history_directory(), &key, &history, problem);
	if (code)
		return code;
	code = key_reuse_check(netlink, history, &key, group->format, &match,
			       problem);
	if (force)
		code = 0;
	/* The same key has its line already, the same identity may be new. */
	if (!code && match != HISTORY_SAME_KEY)
		code = history_record(history, problem);
	if (!code) {
		code = key_send(netlink, args, &group->id, keys, &answer,
				problem);
		if (code && match != HISTORY_SAME_KEY &&
		    key_is_unused(&answer) &&
		    history_withdraw(history, &withdrawal))
			problem_warn("%s", withdrawal.sentence);
	}
	history_close(history);
	return code;
}

static int key_add_to(struct netlink *netlink, const struct arguments *args,
		      const struct group *group, struct problem *problem)
{
	struct netlink_answer answer;
	struct session_keys keys;
	int code;

	code = keys_read(args, group, &keys, problem);
	if (!code && args->role == MBSEC_ROLE_TX)
		code = tx_key_send(netlink, args, group, &keys, problem);
	else if (!code)
		code = key_send(netlink, args, &group->id, &keys, &answer,
				problem);
	OPENSSL_cleanse(&keys, sizeof(keys));
	return code;
}

int key_add(const struct arguments *args, struct problem *problem)
{
	struct netlink netlink;
	struct group group;
	int code;

	secret_protect_process();
	code = netlink_open(&netlink, problem);
	if (code)
		return code;
	code = group_find(&netlink, args, &group, problem);
	if (!code)
		code = key_add_to(&netlink, args, &group, problem);
	netlink_close(&netlink);
	return code;
}
