/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Section "bmsc" of the configuration. */
#ifndef MBSEC_ROLES_BMSC_CONFIG_H
#define MBSEC_ROLES_BMSC_CONFIG_H

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/announce.h"
#include "core/fault.h"
#include "core/ids.h"
#include "core/keylife.h"
#include "core/membership.h"
#include "core/names.h"
#include "core/pace.h"
#include "io/address.h"

/* Beside the one of this process. */
#define BMSC_REMOTE_SENDERS_MAX 15

/**
 * struct bmsc_sender_config - a host elsewhere that sends
 * @name: its mbstf.name, not to change: sender ids belong to it
 * @url: of its mbstf.listen, http://192.0.2.1:7302
 * @key_file: what it has as mbstf.key-file
 */
struct bmsc_sender_config {
	char *name;
	char *url;
	char *key_file;
};

/**
 * struct bmsc_config - text as in the file; NULL for the default in brackets
 * @listen: address and port for HTTP [0.0.0.0:8080]
 * @fqdn: name of this BM-SC, its NAF_Id and IDi
 * @url: base URI that is announced [http://fqdn:port]
 * @bsf: "local" or the URL of the BSF [local]
 * @bsf_key_file: key that we have in common with a BSF elsewhere
 * @senders: hosts that send besides this one [none]
 * @senders_count: how many
 * @key_domain: network that numbers the MSKs, "001-01"
 * @mikey_listen: address and port that MIKEY leaves from [that of @listen, any]
 * @mikey_port: where UEs receive MIKEY [2269]
 * @push_rate: messages a second to UEs [20000]
 * @push_burst: messages at once [1000]
 * @retry_first: until an MSK is sent again [1s]
 * @retry_most: pauses double up to this [10s]
 * @retry_attempts: transmissions in all [5]
 * @silences: pushes without answer until a UE is expelled, 0 for never [3]
 * @rekey_on_leave: "yes" or "no": lock out who leaves [no]
 * @rekey_on_join: "yes" or "no": keep the past from who joins [no]
 * @nonce_lifetime: of HTTP Digest [5m]
 * @wait_time: seconds that UEs wait before they ask, announced [0]
 * @max_back_off: and up to so many more [0]
 * @msk_lifetime: and below, see struct keylife_policy [1d]
 * @msk_lead: [5m]
 * @msk_overlap: [1m]
 * @mtk_lifetime: [10m]
 * @mtk_lead: [10s]
 * @mtk_overlap: [10s]
 * @mtk_repeat: [1s]
 * @batch: [10s]
 * @mtk_count: MTK IDs of an MSK [10000]
 */
struct bmsc_config {
	char *listen;
	char *fqdn;
	char *url;
	char *bsf;
	char *bsf_key_file;
	struct bmsc_sender_config *senders;
	unsigned int senders_count;
	char *key_domain;
	char *mikey_listen;
	char *mikey_port;
	char *push_rate;
	char *push_burst;
	char *retry_first;
	char *retry_most;
	char *retry_attempts;
	char *silences;
	char *rekey_on_leave;
	char *rekey_on_join;
	char *nonce_lifetime;
	char *wait_time;
	char *max_back_off;
	char *msk_lifetime;
	char *msk_lead;
	char *msk_overlap;
	char *mtk_lifetime;
	char *mtk_lead;
	char *mtk_overlap;
	char *mtk_repeat;
	char *batch;
	char *mtk_count;
};

extern const cyaml_schema_field_t bmsc_config_fields[];
int bmsc_config_check(const struct bmsc_config *config, struct fault *fault);

/**
 * struct bmsc_settings - the same as values
 * @naf_id: from the name
 * @nonce_lifetime: milliseconds
 * @life: of groups for which nothing else is said
 */
struct bmsc_settings {
	union address listen;
	union address mikey_listen;
	uint16_t mikey_port;
	struct naf_id naf_id;
	char url[ANNOUNCE_URI_SIZE];
	char bsf[ANNOUNCE_URI_SIZE];
	struct key_domain key_domain;
	uint32_t push_rate;
	uint32_t push_burst;
	struct retry_policy retry;
	struct member_policy members;
	int64_t nonce_lifetime;
	uint32_t wait_time;
	uint32_t max_back_off;
	struct keylife_policy life;
};

/* Times of keys that do not fit each other: 0, or -1 and a sentence that begins with
 * the key of one.
 */
int bmsc_life_check(const struct keylife_policy *life, struct fault *fault);
int bmsc_settings_read(const struct bmsc_config *config,
		       struct bmsc_settings *settings, struct fault *fault);

#endif
