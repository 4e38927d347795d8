// SPDX-License-Identifier: GPL-2.0-or-later
/* SecurityDescription of TS 26.517. */
#include <jansson.h>
#include <string.h>

#include "announce.h"
#include "base64.h"
#include "buf.h"
#include "mbms_xml.h"
#include "mbms_xml_names.h"

/* Octets of a SecurityDescription that we read. */
#define DOCUMENT_MAX 16384

static int refuse(struct fault *fault, const char *name, const char *why)
{
	return fault_set(fault, FAULT_MALFORMED,
			 "%s of the SecurityDescription %s", name, why);
}

static int take_servers(const json_t *object, struct announce_mbs *mbs,
			struct fault *fault)
{
	const json_t *list = json_object_get(object, NAME_MBSSF_ADDRESSES);
	size_t count = json_array_size(list), i;

	if (!count || count > ANNOUNCE_SERVERS_MAX)
		return refuse(fault, NAME_MBSSF_ADDRESSES,
			      "is no list of 1 to 4 URIs");
	for (i = 0; i < count; i++) {
		const json_t *uri = json_array_get(list, i);

		if (!json_is_string(uri))
			return refuse(fault, NAME_MBSSF_ADDRESSES,
				      "has something other than URIs");
		if (announce_uri_take(mbs->servers[i], json_string_value(uri),
				      json_string_length(uri), fault))
			return -1;
	}
	mbs->server_count = count;
	return 0;
}

/* The definition has one name for the member and requires another. */
static int take_msk(const json_t *object, struct announce_mbs *mbs,
		    struct fault *fault)
{
	const json_t *info = json_object_get(object, NAME_SERVICE_KEY_INFO);
	const json_t *other = json_object_get(object, NAME_SESSION_KEY_INFO);
	const json_t *id, *domain;

	if (info && other)
		return refuse(fault, NAME_SESSION_KEY_INFO,
			      "is there beside mBSServiceKeyInfo");
	if (!info)
		info = other;
	id = json_object_get(info, NAME_MBS_ID);
	domain = json_object_get(info, NAME_MBS_DOMAIN_ID);
	if (!json_is_string(id) || !json_is_string(domain))
		return refuse(fault, NAME_SERVICE_KEY_INFO,
			      "has no mBSId or mBSDomainId");
	if (mbms_msk_id_take(json_string_value(id), json_string_length(id),
			     &mbs->msk.msk_id, fault) ||
	    mbms_key_domain_take(json_string_value(domain),
				 json_string_length(domain), &mbs->msk.domain,
				 fault))
		return -1;
	return announce_msk_check(&mbs->msk, fault);
}

static int take_boolean(const json_t *object, const char *name, bool *value,
			struct fault *fault)
{
	const json_t *member = json_object_get(object, name);

	*value = json_is_true(member);
	if (member && !json_is_boolean(member))
		return refuse(fault, name, "is neither true nor false");
	return 0;
}

static int take_seconds(const json_t *object, const char *name,
			uint32_t *seconds, struct fault *fault)
{
	const json_t *member = json_object_get(object, name);
	json_int_t value = json_integer_value(member);

	if (member && (!json_is_integer(member) || value < 0 ||
		       value > ANNOUNCE_SECONDS_MAX))
		return refuse(fault, name,
			      "is no number of seconds up to a day");
	*seconds = (uint32_t)value;
	return 0;
}

static int take_back_off(const json_t *object, struct announce_mbs *mbs,
			 struct fault *fault)
{
	const json_t *back_off = json_object_get(object, NAME_BACK_OFF);

	if (!back_off)
		return 0;
	if (!json_is_object(back_off))
		return refuse(fault, NAME_BACK_OFF, "is no object");
	if (take_seconds(back_off, NAME_OFFSET_TIME, &mbs->offset_time, fault))
		return -1;
	return take_seconds(back_off, NAME_RANDOM_TIME_PERIOD,
			    &mbs->random_time_period, fault);
}

static int take(const json_t *object, struct announce_mbs *mbs,
		struct fault *fault)
{
	if (!json_is_object(object))
		return fault_set(fault, FAULT_MALFORMED,
				 "the SecurityDescription is no object");
	if (take_servers(object, mbs, fault) || take_msk(object, mbs, fault) ||
	    take_boolean(object, NAME_MBS_UICC_KEY_MANAGEMENT,
			 &mbs->uicc_key_management, fault) ||
	    take_boolean(object, NAME_2G_GBA_ALLOWED, &mbs->gba_2g_allowed,
			 fault))
		return -1;
	return take_back_off(object, mbs, fault);
}

