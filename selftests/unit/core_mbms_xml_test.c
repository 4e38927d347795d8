// SPDX-License-Identifier: GPL-2.0-or-later
/* Bodies of GBA and MBMS: BootstrappingInfo, services, MSKs, NAF keys. */
#include "core/bsf_xml.h"
#include "core/mbms_authorize.h"
#include "core/mbms_xml.h"
#include "core_xml_vectors.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void bsf_take(const json_t *vector, void *value)
{
	struct bsf_info *info = value;

	xml_text_take(vector, "btid", info->btid, sizeof(info->btid));
	info->expires = (int64_t)vectors_number(vector, "expires");
	info->has_current_time = vectors_has(vector, "current-time");
	if (info->has_current_time)
		info->current_time =
			(int64_t)vectors_number(vector, "current-time");
}

static int bsf_parse(const void *document, size_t size, void *value,
		     struct fault *fault)
{
	return bsf_info_parse(document, size, value, fault);
}

static int bsf_write(const void *value, char *document, size_t room,
		     size_t *length, struct fault *fault)
{
	return bsf_info_write(value, document, room, length, fault);
}

static void services_take(const json_t *vector, void *value)
{
	xml_services_take(vector, value);
}

#define SERVICES_KIND(label, body)                                      \
	static int label##_parse(const void *document, size_t size,     \
				 void *value, struct fault *fault)      \
	{                                                               \
		return mbms_services_parse(body, document, size, value, \
					   fault);                      \
	}                                                               \
	static int label##_write(const void *value, char *document,     \
				 size_t room, size_t *length,           \
				 struct fault *fault)                   \
	{                                                               \
		return mbms_services_write(body, value, document, room, \
					   length, fault);              \
	}

SERVICES_KIND(register, MBMS_REGISTER)
SERVICES_KIND(register_response, MBMS_REGISTER_RESPONSE)
SERVICES_KIND(deregister, MBMS_DEREGISTER)
SERVICES_KIND(authorize, MBMS_AUTHORIZE)

static void msks_take(const json_t *vector, void *value)
{
	json_t *list = json_object_get(vector, "msks"), *one;
	struct mbms_msks *msks = value;
	size_t i;

	json_array_foreach(list, i, one)
	{
		xml_msk_take(one, &msks->items[i].msk);
		msks->items[i].status = (uint16_t)vectors_number(one, "status");
		msks->count++;
	}
}

static int msk_request_parse(const void *document, size_t size, void *value,
			     struct fault *fault)
{
	return mbms_msks_parse(MBMS_MSK_REQUEST, document, size, value, fault);
}

static int msk_request_write(const void *value, char *document, size_t room,
			     size_t *length, struct fault *fault)
{
	return mbms_msks_write(MBMS_MSK_REQUEST, value, document, room, length,
			       fault);
}

static int msk_response_parse(const void *document, size_t size, void *value,
			      struct fault *fault)
{
	return mbms_msks_parse(MBMS_MSK_RESPONSE, document, size, value, fault);
}

static int msk_response_write(const void *value, char *document, size_t room,
			      size_t *length, struct fault *fault)
{
	return mbms_msks_write(MBMS_MSK_RESPONSE, value, document, room, length,
			       fault);
}

static void invite_take(const json_t *vector, void *value)
{
	json_t *list = json_object_get(vector, "btids"), *one;
	struct mbms_invite *invite = value;
	size_t i;

	json_array_foreach(list, i, one)
	{
		strcpy(invite->btids[i], json_string_value(one));
		invite->btid_count++;
	}
	xml_services_take(vector, &invite->services);
}

static int invite_parse(const void *document, size_t size, void *value,
			struct fault *fault)
{
	return mbms_invite_parse(document, size, value, fault);
}

static int invite_write(const void *value, char *document, size_t room,
			size_t *length, struct fault *fault)
{
	return mbms_invite_write(value, document, room, length, fault);
}

