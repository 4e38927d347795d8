// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "bmsc_config.h"
#include "config_value.h"
#include "core/mbms_profile.h"
#include "core/text.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define DAY (24 * 60 * MINUTE)

#define FIELD(name, member)                                                    \
	CYAML_FIELD_STRING_PTR(name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
			       struct bmsc_config, member, 0, CYAML_UNLIMITED)

#define SENDER_FIELD(name, member)                                             \
	CYAML_FIELD_STRING_PTR(name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
			       struct bmsc_sender_config, member, 1, 4096)

static const cyaml_schema_field_t sender_fields[] = {
	SENDER_FIELD("name", name),
	SENDER_FIELD("url", url),
	SENDER_FIELD("key-file", key_file),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t sender_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct bmsc_sender_config,
			    sender_fields),
};

const cyaml_schema_field_t bmsc_config_fields[] = {
	FIELD("listen", listen),
	FIELD("fqdn", fqdn),
	FIELD("url", url),
	FIELD("bsf", bsf),
	FIELD("bsf-key-file", bsf_key_file),
	CYAML_FIELD_SEQUENCE("senders",
			     CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			     struct bmsc_config, senders, &sender_schema, 0,
			     BMSC_REMOTE_SENDERS_MAX),
	FIELD("key-domain", key_domain),
	FIELD("mikey-listen", mikey_listen),
	FIELD("mikey-port", mikey_port),
	FIELD("push-rate", push_rate),
	FIELD("push-burst", push_burst),
	FIELD("retry-first", retry_first),
	FIELD("retry-most", retry_most),
	FIELD("retry-attempts", retry_attempts),
	FIELD("silences", silences),
	FIELD("rekey-on-leave", rekey_on_leave),
	FIELD("rekey-on-join", rekey_on_join),
	FIELD("nonce-lifetime", nonce_lifetime),
	FIELD("wait-time", wait_time),
	FIELD("max-back-off", max_back_off),
	FIELD("msk-lifetime", msk_lifetime),
	FIELD("msk-lead", msk_lead),
	FIELD("msk-overlap", msk_overlap),
	FIELD("mtk-lifetime", mtk_lifetime),
	FIELD("mtk-lead", mtk_lead),
	FIELD("mtk-overlap", mtk_overlap),
	FIELD("mtk-repeat", mtk_repeat),
	FIELD("batch", batch),
	FIELD("mtk-count", mtk_count),
	CYAML_FIELD_END,
};

/* A sentence of daemon/core, which does not know the key. Returns -1. */
static int about(const char *key, struct fault *fault)
{
	char text[FAULT_TEXT_SIZE];

	if (!fault)
		return -1;
	memcpy(text, fault->text, sizeof(text));
	snprintf(fault->text, sizeof(fault->text), "%s: %.*s", key,
		 (int)(sizeof(fault->text) - strlen(key) - 3), text);
	return -1;
}

static int number_or(const char *key, const char *text, uint32_t standard,
		     uint32_t min, uint32_t max, uint32_t *number,
		     struct fault *fault)
{
	uint64_t value = standard;

	if (text && config_number(key, text, min, max, &value, fault))
		return -1;
	*number = (uint32_t)value;
	return 0;
}

static int yes_or_no(const char *key, const char *text, bool *value,
		     struct fault *fault)
{
	*value = text && (!strcmp(text, "yes") || !strcmp(text, "true"));
	if (!text || *value || !strcmp(text, "no") || !strcmp(text, "false"))
		return 0;
	return fault_set(fault, FAULT_MALFORMED, "%s is not \"yes\" or \"no\"",
			 key);
}

/* "http://" and the name and port, unless the file says it. */
static int read_url(const struct bmsc_config *config,
		    struct bmsc_settings *settings, struct fault *fault)
{
	char text[ANNOUNCE_URI_SIZE + 32];
	const char *url = config->url;

	if (!url) {
		snprintf(text, sizeof(text), "http://%s:%u",
			 settings->naf_id.fqdn,
			 address_port(&settings->listen));
		url = text;
	}
	if (config_url("url", url, fault))
		return -1;
	return announce_uri_take(settings->url, url, strlen(url), fault);
}

