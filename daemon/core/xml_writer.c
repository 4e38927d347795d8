// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "xml_writer.h"

static void put(struct xml_writer *writer, const char *text)
{
	writer_bytes(&writer->out, text, strlen(text));
}

/* Text and attribute values alike. */
static void put_escaped(struct xml_writer *writer, const char *text)
{
	if (!text_is_plain(text, strlen(text)))
		writer->invalid = true;
	for (; *text; text++)
		switch (*text) {
		case '&':
			put(writer, "&amp;");
			break;
		case '<':
			put(writer, "&lt;");
			break;
		case '>':
			put(writer, "&gt;");
			break;
		case '"':
			put(writer, "&quot;");
			break;
		default:
			writer_u8(&writer->out, (uint8_t)*text);
		}
}

static void close_tag(struct xml_writer *writer)
{
	if (writer->in_tag)
		put(writer, ">\n");
	writer->in_tag = false;
}

static void open_tag(struct xml_writer *writer, const char *name,
		     const char *namespace)
{
	close_tag(writer);
	put(writer, "<");
	put(writer, name);
	if (namespace) {
		put(writer, " xmlns=\"");
		put_escaped(writer, namespace);
		put(writer, "\"");
	}
}

void xml_writer_init(struct xml_writer *writer, char *text, size_t room,
		     const char *root, const char *namespace)
{
	memset(writer, 0, sizeof(*writer));
	writer_init(&writer->out, text, room);
	put(writer, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	xml_writer_begin(writer, root, namespace);
}

void xml_writer_begin(struct xml_writer *writer, const char *name,
		      const char *namespace)
{
	if (writer->depth == XML_OPEN_MAX) {
		writer->invalid = true;
		return;
	}
	open_tag(writer, name, namespace);
	writer->open[writer->depth++] = name;
	writer->in_tag = true;
}

void xml_writer_attribute(struct xml_writer *writer, const char *name,
			  const char *value)
{
	if (!writer->in_tag) {
		writer->invalid = true;
		return;
	}
	put(writer, " ");
	put(writer, name);
	put(writer, "=\"");
	put_escaped(writer, value);
	put(writer, "\"");
}

void xml_writer_end(struct xml_writer *writer)
{
	const char *name;

	if (!writer->depth) {
		writer->invalid = true;
		return;
	}
	name = writer->open[--writer->depth];
	if (writer->in_tag) {
		put(writer, "/>\n");
		writer->in_tag = false;
		return;
	}
	put(writer, "</");
	put(writer, name);
	put(writer, ">\n");
}

void xml_writer_text(struct xml_writer *writer, const char *name,
		     const char *namespace, const char *text)
{
	open_tag(writer, name, namespace);
	put(writer, ">");
	put_escaped(writer, text);
	put(writer, "</");
	put(writer, name);
	put(writer, ">\n");
}

void xml_writer_number(struct xml_writer *writer, const char *name,
		       unsigned long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", value);
	xml_writer_text(writer, name, NULL, text);
}

int xml_writer_finish(struct xml_writer *writer, size_t *length,
		      const char *what, struct fault *fault)
{
	int status = 0;

	xml_writer_end(writer);
	*length = writer->out.length;
	writer_u8(&writer->out, '\0');
	if (writer->invalid || writer->depth)
		status = fault_set(fault, FAULT_ARGUMENT,
				   "%s would have text that is not UTF-8 or "
				   "has control characters",
				   what);
	else if (writer_check(&writer->out, what, fault))
		status = -1;
	if (!status)
		return 0;
	OPENSSL_cleanse(writer->out.data, writer->out.size);
	*length = 0;
	return -1;
}
