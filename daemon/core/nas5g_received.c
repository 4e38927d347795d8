// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "nas5g_mbs.h"
#include "nas_ie.h"

#define CELL_SIZE 8 /* 36 bits and 4 spare ones, and the network */
#define HAS_ADDRESS 0x01
#define TIMER_SHIFT 1
#define HAS_KEYS 0x08
#define IS_IPV6 0x10

/* What holds for sender and receiver. */
static int information_check(const struct mbs_information *information,
			     enum fault_code code, struct fault *fault)
{
	enum mbs_decision decision = information->decision;
	bool refusal = decision == MBS_REJECTED || decision == MBS_REMOVED;
	bool keyed = decision == MBS_ACCEPTED ||
		     decision == MBS_SECURITY_UPDATE;

	if (decision < MBS_AREA_UPDATE || decision > MBS_SECURITY_UPDATE)
		return fault_set(fault, code, "MBS decision %d is reserved",
				 (int)decision);
	if ((unsigned int)information->cause > MBS_CAUSE_RELEASED ||
	    (information->cause && !refusal))
		return fault_set(fault, code,
				 "MBS rejection cause %d with decision %d",
				 (int)information->cause, (int)decision);
	if ((unsigned int)information->timer > MBS_TIMER_BACK_OFF)
		return fault_set(fault, code, "MBS timer kind is reserved");
	if (information->key_set_count && !keyed)
		return fault_set(fault, code, "keys with MBS decision %d",
				 (int)decision);
	if (!information->key_set_count && decision == MBS_SECURITY_UPDATE)
		return fault_set(fault, code, "MBS security update has no key");
	if (information->cell_list_size % CELL_SIZE)
		return fault_set(fault, code, "list of NR cells has %zu octets",
				 information->cell_list_size);
	return 0;
}

/* True if the last of @received is there already, or if two of its keys have one
 * id.
 */
static bool information_is_double(const struct mbs_received *received,
				  size_t last)
{
	const struct mbs_information *new = &received->information[last];
	size_t i, j;

	for (i = 0; i < last; i++)
		if (tmgi_equal(&received->information[i].tmgi, &new->tmgi))
			return true;
	for (i = 1; i < new->key_set_count; i++)
		for (j = 0; j < i; j++)
			if (msk_ref_equal(&new->key_sets[i].id,
					  &new->key_sets[j].id))
				return true;
	return false;
}

/* The numbers that mean "none" and "the one in use" are those of no key. */
static int key_set_check(const struct mbs_key_set *set, enum fault_code code,
			 struct fault *fault)
{
	if (msk_id_number(set->id.msk_id) == MSK_NUMBER_CURRENT)
		return fault_set(fault, code,
				 "MBS security keys set has Key Number 0");
	if (set->has_mtk && set->mtk_id == MTK_ID_NONE)
		return fault_set(fault, code,
				 "MBS security keys set has MTK ID 0");
	return 0;
}

static int key_set_encode(const struct mbs_key_set *set, struct writer *writer,
			  struct fault *fault)
{
	if (key_set_check(set, FAULT_ARGUMENT, fault))
		return -1;
	if (secret_check(&set->msk, MSK_SIZE, "MSK", fault))
		return -1;
	writer_u8(writer, set->has_mtk);
	writer_bytes(writer, set->id.domain.octets, KEY_DOMAIN_ID_SIZE);
	writer_u32(writer, set->id.msk_id);
	writer_bytes(writer, set->msk.bytes, set->msk.size);
	if (set->has_mtk) {
		writer_u16(writer, set->mtk_id);
		writer_bytes(writer, set->encrypted_mtk, MTK_ENCRYPTED_SIZE);
	}
	return 0;
}

static void area_encode(const uint8_t *list, size_t size, struct writer *writer)
{
	if (!size)
		return;
	writer_u8(writer, (uint8_t)size);
	writer_bytes(writer, list, size);
}

static int flags_encode(const struct mbs_information *information,
			struct writer *writer, struct fault *fault)
{
	unsigned int area = (information->tai_list_size ? 1 : 0) |
			    (information->cell_list_size ? 2 : 0);
	enum mbs_session_id_type type = information->session.type;
	unsigned int flags = (unsigned int)information->timer << TIMER_SHIFT;

