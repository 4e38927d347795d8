// SPDX-License-Identifier: GPL-2.0-or-later
/* NAS of EPS with group keys: TS 24.301 and our element. */
#include <inttypes.h>
#include <string.h>

#include "core/naseps.h"

#include "explain_nas.h"

static const char *type_name(enum naseps_type type)
{
	switch (type) {
	case NASEPS_ATTACH_ACCEPT:
		return "ATTACH ACCEPT";
	case NASEPS_SECURITY_MODE_COMMAND:
		return "SECURITY MODE COMMAND";
	case NASEPS_GENERIC_TRANSPORT:
		return "DOWNLINK GENERIC NAS TRANSPORT";
	}
	return "unknown";
}

static const char *type_clause(enum naseps_type type)
{
	switch (type) {
	case NASEPS_ATTACH_ACCEPT:
		return "TS 24.301, 8.2.1";
	case NASEPS_SECURITY_MODE_COMMAND:
		return "TS 24.301, 8.2.20";
	case NASEPS_GENERIC_TRANSPORT:
		return "TS 24.301, 8.2.31";
	}
	return NULL;
}

static void show_algorithms(struct explain *explain, uint8_t algorithms)
{
	static const char *const names[] = { "null", "SNOW 3G", "AES", "ZUC" };
	unsigned int eea = algorithms >> 4, eia = algorithms & 15;

	explain_named(explain, "EEA", eea, eea < 4 ? names[eea] : "unknown");
	explain_named(explain, "EIA", eia, eia < 4 ? names[eia] : "unknown");
}

/* Gk, if the user has it, makes the same keys. */
static void check_gk(struct explain *explain, const struct naseps_group *group,
		     const struct group_keys *keys)
{
	const struct secret *gk = explain_keys_get(explain->keys, EXPLAIN_GK);
	struct group_keys made = {};
	struct fault fault = {};

	if (!gk)
		return;
	if (kdf_group_keys(gk, group->group_id, group->group_id_size,
			   group->key_index, &made, &fault))
		explain_check_fault(explain, "Gk", &fault);
	else if (secret_equal(&made.confidentiality, &keys->confidentiality) &&
		 secret_equal(&made.integrity, &keys->integrity))
		explain_check(explain, "Gk", EXPLAIN_OK, "%s", "");
	else
		explain_check(explain, "Gk", EXPLAIN_WRONG,
			      "the group keys are made of another Gk");
	group_keys_clear(&made);
}

static void show_keys(struct explain *explain, const struct naseps_group *group,
		      const struct group_keys *keys)
{
	explain_secret(explain, "Gk_conf", &keys->confidentiality);
	explain_secret(explain, "Gk_integ", &keys->integrity);
	check_gk(explain, group, keys);
}

static void unwrap(struct explain *explain, const struct naseps_group *group)
{
	const struct group_binding binding = {
		.group_id = group->group_id,
		.group_id_size = group->group_id_size,
		.key_index = group->key_index,
		.algorithms = group->algorithms,
		.has_lifetime = group->has_lifetime,
		.lifetime = group->lifetime,
	};
	const struct secret *kasme =
		explain_keys_get(explain->keys, EXPLAIN_KASME);
	struct group_keys keys = {};
	struct fault fault = {};

	explain_octets(explain, "wrapped keys", group->octets,
		       sizeof(group->octets));
	if (!kasme) {
		explain_check(explain, "key wrap", EXPLAIN_NOT_CHECKED,
			      "no KASME is given");
	} else if (group_keys_unwrap(kasme, &binding, group->octets, &keys,
				     &fault)) {
		explain_check_fault(explain, "key wrap", &fault);
	} else {
		explain_check(explain, "key wrap", EXPLAIN_OK, "%s", "");
		show_keys(explain, group, &keys);
	}
	group_keys_clear(&keys);
}

static void show_group(struct explain *explain,
		       const struct naseps_group *group)
{
	char text[TMGI_TEXT_SIZE];
	struct tmgi tmgi;

	explain_part(explain, "group keys", "our element",
		     "docs/protocols/mtc-group-keys.rst");
	explain_named(explain, "version", group->wrapped ? 2 : 1,
		      group->wrapped ? "wrapped keys" : "keys in the clear");
	explain_octets(explain, "group id", group->group_id,
		       group->group_id_size);
	if (group->group_id_size == TMGI_SIZE &&
	    !tmgi_decode(group->group_id, TMGI_SIZE, &tmgi, NULL)) {
		tmgi_text(&tmgi, text);
		explain_text(explain, "TMGI", "%s", text);
	}
	explain_number(explain, "Gki", group->key_index);
	show_algorithms(explain, group->algorithms);
	if (group->has_lifetime)
		explain_number(explain, "lifetime", group->lifetime);
	if (group->wrapped)
		unwrap(explain, group);
	else
		show_keys(explain, group, &group->keys);
}

static void show_message(struct explain *explain,
			 const struct naseps_message *message)
{
	explain_part(explain, "EMM message", type_name(message->type),
		     type_clause(message->type));
	explain_named(explain, "message type", message->type,
		      type_name(message->type));
	if (message->type == NASEPS_ATTACH_ACCEPT) {
		explain_number(explain, "EPS attach result",
			       message->attach_result);
		explain_text(explain, "T3412", "%02x", message->timer);
		explain_octets(explain, "TAI list", message->tai_list,
			       message->tai_list_size);
		explain_octets(explain, "ESM message container", message->esm,
			       message->esm_size);
	} else if (message->type == NASEPS_SECURITY_MODE_COMMAND) {
		show_algorithms(explain, message->algorithms);
		explain_number(explain, "NAS key set identifier",
			       message->key_set);
		explain_octets(explain, "replayed UE security capabilities",
			       message->capability, message->capability_size);
	} else {
		explain_named(explain, "generic message container type",
			      NASEPS_CONTAINER_GROUP_KEYS, "group keys, ours");
	}
	if (message->has_group)
		show_group(explain, &message->group);
}

static int show(const uint8_t *data, size_t size, void *context)
{
	struct naseps_message message;

	if (naseps_decode(data, size, &message, NULL))
		return -1;
	show_message(context, &message);
	naseps_clear(&message);
	return 0;
}

static void explain_all(struct explain *explain)
{
	struct explain_inner inner;
	struct naseps_message message;

	if (!explain_nas_open(explain, NAS_EPS, &inner)) {
		if (naseps_decode(inner.data, inner.size, &message,
				  &explain->fault))
			explain_nas_prefix(inner.data, inner.size, show,
					   explain);
		else
			show_message(explain, &message);
		naseps_clear(&message);
	}
	explain_inner_clear(&inner);
}

const struct explain_kind explain_kind_naseps = { "naseps", false,
						  explain_all };