static int read_addresses(const struct bmsc_config *config,
			  struct bmsc_settings *settings, struct fault *fault)
{
	const char *listen = config->listen ? config->listen : "0.0.0.0:8080";
	const char *bsf = config->bsf ? config->bsf : "local";
	uint32_t port;

	if (config_address("listen", listen, 8080, &settings->listen, fault))
		return -1;
	settings->mikey_listen = settings->listen;
	address_port_set(&settings->mikey_listen, 0);
	if (config->mikey_listen &&
	    config_address("mikey-listen", config->mikey_listen, 0,
			   &settings->mikey_listen, fault))
		return -1;
	if (number_or("mikey-port", config->mikey_port, MBMS_MIKEY_PORT, 1,
		      UINT16_MAX, &port, fault))
		return -1;
	settings->mikey_port = (uint16_t)port;
	if (strcmp(bsf, "local")) {
		if (config_url("bsf", bsf, fault))
			return -1;
		if (!config->bsf_key_file)
			return fault_set(
				fault, FAULT_MALFORMED,
				"bsf-key-file is missing: the key that "
				"this BM-SC and the BSF have in common");
	}
	return text_copy(settings->bsf, sizeof(settings->bsf), bsf, strlen(bsf),
			 "bsf", fault);
}

static int read_names(const struct bmsc_config *config,
		      struct bmsc_settings *settings, struct fault *fault)
{
	struct plmn plmn;

	if (!config->fqdn)
		return fault_set(fault, FAULT_MALFORMED,
				 "fqdn is missing: the name of this BM-SC");
	if (naf_id_set(&settings->naf_id, config->fqdn, UA_PROTOCOL_MBMS,
		       fault))
		return about("fqdn", fault);
	if (config_plmn("key-domain", config->key_domain, &plmn, fault) ||
	    key_domain_from_plmn(&settings->key_domain, &plmn, fault))
		return -1;
	return 0;
}

static int read_push(const struct bmsc_config *config,
		     struct bmsc_settings *settings, struct fault *fault)
{
	struct pace pace;
	int64_t first, most;

	if (number_or("push-rate", config->push_rate, 20000, 1, PACE_RATE_MAX,
		      &settings->push_rate, fault) ||
	    number_or("push-burst", config->push_burst, 1000, 1, PACE_BURST_MAX,
		      &settings->push_burst, fault))
		return -1;
	if (pace_init(&pace, settings->push_rate, settings->push_burst, 0,
		      fault))
		return about("push-burst", fault);
	if (config_duration_or("retry-first", config->retry_first, SECOND, 10,
			       10 * MINUTE, &first, fault) ||
	    config_duration_or("retry-most", config->retry_most, 10 * SECOND,
			       first, 60 * MINUTE, &most, fault) ||
	    number_or("retry-attempts", config->retry_attempts, 5, 1, 100,
		      &settings->retry.attempts, fault))
		return -1;
	settings->retry.first = (uint32_t)first;
	settings->retry.most = (uint32_t)most;
	return retry_policy_check(&settings->retry, fault);
}

static int read_members(const struct bmsc_config *config,
			struct bmsc_settings *settings, struct fault *fault)
{
	uint32_t silences;

	if (number_or("silences", config->silences, 3, 0, 1000, &silences,
		      fault) ||
	    yes_or_no("rekey-on-leave", config->rekey_on_leave,
		      &settings->members.rekey_on_leave, fault) ||
	    yes_or_no("rekey-on-join", config->rekey_on_join,
		      &settings->members.rekey_on_join, fault) ||
	    config_duration_or("nonce-lifetime", config->nonce_lifetime,
			       5 * MINUTE, 100, DAY, &settings->nonce_lifetime,
			       fault) ||
	    number_or("wait-time", config->wait_time, 0, 0,
		      ANNOUNCE_SECONDS_MAX, &settings->wait_time, fault))
		return -1;
	settings->members.silences = silences;
	return number_or("max-back-off", config->max_back_off, 0, 0,
			 ANNOUNCE_SECONDS_MAX, &settings->max_back_off, fault);
}

