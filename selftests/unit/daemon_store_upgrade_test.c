// SPDX-License-Identifier: GPL-2.0-or-later
/* Databases that were made before there were services of SRTP. */
#include "daemon_store_scene.h"
#include "store/service.h"
#include "store/ue_keys.h"

static void write_sql(struct store *store, const char *sql)
{
	sqlite3_stmt *statement = store_statement(store, sql, NULL);
	struct fault fault = { 0 };

	assert_non_null(statement);
	if (store_write(store, statement, NULL, &fault))
		fail_msg("%s", fault.text);
}

/* The tables as the first version had them. */
static void first_version(struct store *store,
			  const struct store_component *component)
{
	struct store_component first = *component;

	first.count = 1;
	assert_int_equal(store_component_add(store, &first, NULL), 0);
}

static void services(void **state)
{
	struct place *place = *state;
	struct service_record record;
	struct fault fault = { 0 };

	first_version(place->store, &service_component);
	write_sql(place->store,
		  "INSERT INTO service VALUES ('urn:old', 1, 1, 1, 0, 1)");
	write_sql(place->store, "INSERT INTO service_flow VALUES (3, 'urn:old',"
				" '239.1.1.1:5000', NULL, '', 2269, 9)");
	reopen(place, NULL);
	assert_int_equal(
		store_component_add(place->store, &service_component, NULL), 0);
	if (service_read(place->store, "urn:old", &record, &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(record.format, SERVICE_FORMAT_SFRAME);
	assert_int_equal(record.srtp.suite, 0);
	assert_int_equal(record.flow_count, 1);
	assert_int_equal(record.flows[0].mtk_port, 2269);
	assert_int_equal(record.flows[0].rtcp_port, 0);
	assert_int_equal(record.flows[0].key_group, 9);
	/* And a new one beside it. */
	strcpy(record.id, "urn:new");
	record.format = SERVICE_FORMAT_SRTP;
	record.srtp = (struct srtp_profile){ SRTP_AES256_CM_HMAC_SHA1_80, 7 };
	record.flows[0].rtcp_port = 5001;
	assert_int_equal(service_insert(place->store, &record, NULL), 0);
	assert_int_equal(service_read(place->store, "urn:new", &record, NULL),
			 0);
	assert_int_equal(record.srtp.suite, SRTP_AES256_CM_HMAC_SHA1_80);
	assert_int_equal(record.srtp.roc_rate, 7);
	assert_int_equal(record.flows[0].rtcp_port, 5001);
}

static int look(void *argument, const struct ue_mtk_row *row,
		struct fault *fault)
{
	unsigned int *seen = argument;

	(void)fault;
	assert_int_equal(row->mtk_id, ++*seen);
	assert_int_equal(row->mtk->size, 16);
	/* The first one is from the old database. */
	assert_int_equal(row->salt->size, *seen == 1 ? 0 : 14);
	if (*seen == 2)
		assert_memory_equal(row->salt->bytes, "0123456789abcd", 14);
	return 0;
}

static void mtks(void **state)
{
	struct place *place = *state;
	struct secret mtk = { 0 }, salt = { 0 };
	struct ue_mtk_row row = { .service = "urn:a",
				  .ref = { { { 1, 2, 3 } }, 0x10001 },
				  .mtk_id = 2,
				  .mtk = &mtk,
				  .salt = &salt };
	sqlite3_stmt *statement;
	unsigned int seen = 0;

	secret_set(&mtk, "0123456789abcdef", 16);
	secret_set(&salt, "0123456789abcd", 14);
	first_version(place->store, &ue_keys_store);
	statement = store_statement(place->store,
				    "INSERT INTO ue_mtk (service, domain,"
				    " msk_id, mtk_id, mtk)"
				    " VALUES ('urn:a', x'010203', 65537, 1,"
				    " ?1)",
				    NULL);
	assert_int_equal(store_bind_secret(place->store, statement, 1,
					   "ue_mtk urn:a 010203 00010001 1",
					   &mtk, NULL),
			 0);
	assert_int_equal(store_write(place->store, statement, NULL, NULL), 0);
	reopen(place, NULL);
	assert_int_equal(
		store_component_add(place->store, &ue_keys_store, NULL), 0);
	assert_int_equal(ue_mtk_put(place->store, &row, NULL), 0);
	assert_int_equal(ue_mtk_each(place->store, look, &seen, NULL), 0);
	assert_int_equal(seen, 2);
	secret_clear(&mtk);
	secret_clear(&salt);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(services), TEST(mtks) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
