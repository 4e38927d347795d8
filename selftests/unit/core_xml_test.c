// SPDX-License-Identifier: GPL-2.0-or-later
/* The reader and the writer of XML: limits, handlers, what no document has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/xml_reader.h"
#include "core/xml_writer.h"

#define NS "urn:t"
#define OTHER "urn:o"
#define OPEN "<r xmlns='" NS "' a='1'>"

enum { ROOT, LIST, ITEM, NOTE, FOREIGN, SKIPPED, ELEMENTS };

static const struct xml_element elements[ELEMENTS] = {
	[ROOT] = { .name = "r",
		   .parent = XML_ROOT,
		   .content = XML_NESTED,
		   .attributes = { { "a", true }, { "b", false } } },
	[LIST] = { .name = "l",
		   .parent = ROOT,
		   .max = 2,
		   .content = XML_NESTED },
	[ITEM] = { .name = "i",
		   .parent = LIST,
		   .min = 1,
		   .max = XML_UNBOUNDED,
		   .content = XML_TEXT },
	[NOTE] = { .name = "n",
		   .parent = ROOT,
		   .min = 1,
		   .max = 1,
		   .content = XML_TEXT },
	[FOREIGN] = { .name = "f",
		      .namespace = OTHER,
		      .parent = ROOT,
		      .max = 1,
		      .content = XML_TEXT },
	[SKIPPED] = { .name = "s",
		      .parent = ROOT,
		      .max = 1,
		      .content = XML_SKIPPED },
};

static const struct xml_schema schema = { .what = "the test",
					  .namespace = NS,
					  .elements = elements,
					  .count = ELEMENTS };

/* What the handler was told, as text; refuses the element @refuse. */
struct story {
	char text[512];
	int refuse;
};

static void tell(struct story *story, const char *format, size_t element,
		 const char *more)
{
	size_t length = strlen(story->text);

	snprintf(story->text + length, sizeof(story->text) - length, format,
		 elements[element].name, more);
}

static int on_start(void *context, size_t element, struct fault *fault)
{
	struct story *story = context;

	tell(story, "<%s%s", element, "");
	if (story->refuse == (int)element)
		return fault_set(fault, FAULT_STATE, "no");
	return 0;
}

static int on_attribute(void *context, size_t element, size_t attribute,
			const char *value, struct fault *fault)
{
	(void)fault;
	assert_true(attribute < 2);
	tell(context, " %s@%s", element, value);
	return 0;
}

static int on_text(void *context, size_t element, const char *text,
		   size_t length, struct fault *fault)
{
	(void)fault;
	assert_int_equal(strlen(text), length);
	tell(context, " %s=%s|", element, text);
	return 0;
}

static const struct xml_handler handler = { on_start, on_attribute, on_text };

static int read_text(const char *document, struct story *story,
		     struct fault *fault)
{
	memset(story->text, 0, sizeof(story->text));
	return xml_read(document, strlen(document), &schema, &handler, story,
			fault);
}

static void test_story(void **state)
{
	struct story story = { .refuse = -1 };

	(void)state;
	assert_int_equal(read_text(OPEN
				   "<l><i> x\n</i><i/></l>\n<l><i>y z</i></l>"
				   "<n>a<!-- c -->b<![CDATA[<]]>&#65;</n>"
				   "<f xmlns='" OTHER "'>q</f>"
				   "<s z='1'>t<r><l/></r></s>"
				   "<u xmlns='" OTHER "'><r/>t</u></r>",
				   &story, NULL),
			 0);
	assert_string_equal(story.text, "<r r@1<l<i i=x|<i i=|<l<i i=y z|"
					"<n n=ab<A|<f f=q|<s");
}

static void test_handler_refuses(void **state)
{
	struct story story = { .refuse = ITEM };
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(
		read_text(OPEN "<l><i>x</i></l><n/></r>", &story, &fault), -1);
	assert_int_equal(fault.code, FAULT_STATE);
	assert_string_equal(story.text, "<r r@1<l<i");
	/* Without a place for the reason as well. */
	assert_int_equal(
		read_text(OPEN "<l><i>x</i></l><n/></r>", &story, NULL), -1);
	assert_string_equal(story.text, "<r r@1<l<i");
}

