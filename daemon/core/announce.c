// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "announce.h"
#include "mbms_xml.h"
#include "mbms_xml_names.h"
#include "text.h"
#include "xml_reader.h"
#include "xml_writer.h"

enum {
	ROOT,
	KEY_MANAGEMENT,
	SERVER_URI,
	KEY_ID,
	MEDIA_FLOW,
	MSK,
	KEY_DOMAIN,
	MSK_ID,
	TRANSPORT,
	FEC_PROTECTION,
	ELEMENTS,
};

enum { CONFIDENTIALITY, INTEGRITY, UICC };
enum { WAIT_TIME, MAX_BACK_OFF };

#define CHILD(child_name, in, most, what)                                \
	{                                                                \
		.name = child_name, .parent = in, .min = 1, .max = most, \
		.content = what                                          \
	}

static const struct xml_element elements[ELEMENTS] = {
	[ROOT] = { .name = NAME_SECURITY_ROOT,
		   .parent = XML_ROOT,
		   .content = XML_NESTED,
		   .attributes = { [CONFIDENTIALITY] = { NAME_CONFIDENTIALITY,
							 true },
				   [INTEGRITY] = { NAME_INTEGRITY, true },
				   [UICC] = { NAME_UICC_KEY_MANAGEMENT,
					      true } } },
	[KEY_MANAGEMENT] = { .name = NAME_KEY_MANAGEMENT,
			     .parent = ROOT,
			     .min = 1,
			     .max = 1,
			     .content = XML_NESTED,
			     .attributes = { [WAIT_TIME] = { NAME_WAIT_TIME,
							     false },
					     [MAX_BACK_OFF] = { NAME_MAX_BACK_OFF,
								false } } },
	[SERVER_URI] = CHILD(NAME_SERVER_URI, KEY_MANAGEMENT,
			     ANNOUNCE_SERVERS_MAX, XML_TEXT),
	[KEY_ID] = CHILD(NAME_KEY_ID, ROOT, ANNOUNCE_FLOWS_MAX, XML_NESTED),
	[MEDIA_FLOW] = { .name = NAME_MEDIA_FLOW,
			 .parent = KEY_ID,
			 .min = 1,
			 .max = ANNOUNCE_FLOWS_MAX,
			 .content = XML_NESTED,
			 .attributes = { { NAME_FLOW_ID, true } } },
	[MSK] = CHILD(NAME_MSK, MEDIA_FLOW, ANNOUNCE_FLOW_MSKS_MAX, XML_NESTED),
	[KEY_DOMAIN] = CHILD(NAME_KEY_DOMAIN_ID, MSK, 1, XML_TEXT),
	[MSK_ID] = CHILD(NAME_MSK_ID, MSK, 1, XML_TEXT),
	[TRANSPORT] = { .name = NAME_TRANSPORT,
			.namespace = NAME_TRANSPORT_NAMESPACE,
			.parent = MEDIA_FLOW,
			.max = 1,
			.content = XML_TEXT,
			.attributes = { { NAME_TRANSPORT_FORMAT, true },
					{ NAME_TRANSPORT_MTK_PORT, true },
					{ NAME_TRANSPORT_SOURCE, false },
					{ NAME_TRANSPORT_SENDERS, true },
					{ NAME_TRANSPORT_SUITE, false },
					{ NAME_TRANSPORT_RTCP_PORT, false },
					{ NAME_TRANSPORT_ROC_RATE, false } } },
	[FEC_PROTECTION] = { .name = NAME_FEC_PROTECTION,
			     .parent = ROOT,
			     .max = 1,
			     .content = XML_SKIPPED },
};

static const struct xml_schema schema = {
	.what = "the security description",
	.namespace = NAME_SECURITY_NAMESPACE,
	.elements = elements,
	.count = ELEMENTS,
};

int announce_uri_take(char uri[ANNOUNCE_URI_SIZE], const char *text,
		      size_t length, struct fault *fault)
{
	const char *rest;

	if (text_copy(uri, ANNOUNCE_URI_SIZE, text, length, "the server's URI",
		      fault))
		return -1;
	rest = strstr(uri, "://");
	if (rest && rest[3] && !strchr(uri, ' ') &&
	    (text_equal_nocase(uri, (size_t)(rest - uri), "http", 4) ||
	     text_equal_nocase(uri, (size_t)(rest - uri), "https", 5)))
		return 0;
	return fault_set(fault, FAULT_MALFORMED,
			 "the server's URI is not one of http or https");
}

