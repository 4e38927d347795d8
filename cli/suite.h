/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cipher suites: what their keys are made of. */
#ifndef _CLI_SUITE_H
#define _CLI_SUITE_H

#include <stddef.h>
#include <stdint.h>

#define MTK_SIZE 16
#define MTK_SIZE_MAX 32
#define MASTER_SALT_SIZE 14

/**
 * struct suite - a suite of the netlink interface
 * @id: enum mbsec_suite
 * @format: enum mbsec_format
 * @mtk_size: octets of the MTK
 * @master_salt_size: octets of the salt that comes with the MTK, 0 if none does
 * @cipher_key_size: octets of a session cipher key, 0 if nothing is encrypted
 */
struct suite {
	uint32_t id;
	uint32_t format;
	size_t mtk_size;
	size_t master_salt_size;
	size_t cipher_key_size;
};

/* NULL: a newer module may have suites that are unknown here. */
const struct suite *suite_find(uint32_t id);

#endif /* _CLI_SUITE_H */
