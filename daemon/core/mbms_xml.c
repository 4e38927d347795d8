// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base64.h"
#include "buf.h"
#include "mbms_xml.h"
#include "mbms_xml_names.h"
#include "text.h"
#include "xml_reader.h"
#include "xml_writer.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define STATUS_MIN 100
#define STATUS_MAX 599

#define ROOT_ELEMENT(root)                                              \
	{                                                               \
		.name = root, .parent = XML_ROOT, .content = XML_NESTED \
	}
#define TEXT_ELEMENT(text_name, in)                                  \
	{                                                            \
		.name = text_name, .parent = in, .min = 1, .max = 1, \
		.content = XML_TEXT                                  \
	}
#define LIST_ELEMENT(list_name, least, what)                  \
	{                                                     \
		.name = list_name, .parent = 0, .min = least, \
		.max = XML_UNBOUNDED, .content = what         \
	}

/* Entries that the tables have in common: the root, what it is a list of, and
 * what stands in that.
 */
enum { ROOT, ITEM, SERVICE_ID = 2, SERVICE_STATUS, DOMAIN = 2, ID, MSK_STATUS };

static const struct xml_element register_elements[] = {
	ROOT_ELEMENT(NAME_REGISTER_ROOT),
	LIST_ELEMENT(NAME_SERVICE_ID, 1, XML_TEXT),
};

static const struct xml_element register_response_elements[] = {
	ROOT_ELEMENT(NAME_REGISTER_RESPONSE_ROOT),
	LIST_ELEMENT(NAME_RESPONSE, 1, XML_NESTED),
	TEXT_ELEMENT(NAME_SERVICE_ID, ITEM),
	TEXT_ELEMENT(NAME_RESPONSE_CODE, ITEM),
};

static const struct xml_element deregister_elements[] = {
	ROOT_ELEMENT(NAME_DEREGISTER_ROOT),
	LIST_ELEMENT(NAME_SERVICE_ID, 1, XML_TEXT),
};

static const struct xml_element authorize_elements[] = {
	ROOT_ELEMENT(NAME_AUTHORIZE_ROOT),
	LIST_ELEMENT(NAME_SERVICE_ID, 0, XML_TEXT),
};

static const struct xml_element msk_request_elements[] = {
	ROOT_ELEMENT(NAME_MSK_REQUEST_ROOT),
	LIST_ELEMENT(NAME_MSK, 1, XML_NESTED),
	TEXT_ELEMENT(NAME_KEY_DOMAIN_ID, ITEM),
	TEXT_ELEMENT(NAME_MSK_ID, ITEM),
};

static const struct xml_element msk_response_elements[] = {
	ROOT_ELEMENT(NAME_MSK_RESPONSE_ROOT),
	LIST_ELEMENT(NAME_MSK, 1, XML_NESTED),
	TEXT_ELEMENT(NAME_KEY_DOMAIN_ID, ITEM),
	TEXT_ELEMENT(NAME_MSK_ID, ITEM),
	TEXT_ELEMENT(NAME_RESPONSE_CODE, ITEM),
};

static const struct xml_schema schemas[] = {
	[MBMS_REGISTER] = { .what = "the registration",
			    .namespace = NAME_REGISTER_NAMESPACE,
			    .elements = register_elements,
			    .count = COUNT(register_elements) },
	[MBMS_REGISTER_RESPONSE] = { .what = "the registration response",
				     .namespace =
					     NAME_REGISTER_RESPONSE_NAMESPACE,
				     .elements = register_response_elements,
				     .count = COUNT(
					     register_response_elements) },
	[MBMS_DEREGISTER] = { .what = "the deregistration",
			      .namespace = NAME_DEREGISTER_NAMESPACE,
			      .elements = deregister_elements,
			      .count = COUNT(deregister_elements) },
	[MBMS_AUTHORIZE] = { .what = "the authorization",
			     .namespace = NAME_AUTHORIZE_NAMESPACE,
			     .elements = authorize_elements,
			     .count = COUNT(authorize_elements) },
	[MBMS_MSK_REQUEST] = { .what = "the MSK request",
			       .namespace = NAME_MSK_REQUEST_NAMESPACE,
			       .elements = msk_request_elements,
			       .count = COUNT(msk_request_elements) },
	[MBMS_MSK_RESPONSE] = { .what = "the MSK response",
				.namespace = NAME_MSK_RESPONSE_NAMESPACE,
				.elements = msk_response_elements,
				.count = COUNT(msk_response_elements) },
};