int announce_msk_check(const struct msk_ref *msk, struct fault *fault)
{
	if (msk_id_number(msk->msk_id) == MSK_NUMBER_CURRENT)
		return 0;
	return fault_set(fault, FAULT_MALFORMED,
			 "MSK ID %08x of the announcement has a Key Number "
			 "other than 0",
			 msk->msk_id);
}

static struct announce_flow *last_flow(struct announce_security *security)
{
	return &security->flows[security->flow_count - 1];
}

static int take_start(void *context, size_t element, struct fault *fault)
{
	struct announce_security *security = context;

	if (element != MEDIA_FLOW)
		return 0;
	if (security->flow_count == ANNOUNCE_FLOWS_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "the security description has more than %d "
				 "media flows",
				 ANNOUNCE_FLOWS_MAX);
	security->flow_count++;
	return 0;
}

static int take_seconds(const char *value, uint32_t *seconds, const char *what,
			struct fault *fault)
{
	unsigned long number;

	if (text_number(value, strlen(value), ANNOUNCE_SECONDS_MAX, &number,
			what, fault))
		return -1;
	*seconds = (uint32_t)number;
	return 0;
}

static int take_root_attribute(struct announce_security *security,
			       size_t attribute, const char *value,
			       struct fault *fault)
{
	switch (attribute) {
	case CONFIDENTIALITY:
		return xml_boolean(value, &security->confidentiality,
				   NAME_CONFIDENTIALITY, fault);
	case INTEGRITY:
		return xml_boolean(value, &security->integrity, NAME_INTEGRITY,
				   fault);
	default:
		return xml_boolean(value, &security->uicc_key_management,
				   NAME_UICC_KEY_MANAGEMENT, fault);
	}
}

static bool has_flow(const struct announce_security *security, const char *id)
{
	size_t i;

	for (i = 0; i + 1 < security->flow_count; i++)
		if (!strcmp(security->flows[i].id, id))
			return true;
	return false;
}

static int take_flow_id(struct announce_security *security, const char *value,
			struct fault *fault)
{
	struct announce_flow *flow = last_flow(security);

	if (text_copy(flow->id, sizeof(flow->id), value, strlen(value),
		      NAME_FLOW_ID, fault))
		return -1;
	if (!flow->id[0] || has_flow(security, flow->id))
		return fault_set(fault, FAULT_MALFORMED,
				 "flowID is empty or occurs twice");
	return 0;
}

static int take_attribute(void *context, size_t element, size_t attribute,
			  const char *value, struct fault *fault)
{
	struct announce_security *security = context;

	if (element == ROOT)
		return take_root_attribute(security, attribute, value, fault);
	if (element == MEDIA_FLOW)
		return take_flow_id(security, value, fault);
	if (element == TRANSPORT)
		return announce_transport_attribute(
			&last_flow(security)->transport, attribute, value,
			fault);
	if (attribute == WAIT_TIME)
		return take_seconds(value, &security->wait_time, NAME_WAIT_TIME,
				    fault);
	return take_seconds(value, &security->max_back_off, NAME_MAX_BACK_OFF,
			    fault);
}

static int take_msk(struct announce_flow *flow, struct fault *fault)
{
	const struct msk_ref *msk = &flow->msks[flow->msk_count];
	size_t i;

	if (announce_msk_check(msk, fault))
		return -1;
	for (i = 0; i < flow->msk_count; i++)
		if (msk_ref_equal(&flow->msks[i], msk))
			return fault_set(fault, FAULT_MALFORMED,
					 "the MSK ID %08x occurs twice",
					 msk->msk_id);
	flow->msk_count++;
	return 0;
}

static int take_text(void *context, size_t element, const char *text,
		     size_t length, struct fault *fault)
{
	struct announce_security *security = context;
	struct announce_flow *flow;

	if (element == SERVER_URI)
		return announce_uri_take(
			security->servers[security->server_count++], text,
			length, fault);
	/* The table has no more MSKs in a flow than there is room for. */
	flow = last_flow(security);
	if (element == TRANSPORT)
		return announce_transport_check(&flow->transport, fault);
	if (element == KEY_DOMAIN)
		return mbms_key_domain_take(text, length,
					    &flow->msks[flow->msk_count].domain,
					    fault);
	if (mbms_msk_id_take(text, length, &flow->msks[flow->msk_count].msk_id,
			     fault))
		return -1;
	return take_msk(flow, fault);
}

