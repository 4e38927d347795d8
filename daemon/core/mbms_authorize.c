// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <string.h>

#include "base64.h"
#include "datetime.h"
#include "mbms_authorize.h"
#include "mbms_xml_names.h"
#include "text.h"
#include "xml_reader.h"
#include "xml_writer.h"

/* A B-TID is said again to the BSF; that it is one, the BSF knows. */
static int btid_take(const char *text, size_t length, char out[BTID_TEXT_SIZE],
		     struct fault *fault)
{
	if (!length)
		return fault_set(fault, FAULT_MALFORMED, "btid is empty");
	return text_copy(out, BTID_TEXT_SIZE, text, length, "btid", fault);
}

static int services_check(const struct mbms_services *services,
			  struct fault *fault)
{
	size_t i;

	if (services->count > MBMS_SERVICES_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "there are more than %d services",
				 MBMS_SERVICES_MAX);
	for (i = 0; i < services->count; i++)
		if (!services->items[i].id[0])
			return fault_set(fault, FAULT_ARGUMENT,
					 "a service has no id");
	return 0;
}

static void services_write(struct xml_writer *writer,
			   const struct mbms_services *services)
{
	size_t i;

	for (i = 0; i < services->count; i++)
		xml_writer_text(writer, NAME_SERVICE_ID,
				NAME_AUTHORIZE_NAMESPACE,
				services->items[i].id);
}

/* INVITE, I.1 ------------------------------------------------------------- */

enum { INVITE_ROOT, INVITE_BTID, INVITE_SERVICE, INVITE_ELEMENTS };

static const struct xml_element invite_elements[INVITE_ELEMENTS] = {
	[INVITE_ROOT] = { .name = NAME_INVITE_ROOT,
			  .parent = XML_ROOT,
			  .content = XML_NESTED },
	[INVITE_BTID] = { .name = NAME_BTID,
			  .parent = INVITE_ROOT,
			  .min = 1,
			  .max = MBMS_BTIDS_MAX,
			  .content = XML_TEXT },
	[INVITE_SERVICE] = { .name = NAME_SERVICE_ID,
			     .namespace = NAME_AUTHORIZE_NAMESPACE,
			     .parent = INVITE_ROOT,
			     .max = XML_UNBOUNDED,
			     .content = XML_TEXT },
};

static const struct xml_schema invite_schema = {
	.what = "the INVITE body",
	.namespace = NAME_INVITE_NAMESPACE,
	.elements = invite_elements,
	.count = INVITE_ELEMENTS,
};

static int invite_text(void *context, size_t element, const char *text,
		       size_t length, struct fault *fault)
{
	struct mbms_invite *invite = context;

	if (element == INVITE_SERVICE)
		return mbms_service_id_take(text, length, &invite->services,
					    fault);
	return btid_take(text, length, invite->btids[invite->btid_count++],
			 fault);
}

int mbms_invite_parse(const void *document, size_t size,
		      struct mbms_invite *invite, struct fault *fault)
{
	static const struct xml_handler handler = { .text = invite_text };

	memset(invite, 0, sizeof(*invite));
	if (!xml_read(document, size, &invite_schema, &handler, invite, fault))
		return 0;
	memset(invite, 0, sizeof(*invite));
	return -1;
}

int mbms_invite_write(const struct mbms_invite *invite, char *document,
		      size_t room, size_t *length, struct fault *fault)
{
	struct xml_writer writer;
	size_t i;

	*length = 0;
	if (!invite->btid_count || invite->btid_count > MBMS_BTIDS_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "the INVITE body has %zu B-TIDs, 1 to %d will "
				 "do",
				 invite->btid_count, MBMS_BTIDS_MAX);
	for (i = 0; i < invite->btid_count; i++)
		if (!invite->btids[i][0])
			return fault_set(fault, FAULT_ARGUMENT,
					 "a B-TID of the INVITE body is empty");
	if (services_check(&invite->services, fault))
		return -1;
	xml_writer_init(&writer, document, room, NAME_INVITE_ROOT,
			NAME_INVITE_NAMESPACE);
	for (i = 0; i < invite->btid_count; i++)
		xml_writer_text(&writer, NAME_BTID, NULL, invite->btids[i]);
	services_write(&writer, &invite->services);
	return xml_writer_finish(&writer, length, invite_schema.what, fault);
}

