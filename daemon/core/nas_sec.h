/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Security protected NAS messages of 5GS (TS 24.501, 4.4 and 9.1.1) and of EPS
 * (TS 24.301, 4.4 and 9.2): header, COUNT, ciphering, integrity, replay.
 *
 * We send with 128-NEA2/128-EEA2 and 128-NIA2/128-EIA2 only. The null algorithms
 * are understood on receipt, so that the message can be shown and refused for
 * keys: struct nas_received says what protected it.
 */
#ifndef CORE_NAS_SEC_H
#define CORE_NAS_SEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "nas_algorithm.h"
#include "secret.h"

#define NAS_SIZE_MAX 65535 /* octets of a message that we take */
#define NAS_COUNT_MAX 0xffffff /* 16 bits overflow, 8 bits sequence number */
#define NAS_HEADER_SIZE_MAX 7

/* Each has a header and a BEARER of its own (TS 33.501 6.4.2.2; TS 33.401 8.1). */
enum nas_system {
	NAS_EPS, /* BEARER 0 */
	NAS_5GS, /* 3GPP access, BEARER 1 */
	NAS_5GS_NON_3GPP, /* BEARER 2, with counters of its own */
};

/* Numbers of NEA, NIA, EEA and EIA. */
enum nas_algorithm {
	NAS_ALGORITHM_NULL = 0,
	NAS_ALGORITHM_SNOW3G = 1, /* refused */
	NAS_ALGORITHM_AES = 2,
	NAS_ALGORITHM_ZUC = 3, /* refused */
};

/* Security header type (TS 24.501, 9.3.1; TS 24.301, 9.3.1). */
enum nas_protection {
	NAS_PLAIN = 0,
	NAS_INTEGRITY = 1,
	NAS_CIPHERED = 2, /* and integrity */
	NAS_INTEGRITY_NEW = 3, /* new context: SECURITY MODE COMMAND only */
	NAS_CIPHERED_NEW = 4, /* new context: SECURITY MODE COMPLETE only */
};

/**
 * struct nas_header - the outside of a message, which anybody can write
 * @protection: security header type
 * @sequence: low 8 bits of COUNT, 0 for a plain message
 * @mac: message authentication code, zero for a plain message
 * @size: octets in front of the inner message, 0 for a plain one
 */
struct nas_header {
	enum nas_protection protection;
	uint8_t sequence;
	uint8_t mac[NAS_MAC_SIZE];
	size_t size;
};

/* Reads the header. A UE needs it to read in a SECURITY MODE COMMAND which
 * algorithms its MAC is made with. Returns 0, or -1 with FAULT_TRUNCATED,
 * FAULT_MALFORMED, FAULT_LIMIT, or FAULT_UNSUPPORTED for header types of other
 * formats (service request and the like); @header is zeroed then.
 */
int nas_header_decode(enum nas_system system, const uint8_t *message,
		      size_t size, struct nas_header *header,
		      struct fault *fault);

/**
 * struct nas_security - one end's NAS security context
 * @system: selects header and BEARER
 * @sends: direction of what this end sends; it receives the other
 * @ciphering: number of the NEA or EEA
 * @integrity: number of the NIA or EIA
 * @encryption_key: KNASenc
 * @integrity_key: KNASint
 * @next_send: COUNT of the next message to be sent; above NAS_COUNT_MAX none
 *	may be
 * @received: a message has been accepted
 * @last_received: COUNT of the newest accepted message, if @received
 *
 * Made by nas_security_init(), wiped by nas_security_clear(). A context that is
 * kept over a restart has to be stored after each message, or a COUNT is used
 * twice.
 */
struct nas_security {
	enum nas_system system;
	enum nas_direction sends;
	enum nas_algorithm ciphering;
	enum nas_algorithm integrity;
	struct secret encryption_key;
	struct secret integrity_key;
	uint32_t next_send;
	bool received;
	uint32_t last_received;
};

/**
 * struct nas_setup - what a context is made of
 * @system, @sends, @ciphering, @integrity: see struct nas_security
 * @encryption_key: NAS_KEY_SIZE octets; unused with the null algorithm
 * @integrity_key: NAS_KEY_SIZE octets; unused with the null algorithm
 */
struct nas_setup {
	enum nas_system system;
	enum nas_direction sends;
	enum nas_algorithm ciphering;
	enum nas_algorithm integrity;
	const struct secret *encryption_key;
	const struct secret *integrity_key;
};

/* Makes a new context, both counters at 0 (TS 24.501 4.4.3.1, TS 24.301
 * 4.4.3.1); copies the keys. @security need not be initialised; keys that it held
 * are not wiped. Null integrity goes with null ciphering only (TS
 * 33.501, 5.3.2). Returns 0, or -1 with FAULT_UNSUPPORTED for other algorithms,
 * FAULT_ARGUMENT or FAULT_MEMORY, and @security is empty.
 */
int nas_security_init(struct nas_security *security,
		      const struct nas_setup *setup, struct fault *fault);
/* Wipes the keys. */
void nas_security_clear(struct nas_security *security);

/* Protects @plain: enciphers, then adds the MAC (TS 33.501, 6.4). Writes at most
 * @room octets to @out, which does not overlap @plain, and sets @out_size; moves
 * @next_send on. Returns 0, or -1, @out zeroed and @security unchanged:
 * FAULT_UNSUPPORTED for a null algorithm (downgrade), FAULT_ARGUMENT for a header
 * type that does not fit the message, FAULT_STATE if COUNT would wrap, so that a
 * new authentication is needed (TS 24.301, 4.4.3.5), FAULT_ROOM, FAULT_MEMORY.
 */
int nas_protect(struct nas_security *security, enum nas_protection protection,
		const uint8_t *plain, size_t size, uint8_t *out, size_t room,
		size_t *out_size, struct fault *fault);

/**
 * struct nas_received - what a message was protected by
 * @protection: its security header type
 * @count: its COUNT
 * @authentic: the MAC has been verified; false under null integrity
 * @confidential: it was enciphered; false under null ciphering
 * @size: octets of the inner message
 */
struct nas_received {
	enum nas_protection protection;
	uint32_t count;
	bool authentic;
	bool confidential;
	size_t size;
};

/* Verifies and deciphers @message to @plain, of @room octets: estimates COUNT
 * from the newest accepted one (TS 24.301, 4.4.3.1), checks the MAC, and only then
 * moves @last_received on. Under null integrity the counters stay as they are, as
 * nothing proves the sequence number. @plain does not overlap @message, and is the
 * caller's to wipe if the message holds keys. Returns 0, or -1, @plain and @received
 * zeroed and @security unchanged: FAULT_UNAUTHENTIC, FAULT_REPLAYED for a message
 * that was accepted before or is older than one that was (told from a forged one
 * up to 255 messages back), FAULT_STATE if COUNT has run out, else as
 * nas_header_decode(), FAULT_ROOM, FAULT_MEMORY. A plain message is
 * FAULT_UNAUTHENTIC.
 */
int nas_unprotect(struct nas_security *security, const uint8_t *message,
		  size_t size, uint8_t *plain, size_t room,
		  struct nas_received *received, struct fault *fault);

/* 0 if keys in the clear may be taken from such a message, else -1 and
 * FAULT_UNSUPPORTED: keys are for the eyes of one UE, and from its network.
 */
int nas_received_check_keys(const struct nas_received *received,
			    struct fault *fault);

#endif /* CORE_NAS_SEC_H */
