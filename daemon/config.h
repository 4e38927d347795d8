/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration of mbsecd: one YAML file, docs/man/mbsecd.yaml.5. Each role
 * has its part in roles/<role>_config.h; here they come together.
 */
#ifndef MBSEC_DAEMON_CONFIG_H
#define MBSEC_DAEMON_CONFIG_H

#include <stddef.h>

#include "core/fault.h"

struct hss_config;
struct bsf_config;
struct mbstf_config;
struct bmsc_config;
struct ue_config;

/**
 * struct daemon_config - what all roles share; text as in the file
 * @control_socket: path, "/run/mbsec/mbsecd.sock" if NULL
 * @database: path of the SQLite file
 * @key_file: file with the key-encryption key, 32 octets as hex; NULL: the
 *	systemd credential "mbsecd.key"
 * @log_level: "error", "warning", "info" (if NULL) or "debug"
 * @user: user to become after the start, NULL to stay
 * @secure_memory: octets of locked memory for keys, "16777216" if NULL
 */
struct daemon_config {
	char *control_socket;
	char *database;
	char *key_file;
	char *log_level;
	char *user;
	char *secure_memory;
};

/**
 * struct config - the whole file
 * @roles: names of the roles to start
 * @roles_count: how many
 * @hss: NULL if the section is not there, likewise below
 */
struct config {
	struct daemon_config daemon;
	char **roles;
	unsigned int roles_count;
	struct hss_config *hss;
	struct bsf_config *bsf;
	struct mbstf_config *mbstf;
	struct bmsc_config *bmsc;
	struct ue_config *ue;
};

/* Reads and checks a file. Returns NULL and a fault whose sentence names file,
 * line, key and what would be accepted.
 */
struct config *config_load(const char *path, struct fault *fault);
void config_free(struct config *config);

#endif