	if (type == MBS_SESSION_TMGI ||
	    (unsigned int)type > MBS_SESSION_SSM_IPV6)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MBS session has no addresses");
	if (type != MBS_SESSION_NONE)
		flags |= HAS_ADDRESS;
	if (type == MBS_SESSION_SSM_IPV6)
		flags |= IS_IPV6;
	if (information->key_set_count)
		flags |= HAS_KEYS;
	writer_u8(writer, (uint8_t)(information->cause << 5 | area << 3 |
				    information->decision));
	writer_u8(writer, (uint8_t)flags);
	return 0;
}

static void timer_encode(const struct mbs_information *information,
			 struct writer *writer)
{
	if (information->timer == MBS_TIMER_BACK_OFF)
		writer_u8(writer, (uint8_t)information->timer_value);
	if (information->timer != MBS_TIMER_START)
		return;
	writer_u16(writer, (uint16_t)(information->timer_value >> 32));
	writer_u32(writer, (uint32_t)information->timer_value);
}

static int information_encode(const struct mbs_information *information,
			      struct writer *writer, struct fault *fault)
{
	size_t address = information->session.type == MBS_SESSION_SSM_IPV4 ? 4 :
			 information->session.type ? 16 :
						     0;
	size_t i;

	if (information->key_set_count > MBS_KEY_SETS_MAX ||
	    information->tai_list_size > MBS_AREA_SIZE_MAX ||
	    information->cell_list_size > MBS_AREA_SIZE_MAX)
		return fault_set(
			fault, FAULT_ARGUMENT,
			"keys or areas of an MBS session are too many");
	if (information_check(information, FAULT_ARGUMENT, fault) ||
	    (information->tai_list_size &&
	     nas_tai_list_check(information->tai_list,
				information->tai_list_size, 3, fault)) ||
	    flags_encode(information, writer, fault) ||
	    mbs_tmgi_encode(&information->tmgi, writer, fault))
		return -1;
	writer_bytes(writer, information->session.source, address);
	writer_bytes(writer, information->session.group, address);
	area_encode(information->tai_list, information->tai_list_size, writer);
	area_encode(information->cell_list, information->cell_list_size,
		    writer);
	timer_encode(information, writer);
	if (information->key_set_count)
		writer_u8(writer, (uint8_t)information->key_set_count);
	for (i = 0; i < information->key_set_count; i++)
		if (key_set_encode(&information->key_sets[i], writer, fault))
			return -1;
	return 0;
}

int mbs_received_encode(const struct mbs_received *received,
			struct writer *writer, struct fault *fault)
{
	size_t i;

	if (!received->count || received->count > MBS_SESSIONS_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "%zu MBS answers, not 1 to %d",
				 received->count, MBS_SESSIONS_MAX);
	for (i = 0; i < received->count; i++) {
		if (information_encode(&received->information[i], writer,
				       fault))
			return -1;
		if (information_is_double(received, i))
			return fault_set(fault, FAULT_ARGUMENT,
					 "MBS session or key is there twice");
	}
	return writer_check(writer, "Received MBS container", fault);
}

static int key_set_decode(struct reader *reader, struct mbs_key_set *set,
			  struct fault *fault)
{
	const uint8_t *msk;

	set->has_mtk = reader_u8(reader) & 1;
	reader_copy(reader, set->id.domain.octets, KEY_DOMAIN_ID_SIZE);
	set->id.msk_id = reader_u32(reader);
	msk = reader_bytes(reader, MSK_SIZE);
	if (set->has_mtk) {
		set->mtk_id = reader_u16(reader);
		reader_copy(reader, set->encrypted_mtk, MTK_ENCRYPTED_SIZE);
	}
	if (reader_check(reader, "MBS security keys set", fault) ||
	    key_set_check(set, FAULT_MALFORMED, fault))
		return -1;
	if (secret_set(&set->msk, msk, MSK_SIZE))
		return fault_set(fault, FAULT_MEMORY, "no memory for an MSK");
	return 0;
}

static int keys_decode(struct reader *reader,
		       struct mbs_information *information, struct fault *fault)
{
	size_t count = reader_u8(reader), i;