/* Services ---------------------------------------------------------------- */

struct services_reading {
	enum mbms_body body;
	struct mbms_services *services;
};

static bool services_have(const struct mbms_services *services, const char *id)
{
	size_t i;

	for (i = 0; i < services->count; i++)
		if (!strcmp(services->items[i].id, id))
			return true;
	return false;
}

int mbms_service_id_take(const char *text, size_t length,
			 struct mbms_services *services, struct fault *fault)
{
	struct mbms_service *service;

	if (services->count == MBMS_SERVICES_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "there are more than %d services",
				 MBMS_SERVICES_MAX);
	service = &services->items[services->count];
	if (!length)
		return fault_set(fault, FAULT_MALFORMED, "serviceID is empty");
	if (text_copy(service->id, sizeof(service->id), text, length,
		      "serviceID", fault))
		return -1;
	if (services_have(services, service->id))
		return fault_set(fault, FAULT_MALFORMED,
				 "the service %.80s occurs twice", service->id);
	services->count++;
	return 0;
}

static int status_take(const char *text, size_t length, uint16_t *status,
		       struct fault *fault)
{
	unsigned long value;

	if (text_number(text, length, STATUS_MAX, &value, "responseCode",
			fault))
		return -1;
	if (value < STATUS_MIN)
		return fault_set(fault, FAULT_MALFORMED,
				 "responseCode is below %d", STATUS_MIN);
	*status = (uint16_t)value;
	return 0;
}

static int services_text(void *context, size_t element, const char *text,
			 size_t length, struct fault *fault)
{
	const struct services_reading *reading = context;
	struct mbms_services *services = reading->services;

	if (reading->body == MBMS_REGISTER_RESPONSE &&
	    element == SERVICE_STATUS)
		return status_take(text, length,
				   &services->items[services->count - 1].status,
				   fault);
	return mbms_service_id_take(text, length, services, fault);
}

static int check_body(enum mbms_body body, enum mbms_body first,
		      enum mbms_body last, struct fault *fault)
{
	if (body >= first && body <= last)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "this body has another list in it");
}

int mbms_services_parse(enum mbms_body body, const void *document, size_t size,
			struct mbms_services *services, struct fault *fault)
{
	static const struct xml_handler handler = { .text = services_text };
	struct services_reading reading = { body, services };

	memset(services, 0, sizeof(*services));
	if (!check_body(body, MBMS_REGISTER, MBMS_AUTHORIZE, fault) &&
	    !xml_read(document, size, &schemas[body], &handler, &reading,
		      fault))
		return 0;
	memset(services, 0, sizeof(*services));
	return -1;
}

static bool status_is_valid(bool response, uint16_t status)
{
	return response ? status >= STATUS_MIN && status <= STATUS_MAX :
			  status == MBMS_STATUS_NONE;
}

static int services_check(enum mbms_body body,
			  const struct mbms_services *services,
			  struct fault *fault)
{
	size_t i;

	if (services->count > MBMS_SERVICES_MAX ||
	    (!services->count && body != MBMS_AUTHORIZE))
		return fault_set(fault, FAULT_ARGUMENT,
				 "%s has %zu services, 1 to %d will do",
				 schemas[body].what, services->count,
				 MBMS_SERVICES_MAX);
	for (i = 0; i < services->count; i++) {
		const struct mbms_service *service = &services->items[i];

		if (!service->id[0] ||
		    !status_is_valid(body == MBMS_REGISTER_RESPONSE,
				     service->status))
			return fault_set(fault, FAULT_ARGUMENT,
					 "%s has a service without id, or with "
					 "a wrong status",
					 schemas[body].what);
	}
	return 0;
}

