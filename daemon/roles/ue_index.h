/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds UEs by name: a hash table whose nodes are part of what it holds. */
#ifndef MBSEC_DAEMON_UE_INDEX_H
#define MBSEC_DAEMON_UE_INDEX_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct ue_node - place in an index, zeroed to begin with
 * @name: what it is found by, the owner's
 * @length: octets of @name
 * @owner: what is found; NULL while it is in no index
 */
struct ue_node {
	struct ue_node *next;
	const char *name;
	uint16_t length;
	uint32_t hash;
	void *owner;
};

struct ue_index {
	struct ue_node **buckets;
	size_t size;
	size_t count;
};

/* Returns 0, or -1 without memory; @name must not be in the index. */
int ue_index_add(struct ue_index *index, struct ue_node *node, const char *name,
		 void *owner);
void ue_index_remove(struct ue_index *index, struct ue_node *node);
/* The owner, NULL if the name is unknown. */
void *ue_index_find(const struct ue_index *index, const void *name,
		    size_t length);
/* Frees the table; the nodes are their owners'. */
void ue_index_free(struct ue_index *index);

#endif
