// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "config_value.h"
#include "core/names.h"
#include "roles/bsf_config.h"

#define TEXT(type, key, member)                                               \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
			       type, member, 1, 4096)

static const cyaml_schema_field_t naf_fields[] = {
	TEXT(struct bsf_naf_config, "name", name),
	TEXT(struct bsf_naf_config, "key-file", key_file),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t naf_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct bsf_naf_config,
			    naf_fields),
};

const cyaml_schema_field_t bsf_config_fields[] = {
	TEXT(struct bsf_config, "listen", listen),
	TEXT(struct bsf_config, "name", name),
	TEXT(struct bsf_config, "zn-listen", zn_listen),
	TEXT(struct bsf_config, "hss", hss),
	TEXT(struct bsf_config, "hss-key-file", hss_key_file),
	TEXT(struct bsf_config, "lifetime", lifetime),
	CYAML_FIELD_SEQUENCE("nafs", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			     struct bsf_config, nafs, &naf_schema, 0, 64),
	CYAML_FIELD_END,
};

static int check_listen(const char *key, const char *text, struct fault *fault)
{
	union address address;

	if (config_address(key, text, 0, &address, fault))
		return -1;
	if (address_port(&address))
		return 0;
	return fault_set(fault, FAULT_MALFORMED,
			 "%s: has no port, such as 192.0.2.1:8080", key);
}

static int check_hss(const struct bsf_config *config, struct fault *fault)
{
	if (!config->hss || !strcmp(config->hss, "local"))
		return 0;
	if (config_url("hss", config->hss, fault))
		return -1;
	if (config->hss_key_file)
		return 0;
	return fault_set(fault, FAULT_MALFORMED,
			 "hss-key-file: missing; an HSS elsewhere needs the "
			 "file of a key that it has, too");
}

static int check_naf(const struct bsf_config *config, unsigned int index,
		     struct fault *fault)
{
	const struct bsf_naf_config *naf = &config->nafs[index];
	unsigned int i;

	if (!naf->name)
		return fault_set(fault, FAULT_MALFORMED,
				 "nafs: entry %u has no name", index + 1);
	if (fqdn_check(naf->name, strlen(naf->name), "nafs: name", fault))
		return -1;
	for (i = 0; i < index; i++)
		if (!strcmp(naf->name, config->nafs[i].name))
			return fault_set(fault, FAULT_MALFORMED,
					 "nafs: %s occurs twice", naf->name);
	if (config->zn_listen || !naf->key_file)
		return 0;
	return fault_set(
		fault, FAULT_MALFORMED,
		"zn-listen: missing, but nafs has one with a key-file");
}

int bsf_config_check(const struct bsf_config *config, struct fault *fault)
{
	static const struct bsf_config none;
	int64_t lifetime;
	unsigned int i;

	if (!config)
		config = &none;
	if (check_listen("listen", config->listen, fault) ||
	    (config->zn_listen &&
	     check_listen("zn-listen", config->zn_listen, fault)))
		return -1;
	if (!config->name)
		return fault_set(
			fault, FAULT_MALFORMED,
			"name: missing; has to be the FQDN of this BSF "
			"(bsf.mnc001.mcc001.pub.3gppnetwork.org)");
	if (fqdn_check(config->name, strlen(config->name), "name:", fault) ||
	    config_duration_or("lifetime", config->lifetime, 86400000, 1000,
			       INT64_C(31536000000), &lifetime, fault) ||
	    check_hss(config, fault))
		return -1;
	for (i = 0; i < config->nafs_count; i++)
		if (check_naf(config, i, fault))
			return -1;
	return 0;
}
