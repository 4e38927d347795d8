// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>

#include "nas5g.h"
#include "nas_ie.h"

#define DISCRIMINATOR_5GMM 0x7e
#define UL_NAS_TRANSPORT 0x67
#define DL_NAS_TRANSPORT 0x68
#define CONTAINER_N1_SM 1
#define IE_SESSION 0x12
#define IE_OLD_SESSION 0x59
#define IE_CAUSE 0x58
#define IE_REQUEST_TYPE 0x80

static const struct nas_ie_fixed uplink_fixed[] = {
	{ IE_SESSION, 1 },
	{ IE_OLD_SESSION, 1 },
	{ 0, 0 },
};

static const struct nas_ie_fixed downlink_fixed[] = {
	{ IE_SESSION, 1 },
	{ IE_CAUSE, 1 },
	{ 0, 0 },
};

static int transport_check(const struct nas5g_transport *transport,
			   enum fault_code code, struct fault *fault)
{
	if (!transport->session || transport->session > NAS5G_SESSION_MAX)
		return fault_set(fault, code,
				 "NAS transport has PDU session %u",
				 transport->session);
	if (!transport->container_size || transport->container_size > 65535)
		return fault_set(fault, code,
				 "NAS transport has a container of %zu octets",
				 transport->container_size);
	return 0;
}

int nas5g_transport_encode(const struct nas5g_transport *transport,
			   uint8_t *out, size_t room, size_t *size,
			   struct fault *fault)
{
	struct writer writer;
	int error = transport_check(transport, FAULT_ARGUMENT, fault);

	*size = 0;
	if (!error && (transport->request_type > 7 ||
		       (transport->downlink ? transport->request_type :
					      transport->cause)))
		error = fault_set(fault, FAULT_ARGUMENT,
				  "cause or request type does not fit NAS "
				  "transport");
	writer_init(&writer, out, room);
	writer_u8(&writer, DISCRIMINATOR_5GMM);
	writer_u8(&writer, 0);
	writer_u8(&writer,
		  transport->downlink ? DL_NAS_TRANSPORT : UL_NAS_TRANSPORT);
	writer_u8(&writer, CONTAINER_N1_SM);
	writer_u16(&writer, (uint16_t)transport->container_size);
	if (!error)
		writer_bytes(&writer, transport->container,
			     transport->container_size);
	writer_u8(&writer, IE_SESSION);
	writer_u8(&writer, transport->session);
	if (transport->request_type)
		writer_u8(&writer, IE_REQUEST_TYPE | transport->request_type);
	if (transport->cause) {
		writer_u8(&writer, IE_CAUSE);
		writer_u8(&writer, transport->cause);
	}
	if (!error)
		error = writer_check(&writer, "NAS transport", fault);
	if (error && room)
		OPENSSL_cleanse(out, room);
	else if (!error)
		*size = writer.length;
	return error;
}

static int head_decode(struct reader *reader, struct nas5g_transport *out,
		       struct fault *fault)
{
	uint8_t discriminator = reader_u8(reader), header = reader_u8(reader);
	uint8_t type = reader_u8(reader), container = reader_u8(reader) & 15;

	out->container_size = reader_u16(reader);
	out->container = reader_bytes(reader, out->container_size);
	if (reader_check(reader, "NAS transport", fault))
		return -1;
	if (discriminator != DISCRIMINATOR_5GMM || header ||
	    (type != UL_NAS_TRANSPORT && type != DL_NAS_TRANSPORT))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "message %02x %02x %02x is no plain NAS "
				 "transport",
				 discriminator, header, type);
	if (container != CONTAINER_N1_SM)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "container type %u is not N1 SM", container);
	out->downlink = type == DL_NAS_TRANSPORT;
	return 0;
}

static int optional_decode(struct reader *reader, struct nas5g_transport *out,
			   struct fault *fault)
{
	const struct nas_ie_fixed *fixed = out->downlink ? downlink_fixed :
							   uplink_fixed;
	struct nas_ie ie;
	int more;

	while ((more = nas_ie_next(reader, fixed, &ie, fault)) > 0) {
		/* Of an element that comes twice the first one counts. */
		if (ie.id == IE_SESSION && !out->session)
			out->session = ie.value[0];
		else if (ie.id == IE_CAUSE && out->downlink && !out->cause)
			out->cause = ie.value[0];
		else if (ie.id == IE_REQUEST_TYPE && !out->downlink &&
			 !out->request_type)
			out->request_type = ie.value[0] & 7;
		else if (nas_ie_ignore(&ie, fault))
			return -1;
	}
	return more;
}

int nas5g_transport_decode(const uint8_t *octets, size_t size,
			   struct nas5g_transport *transport,
			   struct fault *fault)
{
	struct nas5g_transport out = { 0 };
	struct reader reader;

	*transport = out;
	reader_init(&reader, octets, size);
	if (head_decode(&reader, &out, fault) ||
	    optional_decode(&reader, &out, fault) ||
	    transport_check(&out, FAULT_MALFORMED, fault))
		return -1;
	*transport = out;
	return 0;
}
