// SPDX-License-Identifier: GPL-2.0-or-later
#include "config_value.h"
#include "roles/hss_config.h"

#define TEXT(key, member)                                                     \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
			       struct hss_config, member, 1, 4096)

const cyaml_schema_field_t hss_config_fields[] = {
	TEXT("listen", listen),
	TEXT("network", network),
	TEXT("key-file", key_file),
	CYAML_FIELD_END,
};

int hss_config_check(const struct hss_config *config, struct fault *fault)
{
	union address address;
	struct plmn plmn;

	if (!config)
		return fault_set(fault, FAULT_MALFORMED,
				 "network: missing; has to be a network such "
				 "as 001-01");
	if (config_plmn("network", config->network, &plmn, fault))
		return -1;
	if (!config->listen)
		return 0;
	if (config_address("listen", config->listen, 0, &address, fault))
		return -1;
	if (!address_port(&address))
		return fault_set(fault, FAULT_MALFORMED,
				 "listen: has no port, such as 127.0.0.1:7301");
	if (!config->key_file)
		return fault_set(fault, FAULT_MALFORMED,
				 "key-file: missing; listen needs the file of "
				 "a key that the BSF has, too");
	return 0;
}
