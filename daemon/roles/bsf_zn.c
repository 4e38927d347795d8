// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys for NAFs (Zn): TS 33.220, 4.5.3, TS 29.109, 5. */
#include <string.h>

#include "config.h"
#include "log.h"
#include "roles/bsf.h"
#include "roles/bsf_config.h"
#include "roles/peer.h"
#include "roles/zn_json.h"
#include "store/bootstrap.h"

static int derive(const struct bootstrap *bootstrap, const struct secret *ks,
		  const struct naf_id *naf_id, struct bootstrap_keys *keys,
		  struct fault *fault)
{
	uint8_t rand[RAND_SIZE];

	if (btid_parse(bootstrap->btid, strlen(bootstrap->btid), rand, NULL,
		       fault))
		return -1;
	keys->mode = bootstrap->gba_u ? BOOTSTRAP_GBA_U : BOOTSTRAP_GBA_ME;
	if (kdf_ks_naf(ks, rand, bootstrap->impi, naf_id, &keys->key, fault))
		return -1;
	if (!bootstrap->gba_u)
		return 0;
	return kdf_ks_int_naf(ks, rand, bootstrap->impi, naf_id,
			      &keys->internal, fault);
}

int bsf_naf_key_get(struct bsf *bsf, const char *btid,
		    const struct naf_id *naf_id, struct bsf_naf_key *key,
		    struct fault *fault)
{
	struct bootstrap bootstrap;
	struct secret ks = { 0 };
	int status;

	*key = (struct bsf_naf_key){ .created = 0 };
	if (strlen(btid) >= BTID_TEXT_SIZE)
		return fault_set(fault, FAULT_UNKNOWN,
				 "the B-TID is unknown or has expired");
	if (bootstrap_get(bsf->daemon->store, btid, &bootstrap, &ks, fault))
		return -1;
	if (bootstrap.expires <= loop_wall(bsf->daemon->loop))
		status = fault_set(fault, FAULT_UNKNOWN,
				   "the B-TID is unknown or has expired");
	else
		status = derive(&bootstrap, &ks, naf_id, &key->keys, fault);
	secret_clear(&ks);
	if (status) {
		bootstrap_keys_clear(&key->keys);
		return -1;
	}
	strcpy(key->impi, bootstrap.impi);
	key->created = bootstrap.created;
	key->expires = bootstrap.expires;
	bsf->counts.naf_keys++;
	return 0;
}

static int answer(struct bsf *bsf, const struct peer_question *question,
		  json_t **json, struct fault *fault)
{
	struct bsf_naf_key key;
	struct naf_id naf_id;
	const char *btid;

	if (zn_json_read_question(question->body, &btid, &naf_id, fault))
		return -1;
	/* The NAF owns its name. */
	if (strcmp(naf_id.fqdn, question->name))
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "the NAF asks for a key of another name");
	if (bsf_naf_key_get(bsf, btid, &naf_id, &key, fault))
		return -1;
	*json = zn_json_key(&key, btid, question->wrapping, fault);
	bootstrap_keys_clear(&key.keys);
	return *json ? 0 : -1;
}

void bsf_zn_handle(void *argument, struct peer_question *question)
{
	struct fault fault = { 0 };
	json_t *json = NULL;

	if (answer(argument, question, &json, &fault))
		peer_refuse(question, &fault);
	else
		peer_reply(question, json);
}