static void check_refused(const char *document, enum fault_code code)
{
	struct story story = { .refuse = -1 };
	struct fault fault = { 0 };

	if (!read_text(document, &story, &fault))
		fail_msg("accepted: %s", document);
	if (fault.code != code)
		fail_msg("%s: %s: %s", document, fault_name(fault.code),
			 fault.text);
}

static void test_structure(void **state)
{
	(void)state;
	check_refused("<r xmlns='" NS "'><n/></r>", FAULT_MALFORMED);
	check_refused(OPEN "</r>", FAULT_MALFORMED);
	check_refused(OPEN "<l/><n/></r>", FAULT_MALFORMED);
	check_refused(OPEN "<n/><l><i/></l></r>", FAULT_MALFORMED);
	check_refused(OPEN "<n/><n/></r>", FAULT_MALFORMED);
	check_refused(OPEN "<l><i/></l><l><i/></l><l><i/></l><n/></r>",
		      FAULT_MALFORMED);
	check_refused(OPEN "<i/><n/></r>", FAULT_MALFORMED);
	check_refused(OPEN "<n/><f/></r>", FAULT_MALFORMED);
	check_refused(OPEN "<n/><f xmlns='" OTHER "'/><f xmlns='" OTHER "'/>"
			   "</r>",
		      FAULT_MALFORMED);
	check_refused(OPEN "<f xmlns='" OTHER "'/><n/></r>", FAULT_MALFORMED);
	check_refused(OPEN "<n/><n xmlns='" OTHER "'/></r>", FAULT_MALFORMED);
	check_refused(OPEN "<n/><s/>t</r>", FAULT_MALFORMED);
	check_refused(OPEN "<n/>" OPEN "<n/></r></r>", FAULT_MALFORMED);
	check_refused("<l xmlns='" NS "'><i/></l>", FAULT_MALFORMED);
	check_refused(OPEN "<n/><s><![CDATA[</s></r>", FAULT_MALFORMED);
}

/* Attributes have no namespace here; those of others are passed over. */
static void test_attributes(void **state)
{
	struct story story = { .refuse = -1 };

	(void)state;
	check_refused("<r xmlns='" NS "' c='1' a='1'><n/></r>",
		      FAULT_MALFORMED);
	check_refused("<p:r xmlns:p='" NS "' p:a='1'><p:n/></p:r>",
		      FAULT_MALFORMED);
	check_refused("<p:r xmlns:p='" NS "' a='1' p:b='2'><p:n/></p:r>",
		      FAULT_MALFORMED);
	check_refused("<p:r xmlns:p='" NS "' a='1' p:c='2'><p:n/></p:r>",
		      FAULT_MALFORMED);
	check_refused("<r xmlns='" NS "' xmlns:o='" OTHER "' a='1' o:b='2'>"
		      "<n/></r>",
		      FAULT_MALFORMED);
	assert_int_equal(read_text("<r xmlns='" NS "' xmlns:o='" OTHER "' "
				   "o:c='2' a='1' xml:lang='en'><n/></r>",
				   &story, NULL),
			 0);
	assert_string_equal(story.text, "<r r@1<n n=|");
}

/* @inner repeated @count times in a document. */
static char *repeated(const char *before, const char *inner, size_t count,
		      const char *after)
{
	size_t length = strlen(before) + strlen(inner) * count + strlen(after);
	char *document = malloc(length + 1), *end = document;

	end += sprintf(end, "%s", before);
	while (count--)
		end += sprintf(end, "%s", inner);
	sprintf(end, "%s", after);
	return document;
}

