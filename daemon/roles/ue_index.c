// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "roles/ue_index.h"

#define SIZE_MIN 64

/* FNV-1a. Names that are put in come from the BSF and from the operator; those
 * from the network are only looked up, so nobody can make chains long.
 */
static uint32_t hash_of(const void *name, size_t length)
{
	const uint8_t *octets = name;
	uint32_t hash = 2166136261U;

	while (length--)
		hash = (hash ^ *octets++) * 16777619U;
	return hash;
}

static int grow(struct ue_index *index)
{
	size_t size = index->size ? index->size * 2 : SIZE_MIN;
	struct ue_node **buckets = calloc(size, sizeof(*buckets));
	struct ue_node *node;
	size_t i;

	if (!buckets)
		return -1;
	for (i = 0; i < index->size; i++)
		while ((node = index->buckets[i])) {
			index->buckets[i] = node->next;
			node->next = buckets[node->hash & (size - 1)];
			buckets[node->hash & (size - 1)] = node;
		}
	free(index->buckets);
	index->buckets = buckets;
	index->size = size;
	return 0;
}

int ue_index_add(struct ue_index *index, struct ue_node *node, const char *name,
		 void *owner)
{
	struct ue_node **bucket;

	/* If a table cannot grow, it becomes slow and not wrong. */
	if (index->count >= index->size && grow(index) && !index->size)
		return -1;
	node->name = name;
	node->length = (uint16_t)strlen(name);
	node->hash = hash_of(name, node->length);
	node->owner = owner;
	bucket = &index->buckets[node->hash & (index->size - 1)];
	node->next = *bucket;
	*bucket = node;
	index->count++;
	return 0;
}

void ue_index_remove(struct ue_index *index, struct ue_node *node)
{
	struct ue_node **place;

	if (!node->owner)
		return;
	place = &index->buckets[node->hash & (index->size - 1)];
	while (*place != node)
		place = &(*place)->next;
	*place = node->next;
	*node = (struct ue_node){ 0 };
	index->count--;
}

void *ue_index_find(const struct ue_index *index, const void *name,
		    size_t length)
{
	uint32_t hash = hash_of(name, length);
	struct ue_node *node;

	if (!index->size)
		return NULL;
	for (node = index->buckets[hash & (index->size - 1)]; node;
	     node = node->next)
		if (node->hash == hash && node->length == length &&
		    !memcmp(node->name, name, length))
			return node->owner;
	return NULL;
}

void ue_index_free(struct ue_index *index)
{
	free(index->buckets);
	*index = (struct ue_index){ 0 };
}