/* NAF key, I.2 ------------------------------------------------------------ */

enum {
	KEY_ROOT,
	KEY_ADDRESS,
	KEY_MUK,
	KEY_LIFE_TIME,
	KEY_BTID,
	KEY_FQDN,
	KEY_SERVICE,
	KEY_ELEMENTS,
};

#define KEY_CHILD(child_name, least, most)                            \
	{                                                             \
		.name = child_name, .parent = KEY_ROOT, .min = least, \
		.max = most, .content = XML_TEXT                      \
	}

static const struct xml_element key_elements[KEY_ELEMENTS] = {
	[KEY_ROOT] = { .name = NAME_NAF_KEY_ROOT,
		       .parent = XML_ROOT,
		       .content = XML_NESTED },
	[KEY_ADDRESS] = KEY_CHILD(NAME_UE_IP_ADDRESS, 0, MBMS_UE_ADDRESSES_MAX),
	[KEY_MUK] = KEY_CHILD(NAME_MUK, 1, 1),
	[KEY_LIFE_TIME] = KEY_CHILD(NAME_MUK_LIFE_TIME, 1, 1),
	[KEY_BTID] = KEY_CHILD(NAME_BTID, 1, 1),
	[KEY_FQDN] = KEY_CHILD(NAME_NAF_FQDN, 1, 1),
	[KEY_SERVICE] = { .name = NAME_SERVICE_ID,
			  .namespace = NAME_AUTHORIZE_NAMESPACE,
			  .parent = KEY_ROOT,
			  .max = XML_UNBOUNDED,
			  .content = XML_TEXT },
};

static const struct xml_schema key_schema = {
	.what = "the NAF key information",
	.namespace = NAME_NAF_KEY_NAMESPACE,
	.elements = key_elements,
	.count = KEY_ELEMENTS,
};

static int address_check(const char *address, struct fault *fault)
{
	unsigned char octets[16];

	if (inet_pton(AF_INET, address, octets) == 1 ||
	    inet_pton(AF_INET6, address, octets) == 1)
		return 0;
	return fault_set(fault, FAULT_MALFORMED,
			 "ueIPaddress is neither an IPv4 nor an IPv6 address");
}

static int address_take(const char *text, size_t length,
			struct mbms_naf_key *naf_key, struct fault *fault)
{
	char *address = naf_key->addresses[naf_key->address_count];

	if (text_copy(address, MBMS_ADDRESS_SIZE, text, length, "ueIPaddress",
		      fault) ||
	    address_check(address, fault))
		return -1;
	naf_key->address_count++;
	return 0;
}

static int muk_take(const char *text, size_t length, struct secret *muk,
		    struct fault *fault)
{
	uint8_t octets[MBMS_MUK_SIZE];
	size_t size;
	int status = -1;

	if (base64_decode(text, length, octets, sizeof(octets), &size, "muk",
			  fault))
		return -1;
	if (size != sizeof(octets))
		fault_set(fault, FAULT_MALFORMED,
			  "muk has %zu octets and not "
			  "%zu",
			  size, sizeof(octets));
	else if (secret_set(muk, octets, size))
		fault_set(fault, FAULT_MEMORY, "no memory for a MUK");
	else
		status = 0;
	OPENSSL_cleanse(octets, sizeof(octets));
	return status;
}

static int naf_fqdn_take(const char *text, size_t length,
			 char fqdn[FQDN_TEXT_SIZE], struct fault *fault)
{
	size_t size;

	if (base64_decode(text, length, fqdn, FQDN_TEXT_SIZE - 1, &size,
			  "nafFqdn", fault))
		return -1;
	fqdn[size] = '\0';
	return fqdn_check(fqdn, size, "nafFqdn", fault);
}