static void naf_key_take(const json_t *vector, void *value)
{
	json_t *list = json_object_get(vector, "addresses"), *one;
	struct mbms_naf_key *naf_key = value;
	size_t i;

	json_array_foreach(list, i, one)
	{
		strcpy(naf_key->addresses[i], json_string_value(one));
		naf_key->address_count++;
	}
	vectors_secret(vector, "muk", &naf_key->muk);
	naf_key->expires = (int64_t)vectors_number(vector, "expires");
	xml_text_take(vector, "btid", naf_key->btid, sizeof(naf_key->btid));
	xml_text_take(vector, "naf-fqdn", naf_key->naf_fqdn,
		      sizeof(naf_key->naf_fqdn));
	xml_services_take(vector, &naf_key->services);
}

static int naf_key_parse(const void *document, size_t size, void *value,
			 struct fault *fault)
{
	return mbms_naf_key_parse(document, size, value, fault);
}

static int naf_key_write(const void *value, char *document, size_t room,
			 size_t *length, struct fault *fault)
{
	return mbms_naf_key_write(value, document, room, length, fault);
}

/* The secret by its octets, all else as it is. */
static void naf_key_same(const void *a, const void *b)
{
	struct mbms_naf_key left = *(const struct mbms_naf_key *)a;
	struct mbms_naf_key right = *(const struct mbms_naf_key *)b;

	assert_true(secret_equal(&left.muk, &right.muk));
	left.muk = right.muk;
	assert_memory_equal(&left, &right, sizeof(left));
}

static void naf_key_clear(void *value)
{
	mbms_naf_key_clear(value);
}

static const struct xml_kind kinds[] = {
	{ "bsf", sizeof(struct bsf_info), bsf_take, bsf_parse, bsf_write, NULL,
	  NULL },
	{ "register", sizeof(struct mbms_services), services_take,
	  register_parse, register_write, NULL, NULL },
	{ "register-response", sizeof(struct mbms_services), services_take,
	  register_response_parse, register_response_write, NULL, NULL },
	{ "deregister", sizeof(struct mbms_services), services_take,
	  deregister_parse, deregister_write, NULL, NULL },
	{ "authorize", sizeof(struct mbms_services), services_take,
	  authorize_parse, authorize_write, NULL, NULL },
	{ "msk-request", sizeof(struct mbms_msks), msks_take, msk_request_parse,
	  msk_request_write, NULL, NULL },
	{ "msk-response", sizeof(struct mbms_msks), msks_take,
	  msk_response_parse, msk_response_write, NULL, NULL },
	{ "invite", sizeof(struct mbms_invite), invite_take, invite_parse,
	  invite_write, NULL, NULL },
	{ "naf-key", sizeof(struct mbms_naf_key), naf_key_take, naf_key_parse,
	  naf_key_write, naf_key_same, naf_key_clear },
};

static void test_vectors(void **state)
{
	(void)state;
	assert_true(xml_check_all(kinds, COUNT(kinds), false, xml_check_good) >=
		    18);
}

static void test_refused(void **state)
{
	(void)state;
	assert_true(xml_check_all(kinds, COUNT(kinds), true,
				  xml_check_refused) >= 80);
}

static void test_harm(void **state)
{
	(void)state;
	assert_true(xml_check_all(kinds, COUNT(kinds), false, xml_check_harm) >=
		    18);
}