int announce_security_parse(const void *document, size_t size,
			    struct announce_security *security,
			    struct fault *fault)
{
	static const struct xml_handler handler = { take_start, take_attribute,
						    take_text };

	memset(security, 0, sizeof(*security));
	if (!xml_read(document, size, &schema, &handler, security, fault))
		return 0;
	memset(security, 0, sizeof(*security));
	return -1;
}

static int flow_check(const struct announce_flow *flow, struct fault *fault)
{
	size_t i;

	if (!flow->id[0] || !flow->msk_count ||
	    flow->msk_count > ANNOUNCE_FLOW_MSKS_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "a media flow has no id or not 1 to %d MSKs",
				 ANNOUNCE_FLOW_MSKS_MAX);
	for (i = 0; i < flow->msk_count; i++)
		if (announce_msk_check(&flow->msks[i], fault))
			return -1;
	return announce_transport_check(&flow->transport, fault);
}

static int security_check(const struct announce_security *security,
			  struct fault *fault)
{
	char uri[ANNOUNCE_URI_SIZE];
	size_t i;

	if (!security->server_count ||
	    security->server_count > ANNOUNCE_SERVERS_MAX ||
	    !security->flow_count ||
	    security->flow_count > ANNOUNCE_FLOWS_MAX ||
	    security->wait_time > ANNOUNCE_SECONDS_MAX ||
	    security->max_back_off > ANNOUNCE_SECONDS_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "the security description has too few or too "
				 "many servers, flows or seconds");
	for (i = 0; i < security->server_count; i++)
		if (announce_uri_take(uri, security->servers[i],
				      strlen(security->servers[i]), fault))
			return -1;
	for (i = 0; i < security->flow_count; i++)
		if (flow_check(&security->flows[i], fault))
			return -1;
	return 0;
}

static void write_boolean(struct xml_writer *writer, const char *name,
			  bool value)
{
	xml_writer_attribute(writer, name, value ? "true" : "false");
}

static void write_seconds(struct xml_writer *writer, const char *name,
			  uint32_t seconds)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", seconds);
	xml_writer_attribute(writer, name, text);
}

static void write_flow(struct xml_writer *writer,
		       const struct announce_flow *flow)
{
	size_t i;

	xml_writer_begin(writer, NAME_KEY_ID, NULL);
	xml_writer_begin(writer, NAME_MEDIA_FLOW, NULL);
	xml_writer_attribute(writer, NAME_FLOW_ID, flow->id);
	for (i = 0; i < flow->msk_count; i++) {
		xml_writer_begin(writer, NAME_MSK, NULL);
		mbms_msk_write(writer, &flow->msks[i]);
		xml_writer_end(writer);
	}
	announce_transport_write(writer, &flow->transport);
	xml_writer_end(writer);
	xml_writer_end(writer);
}

int announce_security_write(const struct announce_security *security,
			    char *document, size_t room, size_t *length,
			    struct fault *fault)
{
	struct xml_writer writer;
	size_t i;

	*length = 0;
	if (security_check(security, fault))
		return -1;
	xml_writer_init(&writer, document, room, NAME_SECURITY_ROOT,
			NAME_SECURITY_NAMESPACE);
	write_boolean(&writer, NAME_CONFIDENTIALITY, security->confidentiality);
	write_boolean(&writer, NAME_INTEGRITY, security->integrity);
	write_boolean(&writer, NAME_UICC_KEY_MANAGEMENT,
		      security->uicc_key_management);
	xml_writer_begin(&writer, NAME_KEY_MANAGEMENT, NULL);
	write_seconds(&writer, NAME_WAIT_TIME, security->wait_time);
	write_seconds(&writer, NAME_MAX_BACK_OFF, security->max_back_off);
	for (i = 0; i < security->server_count; i++)
		xml_writer_text(&writer, NAME_SERVER_URI, NULL,
				security->servers[i]);
	xml_writer_end(&writer);
	for (i = 0; i < security->flow_count; i++)
		write_flow(&writer, &security->flows[i]);
	return xml_writer_finish(&writer, length, schema.what, fault);
}
