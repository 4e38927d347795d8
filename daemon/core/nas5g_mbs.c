// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "nas5g_mbs.h"

int mbs_tmgi_encode(const struct tmgi *tmgi, struct writer *writer,
		    struct fault *fault)
{
	uint8_t octets[TMGI_SIZE];
	size_t size = 0;

	if (tmgi_encode(tmgi, octets, &size, fault))
		return -1;
	writer_u8(writer, (uint8_t)size);
	writer_bytes(writer, octets, size);
	return 0;
}

int mbs_tmgi_decode(struct reader *reader, struct tmgi *tmgi,
		    struct fault *fault)
{
	size_t size = reader_u8(reader);
	const uint8_t *octets = reader_bytes(reader, size);

	if (reader_check(reader, "TMGI", fault))
		return -1;
	return tmgi_decode(octets, size, tmgi, fault);
}

static size_t address_size(enum mbs_session_id_type type)
{
	return type == MBS_SESSION_SSM_IPV4 ? 4 : 16;
}

static int request_encode(const struct mbs_request *request,
			  struct writer *writer, struct fault *fault)
{
	enum mbs_session_id_type type = request->session.type;
	size_t size = address_size(type);

	if (request->operation != MBS_JOIN && request->operation != MBS_LEAVE)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MBS operation %d is unknown",
				 (int)request->operation);
	if (type < MBS_SESSION_TMGI || type > MBS_SESSION_SSM_IPV6)
		return fault_set(fault, FAULT_ARGUMENT,
				 "type %d of an MBS session id is unknown",
				 (int)type);
	writer_u8(writer, (uint8_t)(request->operation << 2 | type));
	if (type == MBS_SESSION_TMGI)
		return mbs_tmgi_encode(&request->session.tmgi, writer, fault);
	writer_bytes(writer, request->session.source, size);
	writer_bytes(writer, request->session.group, size);
	return 0;
}

/* True if the last of @count sessions is there already. */
static bool request_is_double(const struct mbs_requested *requested,
			      size_t last)
{
	size_t i;

	for (i = 0; i < last; i++)
		if (mbs_session_id_equal(&requested->requests[i].session,
					 &requested->requests[last].session))
			return true;
	return false;
}

int mbs_requested_encode(const struct mbs_requested *requested,
			 struct writer *writer, struct fault *fault)
{
	size_t i;

	if (!requested->count || requested->count > MBS_SESSIONS_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "%zu MBS requests, not 1 to %d",
				 requested->count, MBS_SESSIONS_MAX);
	for (i = 0; i < requested->count; i++) {
		if (request_is_double(requested, i))
			return fault_set(fault, FAULT_ARGUMENT,
					 "MBS session is requested twice");
		if (request_encode(&requested->requests[i], writer, fault))
			return -1;
	}
	return writer_check(writer, "Requested MBS container", fault);
}

static int request_decode(struct reader *reader, struct mbs_request *request,
			  struct fault *fault)
{
	uint8_t head = reader_u8(reader);
	unsigned int operation = head >> 2 & 3;
	enum mbs_session_id_type type = head & 3;
	size_t size = address_size(type);
	const uint8_t *source, *group;
	struct tmgi tmgi;

	if (operation != MBS_JOIN && operation != MBS_LEAVE)
		return fault_set(fault, FAULT_MALFORMED,
				 "MBS operation %u is reserved", operation);
	request->operation = operation;
	if (type == MBS_SESSION_NONE)
		return fault_set(fault, FAULT_MALFORMED,
				 "type 0 of an MBS session id is reserved");
	if (type == MBS_SESSION_TMGI)
		return mbs_tmgi_decode(reader, &tmgi, fault) ?
			       -1 :
			       mbs_session_id_from_tmgi(&request->session,
							&tmgi, fault);
	source = reader_bytes(reader, size);
	group = reader_bytes(reader, size);
	if (reader_check(reader, "MBS session addresses", fault))
		return -1;
	return mbs_session_id_from_ssm(&request->session, source, group, size,
				       fault);
}

int mbs_requested_decode(const uint8_t *value, size_t size,
			 struct mbs_requested *requested, struct fault *fault)
{
	struct mbs_requested out = { 0 };
	struct reader reader;

	*requested = out;
	reader_init(&reader, value, size);
	do {
		if (out.count == MBS_SESSIONS_MAX)
			return fault_set(fault, FAULT_LIMIT,
					 "more than %d MBS requests",
					 MBS_SESSIONS_MAX);
		if (request_decode(&reader, &out.requests[out.count], fault))
			return -1;
		if (request_is_double(&out, out.count))
			return fault_set(fault, FAULT_MALFORMED,
					 "MBS session is requested twice");
		out.count++;
	} while (reader_left(&reader));
	*requested = out;
	return 0;
}
