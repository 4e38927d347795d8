// SPDX-License-Identifier: GPL-2.0-or-later
/* Events as lines. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <core/text.h>

#include "control.h"
#include "event.h"
#include "json.h"
#include "output.h"

#define TIME_TEXT_SIZE sizeof("2026-01-01T00:00:00.000000+00:00")

/* Local time with its distance from UTC, as in RFC 3339. */
static const char *time_format(char text[static TIME_TEXT_SIZE])
{
	char zone[sizeof("+0000")] = "";
	char date[sizeof("2026-01-01T00:00:00")] = "";
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(text, TIME_TEXT_SIZE, "%s.%06u%.3s:%s", date,
		 (unsigned int)(now.tv_nsec / 1000 % 1000000), zone, zone + 3);
	return text;
}

static json_t *event_json(const struct event *event)
{
	char text[TIME_TEXT_SIZE];
	json_t *object = json_object();

	json_object_set_new(object, "time", json_text(time_format(text)));
	json_object_set_new(object, "type",
			    json_name(&event_type_names, event->type));
	json_object_set_new(object, "limit",
			    json_maybe_name(&limit_names, event->limit));
	json_object_set_new(object, "count", json_maybe(event->count));
	json_object_set_new(object, "ssrc", json_maybe_hex8(event->ssrc));
	if (event->has_group)
		json_add_group_id(object, &event->key.group);
	json_add_key_id(object, &event->key);
	return object;
}

static const char *event_colour(uint32_t type)
{
	return output_colour(type == MBSEC_EVENT_TYPE_SOFT_EXPIRE ?
				     OUTPUT_STRONG :
				     OUTPUT_BAD);
}

static void event_print_text(const struct event *event)
{
	char time[TIME_TEXT_SIZE];
	char name[OUTPUT_NAME_SIZE];
	char group[OUTPUT_GROUP_SIZE];
	char key[OUTPUT_KEY_SIZE];

	printf("%s %s%s%s", time_format(time), event_colour(event->type),
	       output_name(&event_type_names, event->type, name),
	       output_plain());
	if (event->has_group)
		printf(" group %s", output_group(&event->key.group, group));
	if (event->key.msk_id.known)
		printf(" key %s", output_key(&event->key, key));
	if (event->ssrc.known)
		printf(" ssrc %08" PRIx64, event->ssrc.value);
	if (event->limit.known)
		printf(" limit %s",
		       output_name(&limit_names, event->limit.value, name));
	if (event->count.known)
		printf(" count %" PRIu64, event->count.value);
	putchar('\n');
}

int event_print(const struct event *event, bool json, struct problem *problem)
{
	int code = 0;

	if (json)
		code = json_print_line(event_json(event), problem);
	else
		event_print_text(event);
	return code ? code : output_finish(problem);
}

static void daemon_print_text(const json_t *event)
{
	const char *type = json_string_value(json_object_get(event, "type"));
	char time[TIME_TEXT_SIZE];
	char name[OUTPUT_NAME_SIZE];

	snprintf(name, sizeof(name), "%s", type ? type : "-");
	text_make_plain(name);
	printf("%s %s%s%s", time_format(time), output_colour(OUTPUT_GOOD), name,
	       output_plain());
	control_print_members(event, "type");
	putchar('\n');
}

int event_print_daemon(const json_t *event, bool json, struct problem *problem)
{
	char time[TIME_TEXT_SIZE];
	json_t *object;
	int code = 0;

	if (json) {
		object = json_pack("{s:s}", "time", time_format(time));
		json_object_update(object, (json_t *)event);
		code = json_print_line(object, problem);
	} else {
		daemon_print_text(event);
	}
	return code ? code : output_finish(problem);
}

int event_print_lost(bool json, struct problem *problem)
{
	char time[TIME_TEXT_SIZE];
	int code = 0;

	time_format(time);
	if (json)
		code = json_print_line(json_pack("{s:s, s:s}", "time", time,
						 "type", "overrun"),
				       problem);
	else
		printf("%s %soverrun%s events were lost, they came faster than they were read\n",
		       time, output_colour(OUTPUT_BAD), output_plain());
	return code ? code : output_finish(problem);
}
