// SPDX-License-Identifier: GPL-2.0-or-later
/* Authentication-Info as text: RFC 7616, 3.5. */
#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "digest_field.h"
#include "digest_header.h"

static int info_take(struct digest_info *info,
		     const struct digest_parameter *parameter,
		     struct fault *fault)
{
	if (digest_parameter_is(parameter, "nextnonce"))
		return digest_field_need(info->nextnonce,
					 sizeof(info->nextnonce), parameter,
					 "nextnonce", fault);
	if (digest_parameter_is(parameter, "cnonce"))
		return digest_field_need(info->cnonce, sizeof(info->cnonce),
					 parameter, "cnonce", fault);
	if (digest_parameter_is(parameter, "rspauth"))
		return digest_response_take(parameter, info->rspauth, "rspauth",
					    fault);
	if (digest_parameter_is(parameter, "qop"))
		return digest_qop_take(parameter, &info->qop, fault);
	if (digest_parameter_is(parameter, "nc"))
		return digest_count_take(parameter, &info->count, fault);
	return 0;
}

static int info_check(const struct digest_info *info, struct fault *fault)
{
	bool any = info->qop != DIGEST_QOP_NONE || info->rspauth[0] ||
		   info->cnonce[0] || info->count;
	bool all = info->qop != DIGEST_QOP_NONE && info->rspauth[0] &&
		   info->cnonce[0] && info->count;

	if (any != all)
		return fault_set(fault, FAULT_MALFORMED,
				 "Authentication-Info has not all of qop, "
				 "rspauth, cnonce and nc");
	if (!all && !info->nextnonce[0])
		return fault_set(fault, FAULT_MALFORMED,
				 "Authentication-Info has neither rspauth nor "
				 "nextnonce");
	return 0;
}

static int info_scan(struct digest_scanner *scanner, struct digest_info *info,
		     struct fault *fault)
{
	struct digest_parameter parameter;
	enum digest_item item;

	while ((item = digest_scanner_next(scanner, &parameter, fault)) !=
	       DIGEST_ITEM_END)
		if (item == DIGEST_ITEM_FAULT ||
		    info_take(info, &parameter, fault))
			return -1;
	return info_check(info, fault);
}

int digest_info_parse(const char *header, size_t length,
		      struct digest_info *info, struct fault *fault)
{
	struct digest_scanner scanner;

	memset(info, 0, sizeof(*info));
	if (!digest_scanner_init(&scanner, header, length, false, fault) &&
	    !info_scan(&scanner, info, fault))
		return 0;
	memset(info, 0, sizeof(*info));
	return -1;
}

int digest_info_write(const struct digest_info *info, char *text, size_t room,
		      struct fault *fault)
{
	const char *const texts[] = { info->nextnonce, info->cnonce,
				      info->rspauth };
	char count[DIGEST_COUNT_SIZE];
	struct writer writer;
	bool first = true;

	if (room)
		text[0] = '\0';
	if (info_check(info, fault) ||
	    digest_texts_check(texts, sizeof(texts) / sizeof(texts[0]), fault))
		return -1;
	writer_init(&writer, text, room);
	if (info->nextnonce[0])
		digest_parameter_write(&writer, &first, "nextnonce",
				       info->nextnonce, true);
	if (info->qop != DIGEST_QOP_NONE) {
		snprintf(count, sizeof(count), "%08x", info->count);
		digest_parameter_write(&writer, &first, "qop",
				       digest_qop_name(info->qop), false);
		digest_parameter_write(&writer, &first, "rspauth",
				       info->rspauth, true);
		digest_parameter_write(&writer, &first, "cnonce", info->cnonce,
				       true);
		digest_parameter_write(&writer, &first, "nc", count, false);
	}
	return digest_text_end(&writer, text, "Authentication-Info", fault);
}