int mbms_services_write(enum mbms_body body,
			const struct mbms_services *services, char *document,
			size_t room, size_t *length, struct fault *fault)
{
	struct xml_writer writer;
	size_t i;

	*length = 0;
	if (check_body(body, MBMS_REGISTER, MBMS_AUTHORIZE, fault) ||
	    services_check(body, services, fault))
		return -1;
	xml_writer_init(&writer, document, room,
			schemas[body].elements[ROOT].name,
			schemas[body].namespace);
	for (i = 0; i < services->count; i++) {
		const struct mbms_service *service = &services->items[i];

		if (body == MBMS_REGISTER_RESPONSE)
			xml_writer_begin(&writer, NAME_RESPONSE, NULL);
		xml_writer_text(&writer, NAME_SERVICE_ID, NULL, service->id);
		if (body != MBMS_REGISTER_RESPONSE)
			continue;
		xml_writer_number(&writer, NAME_RESPONSE_CODE, service->status);
		xml_writer_end(&writer);
	}
	return xml_writer_finish(&writer, length, schemas[body].what, fault);
}

int mbms_services_match(const struct mbms_services *request,
			const struct mbms_services *response,
			struct fault *fault)
{
	size_t i;

	for (i = 0; i < request->count; i++)
		if (!services_have(response, request->items[i].id))
			return fault_set(fault, FAULT_MALFORMED,
					 "the response lacks the service %.80s",
					 request->items[i].id);
	if (request->count != response->count)
		return fault_set(
			fault, FAULT_MALFORMED,
			"the response has services that were not asked "
			"for");
	return 0;
}

bool mbms_status_is_success(uint16_t status)
{
	return status >= 200 && status <= 299;
}

/* MSKs -------------------------------------------------------------------- */

/* Base 64 of exactly @room octets. */
static int octets_take(const char *text, size_t length, uint8_t *octets,
		       size_t room, const char *what, struct fault *fault)
{
	size_t size;

	if (base64_decode(text, length, octets, room, &size, what, fault))
		return -1;
	if (size == room)
		return 0;
	memset(octets, 0, room);
	return fault_set(fault, FAULT_MALFORMED,
			 "%s has %zu octets and not %zu", what, size, room);
}

int mbms_key_domain_take(const char *text, size_t length,
			 struct key_domain *domain, struct fault *fault)
{
	return octets_take(text, length, domain->octets, sizeof(domain->octets),
			   NAME_KEY_DOMAIN_ID, fault);
}

int mbms_msk_id_take(const char *text, size_t length, uint32_t *msk_id,
		     struct fault *fault)
{
	uint8_t octets[MSK_ID_SIZE];
	struct reader reader;

	*msk_id = 0;
	if (octets_take(text, length, octets, sizeof(octets), NAME_MSK_ID,
			fault))
		return -1;
	reader_init(&reader, octets, sizeof(octets));
	*msk_id = reader_u32(&reader);
	return 0;
}

static bool msks_have(const struct mbms_msks *msks, const struct msk_ref *msk)
{
	size_t i;

	for (i = 0; i < msks->count; i++)
		if (msk_ref_equal(&msks->items[i].msk, msk))
			return true;
	return false;
}

