/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AES key wrap (RFC 3394; NIST SP 800-38F, 6.2) under a key that is derived for
 * one purpose. It needs no nonce, so nothing has to be stored to be safe, and
 * tells a wrong key or changed octets by 64 bits.
 */
#ifndef CORE_KEY_WRAP_H
#define CORE_KEY_WRAP_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "kdf.h"
#include "secret.h"

#define KEY_WRAP_KEY_SIZE 16 /* AES-128 */
#define KEY_WRAP_CHECK_SIZE 8 /* octets that wrapping adds, in front */
#define KEY_WRAP_MAX 64 /* octets of a key that is wrapped */

/* Wraps @key (16 to KEY_WRAP_MAX octets, a multiple of 8) under @kek to
 * @key->size + KEY_WRAP_CHECK_SIZE octets of @wrapped. Returns 0, or -1 and
 * FAULT_ARGUMENT, and @wrapped is as before, or FAULT_MEMORY, and it is zeroed.
 */
int key_wrap(const struct secret *kek, const struct secret *key,
	     uint8_t *wrapped, struct fault *fault);
/* Unwraps @size octets (24 to KEY_WRAP_MAX + KEY_WRAP_CHECK_SIZE). Returns 0, or
 * -1 and FAULT_UNAUTHENTIC if @kek or the octets are wrong, FAULT_ARGUMENT or
 * FAULT_MEMORY, and @key is empty. @key is the caller's to clear.
 */
int key_unwrap(const struct secret *kek, const uint8_t *wrapped, size_t size,
	       struct secret *key, struct fault *fault);

#endif /* CORE_KEY_WRAP_H */
