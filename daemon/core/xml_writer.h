/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes small XML documents: declaration, elements in lines of their own, text
 * and attributes escaped. Errors stick, as those of struct writer.
 */
#ifndef CORE_XML_WRITER_H
#define CORE_XML_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "fault.h"

#define XML_OPEN_MAX 8

/**
 * struct xml_writer - a document in the making
 * @out: into a buffer that somebody else owns
 * @open: names of elements that have begun
 * @depth: entries of @open
 * @in_tag: the last begin tag can still take attributes
 * @invalid: something was no text or not in order
 */
struct xml_writer {
	struct writer out;
	const char *open[XML_OPEN_MAX];
	unsigned int depth;
	bool in_tag;
	bool invalid;
};

/* Starts with the declaration and the root element in @namespace, which becomes
 * the default one. Names are constants of the program and are not copied.
 */
void xml_writer_init(struct xml_writer *writer, char *text, size_t room,
		     const char *root, const char *namespace);
/* Begins an element; @namespace is NULL for that of the parent. */
void xml_writer_begin(struct xml_writer *writer, const char *name,
		      const char *namespace);
/* Only between xml_writer_begin() and anything else. */
void xml_writer_attribute(struct xml_writer *writer, const char *name,
			  const char *value);
/* Ends the element that was begun last. */
void xml_writer_end(struct xml_writer *writer);
/* <name>text</name>; @text is plain UTF-8 (see text.h). */
void xml_writer_text(struct xml_writer *writer, const char *name,
		     const char *namespace, const char *text);
void xml_writer_number(struct xml_writer *writer, const char *name,
		       unsigned long value);
/* Ends the root. Returns 0 and the octets of the document, which has a NUL
 * behind it, in @length, or -1 and a sentence about @what; all the room is wiped
 * then, @length is 0.
 */
int xml_writer_finish(struct xml_writer *writer, size_t *length,
		      const char *what, struct fault *fault);

#endif /* CORE_XML_WRITER_H */
