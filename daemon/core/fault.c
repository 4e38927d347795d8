// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "fault.h"
#include "text.h"

int fault_set(struct fault *fault, enum fault_code code, const char *format,
	      ...)
{
	va_list arguments;

	if (!fault || fault->code)
		return -1;
	fault->code = code;
	va_start(arguments, format);
	vsnprintf(fault->text, sizeof(fault->text), format, arguments);
	va_end(arguments);
	/* A name that somebody sent may be in it, cut at any octet. */
	text_make_plain(fault->text);
	return -1;
}

const char *fault_name(enum fault_code code)
{
	static const char *const names[] = {
		[FAULT_NONE] = "none",
		[FAULT_TRUNCATED] = "truncated",
		[FAULT_MALFORMED] = "malformed",
		[FAULT_UNSUPPORTED] = "unsupported",
		[FAULT_LIMIT] = "limit",
		[FAULT_UNAUTHENTIC] = "unauthentic",
		[FAULT_REPLAYED] = "replayed",
		[FAULT_UNKNOWN] = "unknown",
		[FAULT_STATE] = "state",
		[FAULT_ROOM] = "room",
		[FAULT_ARGUMENT] = "argument",
		[FAULT_MEMORY] = "memory",
	};

	if (code < 0 || (size_t)code >= sizeof(names) / sizeof(names[0]))
		return "invalid";
	return names[code];
}