int bmsc_life_check(const struct keylife_policy *life, struct fault *fault)
{
	if (life->mtk_lead + life->mtk_overlap > life->mtk_lifetime)
		return fault_set(fault, FAULT_ARGUMENT,
				 "mtk-lifetime is shorter than mtk-lead and "
				 "mtk-overlap together");
	if (life->msk_overlap < life->mtk_overlap)
		return fault_set(fault, FAULT_ARGUMENT,
				 "msk-overlap is shorter than mtk-overlap");
	if (life->msk_lead < life->mtk_lead)
		return fault_set(fault, FAULT_ARGUMENT,
				 "msk-lead is shorter than mtk-lead");
	if (life->msk_lifetime &&
	    life->msk_lead + life->msk_overlap > life->msk_lifetime)
		return fault_set(fault, FAULT_ARGUMENT,
				 "msk-lifetime is shorter than msk-lead and "
				 "msk-overlap together");
	if (!life->mtk_repeat)
		return fault_set(fault, FAULT_ARGUMENT,
				 "mtk-repeat is 0, the least is 1ms");
	return keylife_policy_check(life, fault);
}

static int read_life(const struct bmsc_config *config,
		     struct keylife_policy *life, struct fault *fault)
{
	const struct {
		const char *key;
		const char *text;
		int64_t standard;
		int64_t *value;
	} times[] = {
		{ "msk-lifetime", config->msk_lifetime, DAY,
		  &life->msk_lifetime },
		{ "msk-lead", config->msk_lead, 5 * MINUTE, &life->msk_lead },
		{ "msk-overlap", config->msk_overlap, MINUTE,
		  &life->msk_overlap },
		{ "mtk-lifetime", config->mtk_lifetime, 10 * MINUTE,
		  &life->mtk_lifetime },
		{ "mtk-lead", config->mtk_lead, 10 * SECOND, &life->mtk_lead },
		{ "mtk-overlap", config->mtk_overlap, 10 * SECOND,
		  &life->mtk_overlap },
		{ "mtk-repeat", config->mtk_repeat, SECOND, &life->mtk_repeat },
		{ "batch", config->batch, 10 * SECOND, &life->batch },
	};
	uint32_t count;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (config_duration_or(times[i].key, times[i].text,
				       times[i].standard, 0, KEYLIFE_TIME_MAX,
				       times[i].value, fault))
			return -1;
	if (number_or("mtk-count", config->mtk_count, 10000,
		      KEYLIFE_MTK_COUNT_MIN, UINT16_MAX, &count, fault))
		return -1;
	life->mtk_count = (uint16_t)count;
	return bmsc_life_check(life, fault);
}

int bmsc_settings_read(const struct bmsc_config *config,
		       struct bmsc_settings *settings, struct fault *fault)
{
	*settings = (struct bmsc_settings){ 0 };
	if (!config)
		return fault_set(fault, FAULT_MALFORMED,
				 "section bmsc is missing");
	if (read_names(config, settings, fault) ||
	    read_addresses(config, settings, fault) ||
	    read_url(config, settings, fault) ||
	    read_push(config, settings, fault) ||
	    read_members(config, settings, fault))
		return -1;
	return read_life(config, &settings->life, fault);
}

static int check_sender(const struct bmsc_config *config, unsigned int index,
			struct fault *fault)
{
	const struct bmsc_sender_config *sender = &config->senders[index];
	unsigned int i;

	if (!sender->name || !sender->key_file)
		return fault_set(fault, FAULT_MALFORMED,
				 "senders: entry %u lacks name or key-file",
				 index + 1);
	for (i = 0; i < index; i++)
		if (!strcmp(sender->name, config->senders[i].name))
			return fault_set(fault, FAULT_MALFORMED,
					 "senders: %s occurs twice",
					 sender->name);
	return config_url("senders: url", sender->url, fault);
}

int bmsc_config_check(const struct bmsc_config *config, struct fault *fault)
{
	struct bmsc_settings settings;
	unsigned int i;

	if (bmsc_settings_read(config, &settings, fault))
		return -1;
	for (i = 0; i < config->senders_count; i++)
		if (check_sender(config, i, fault))
			return -1;
	return 0;
}