int announce_mbs_parse(const void *document, size_t size,
		       struct announce_mbs *mbs, struct fault *fault)
{
	json_error_t error;
	json_t *object;
	int status;

	memset(mbs, 0, sizeof(*mbs));
	if (size > DOCUMENT_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "the SecurityDescription has more than %d "
				 "octets",
				 DOCUMENT_MAX);
	object = json_loadb(document, size, JSON_REJECT_DUPLICATES, &error);
	if (!object && json_error_code(&error) == json_error_out_of_memory)
		return fault_set(fault, FAULT_MEMORY,
				 "no memory for the SecurityDescription");
	if (!object)
		return fault_set(fault, FAULT_MALFORMED,
				 "the SecurityDescription is not JSON at "
				 "%d:%d: %.80s",
				 error.line, error.column, error.text);
	status = take(object, mbs, fault);
	json_decref(object);
	if (status)
		memset(mbs, 0, sizeof(*mbs));
	return status;
}

static int mbs_check(const struct announce_mbs *mbs, struct fault *fault)
{
	char uri[ANNOUNCE_URI_SIZE];
	size_t i;

	if (!mbs->server_count || mbs->server_count > ANNOUNCE_SERVERS_MAX ||
	    mbs->offset_time > ANNOUNCE_SECONDS_MAX ||
	    mbs->random_time_period > ANNOUNCE_SECONDS_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "the SecurityDescription has too few or too "
				 "many servers or seconds");
	for (i = 0; i < mbs->server_count; i++)
		if (announce_uri_take(uri, mbs->servers[i],
				      strlen(mbs->servers[i]), fault))
			return -1;
	return announce_msk_check(&mbs->msk, fault);
}

/* Returns @object, or gives it up and returns NULL without memory. */
static json_t *add_seconds(json_t *object, const char *name, uint32_t seconds)
{
	if (!seconds ||
	    !json_object_set_new(object, name, json_integer(seconds)))
		return object;
	json_decref(object);
	return NULL;
}

/* A new object; 0 seconds are the same as none. NULL without memory. */
static json_t *pack_back_off(const struct announce_mbs *mbs)
{
	json_t *object = json_object();

	object = add_seconds(object, NAME_OFFSET_TIME, mbs->offset_time);
	return add_seconds(object, NAME_RANDOM_TIME_PERIOD,
			   mbs->random_time_period);
}

static json_t *pack_servers(const struct announce_mbs *mbs)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < mbs->server_count; i++)
		if (json_array_append_new(list, json_string(mbs->servers[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *pack_msk(const struct msk_ref *msk)
{
	char id[BASE64_LENGTH(MSK_ID_SIZE) + 1];
	char domain[BASE64_LENGTH(KEY_DOMAIN_ID_SIZE) + 1];
	uint8_t octets[MSK_ID_SIZE];
	struct writer number;

	writer_init(&number, octets, sizeof(octets));
	writer_u32(&number, msk->msk_id);
	/* The room is that of the base 64 form, both times. */
	base64_encode(octets, sizeof(octets), id, sizeof(id), NULL);
	base64_encode(msk->domain.octets, sizeof(msk->domain.octets), domain,
		      sizeof(domain), NULL);
	return json_pack("{s:s, s:s}", NAME_MBS_ID, id, NAME_MBS_DOMAIN_ID,
			 domain);
}

static json_t *pack(const struct announce_mbs *mbs)
{
	return json_pack("{s:o, s:o, s:b, s:b, s:o}", NAME_MBSSF_ADDRESSES,
			 pack_servers(mbs), NAME_SERVICE_KEY_INFO,
			 pack_msk(&mbs->msk), NAME_MBS_UICC_KEY_MANAGEMENT,
			 (int)mbs->uicc_key_management, NAME_2G_GBA_ALLOWED,
			 (int)mbs->gba_2g_allowed, NAME_BACK_OFF,
			 pack_back_off(mbs));
}

int announce_mbs_write(const struct announce_mbs *mbs, char *document,
		       size_t room, size_t *length, struct fault *fault)
{
	json_t *object;
	size_t size;

	*length = 0;
	if (mbs_check(mbs, fault))
		return -1;
	object = pack(mbs);
	size = object ? json_dumpb(object, document, room, JSON_COMPACT) : 0;
	json_decref(object);
	if (!size)
		return fault_set(fault, FAULT_MEMORY,
				 "no memory for the SecurityDescription");
	if (size >= room) {
		memset(document, 0, room);
		return fault_set(fault, FAULT_ROOM,
				 "the SecurityDescription does not fit %zu "
				 "octets",
				 room);
	}
	document[size] = '\0';
	*length = size;
	return 0;
}
