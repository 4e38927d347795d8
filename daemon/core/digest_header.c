// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "digest_header.h"
#include "text.h"

/* RFC 9110, 5.6.2 */
static bool is_token(char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z'))
		return true;
	return c && strchr("!#$%&'*+-.^_`|~", c);
}

/* RFC 9110, 11.2 */
static bool is_token68(char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z'))
		return true;
	return c && strchr("-._~+/", c);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

int digest_scanner_init(struct digest_scanner *scanner, const char *header,
			size_t length, bool has_schemes, struct fault *fault)
{
	size_t i;

	memset(scanner, 0, sizeof(*scanner));
	if (length > DIGEST_HEADER_SIZE)
		return fault_set(fault, FAULT_LIMIT,
				 "the header has more than %d octets",
				 DIGEST_HEADER_SIZE);
	for (i = 0; i < length; i++)
		if (((unsigned char)header[i] < 0x20 && header[i] != '\t') ||
		    header[i] == 0x7f)
			return fault_set(
				fault, FAULT_MALFORMED,
				"the header has a control character at %zu", i);
	scanner->header = header;
	scanner->length = length;
	scanner->has_schemes = has_schemes;
	scanner->in_scheme = !has_schemes;
	return 0;
}

static bool at_end(const struct digest_scanner *scanner)
{
	return scanner->pos == scanner->length;
}

static char peek(const struct digest_scanner *scanner)
{
	return at_end(scanner) ? '\0' : scanner->header[scanner->pos];
}

static void skip_blanks(struct digest_scanner *scanner)
{
	while (is_blank(peek(scanner)))
		scanner->pos++;
}

/* Empty elements are allowed: RFC 9110, 5.6.1.2. */
static bool skip_commas(struct digest_scanner *scanner)
{
	bool found = false;

	for (;;) {
		skip_blanks(scanner);
		if (peek(scanner) != ',')
			return found;
		scanner->pos++;
		found = true;
	}
}

static size_t skip_token(struct digest_scanner *scanner)
{
	size_t start = scanner->pos;

	while (is_token(peek(scanner)))
		scanner->pos++;
	return scanner->pos - start;
}

/* Negotiate and the like carry base 64 where others have parameters. */
static void skip_token68(struct digest_scanner *scanner)
{
	size_t start = scanner->pos;

	while (is_token68(peek(scanner)))
		scanner->pos++;
	while (scanner->pos > start && peek(scanner) == '=')
		scanner->pos++;
	skip_blanks(scanner);
	if (scanner->pos > start && (at_end(scanner) || peek(scanner) == ','))
		scanner->need_comma = true;
	else
		scanner->pos = start;
}

/* For %.*s: a sentence has no room for more. */
static int shown_length(const struct digest_parameter *parameter)
{
	return parameter->name_length < 64 ? (int)parameter->name_length : 64;
}

static enum digest_item read_scheme(struct digest_scanner *scanner,
				    struct digest_parameter *parameter,
				    bool comma, struct fault *fault)
{
	if (scanner->in_scheme && !comma) {
		fault_set(fault, FAULT_MALFORMED,
			  "the parameter %.*s has no value",
			  shown_length(parameter), parameter->name);
		return DIGEST_ITEM_FAULT;
	}
	if (!at_end(scanner) && peek(scanner) != ',' &&
	    !is_blank(scanner->header[scanner->pos - 1])) {
		fault_set(fault, FAULT_MALFORMED,
			  "the header has an unexpected character at %zu",
			  scanner->pos);
		return DIGEST_ITEM_FAULT;
	}
	scanner->in_scheme = true;
	scanner->need_comma = false;
	scanner->seen_count = 0;
	if (!digest_parameter_is(parameter, "Digest"))
		skip_token68(scanner);
	return DIGEST_ITEM_SCHEME;
}

int digest_quoted_read(const char *text, size_t text_length, size_t *pos,
		       char *out, size_t room, size_t *length,
		       struct fault *fault)
{
	size_t done = 0, at = *pos + 1;

	*length = 0;
	out[0] = '\0';
	if (*pos >= text_length || text[*pos] != '"')
		return fault_set(fault, FAULT_MALFORMED,
				 "a quoted string is missing at %zu", *pos);
	for (; at < text_length && text[at] != '"'; at++) {
		if (text[at] == '\\' && ++at == text_length)
			break;
		if (done + 1 >= room) {
			out[0] = '\0';
			return fault_set(
				fault, FAULT_LIMIT,
				"the value at %zu has more than %zu octets",
				*pos, room - 1);
		}
		out[done++] = text[at];
	}
	if (at >= text_length) {
		out[0] = '\0';
		return fault_set(fault, FAULT_MALFORMED,
				 "the quoted string at %zu has no end", *pos);
	}
	if (!text_is_plain(out, done)) {
		out[0] = '\0';
		return fault_set(fault, FAULT_MALFORMED,
				 "the quoted string at %zu has a control "
				 "character or is not UTF-8",
				 *pos);
	}
	out[done] = '\0';
	*length = done;
	*pos = at + 1;
	return 0;
}

static int read_token_value(struct digest_scanner *scanner,
			    struct digest_parameter *parameter,
			    struct fault *fault)
{
	size_t start = scanner->pos, length = skip_token(scanner);

	if (!length)
		return fault_set(fault, FAULT_MALFORMED,
				 "the parameter at %zu has no value", start);
	if (length >= sizeof(parameter->value))
		return fault_set(fault, FAULT_LIMIT,
				 "the value at %zu has more than %zu octets",
				 start, sizeof(parameter->value) - 1);
	memcpy(parameter->value, scanner->header + start, length);
	parameter->value[length] = '\0';
	parameter->value_length = length;
	return 0;
}

/* Notes the name of a parameter, once. */
static int note_name(struct digest_scanner *scanner,
		     const struct digest_parameter *parameter,
		     struct fault *fault)
{
	size_t pos = (size_t)(parameter->name - scanner->header);
	unsigned int i;

	for (i = 0; i < scanner->seen_count; i++)
		if (text_equal_nocase(scanner->header + scanner->seen[i].pos,
				      scanner->seen[i].length, parameter->name,
				      parameter->name_length))
			return fault_set(fault, FAULT_MALFORMED,
					 "the parameter %.*s occurs twice",
					 shown_length(parameter),
					 parameter->name);
	if (scanner->seen_count == DIGEST_PARAMETERS_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "the header has more than %d parameters",
				 DIGEST_PARAMETERS_MAX);
	scanner->seen[scanner->seen_count].pos = (uint16_t)pos;
	scanner->seen[scanner->seen_count].length =
		(uint16_t)parameter->name_length;
	scanner->seen_count++;
	return 0;
}

static enum digest_item read_parameter(struct digest_scanner *scanner,
				       struct digest_parameter *parameter,
				       struct fault *fault)
{
	int status;

	if (!scanner->in_scheme) {
		fault_set(fault, FAULT_MALFORMED,
			  "the header has a parameter before its scheme");
		return DIGEST_ITEM_FAULT;
	}
	if (note_name(scanner, parameter, fault))
		return DIGEST_ITEM_FAULT;
	scanner->pos++;
	skip_blanks(scanner);
	if (peek(scanner) == '"')
		status = digest_quoted_read(scanner->header, scanner->length,
					    &scanner->pos, parameter->value,
					    sizeof(parameter->value),
					    &parameter->value_length, fault);
	else
		status = read_token_value(scanner, parameter, fault);
	scanner->need_comma = true;
	return status ? DIGEST_ITEM_FAULT : DIGEST_ITEM_PARAMETER;
}

enum digest_item digest_scanner_next(struct digest_scanner *scanner,
				     struct digest_parameter *parameter,
				     struct fault *fault)
{
	bool comma = skip_commas(scanner);

	memset(parameter, 0, sizeof(*parameter));
	if (at_end(scanner))
		return DIGEST_ITEM_END;
	parameter->name = scanner->header + scanner->pos;
	parameter->name_length = skip_token(scanner);
	if (!parameter->name_length || (scanner->need_comma && !comma)) {
		fault_set(fault, FAULT_MALFORMED,
			  "the header has an unexpected character at %zu",
			  (size_t)(parameter->name - scanner->header));
		return DIGEST_ITEM_FAULT;
	}
	skip_blanks(scanner);
	if (peek(scanner) == '=')
		return read_parameter(scanner, parameter, fault);
	if (scanner->has_schemes)
		return read_scheme(scanner, parameter, comma, fault);
	fault_set(fault, FAULT_MALFORMED, "the parameter %.*s has no value",
		  shown_length(parameter), parameter->name);
	return DIGEST_ITEM_FAULT;
}

bool digest_parameter_is(const struct digest_parameter *parameter,
			 const char *name)
{
	return text_equal_nocase(parameter->name, parameter->name_length, name,
				 strlen(name));
}

void digest_text_write(struct writer *writer, const char *text)
{
	writer_bytes(writer, text, strlen(text));
}

void digest_quoted_write(struct writer *writer, const char *text)
{
	size_t length = strlen(text), i;

	if (!text_is_plain(text, length))
		writer->failed = true;
	writer_u8(writer, '"');
	for (i = 0; i < length; i++) {
		if (text[i] == '"' || text[i] == '\\')
			writer_u8(writer, '\\');
		writer_u8(writer, (uint8_t)text[i]);
	}
	writer_u8(writer, '"');
}

void digest_parameter_write(struct writer *writer, bool *first,
			    const char *name, const char *value, bool quoted)
{
	if (!*first)
		digest_text_write(writer, ", ");
	*first = false;
	digest_text_write(writer, name);
	writer_u8(writer, '=');
	if (quoted)
		digest_quoted_write(writer, value);
	else
		digest_text_write(writer, value);
}
