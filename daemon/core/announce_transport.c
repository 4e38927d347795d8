// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "announce.h"
#include "mbms_xml_names.h"
#include "srtp_suite.h"
#include "text.h"
#include "xml_writer.h"

/* In the order of the table in announce.c. */
enum { FORMAT, MTK_PORT, SOURCE, SENDERS, SUITE, RTCP_PORT, ROC_RATE };

/* Below are RFC 9605 KIDs that are shorter (docs/wire-format.rst). */
#define SENDER_ID_MIN 0x100

static const char *const format_names[] = {
	[ANNOUNCE_FORMAT_SFRAME] = "sframe",
	[ANNOUNCE_FORMAT_SRTP] = "srtp",
};

static bool is_address(const char *text)
{
	uint8_t octets[16];

	return inet_pton(AF_INET, text, octets) == 1 ||
	       inet_pton(AF_INET6, text, octets) == 1;
}

static int take_format(struct announce_transport *transport, const char *value,
		       struct fault *fault)
{
	size_t i;

	for (i = ANNOUNCE_FORMAT_SFRAME; i <= ANNOUNCE_FORMAT_SRTP; i++)
		if (!strcmp(value, format_names[i])) {
			transport->format = i;
			return 0;
		}
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "the transport's format is neither sframe nor srtp");
}

static bool has_sender(const struct announce_transport *transport, size_t count,
		       uint16_t sender)
{
	while (count--)
		if (transport->senders[count] == sender)
			return true;
	return false;
}

/* Numbers with single blanks between them. */
static int take_senders(struct announce_transport *transport, const char *text,
			struct fault *fault)
{
	size_t length = strlen(text);
	const char *blank;
	unsigned long id;
	size_t part;

	while (length) {
		blank = memchr(text, ' ', length);
		part = blank ? (size_t)(blank - text) : length;
		if (transport->sender_count == ANNOUNCE_FLOW_SENDERS_MAX)
			return fault_set(fault, FAULT_LIMIT,
					 "the transport has more than %d "
					 "sender ids",
					 ANNOUNCE_FLOW_SENDERS_MAX);
		if (text_number(text, part, UINT16_MAX, &id,
				"the transport's sender id", fault))
			return -1;
		transport->senders[transport->sender_count++] = (uint16_t)id;
		part += blank ? 1 : 0;
		text += part;
		length -= part;
	}
	return 0;
}

static int take_suite(struct announce_transport *transport, const char *value,
		      struct fault *fault)
{
	transport->suite = srtp_suite_find(value);
	if (transport->suite)
		return 0;
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "the transport's suite is none of SRTP");
}

static int take_number(uint16_t *number, const char *name, const char *value,
		       struct fault *fault)
{
	unsigned long read;

	if (text_number(value, strlen(value), UINT16_MAX, &read, name, fault))
		return -1;
	*number = (uint16_t)read;
	return 0;
}

int announce_transport_attribute(struct announce_transport *transport,
				 size_t attribute, const char *value,
				 struct fault *fault)
{
	switch (attribute) {
	case FORMAT:
		return take_format(transport, value, fault);
	case MTK_PORT:
		return take_number(&transport->mtk_port,
				   NAME_TRANSPORT_MTK_PORT, value, fault);
	case SENDERS:
		return take_senders(transport, value, fault);
	case SUITE:
		return take_suite(transport, value, fault);
	case RTCP_PORT:
		return take_number(&transport->rtcp_port,
				   NAME_TRANSPORT_RTCP_PORT, value, fault);
	case ROC_RATE:
		return take_number(&transport->roc_rate,
				   NAME_TRANSPORT_ROC_RATE, value, fault);
	}
	return text_copy(transport->source, sizeof(transport->source), value,
			 strlen(value), NAME_TRANSPORT_SOURCE, fault);
}

/* What only SRTP has. */
static int check_srtp(const struct announce_transport *transport,
		      struct fault *fault)
{
	if (transport->format != ANNOUNCE_FORMAT_SRTP &&
	    (transport->suite || transport->rtcp_port || transport->roc_rate))
		return fault_set(fault, FAULT_MALFORMED,
				 "the transport is not of SRTP, and has a "
				 "suite, rtcpPort or rocRate");
	if (transport->suite && !srtp_suite_name(transport->suite))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "the transport's suite %04x is none of SRTP",
				 transport->suite);
	if (transport->rtcp_port && transport->rtcp_port == transport->mtk_port)
		return fault_set(fault, FAULT_MALFORMED,
				 "the transport's rtcpPort is its mtkPort");
	return 0;
}

int announce_transport_check(const struct announce_transport *transport,
			     struct fault *fault)
{
	size_t i;

	if (transport->format == ANNOUNCE_FORMAT_NONE)
		return 0;
	if (!transport->mtk_port)
		return fault_set(fault, FAULT_MALFORMED,
				 "the transport's mtkPort is 0");
	if (transport->source[0] && !is_address(transport->source))
		return fault_set(fault, FAULT_MALFORMED,
				 "the transport's source is no address");
	if (check_srtp(transport, fault))
		return -1;
	if (transport->sender_count > ANNOUNCE_FLOW_SENDERS_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "the transport has more than %d sender ids",
				 ANNOUNCE_FLOW_SENDERS_MAX);
	for (i = 0; i < transport->sender_count; i++)
		if (transport->senders[i] < SENDER_ID_MIN ||
		    has_sender(transport, i, transport->senders[i]))
			return fault_set(fault, FAULT_MALFORMED,
					 "the transport's sender id %u is "
					 "below %d or occurs twice",
					 transport->senders[i], SENDER_ID_MIN);
	return 0;
}

static void write_number(struct xml_writer *writer, const char *name,
			 uint16_t number)
{
	char text[8];

	if (!number)
		return;
	snprintf(text, sizeof(text), "%u", number);
	xml_writer_attribute(writer, name, text);
}

void announce_transport_write(struct xml_writer *writer,
			      const struct announce_transport *transport)
{
	char text[ANNOUNCE_FLOW_SENDERS_MAX * 6 + 1] = "";
	size_t i, length = 0;

	if (transport->format == ANNOUNCE_FORMAT_NONE)
		return;
	for (i = 0; i < transport->sender_count; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   i ? " %u" : "%u",
					   transport->senders[i]);
	xml_writer_begin(writer, NAME_TRANSPORT, NAME_TRANSPORT_NAMESPACE);
	xml_writer_attribute(writer, NAME_TRANSPORT_FORMAT,
			     format_names[transport->format]);
	write_number(writer, NAME_TRANSPORT_MTK_PORT, transport->mtk_port);
	if (transport->source[0])
		xml_writer_attribute(writer, NAME_TRANSPORT_SOURCE,
				     transport->source);
	xml_writer_attribute(writer, NAME_TRANSPORT_SENDERS, text);
	if (transport->suite)
		xml_writer_attribute(writer, NAME_TRANSPORT_SUITE,
				     srtp_suite_name(transport->suite));
	write_number(writer, NAME_TRANSPORT_RTCP_PORT, transport->rtcp_port);
	write_number(writer, NAME_TRANSPORT_ROC_RATE, transport->roc_rate);
	xml_writer_end(writer);
}