static int key_text(void *context, size_t element, const char *text,
		    size_t length, struct fault *fault)
{
	struct mbms_naf_key *naf_key = context;

	switch (element) {
	case KEY_ADDRESS:
		return address_take(text, length, naf_key, fault);
	case KEY_MUK:
		return muk_take(text, length, &naf_key->muk, fault);
	case KEY_LIFE_TIME:
		return datetime_parse(text, length, &naf_key->expires,
				      "mukLifeTime", fault);
	case KEY_BTID:
		return btid_take(text, length, naf_key->btid, fault);
	case KEY_FQDN:
		return naf_fqdn_take(text, length, naf_key->naf_fqdn, fault);
	default:
		return mbms_service_id_take(text, length, &naf_key->services,
					    fault);
	}
}

int mbms_naf_key_parse(const void *document, size_t size,
		       struct mbms_naf_key *naf_key, struct fault *fault)
{
	static const struct xml_handler handler = { .text = key_text };

	memset(naf_key, 0, sizeof(*naf_key));
	if (!xml_read(document, size, &key_schema, &handler, naf_key, fault))
		return 0;
	mbms_naf_key_clear(naf_key);
	return -1;
}

static int key_check(const struct mbms_naf_key *naf_key, struct fault *fault)
{
	size_t i;

	if (naf_key->muk.size != MBMS_MUK_SIZE)
		return fault_set(fault, FAULT_ARGUMENT,
				 "a MUK has %d octets and not %zu",
				 MBMS_MUK_SIZE, naf_key->muk.size);
	if (!naf_key->btid[0])
		return fault_set(fault, FAULT_ARGUMENT, "btid is missing");
	if (naf_key->address_count > MBMS_UE_ADDRESSES_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "the UE has more than %d addresses",
				 MBMS_UE_ADDRESSES_MAX);
	for (i = 0; i < naf_key->address_count; i++)
		if (address_check(naf_key->addresses[i], fault))
			return -1;
	if (fqdn_check(naf_key->naf_fqdn, strlen(naf_key->naf_fqdn), "nafFqdn",
		       fault))
		return -1;
	return services_check(&naf_key->services, fault);
}

int mbms_naf_key_write(const struct mbms_naf_key *naf_key, char *document,
		       size_t room, size_t *length, struct fault *fault)
{
	char muk[BASE64_LENGTH(MBMS_MUK_SIZE) + 1];
	char fqdn[BASE64_LENGTH(FQDN_TEXT_SIZE) + 1];
	char life_time[DATETIME_SIZE];
	struct xml_writer writer;
	size_t i;

	*length = 0;
	if (key_check(naf_key, fault) ||
	    datetime_write(naf_key->expires, life_time, fault) ||
	    base64_encode(naf_key->naf_fqdn, strlen(naf_key->naf_fqdn), fqdn,
			  sizeof(fqdn), fault) ||
	    base64_encode(naf_key->muk.bytes, naf_key->muk.size, muk,
			  sizeof(muk), fault))
		return -1;
	xml_writer_init(&writer, document, room, NAME_NAF_KEY_ROOT,
			NAME_NAF_KEY_NAMESPACE);
	for (i = 0; i < naf_key->address_count; i++)
		xml_writer_text(&writer, NAME_UE_IP_ADDRESS, NULL,
				naf_key->addresses[i]);
	xml_writer_text(&writer, NAME_MUK, NULL, muk);
	OPENSSL_cleanse(muk, sizeof(muk));
	xml_writer_text(&writer, NAME_MUK_LIFE_TIME, NULL, life_time);
	xml_writer_text(&writer, NAME_BTID, NULL, naf_key->btid);
	xml_writer_text(&writer, NAME_NAF_FQDN, NULL, fqdn);
	services_write(&writer, &naf_key->services);
	return xml_writer_finish(&writer, length, key_schema.what, fault);
}

void mbms_naf_key_clear(struct mbms_naf_key *naf_key)
{
	secret_clear(&naf_key->muk);
	memset(naf_key, 0, sizeof(*naf_key));
}