/* The body of TS 24.109, A.4 that the Digest vectors use for rspauth. */
static void test_bsf_length(void **state)
{
	struct bsf_info info = {
		.btid = "I1U8vpY3qJ0hiuZNrke/NQ==@bsf.home1.net",
		.expires = 1893456000,
	};
	struct fault fault = { 0 };
	char document[512];
	size_t length;

	(void)state;
	assert_int_equal(bsf_info_write(&info, document, sizeof(document),
					&length, NULL),
			 0);
	assert_int_equal(length, 195);
	info.expires = -1;
	assert_int_equal(bsf_info_write(&info, document, sizeof(document),
					&length, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	info.expires = 0;
	/* A time that is not sent may be anything. */
	info.current_time = -1;
	assert_int_equal(bsf_info_write(&info, document, sizeof(document),
					&length, NULL),
			 0);
	/* No B-TID that the reader would not take. */
	info.btid[24] = '%';
	assert_int_equal(bsf_info_write(&info, document, sizeof(document),
					&length, NULL),
			 -1);
	info.btid[24] = '@';
	info.btid[3] = '\n';
	assert_int_equal(bsf_info_write(&info, document, sizeof(document),
					&length, NULL),
			 -1);
	info.btid[0] = '\0';
	assert_int_equal(bsf_info_write(&info, document, sizeof(document),
					&length, NULL),
			 -1);
}

static void test_services_write_refuses(void **state)
{
	struct mbms_services services = { .count = 1,
					  .items = { { .id = "urn:s" } } };
	struct fault fault = { 0 };
	char document[512];
	size_t length;

	(void)state;
	assert_int_equal(mbms_services_write(MBMS_MSK_REQUEST, &services,
					     document, sizeof(document),
					     &length, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_int_equal(mbms_services_parse(MBMS_MSK_REQUEST, document, 0,
					     &services, NULL),
			 -1);
	services = (struct mbms_services){ .count = 1,
					   .items = { { .id = "urn:s" } } };
	assert_int_equal(mbms_services_write(MBMS_REGISTER_RESPONSE, &services,
					     document, sizeof(document),
					     &length, NULL),
			 -1);
	services.items[0].status = MBMS_STATUS_OK;
	assert_int_equal(mbms_services_write(MBMS_REGISTER, &services, document,
					     sizeof(document), &length, NULL),
			 -1);
	services.items[0].status = 600;
	assert_int_equal(mbms_services_write(MBMS_REGISTER_RESPONSE, &services,
					     document, sizeof(document),
					     &length, NULL),
			 -1);
	services.items[0].status = MBMS_STATUS_NONE;
	services.items[0].id[0] = '\0';
	assert_int_equal(mbms_services_write(MBMS_REGISTER, &services, document,
					     sizeof(document), &length, NULL),
			 -1);
	services.count = 0;
	assert_int_equal(mbms_services_write(MBMS_REGISTER, &services, document,
					     sizeof(document), &length, NULL),
			 -1);
	services.count = MBMS_SERVICES_MAX + 1;
	assert_int_equal(mbms_services_write(MBMS_AUTHORIZE, &services,
					     document, sizeof(document),
					     &length, NULL),
			 -1);
}

static void test_msks_write_refuses(void **state)
{
	struct mbms_msks msks = { .count = 1 };
	char document[512];
	size_t length;

	(void)state;
	assert_int_equal(mbms_msks_write(MBMS_REGISTER, &msks, document,
					 sizeof(document), &length, NULL),
			 -1);
	assert_int_equal(
		mbms_msks_parse(MBMS_REGISTER, document, 0, &msks, NULL), -1);
	msks.count = 1;
	assert_int_equal(mbms_msks_write(MBMS_MSK_RESPONSE, &msks, document,
					 sizeof(document), &length, NULL),
			 -1);
	msks.count = 0;
	assert_int_equal(mbms_msks_write(MBMS_MSK_REQUEST, &msks, document,
					 sizeof(document), &length, NULL),
			 -1);
	msks.count = MBMS_MSKS_MAX + 1;
	assert_int_equal(mbms_msks_write(MBMS_MSK_REQUEST, &msks, document,
					 sizeof(document), &length, NULL),
			 -1);
}

static void test_match(void **state)
{
	struct mbms_services asked = { .count = 2,
				       .items = { { "a", 0 }, { "b", 0 } } };
	struct mbms_services told = { .count = 2,
				      .items = { { "b", 200 }, { "a", 403 } } };
	struct mbms_msks wanted = { .count = 1 }, got = { .count = 1 };

	(void)state;
	assert_int_equal(mbms_services_match(&asked, &told, NULL), 0);
	told.count = 1;
	assert_int_equal(mbms_services_match(&asked, &told, NULL), -1);
	told.count = 3;
	strcpy(told.items[2].id, "c");
	assert_int_equal(mbms_services_match(&asked, &told, NULL), -1);
	assert_int_equal(mbms_msks_match(&wanted, &got, NULL), 0);
	got.items[0].msk.msk_id = 0x00020000;
	assert_int_equal(mbms_msks_match(&wanted, &got, NULL), -1);
	got.count = 2;
	got.items[0].msk.msk_id = 0;
	assert_int_equal(mbms_msks_match(&wanted, &got, NULL), -1);
	assert_true(mbms_status_is_success(MBMS_STATUS_OK));
	assert_true(mbms_status_is_success(299));
	assert_false(mbms_status_is_success(MBMS_STATUS_FORBIDDEN));
	assert_false(mbms_status_is_success(199));
}

static void test_invite_write_refuses(void **state)
{
	static struct mbms_invite invite;
	char document[512];
	size_t length;

	(void)state;
	assert_int_equal(mbms_invite_write(&invite, document, sizeof(document),
					   &length, NULL),
			 -1);
	invite.btid_count = MBMS_BTIDS_MAX + 1;
	assert_int_equal(mbms_invite_write(&invite, document, sizeof(document),
					   &length, NULL),
			 -1);
	invite.btid_count = 1;
	assert_int_equal(mbms_invite_write(&invite, document, sizeof(document),
					   &length, NULL),
			 -1);
	strcpy(invite.btids[0], "a@b");
	invite.services.count = 1;
	assert_int_equal(mbms_invite_write(&invite, document, sizeof(document),
					   &length, NULL),
			 -1);
	invite.services.count = MBMS_SERVICES_MAX + 1;
	assert_int_equal(mbms_invite_write(&invite, document, sizeof(document),
					   &length, NULL),
			 -1);
}

static void naf_key_good(struct mbms_naf_key *naf_key)
{
	json_t *list = vectors_load("xml");

	memset(naf_key, 0, sizeof(*naf_key));
	naf_key_take(vectors_find(list, "NAF key with addresses and services"),
		     naf_key);
	json_decref(list);
}

static void test_naf_key_write_refuses(void **state)
{
	static struct mbms_naf_key good, bad;
	struct secret shorter = { 0 };
	struct fault fault;
	char document[2048];
	size_t length;

	(void)state;
	naf_key_good(&good);
	assert_int_equal(secret_set(&shorter, "x", 1), 0);
#define REFUSED(change, wanted)                                                \
	do {                                                                   \
		bad = good;                                                    \
		change;                                                        \
		fault = (struct fault){ 0 };                                   \
		length = 1;                                                    \
		assert_int_equal(mbms_naf_key_write(&bad, document,            \
						    sizeof(document), &length, \
						    &fault),                   \
				 -1);                                          \
		assert_int_equal(fault.code, wanted);                          \
		assert_int_equal(length, 0);                                   \
	} while (0)
	REFUSED(bad.muk = shorter, FAULT_ARGUMENT);
	REFUSED(bad.muk = (struct secret){ 0 }, FAULT_ARGUMENT);
	REFUSED(bad.btid[0] = '\0', FAULT_ARGUMENT);
	REFUSED(bad.address_count = 5, FAULT_ARGUMENT);
	REFUSED(bad.addresses[1][0] = 'x', FAULT_MALFORMED);
	REFUSED(bad.naf_fqdn[0] = '.', FAULT_MALFORMED);
	REFUSED(bad.expires = -1, FAULT_ARGUMENT);
	REFUSED(bad.services.items[0].id[0] = '\0', FAULT_ARGUMENT);
#undef REFUSED
	secret_clear(&shorter);
	mbms_naf_key_clear(&good);
	assert_null(good.muk.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_harm),
		cmocka_unit_test(test_bsf_length),
		cmocka_unit_test(test_services_write_refuses),
		cmocka_unit_test(test_msks_write_refuses),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_invite_write_refuses),
		cmocka_unit_test(test_naf_key_write_refuses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