	if (reader_check(reader, "MBS security container", fault))
		return -1;
	if (!count || count > MBS_KEY_SETS_MAX)
		return fault_set(fault, count ? FAULT_LIMIT : FAULT_MALFORMED,
				 "MBS security container has %zu keys sets, "
				 "not 1 to %d",
				 count, MBS_KEY_SETS_MAX);
	information->key_set_count = count;
	for (i = 0; i < count; i++)
		if (key_set_decode(reader, &information->key_sets[i], fault))
			return -1;
	return 0;
}

static int address_decode(struct reader *reader, bool ipv6,
			  struct mbs_session_id *session, struct fault *fault)
{
	size_t size = ipv6 ? 16 : 4;
	const uint8_t *source = reader_bytes(reader, size);
	const uint8_t *group = reader_bytes(reader, size);

	if (reader_check(reader, "MBS session addresses", fault))
		return -1;
	return mbs_session_id_from_ssm(session, source, group, size, fault);
}

static int area_decode(struct reader *reader, uint8_t list[MBS_AREA_SIZE_MAX],
		       size_t *size, struct fault *fault)
{
	*size = reader_u8(reader);
	reader_copy(reader, list, *size);
	if (reader_check(reader, "MBS service area", fault))
		return -1;
	if (!*size)
		return fault_set(fault, FAULT_MALFORMED,
				 "MBS service area is empty");
	return 0;
}

static int areas_decode(struct reader *reader, unsigned int which,
			struct mbs_information *information,
			struct fault *fault)
{
	if (which & 1 &&
	    (area_decode(reader, information->tai_list,
			 &information->tai_list_size, fault) ||
	     nas_tai_list_check(information->tai_list,
				information->tai_list_size, 3, fault)))
		return -1;
	if (which & 2)
		return area_decode(reader, information->cell_list,
				   &information->cell_list_size, fault);
	return 0;
}

static int information_decode(struct reader *reader,
			      struct mbs_information *information,
			      struct fault *fault)
{
	uint8_t first = reader_u8(reader), flags = reader_u8(reader);

	information->decision = first & 7;
	information->cause = first >> 5;
	information->timer = flags >> TIMER_SHIFT & 3;
	if (mbs_tmgi_decode(reader, &information->tmgi, fault))
		return -1;
	if (flags & HAS_ADDRESS && address_decode(reader, flags & IS_IPV6,
						  &information->session, fault))
		return -1;
	if (areas_decode(reader, first >> 3 & 3, information, fault))
		return -1;
	if (information->timer == MBS_TIMER_START) {
		information->timer_value = (uint64_t)reader_u16(reader) << 32;
		information->timer_value |= reader_u32(reader);
	} else if (information->timer == MBS_TIMER_BACK_OFF) {
		information->timer_value = reader_u8(reader);
	}
	if (reader_check(reader, "MBS timer", fault))
		return -1;
	if (flags & HAS_KEYS && keys_decode(reader, information, fault))
		return -1;
	return information_check(information, FAULT_MALFORMED, fault);
}

static int informations_decode(struct reader *reader,
			       struct mbs_received *received,
			       struct fault *fault)
{
	do {
		if (received->count == MBS_SESSIONS_MAX)
			return fault_set(fault, FAULT_LIMIT,
					 "more than %d MBS answers",
					 MBS_SESSIONS_MAX);
		received->count++;
		if (information_decode(
			    reader, &received->information[received->count - 1],
			    fault))
			return -1;
		if (information_is_double(received, received->count - 1))
			return fault_set(fault, FAULT_MALFORMED,
					 "MBS session or key is there twice");
	} while (reader_left(reader));
	return 0;
}

int mbs_received_decode(const uint8_t *value, size_t size,
			struct mbs_received *received, struct fault *fault)
{
	struct reader reader;

	memset(received, 0, sizeof(*received));
	reader_init(&reader, value, size);
	if (!informations_decode(&reader, received, fault))
		return 0;
	mbs_received_clear(received);
	return -1;
}

void mbs_received_clear(struct mbs_received *received)
{
	size_t i, j;

	for (i = 0; i < MBS_SESSIONS_MAX; i++)
		for (j = 0; j < MBS_KEY_SETS_MAX; j++)
			secret_clear(&received->information[i].key_sets[j].msk);
	memset(received, 0, sizeof(*received));
}

bool mbs_received_has_keys(const struct mbs_received *received)
{
	size_t i;

	for (i = 0; i < received->count; i++)
		if (received->information[i].key_set_count)
			return true;
	return false;
}
