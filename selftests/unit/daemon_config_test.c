// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration: each refusal names file, line, key and what is accepted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "roles/bmsc_config.h"
#include "roles/bsf_config.h"
#include "roles/hss_config.h"
#include "roles/mbstf_config.h"
#include "roles/ue_config.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char path[40] = "/tmp/daemon_config_test.XXXXXX";

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_file(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static const char all_roles[] =
	"# a comment\n"
	"daemon:\n"
	"  control-socket: /run/s\n"
	"  database: /var/lib/mbsec/db\n"
	"  key-file: /etc/mbsec/kek\n"
	"  log-level: debug\n"
	"  secure-memory: \"65536\"\n"
	"roles: [hss, bsf, mbstf, bmsc, ue]\n"
	"hss: {network: \"310-410\", listen: \"[::1]:7301\", key-file: /k}\n"
	"bsf:\n"
	"  listen: 127.0.0.1:7000\n"
	"  name: bsf.example\n"
	"  lifetime: 2h\n"
	"  nafs:\n"
	"    - name: bmsc.example\n"
	"mbstf: {policy: permit, hops: 1}\n"
	"bmsc:\n"
	"  fqdn: bmsc.example\n"
	"  key-domain: 001-01\n"
	"  msk-lifetime: 1d\n"
	"ue: {install: \"no\", mtk-overlap: 250ms}\n";

static void test_all_roles(void **state)
{
	struct fault fault = { 0 };
	struct config *config;

	(void)state;
	write_file(all_roles);
	config = config_load(path, &fault);
	if (!config)
		fail_msg("%s", fault.text);
	assert_string_equal(config->daemon.control_socket, "/run/s");
	assert_string_equal(config->daemon.log_level, "debug");
	assert_null(config->daemon.user);
	assert_int_equal(config->roles_count, 5);
	assert_string_equal(config->roles[4], "ue");
	assert_string_equal(config->hss->network, "310-410");
	assert_int_equal(config->bsf->nafs_count, 1);
	assert_string_equal(config->bsf->nafs[0].name, "bmsc.example");
	assert_string_equal(config->mbstf->policy, "permit");
	assert_string_equal(config->bmsc->msk_lifetime, "1d");
	assert_string_equal(config->ue->mtk_overlap, "250ms");
	config_free(config);
}

/* The least that a file may have. */
static void test_defaults(void **state)
{
	struct fault fault = { 0 };
	struct config *config;

	(void)state;
	write_file("daemon: {database: d}\nroles: [mbstf, ue]\n");
	config = config_load(path, &fault);
	if (!config)
		fail_msg("%s", fault.text);
	assert_null(config->mbstf);
	assert_null(config->ue);
	config_free(config);
}

#define HEAD "daemon:\n  database: d\nroles: [hss, bsf, bmsc, mbstf, ue]\n"
#define HSS "hss:\n  network: 001-01\n"
#define BSF "bsf:\n  listen: 127.0.0.1:80\n  name: bsf.example\n"
#define BMSC "bmsc:\n  fqdn: b.example\n  key-domain: 001-01\n"

/* The line is 0 where the file has none of what is missing. */
static const struct refusal {
	const char *text;
	unsigned int line;
	const char *key, *accepted;
} refusals[] = {
	{ "", 0, "", "" },
	{ "daemon: [\n", 1, "", "" },
	{ "- 1\n", 0, "", "MAPPING" },
	{ "daemon: {database: d}\n", 0, "roles", "" },
	{ "roles: [ue]\n", 0, "daemon", "" },
	{ "daemon: {database: d}\nroles: []\n", 2, "roles", "" },
	{ "daemon: {database: d}\nroles: [ue, smf]\n", 0, "roles: \"smf\"",
	  "hss, bsf, mbstf, bmsc, ue" },
	{ "daemon: {database: d}\nroles: [\"hss bsf\"]\n", 0,
	  "roles: \"hss bsf\"", "hss, bsf, mbstf, bmsc, ue" },
	{ "daemon: {database: d}\nroles: [ue]\nunknown: 1\n", 3, "unknown",
	  "daemon, roles, hss" },
	{ "daemon:\n  database: d\n  datbase: d\nroles: [ue]\n", 3, "datbase",
	  "control-socket, database" },
	{ "daemon: {}\nroles: [ue]\n", 0, "daemon.database", "a file name" },
	{ "daemon:\n  database: d\n  log-level: loud\nroles: [ue]\n", 3,
	  "daemon.log-level: \"loud\"", "error, warning, info, debug" },
	{ "daemon:\n  database: d\n  secure-memory: 1k\nroles: [ue]\n", 3,
	  "daemon.secure-memory: \"1k\"", "from 65536 to 68719476736" },
	{ HEAD "hss:\n  listen: 127.0.0.1:1\n", 0, "hss.network: missing",
	  "001-01" },
	{ HEAD "hss:\n  network: 00101\n", 5, "hss.network: \"00101\"",
	  "001-01" },
	{ HEAD HSS "  listen: 127.0.0.1\n", 6, "hss.listen", "127.0.0.1:7301" },
	{ HEAD HSS "  listen: 127.0.0.1:1\n", 0, "hss.key-file: missing", "" },
	{ HEAD HSS "  listen: 127.0.0.999:1\n", 6, "hss.listen", "" },
	{ HEAD HSS, 0, "bsf.listen: missing", "192.0.2.1:80" },
	{ HEAD HSS "bsf:\n  listen: 127.0.0.1:1\n", 0, "bsf.name: missing",
	  "FQDN" },
	{ HEAD HSS BSF "  lifetime: 1y\n", 9, "bsf.lifetime: \"1y\"", "1d" },
	{ HEAD HSS BSF "  lifetime: 10\n", 9, "bsf.lifetime: \"10\"", "10s" },
	{ HEAD HSS BSF "  lifetime: 1ms\n", 9, "bsf.lifetime: \"1ms\"",
	  "1s to 365d" },
	{ HEAD HSS BSF "  hss: ftp://x\n", 9, "bsf.hss: \"ftp://x\"", "http" },
	{ HEAD HSS BSF "  nafs:\n    - key-file: /k\n", 9, "bsf.nafs",
	  "has no name" },
	{ HEAD HSS BSF "bmsc:\n  key-domain: 001-01\n", 0, "bmsc.fqdn",
	  "missing" },
	{ HEAD HSS BSF "bmsc:\n  fqdn: b.example\n", 0,
	  "bmsc.key-domain: missing", "001-01" },
	{ HEAD HSS BSF BMSC "  mikey-port: 0\n", 12, "bmsc.mikey-port: \"0\"",
	  "from 1 to 65535" },
	{ HEAD HSS BSF BMSC "  rekey-on-leave: maybe\n", 12,
	  "bmsc.rekey-on-leave", "\"yes\" or \"no\"" },
	{ HEAD HSS BSF BMSC "  bsf: http://x\n", 0, "bmsc.bsf-key-file",
	  "missing" },
	{ HEAD HSS BSF BMSC "mbstf:\n  policy: open\n", 13, "mbstf.policy",
	  "\"require\" or \"permit\"" },
	{ HEAD HSS BSF BMSC "mbstf:\n  hops: 256\n", 13, "mbstf.hops: \"256\"",
	  "from 1 to 255" },
	{ HEAD HSS BSF BMSC "ue:\n  install: maybe\n", 13, "ue.install",
	  "\"yes\" or \"no\"" },
	{ HEAD HSS BSF BMSC "ue:\n  address: 239.0.0.1\n", 13, "ue.address",
	  "multicast" },
	{ HEAD HSS BSF BMSC "ue:\n  attempts: -1\n", 13, "ue.attempts: \"-1\"",
	  "from 1 to 1000" },
};

static void test_refusals(void **state)
{
	struct fault fault;
	unsigned int wrong = 0;
	char place[96];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(refusals); i++) {
		const struct refusal *refusal = &refusals[i];

		write_file(refusal->text);
		fault = (struct fault){ 0 };
		if (config_load(path, &fault))
			fail_msg("accepted: %s", refusal->text);
		snprintf(place, sizeof(place), "%s:", path);
		if (refusal->line)
			snprintf(place, sizeof(place), "%s:%u:", path,
				 refusal->line);
		if (!strncmp(fault.text, place, strlen(place)) &&
		    strstr(fault.text, refusal->key) &&
		    strstr(fault.text, refusal->accepted))
			continue;
		print_error("\"%s\" for %s", fault.text, refusal->text);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void test_no_file(void **state)
{
	struct fault fault = { 0 };

	(void)state;
	assert_null(config_load("/nowhere/mbsecd.yaml", &fault));
	assert_string_equal(fault.text,
			    "/nowhere/mbsecd.yaml cannot be opened");
}

/* A file that is cut anywhere is refused or read, and nothing else happens. */
static void test_cut_anywhere(void **state)
{
	struct fault fault;
	char text[sizeof(all_roles)];
	struct config *config;
	size_t i;

	(void)state;
	for (i = 0; i < strlen(all_roles); i++) {
		memcpy(text, all_roles, i);
		text[i] = '\0';
		write_file(text);
		fault = (struct fault){ 0 };
		config = config_load(path, &fault);
		assert_true(!config == (fault.code != FAULT_NONE));
		if (config)
			config_free(config);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_roles),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_cut_anywhere),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
