// SPDX-License-Identifier: GPL-2.0-or-later
/* What the module says about itself. */
#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "decode.h"
#include "json.h"
#include "netlink.h"
#include "output.h"
#include "stats.h"

struct stats_reply {
	struct stats *stats;
	bool taken;
};

static bool stats_take(struct nlmsghdr *header, void *argument)
{
	struct stats_reply *reply = argument;

	reply->taken = decode_stats(header, reply->stats);
	return reply->taken;
}

int stats_get(struct stats *stats, struct problem *problem)
{
	struct stats_reply reply = { .stats = stats };
	struct netlink_answer answer;
	struct netlink netlink;
	struct nl_msg *msg;
	int code;

	code = netlink_open(&netlink, problem);
	if (code)
		return code;
	msg = netlink_message(&netlink, MBSEC_CMD_STATS_GET, 0);
	code = msg ? netlink_call(&netlink, msg, stats_take, &reply, &answer,
				  problem) :
		     problem_set(problem, EXIT_CODE_REFUSED, "out of memory");
	if (!code && !reply.taken)
		code = problem_set(
			problem, EXIT_CODE_REFUSED,
			"the kernel module answered without statistics");
	netlink_close(&netlink);
	return code;
}

static json_t *stats_json(const struct stats *stats)
{
	json_t *object = json_object();

	json_object_set_new(object, "module-version",
			    json_text(stats->module_version));
	json_object_set_new(object, "groups", json_number(stats->groups));
	json_object_set_new(object, "keys", json_number(stats->keys));
	json_object_set_new(object, "used-keys", json_number(stats->used_keys));
	json_object_set_new(object, "cipher-driver",
			    json_text(stats->cipher_driver));
	json_object_set_new(object, "cipher-driver-fallback",
			    json_text(stats->cipher_driver_fallback));
	json_object_set_new(object, "mac-driver", json_text(stats->mac_driver));
	json_object_set_new(object, "events-sent",
			    json_number(stats->events_sent));
	json_object_set_new(object, "events-lost",
			    json_number(stats->events_lost));
	json_object_set_new(object, "counters",
			    json_counters(&stats->counters));
	return object;
}

static void stats_print(const struct stats *stats)
{
	output_heading("module", "%s", stats->module_version);
	output_field("groups", "%" PRIu32, stats->groups);
	output_field("keys", "%" PRIu32, stats->keys);
	output_field("used keys remembered", "%" PRIu32, stats->used_keys);
	output_field("cipher", "%s (without SIMD: %s)", stats->cipher_driver,
		     stats->cipher_driver_fallback);
	output_field("mac", "%s", stats->mac_driver);
	output_field("events", "%" PRIu64 " sent, %" PRIu64 " lost",
		     stats->events_sent, stats->events_lost);
	output_counters(&stats->counters);
}

int stats_show(const struct arguments *args, struct problem *problem)
{
	struct stats stats;
	int code = stats_get(&stats, problem);

	if (code)
		return code;
	if (args->options & OPTION_JSON)
		return json_print(stats_json(&stats), problem);
	stats_print(&stats);
	return 0;
}
