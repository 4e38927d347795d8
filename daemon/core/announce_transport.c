// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "announce.h"
#include "mbms_xml_names.h"
#include "text.h"
#include "xml_writer.h"

/* In the order of the table in announce.c. */
enum { FORMAT, MTK_PORT, SOURCE, SENDERS };

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

int announce_transport_attribute(struct announce_transport *transport,
				 size_t attribute, const char *value,
				 struct fault *fault)
{
	unsigned long port;

	if (attribute == FORMAT)
		return take_format(transport, value, fault);
	if (attribute == MTK_PORT) {
		if (text_number(value, strlen(value), UINT16_MAX, &port,
				NAME_TRANSPORT_MTK_PORT, fault))
			return -1;
		transport->mtk_port = (uint16_t)port;
		return 0;
	}
	if (attribute == SENDERS)
		return take_senders(transport, value, fault);
	return text_copy(transport->source, sizeof(transport->source), value,
			 strlen(value), NAME_TRANSPORT_SOURCE, fault);
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

void announce_transport_write(struct xml_writer *writer,
			      const struct announce_transport *transport)
{
	char text[ANNOUNCE_FLOW_SENDERS_MAX * 6 + 1] = "", port[8];
	size_t i, length = 0;

	if (transport->format == ANNOUNCE_FORMAT_NONE)
		return;
	for (i = 0; i < transport->sender_count; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   i ? " %u" : "%u",
					   transport->senders[i]);
	snprintf(port, sizeof(port), "%u", transport->mtk_port);
	xml_writer_begin(writer, NAME_TRANSPORT, NAME_TRANSPORT_NAMESPACE);
	xml_writer_attribute(writer, NAME_TRANSPORT_FORMAT,
			     format_names[transport->format]);
	xml_writer_attribute(writer, NAME_TRANSPORT_MTK_PORT, port);
	if (transport->source[0])
		xml_writer_attribute(writer, NAME_TRANSPORT_SOURCE,
				     transport->source);
	xml_writer_attribute(writer, NAME_TRANSPORT_SENDERS, text);
	xml_writer_end(writer);
}
