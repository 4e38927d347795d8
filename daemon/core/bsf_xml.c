// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "bsf_xml.h"
#include "datetime.h"
#include "mbms_xml_names.h"
#include "text.h"
#include "xml_reader.h"
#include "xml_writer.h"

enum { ROOT, BTID, LIFETIME, EXTENSION, CURRENT_TIME, ELEMENTS };

static const struct xml_element elements[ELEMENTS] = {
	[ROOT] = { .name = NAME_BSF_ROOT,
		   .parent = XML_ROOT,
		   .content = XML_NESTED },
	[BTID] = { .name = NAME_BSF_BTID,
		   .parent = ROOT,
		   .min = 1,
		   .max = 1,
		   .content = XML_TEXT },
	[LIFETIME] = { .name = NAME_BSF_LIFETIME,
		       .parent = ROOT,
		       .min = 1,
		       .max = 1,
		       .content = XML_TEXT },
	[EXTENSION] = { .name = NAME_BSF_EXTENSION,
			.parent = ROOT,
			.max = 1,
			.content = XML_NESTED },
	[CURRENT_TIME] = { .name = NAME_BSF_CURRENT_TIME,
			   .parent = EXTENSION,
			   .max = 1,
			   .content = XML_TEXT },
};

static const struct xml_schema schema = {
	.what = "BootstrappingInfo",
	.namespace = NAME_BSF_NAMESPACE,
	.elements = elements,
	.count = ELEMENTS,
	.ignores_unknown = true,
};

/* C.1: UTC, with the letter Z. */
static int take_time(const char *text, size_t length, int64_t *seconds,
		     const char *what, struct fault *fault)
{
	if (!length || text[length - 1] != 'Z')
		return fault_set(fault, FAULT_MALFORMED,
				 "%s of BootstrappingInfo is not in UTC", what);
	return datetime_parse(text, length, seconds, what, fault);
}

static bool is_name_with_realm(const char *text, size_t length)
{
	const char *at = length ? memchr(text, '@', length) : NULL;

	return at && at != text && at != text + length - 1;
}

static int take_btid(const char *text, size_t length, struct bsf_info *info,
		     struct fault *fault)
{
	if (!is_name_with_realm(text, length))
		return fault_set(fault, FAULT_MALFORMED,
				 "btid of BootstrappingInfo is no name with a "
				 "realm");
	return text_copy(info->btid, sizeof(info->btid), text, length, "btid",
			 fault);
}

static int take_text(void *context, size_t element, const char *text,
		     size_t length, struct fault *fault)
{
	struct bsf_info *info = context;

	if (element == BTID)
		return take_btid(text, length, info, fault);
	if (element == LIFETIME)
		return take_time(text, length, &info->expires, "lifetime",
				 fault);
	info->has_current_time = true;
	return take_time(text, length, &info->current_time, "currenttime",
			 fault);
}

int bsf_info_parse(const void *document, size_t size, struct bsf_info *info,
		   struct fault *fault)
{
	static const struct xml_handler handler = { .text = take_text };

	memset(info, 0, sizeof(*info));
	if (!xml_read(document, size, &schema, &handler, info, fault))
		return 0;
	memset(info, 0, sizeof(*info));
	return -1;
}

int bsf_info_write(const struct bsf_info *info, char *document, size_t room,
		   size_t *length, struct fault *fault)
{
	char lifetime[DATETIME_SIZE], current_time[DATETIME_SIZE];
	struct xml_writer writer;

	*length = 0;
	if (!is_name_with_realm(info->btid, strlen(info->btid)))
		return fault_set(fault, FAULT_ARGUMENT,
				 "BootstrappingInfo has no B-TID");
	if (datetime_write(info->expires, lifetime, fault) ||
	    (info->has_current_time &&
	     datetime_write(info->current_time, current_time, fault)))
		return -1;
	xml_writer_init(&writer, document, room, NAME_BSF_ROOT,
			NAME_BSF_NAMESPACE);
	xml_writer_text(&writer, NAME_BSF_BTID, NULL, info->btid);
	xml_writer_text(&writer, NAME_BSF_LIFETIME, NULL, lifetime);
	if (info->has_current_time) {
		xml_writer_begin(&writer, NAME_BSF_EXTENSION, NULL);
		xml_writer_text(&writer, NAME_BSF_CURRENT_TIME, NULL,
				current_time);
		xml_writer_end(&writer);
	}
	return xml_writer_finish(&writer, length, "BootstrappingInfo", fault);
}
