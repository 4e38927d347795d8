// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/mbsec.h>
#include <string.h>

#include "config_value.h"
#include "core/text.h"
#include "mbstf_config.h"

#define FIELD(name, member)                                                    \
	CYAML_FIELD_STRING_PTR(name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
			       struct mbstf_config, member, 0,                 \
			       CYAML_UNLIMITED)

const cyaml_schema_field_t mbstf_config_fields[] = {
	FIELD("name", name),
	FIELD("policy", policy),
	FIELD("hops", hops),
	FIELD("listen", listen),
	FIELD("key-file", key_file),
	FIELD("mtk-packets", mtk_packets),
	CYAML_FIELD_END,
};

static int policy_read(const char *text, uint32_t *policy, struct fault *fault)
{
	*policy = MBSEC_POLICY_REQUIRE;
	if (!text || !strcmp(text, "require"))
		return 0;
	*policy = MBSEC_POLICY_PERMIT;
	if (!strcmp(text, "permit"))
		return 0;
	return fault_set(fault, FAULT_MALFORMED,
			 "policy is not \"require\" or \"permit\"");
}

static int read_listen(const struct mbstf_config *config, union address *listen,
		       struct fault *fault)
{
	if (!config->listen)
		return 0;
	if (config_address("listen", config->listen, 0, listen, fault))
		return -1;
	if (!address_port(listen))
		return fault_set(fault, FAULT_MALFORMED,
				 "listen: has no port, such as 192.0.2.1:7302");
	if (config->key_file)
		return 0;
	return fault_set(fault, FAULT_MALFORMED,
			 "key-file: missing; listen needs the file of a key "
			 "that the BM-SC has, too");
}

int mbstf_settings_read(const struct mbstf_config *config,
			struct mbstf_settings *settings, struct fault *fault)
{
	static const struct mbstf_config none;
	const char *name;
	uint64_t hops = 16;

	if (!config)
		config = &none;
	name = config->name ? config->name : "local";
	*settings = (struct mbstf_settings){
		.mtk_packets = UINT64_C(1) << 31,
	};
	if (!*name)
		return fault_set(fault, FAULT_MALFORMED,
				 "name is empty, it has to name this host");
	if (text_copy(settings->name, sizeof(settings->name), name,
		      strlen(name), "name", fault) ||
	    policy_read(config->policy, &settings->policy, fault))
		return -1;
	if (config->hops &&
	    config_number("hops", config->hops, 1, 255, &hops, fault))
		return -1;
	settings->hops = (uint8_t)hops;
	if (read_listen(config, &settings->listen, fault))
		return -1;
	if (config->mtk_packets &&
	    config_number("mtk-packets", config->mtk_packets, 1024,
			  UINT64_C(1) << 40, &settings->mtk_packets, fault))
		return -1;
	return 0;
}

int mbstf_config_check(const struct mbstf_config *config, struct fault *fault)
{
	struct mbstf_settings settings;

	return mbstf_settings_read(config, &settings, fault);
}
