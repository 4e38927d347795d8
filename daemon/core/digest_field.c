// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "digest_field.h"
#include "text.h"

int digest_field_take(char *out, size_t room,
		      const struct digest_parameter *parameter,
		      const char *what, struct fault *fault)
{
	return text_copy(out, room, parameter->value, parameter->value_length,
			 what, fault);
}

/* As digest_field_take(); an empty value is not one. */
int digest_field_need(char *out, size_t room,
		      const struct digest_parameter *parameter,
		      const char *what, struct fault *fault)
{
	if (!parameter->value_length)
		return fault_set(fault, FAULT_MALFORMED, "%s is empty", what);
	return digest_field_take(out, room, parameter, what, fault);
}

static bool is_hex(const char *text, size_t length)
{
	return strspn(text, "0123456789abcdef") == length;
}

/* 8LHEX, RFC 7616, 3.4 */
int digest_count_take(const struct digest_parameter *parameter, uint32_t *count,
		      struct fault *fault)
{
	size_t i;

	*count = 0;
	if (parameter->value_length != 8 ||
	    !is_hex(parameter->value, parameter->value_length))
		return fault_set(fault, FAULT_MALFORMED,
				 "nc is not 8 lower-case hex digits");
	for (i = 0; i < 8; i++) {
		char c = parameter->value[i];

		*count = *count << 4 |
			 (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	if (!*count)
		return fault_set(fault, FAULT_MALFORMED,
				 "nc is 0, the first request has 1");
	return 0;
}

/* 32 hex digits of MD5 or 64 of SHA-256; which one is checked with the rest. */
int digest_response_take(const struct digest_parameter *parameter,
			 char response[DIGEST_RESPONSE_SIZE], const char *what,
			 struct fault *fault)
{
	if ((parameter->value_length != 32 && parameter->value_length != 64) ||
	    !is_hex(parameter->value, parameter->value_length))
		return fault_set(fault, FAULT_MALFORMED,
				 "%s is not 32 or 64 lower-case hex digits",
				 what);
	return digest_field_take(response, DIGEST_RESPONSE_SIZE, parameter,
				 what, fault);
}

/* One known qop: credentials and Authentication-Info. */
int digest_qop_take(const struct digest_parameter *parameter,
		    enum digest_qop *qop, struct fault *fault)
{
	*qop = digest_qop_find(parameter->value, parameter->value_length);
	if (*qop == DIGEST_QOP_NONE)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "qop is neither auth nor auth-int");
	return 0;
}

bool digest_flag_is(const struct digest_parameter *parameter, const char *value)
{
	return text_equal_nocase(parameter->value, parameter->value_length,
				 value, strlen(value));
}

int digest_texts_check(const char *const *texts, size_t count,
		       struct fault *fault)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!text_is_plain(texts[i], strlen(texts[i])))
			return fault_set(fault, FAULT_ARGUMENT,
					 "a parameter has a control character "
					 "or is not UTF-8");
	return 0;
}

int digest_text_end(struct writer *writer, char *text, const char *what,
		    struct fault *fault)
{
	writer_u8(writer, '\0');
	if (!writer_check(writer, what, fault))
		return 0;
	if (writer->size)
		text[0] = '\0';
	return -1;
}