static void check_limit(const char *before, const char *inner, size_t most,
			const char *after)
{
	struct story story = { .refuse = -1 };
	struct fault fault = { 0 };
	char *document = repeated(before, inner, most, after);

	if (read_text(document, &story, &fault))
		fail_msg("%zu times %s: %s", most, inner, fault.text);
	free(document);
	document = repeated(before, inner, most + 1, after);
	assert_int_equal(read_text(document, &story, &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	free(document);
}

static void test_limits(void **state)
{
	char *deep;

	(void)state;
	check_limit(OPEN "<n>", "x", XML_TEXT_MAX, "</n></r>");
	check_limit(OPEN "<n/>", "<u xmlns='" OTHER "'/>", XML_COUNT_MAX - 2,
		    "</r>");
	check_limit(OPEN "<n/><s>", "<x/>", XML_COUNT_MAX - 3, "</s></r>");
	check_limit(OPEN "<n/></r>", " ",
		    XML_SIZE_MAX - strlen(OPEN "<n/></r>"), "");
	deep = repeated(OPEN "<n/><s>", "<x>", XML_DEPTH_MAX - 2,
			"</x></x></x></x></x></x></s></r>");
	check_refused(OPEN "<n/><s><x><x><x><x><x><x><x/></x></x></x></x></x>"
			   "</x></s></r>",
		      FAULT_LIMIT);
	assert_int_equal(xml_read(deep, strlen(deep), &schema, &handler,
				  &(struct story){ .refuse = -1 }, NULL),
			 0);
	free(deep);
}

static void test_large_table(void **state)
{
	struct xml_schema large = schema;
	struct fault fault = { 0 };

	(void)state;
	large.count = XML_TABLE_MAX + 1;
	assert_int_equal(xml_read("<r/>", 4, &large, &handler, NULL, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
}

static void test_boolean(void **state)
{
	static const char *const other[] = { "", "TRUE", "yes", "2", "true " };
	struct fault fault;
	bool value;
	size_t i;

	(void)state;
	assert_int_equal(xml_boolean("true", &value, "it", NULL), 0);
	assert_true(value);
	assert_int_equal(xml_boolean("0", &value, "it", NULL), 0);
	assert_false(value);
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		fault = (struct fault){ 0 };
		assert_int_equal(xml_boolean(other[i], &value, "it", &fault),
				 -1);
		assert_int_equal(fault.code, FAULT_MALFORMED);
		assert_false(value);
	}
}

static void test_writer(void **state)
{
	struct xml_writer writer;
	char text[512];
	size_t length;

	(void)state;
	xml_writer_init(&writer, text, sizeof(text), "r", "urn:a&b");
	xml_writer_attribute(&writer, "x", "<\"'&>");
	xml_writer_begin(&writer, "e", NULL);
	xml_writer_end(&writer);
	xml_writer_begin(&writer, "l", "urn:o");
	xml_writer_attribute(&writer, "y", "");
	xml_writer_text(&writer, "t", NULL, "a < b ]]> \xc3\xa9");
	xml_writer_number(&writer, "n", 4294967295UL);
	xml_writer_end(&writer);
	assert_int_equal(xml_writer_finish(&writer, &length, "it", NULL), 0);
	assert_string_equal(
		text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<r xmlns=\"urn:a&amp;b\" x=\"&lt;&quot;'&amp;&gt;\">\n"
		      "<e/>\n"
		      "<l xmlns=\"urn:o\" y=\"\">\n"
		      "<t>a &lt; b ]]&gt; \xc3\xa9</t>\n"
		      "<n>4294967295</n>\n"
		      "</l>\n"
		      "</r>\n");
	assert_int_equal(length, strlen(text));
}

static void check_writer_refuses(struct xml_writer *writer)
{
	struct fault fault = { 0 };
	size_t length = 1;

	assert_int_equal(xml_writer_finish(writer, &length, "it", &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_int_equal(length, 0);
	assert_int_equal(writer->out.data[0], 0);
}

static void test_writer_refuses(void **state)
{
	struct xml_writer writer;
	char text[512];
	size_t i;

	(void)state;
#define START xml_writer_init(&writer, text, sizeof(text), "r", NS)
	START;
	xml_writer_text(&writer, "t", NULL, "a\nb");
	check_writer_refuses(&writer);
	START;
	xml_writer_attribute(&writer, "t", "\xff");
	check_writer_refuses(&writer);
	START;
	xml_writer_text(&writer, "t", NULL, "");
	xml_writer_attribute(&writer, "late", "x");
	check_writer_refuses(&writer);
	START;
	xml_writer_begin(&writer, "open", NULL);
	check_writer_refuses(&writer);
	START;
	xml_writer_end(&writer);
	check_writer_refuses(&writer);
	START;
	for (i = 0; i < XML_OPEN_MAX; i++)
		xml_writer_begin(&writer, "x", NULL);
	for (i = 0; i < XML_OPEN_MAX; i++)
		xml_writer_end(&writer);
	check_writer_refuses(&writer);
#undef START
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_story),
		cmocka_unit_test(test_handler_refuses),
		cmocka_unit_test(test_structure),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_large_table),
		cmocka_unit_test(test_boolean),
		cmocka_unit_test(test_writer),
		cmocka_unit_test(test_writer_refuses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
