// SPDX-License-Identifier: GPL-2.0-or-later
/* What mbsecd answers, for people: any JSON object, as the other commands look. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <core/text.h>

#include "control.h"
#include "output.h"

#define TEXT_SIZE 512
#define INDENT 2
#define INDENT_MAX (INDENT + 8)

/* Names in it come from the network, so nothing of it moves the cursor. */
static const char *scalar(const json_t *value, char text[static TEXT_SIZE])
{
	if (json_is_string(value))
		snprintf(text, TEXT_SIZE, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(text, TEXT_SIZE, "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
	else if (json_is_real(value))
		snprintf(text, TEXT_SIZE, "%g", json_real_value(value));
	else if (json_is_boolean(value))
		snprintf(text, TEXT_SIZE, "%s",
			 json_is_true(value) ? "yes" : "no");
	else
		snprintf(text, TEXT_SIZE, "-");
	if (!text[0])
		snprintf(text, TEXT_SIZE, "-");
	text_make_plain(text);
	return text;
}

static bool is_compound(const json_t *value)
{
	return json_is_object(value) || json_is_array(value);
}

void control_print_members(const json_t *object, const char *skip)
{
	char text[TEXT_SIZE];
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)object, name, value)
	{
		if (is_compound(value) || (skip && !strcmp(name, skip)))
			continue;
		printf(" %s %s", name, scalar(value, text));
	}
}

static void label_print(const char *name, int indent)
{
	printf("%*s%s%s%s:", indent, "", output_colour(OUTPUT_STRONG), name,
	       output_plain());
}

/* Objects a line each, with the lists in them below. */
static void list_print(const char *name, const json_t *list, int indent)
{
	char text[TEXT_SIZE];
	json_t *item, *value;
	const char *member;
	size_t i;

	label_print(name, indent);
	if (!json_array_size(list))
		printf(" none");
	json_array_foreach(list, i, item)
	{
		if (!json_is_object(item)) {
			printf("%s %s", i ? "," : "", scalar(item, text));
			continue;
		}
		printf("\n%*s", indent + 1, "");
		control_print_members(item, NULL);
		json_object_foreach(item, member, value)
		{
			if (!json_is_array(value) || indent >= INDENT_MAX)
				continue;
			putchar('\n');
			list_print(member, value, indent + 4);
		}
	}
	if (indent == INDENT)
		putchar('\n');
}

/* The members of an object below its heading. */
static void fields_print(const json_t *object, const char *skip)
{
	char text[TEXT_SIZE];
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)object, name, value)
	{
		if (skip && !strcmp(name, skip))
			continue;
		if (json_is_array(value)) {
			list_print(name, value, INDENT);
		} else if (json_is_object(value)) {
			label_print(name, INDENT);
			control_print_members(value, NULL);
			putchar('\n');
		} else {
			output_field(name, "%s", scalar(value, text));
		}
	}
}

static const char *first_name(const json_t *object)
{
	return json_object_iter_key(json_object_iter((json_t *)object));
}

static void item_print(const char *name, const json_t *item)
{
	const char *first = json_is_object(item) ? first_name(item) : NULL;
	char text[TEXT_SIZE];

	if (!first) {
		output_heading(name, "%s", scalar(item, text));
		return;
	}
	output_heading(first, "%s", scalar(json_object_get(item, first), text));
	fields_print(item, first);
}

static bool is_list_of_objects(const json_t *value)
{
	return json_is_array(value) &&
	       (!json_array_size(value) ||
		json_is_object(json_array_get(value, 0)));
}

/* One thing with lists in it, such as a service, and not a list of things, which
 * may say how many there are in total.
 */
static bool is_item(const json_t *result)
{
	json_t *object = (json_t *)result;
	const char *first = first_name(result);
	void *at;

	if (!first || is_compound(json_object_get(result, first)) ||
	    json_object_get(result, "total"))
		return false;
	for (at = json_object_iter(object); at;
	     at = json_object_iter_next(object, at))
		if (json_is_array(json_object_iter_value(at)))
			return true;
	return false;
}

static void member_print(const char *name, const json_t *value)
{
	char text[TEXT_SIZE];
	json_t *item;
	size_t i;

	if (is_list_of_objects(value)) {
		if (!json_array_size(value))
			output_heading(name, "none");
		json_array_foreach(value, i, item) item_print(name, item);
	} else if (json_is_array(value)) {
		list_print(name, value, INDENT);
	} else if (json_is_object(value)) {
		output_heading(name, "%s", "");
		fields_print(value, NULL);
	} else {
		output_heading(name, "%s", scalar(value, text));
	}
}

void control_print(const json_t *result)
{
	const char *name;
	json_t *value;

	if (is_item(result)) {
		item_print("", result);
		return;
	}
	json_object_foreach((json_t *)result, name, value)
		member_print(name, value);
}
