// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "digest_header.h"
#include "digest_realm.h"
#include "names.h"
#include "text.h"

#define MODES 3

static const char *const prefixes[MODES] = {
	[GBA_ME] = "3GPP-bootstrapping@",
	[GBA_U] = "3GPP-bootstrapping-uicc@",
	[GBA_DIGEST] = "3GPP-bootstrapping-digest@",
};

int digest_realm_build(unsigned int modes, const char *fqdn, char *realm,
		       size_t room, struct fault *fault)
{
	static const enum gba_mode order[MODES] = { GBA_U, GBA_ME, GBA_DIGEST };
	struct writer writer;
	size_t i;

	realm[0] = '\0';
	/* No ';' or '@' may get into a realm. */
	if (fqdn_check(fqdn, strlen(fqdn), "the NAF's name", fault))
		return -1;
	if (!modes || modes >= GBA_BIT(MODES))
		return fault_set(fault, FAULT_ARGUMENT,
				 "no such mode of bootstrapping");
	writer_init(&writer, realm, room);
	for (i = 0; i < MODES; i++) {
		if (!(modes & GBA_BIT(order[i])))
			continue;
		if (writer.length)
			writer_u8(&writer, ';');
		digest_text_write(&writer, prefixes[order[i]]);
		digest_text_write(&writer, fqdn);
	}
	writer_u8(&writer, '\0');
	if (!writer_check(&writer, "realm", fault))
		return 0;
	realm[0] = '\0';
	return -1;
}

static bool has_prefix(const char *realm, size_t length, enum gba_mode mode)
{
	size_t prefix = strlen(prefixes[mode]);

	return length > prefix && !memcmp(realm, prefixes[mode], prefix);
}

/* The part that starts at @realms; ends before ';' or the NUL. */
static size_t part_length(const char *realms)
{
	return strcspn(realms, ";");
}

static const char *next_part(const char *part)
{
	part += part_length(part);
	return *part ? part + 1 : NULL;
}

int digest_realm_select(const char *realms, enum gba_mode mode,
			const char *fqdn, char *realm, size_t room,
			struct fault *fault)
{
	const char *part, *found = NULL;
	size_t prefix = strlen(prefixes[mode]);

	realm[0] = '\0';
	for (part = realms; part; part = next_part(part)) {
		if (!part_length(part))
			return fault_set(fault, FAULT_MALFORMED,
					 "realm has an empty part");
		if (!has_prefix(part, part_length(part), mode))
			continue;
		if (found)
			return fault_set(fault, FAULT_MALFORMED,
					 "realm offers a mode twice");
		found = part;
	}
	if (!found)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "realm does not offer %.*s", (int)prefix - 1,
				 prefixes[mode]);
	if (!text_equal_nocase(found + prefix, part_length(found) - prefix,
			       fqdn, strlen(fqdn)))
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "realm names another NAF than the one asked");
	return text_copy(realm, room, found, part_length(found), "realm",
			 fault);
}

int digest_realm_mode(const char *realm, enum gba_mode *mode,
		      struct fault *fault)
{
	enum gba_mode i;

	*mode = GBA_ME;
	for (i = GBA_ME; i < MODES; i++) {
		if (!has_prefix(realm, strlen(realm), i) || strchr(realm, ';'))
			continue;
		*mode = i;
		return 0;
	}
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "realm is none of a bootstrapped key");
}

bool digest_realm_is_offered(const char *realms, const char *realm)
{
	const char *part;

	for (part = realms; part; part = next_part(part))
		if (part_length(part) && part_length(part) == strlen(realm) &&
		    !memcmp(part, realm, part_length(part)))
			return true;
	return false;
}
