/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The section "ue" of the configuration: docs/man/mbsecd.yaml.5. */
#ifndef MBSEC_DAEMON_UE_CONFIG_H
#define MBSEC_DAEMON_UE_CONFIG_H

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/fault.h"
#include "io/address.h"

#define UE_BSF_SIZE 512

/**
 * struct ue_config - text as in the file, NULL for the default in brackets
 * @bsf: URL of the BSF [http:// and the name that belongs to the IMPI]
 * @address: where MIKEY messages are received [0.0.0.0]
 * @mikey_port: UDP port of it [2269]
 * @device: interface by which groups are joined [the system chooses]
 * @install: "yes" hands keys to the kernel, "no" is for load tests [yes]
 * @policy: of groups in the kernel, "require" or "permit" [require]
 * @mtk_overlap: how long an MTK is kept after the next one came [2m]
 * @msk_timeout: how long an MSK may take after it was asked for [5s]
 * @retry_first: pause after the first request that was of no use [2s]
 * @retry_most: pauses double up to this [1m]
 * @attempts: MSK requests without an MSK, then the service is left [6]
 * @concurrent: UEs that talk HTTP at a time, the others wait [128]
 */
struct ue_config {
	char *bsf;
	char *address;
	char *mikey_port;
	char *device;
	char *install;
	char *policy;
	char *mtk_overlap;
	char *msk_timeout;
	char *retry_first;
	char *retry_most;
	char *attempts;
	char *concurrent;
};

extern const cyaml_schema_field_t ue_config_fields[];

/* Returns 0, or -1 and a sentence that begins with the key. */
int ue_config_check(const struct ue_config *config, struct fault *fault);

/**
 * struct ue_settings - the same as values
 * @bsf: empty for the name that belongs to the IMPI
 * @device: empty if the system chooses
 */
struct ue_settings {
	char bsf[UE_BSF_SIZE];
	char device[16];
	union address local;
	bool install;
	uint32_t policy;
	int64_t mtk_overlap;
	int64_t msk_timeout;
	uint32_t retry_first;
	uint32_t retry_most;
	uint32_t attempts;
	uint32_t concurrent;
};

/* @config may be NULL for the defaults. Returns 0 or -1 as above. */
int ue_settings_read(const struct ue_config *config,
		     struct ue_settings *settings, struct fault *fault);

#endif
