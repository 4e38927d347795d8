/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys. The octets live in OpenSSL's secure heap (guard pages, no core dump,
 * no swap) if the program has set it up by CRYPTO_secure_malloc_init(), and are
 * wiped when they are given up in any case.
 */
#ifndef CORE_SECRET_H
#define CORE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

/* The first 4 octets of SHA-256 as hex, and a NUL. */
#define SECRET_FINGERPRINT_SIZE 9
#define SECRET_SIZE_MAX 256

/**
 * struct secret - a key, owned by whoever owns the struct
 * @bytes: the octets, NULL if empty
 * @size: octets of @bytes
 *
 * A zeroed struct is an empty secret. Only daemon/core reads @bytes.
 */
struct secret {
	uint8_t *bytes;
	size_t size;
};

/* Makes room for @size octets (1 to SECRET_SIZE_MAX), zeroed; wipes what was
 * there. Returns 0, or -1 without memory, and then the secret is empty.
 */
int secret_alloc(struct secret *secret, size_t size);
/* Copies @bytes, which stays the caller's to wipe. 0 or -1 as above. */
int secret_set(struct secret *secret, const void *bytes, size_t size);
/* Copies @from as @size octets, cut or with zeros behind. 0 or -1 as above. */
int secret_set_sized(struct secret *secret, const struct secret *from,
		     size_t size);
/* Wipes and frees; the secret is empty then. */
void secret_clear(struct secret *secret);
/* 0 if it has @size octets, else -1 and FAULT_ARGUMENT, a sentence about @what. */
int secret_check(const struct secret *secret, size_t size, const char *what,
		 struct fault *fault);
/* In constant time for equal sizes; two empty ones are not equal. */
bool secret_equal(const struct secret *a, const struct secret *b);
/* For logs and people: tells keys apart and gives none away. */
void secret_fingerprint(const struct secret *secret,
			char text[SECRET_FINGERPRINT_SIZE]);

#endif /* CORE_SECRET_H */