static int msks_text(void *context, size_t element, const char *text,
		     size_t length, struct fault *fault)
{
	struct mbms_msks *msks = context;
	struct mbms_msk *next = &msks->items[msks->count];

	if (element == MSK_STATUS)
		return status_take(text, length, &next[-1].status, fault);
	if (msks->count == MBMS_MSKS_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "there are more than %d MSKs", MBMS_MSKS_MAX);
	if (element == DOMAIN)
		return mbms_key_domain_take(text, length, &next->msk.domain,
					    fault);
	if (mbms_msk_id_take(text, length, &next->msk.msk_id, fault))
		return -1;
	if (msks_have(msks, &next->msk))
		return fault_set(fault, FAULT_MALFORMED,
				 "the MSK ID %08x occurs twice",
				 next->msk.msk_id);
	msks->count++;
	return 0;
}

int mbms_msks_parse(enum mbms_body body, const void *document, size_t size,
		    struct mbms_msks *msks, struct fault *fault)
{
	static const struct xml_handler handler = { .text = msks_text };

	memset(msks, 0, sizeof(*msks));
	if (!check_body(body, MBMS_MSK_REQUEST, MBMS_MSK_RESPONSE, fault) &&
	    !xml_read(document, size, &schemas[body], &handler, msks, fault))
		return 0;
	memset(msks, 0, sizeof(*msks));
	return -1;
}

static int msks_check(enum mbms_body body, const struct mbms_msks *msks,
		      struct fault *fault)
{
	size_t i;

	if (!msks->count || msks->count > MBMS_MSKS_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "%s has %zu MSKs, 1 to %d will do",
				 schemas[body].what, msks->count,
				 MBMS_MSKS_MAX);
	for (i = 0; i < msks->count; i++)
		if (!status_is_valid(body == MBMS_MSK_RESPONSE,
				     msks->items[i].status))
			return fault_set(fault, FAULT_ARGUMENT,
					 "%s has an MSK with a wrong status",
					 schemas[body].what);
	return 0;
}

void mbms_msk_write(struct xml_writer *writer, const struct msk_ref *msk)
{
	char text[BASE64_LENGTH(MSK_ID_SIZE) + 1];
	uint8_t octets[MSK_ID_SIZE];
	struct writer number;

	/* The room is that of the base 64 form, both times. */
	base64_encode(msk->domain.octets, sizeof(msk->domain.octets), text,
		      sizeof(text), NULL);
	xml_writer_text(writer, NAME_KEY_DOMAIN_ID, NULL, text);
	writer_init(&number, octets, sizeof(octets));
	writer_u32(&number, msk->msk_id);
	base64_encode(octets, sizeof(octets), text, sizeof(text), NULL);
	xml_writer_text(writer, NAME_MSK_ID, NULL, text);
}

int mbms_msks_write(enum mbms_body body, const struct mbms_msks *msks,
		    char *document, size_t room, size_t *length,
		    struct fault *fault)
{
	struct xml_writer writer;
	size_t i;

	*length = 0;
	if (check_body(body, MBMS_MSK_REQUEST, MBMS_MSK_RESPONSE, fault) ||
	    msks_check(body, msks, fault))
		return -1;
	xml_writer_init(&writer, document, room,
			schemas[body].elements[ROOT].name,
			schemas[body].namespace);
	for (i = 0; i < msks->count; i++) {
		xml_writer_begin(&writer, NAME_MSK, NULL);
		mbms_msk_write(&writer, &msks->items[i].msk);
		if (body == MBMS_MSK_RESPONSE)
			xml_writer_number(&writer, NAME_RESPONSE_CODE,
					  msks->items[i].status);
		xml_writer_end(&writer);
	}
	return xml_writer_finish(&writer, length, schemas[body].what, fault);
}

int mbms_msks_match(const struct mbms_msks *request,
		    const struct mbms_msks *response, struct fault *fault)
{
	size_t i;

	for (i = 0; i < request->count; i++)
		if (!msks_have(response, &request->items[i].msk))
			return fault_set(fault, FAULT_MALFORMED,
					 "the response lacks the MSK ID %08x",
					 request->items[i].msk.msk_id);
	if (request->count != response->count)
		return fault_set(fault, FAULT_MALFORMED,
				 "the response has MSKs that were not asked "
				 "for");
	return 0;
}
