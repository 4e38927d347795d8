// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/mbsec.h>
#include <net/if.h>
#include <string.h>

#include "config_value.h"
#include "core/mbms_profile.h"
#include "roles/ue_config.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

#define TEXT(key, member)                                                     \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
			       struct ue_config, member, 0, CYAML_UNLIMITED)

const cyaml_schema_field_t ue_config_fields[] = {
	TEXT("bsf", bsf),
	TEXT("address", address),
	TEXT("mikey-port", mikey_port),
	TEXT("device", device),
	TEXT("install", install),
	TEXT("policy", policy),
	TEXT("mtk-overlap", mtk_overlap),
	TEXT("msk-timeout", msk_timeout),
	TEXT("retry-first", retry_first),
	TEXT("retry-most", retry_most),
	TEXT("attempts", attempts),
	TEXT("concurrent", concurrent),
	CYAML_FIELD_END,
};

/* One of two words; @standard if there is none. */
static int read_choice(const char *key, const char *text, const char *no,
		       const char *yes, bool standard, bool *value,
		       struct fault *fault)
{
	*value = standard;
	if (!text)
		return 0;
	if (strcmp(text, yes) && strcmp(text, no))
		return fault_set(fault, FAULT_MALFORMED,
				 "%s: has to be \"%s\" or \"%s\"", key, yes,
				 no);
	*value = !strcmp(text, yes);
	return 0;
}

static int read_count(const char *key, const char *text, uint32_t standard,
		      uint32_t max, uint32_t *value, struct fault *fault)
{
	uint64_t number = standard;

	if (text && config_number(key, text, 1, max, &number, fault))
		return -1;
	*value = (uint32_t)number;
	return 0;
}

static int read_local(const struct ue_config *config, union address *local,
		      struct fault *fault)
{
	uint64_t port = MBMS_MIKEY_PORT;

	if (config->mikey_port &&
	    config_number("mikey-port", config->mikey_port, 0, UINT16_MAX,
			  &port, fault))
		return -1;
	if (config_address("address",
			   config->address ? config->address : "0.0.0.0", 0,
			   local, fault))
		return -1;
	if (address_port(local))
		return fault_set(fault, FAULT_MALFORMED,
				 "address: the port belongs to mikey-port");
	if (address_is_multicast(local))
		return fault_set(fault, FAULT_MALFORMED,
				 "address: is a multicast address, not one of "
				 "this host");
	address_port_set(local, (uint16_t)port);
	return 0;
}

static int read_pauses(const struct ue_config *config,
		       struct ue_settings *settings, struct fault *fault)
{
	int64_t first, most;

	if (config_duration_or("retry-first", config->retry_first, 2 * SECOND,
			       1, HOUR, &first, fault) ||
	    config_duration_or("retry-most", config->retry_most, MINUTE, 1,
			       24 * HOUR, &most, fault))
		return -1;
	if (most < first)
		return fault_set(fault, FAULT_MALFORMED,
				 "retry-most: is less than retry-first");
	settings->retry_first = (uint32_t)first;
	settings->retry_most = (uint32_t)most;
	return config_duration_or("mtk-overlap", config->mtk_overlap,
				  2 * MINUTE, 0, 24 * HOUR,
				  &settings->mtk_overlap, fault) ||
			       config_duration_or("msk-timeout",
						  config->msk_timeout,
						  5 * SECOND, 10, HOUR,
						  &settings->msk_timeout,
						  fault) ?
		       -1 :
		       0;
}

int ue_settings_read(const struct ue_config *config,
		     struct ue_settings *settings, struct fault *fault)
{
	static const struct ue_config none;
	bool require;

	memset(settings, 0, sizeof(*settings));
	if (!config)
		config = &none;
	if (config->bsf && config_url("bsf", config->bsf, fault))
		return -1;
	if (config->device &&
	    (!config->device[0] || strlen(config->device) >= IF_NAMESIZE))
		return fault_set(fault, FAULT_MALFORMED,
				 "device: is no name of an interface (1 to %d "
				 "characters)",
				 IF_NAMESIZE - 1);
	if (config->bsf && strlen(config->bsf) >= sizeof(settings->bsf))
		return fault_set(fault, FAULT_MALFORMED,
				 "bsf: has more than %zu characters",
				 sizeof(settings->bsf) - 1);
	if (config->bsf)
		strcpy(settings->bsf, config->bsf);
	if (config->device)
		strcpy(settings->device, config->device);
	if (read_local(config, &settings->local, fault) ||
	    read_choice("install", config->install, "no", "yes", true,
			&settings->install, fault) ||
	    read_choice("policy", config->policy, "permit", "require", true,
			&require, fault) ||
	    read_pauses(config, settings, fault) ||
	    read_count("attempts", config->attempts, 6, 1000,
		       &settings->attempts, fault) ||
	    read_count("concurrent", config->concurrent, 128, 65536,
		       &settings->concurrent, fault))
		return -1;
	settings->policy = require ? MBSEC_POLICY_REQUIRE : MBSEC_POLICY_PERMIT;
	return 0;
}

int ue_config_check(const struct ue_config *config, struct fault *fault)
{
	struct ue_settings settings;

	return ue_settings_read(config, &settings, fault);
}
