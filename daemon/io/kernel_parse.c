// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <string.h>

#include "kernel_message.h"

/* All sizes are in octets that are there; none is taken from a message unchecked.
 */
struct attribute {
	const uint8_t *data;
	size_t size;
	bool there;
};

/* Finds the attributes up to type @max in @size octets. Types that we do not know
 * are of a newer module; a known one twice, or half of one, is refused.
 */
static int attributes_find(const uint8_t *data, size_t size,
			   struct attribute *attributes, uint16_t max)
{
	memset(attributes, 0, (max + 1U) * sizeof(*attributes));
	while (size >= NLA_HDRLEN) {
		struct nlattr header;
		struct attribute *attribute;
		size_t step;
		uint16_t type;

		memcpy(&header, data, sizeof(header));
		if (header.nla_len < NLA_HDRLEN || header.nla_len > size)
			return -1;
		type = header.nla_type & NLA_TYPE_MASK;
		if (type <= max) {
			attribute = &attributes[type];
			if (attribute->there)
				return -1;
			attribute->data = data + NLA_HDRLEN;
			attribute->size = header.nla_len - (size_t)NLA_HDRLEN;
			attribute->there = true;
		}
		step = NLA_ALIGN((size_t)header.nla_len);
		if (step > size)
			step = size;
		data += step;
		size -= step;
	}
	return size ? -1 : 0;
}

static int nested_find(const struct attribute *nest,
		       struct attribute *attributes, uint16_t max)
{
	return nest->there ? attributes_find(nest->data, nest->size, attributes,
					     max) :
			     -1;
}

/* Copies a number or address; one that is absent leaves 0. -1 if its size is not
 * that of @out.
 */
static int take(const struct attribute *attribute, void *out, size_t size)
{
	if (!attribute->there)
		return 0;
	if (attribute->size != size)
		return -1;
	memcpy(out, attribute->data, size);
	return 0;
}

static int take_text(const struct attribute *attribute, char *text, size_t size)
{
	size_t length;

	if (!attribute->there)
		return 0;
	length = strnlen((const char *)attribute->data, attribute->size);
	if (length >= size)
		return -1;
	memcpy(text, attribute->data, length);
	text[length] = '\0';
	return 0;
}

/* Attributes after the generic netlink header. */
static int message_find(const struct nlmsghdr *header, uint8_t *command,
			struct attribute *attributes, uint16_t max)
{
	const uint8_t *data = (const uint8_t *)header + NLMSG_HDRLEN;
	struct genlmsghdr generic;

	if (header->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
		return -1;
	memcpy(&generic, data, sizeof(generic));
	*command = generic.cmd;
	return attributes_find(data + GENL_HDRLEN,
			       header->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN,
			       attributes, max);
}

/* Octets before the attributes of an answer: the request is repeated there unless
 * the kernel has left it out. 0 if the message is too short.
 */
static size_t answer_fixed_size(const struct nlmsghdr *header,
				const uint8_t *data, size_t size)
{
	struct nlmsgerr error;
	size_t fixed = sizeof(error);

	if (header->nlmsg_type == NLMSG_DONE)
		return size >= sizeof(int) ? sizeof(int) : 0;
	if (size < sizeof(error))
		return 0;
	memcpy(&error, data, sizeof(error));
	if (!(header->nlmsg_flags & NLM_F_CAPPED) &&
	    error.msg.nlmsg_len >= NLMSG_HDRLEN)
		fixed +=
			NLMSG_ALIGN((size_t)error.msg.nlmsg_len - NLMSG_HDRLEN);
	return fixed <= size ? fixed : 0;
}

int kernel_answer_parse(const struct nlmsghdr *header,
			struct kernel_answer *answer)
{
	struct attribute attributes[NLMSGERR_ATTR_MSG + 1];
	const uint8_t *data = (const uint8_t *)header + NLMSG_HDRLEN;
	size_t size, fixed;
	int error;

	memset(answer, 0, sizeof(*answer));
	if (header->nlmsg_len < NLMSG_HDRLEN)
		return -1;
	size = header->nlmsg_len - NLMSG_HDRLEN;
	fixed = answer_fixed_size(header, data, size);
	if (!fixed)
		return -1;
	memcpy(&error, data, sizeof(error));
	if (error > 0 || error < -4095)
		return -1;
	/* The number is what counts; a sentence that cannot be read is none. */
	if (header->nlmsg_flags & NLM_F_ACK_TLVS &&
	    !attributes_find(data + fixed, size - fixed, attributes,
			     NLMSGERR_ATTR_MSG) &&
	    take_text(&attributes[NLMSGERR_ATTR_MSG], answer->sentence,
		      sizeof(answer->sentence)))
		answer->sentence[0] = '\0';
	answer->error = -error;
	return 0;
}

/* The list of multicast groups: numbered nests of name and number. */
static int multicast_find(const struct attribute *list, const char *name,
			  uint32_t *number)
{
	const uint8_t *data = list->data;
	size_t size = list->size;

	while (size >= NLA_HDRLEN) {
		struct attribute attributes[CTRL_ATTR_MCAST_GRP_MAX + 1];
		char text[GENL_NAMSIZ] = "";
		struct nlattr header;
		uint32_t id = 0;
		size_t step;

		memcpy(&header, data, sizeof(header));
		if (header.nla_len < NLA_HDRLEN || header.nla_len > size ||
		    attributes_find(data + NLA_HDRLEN,
				    header.nla_len - (size_t)NLA_HDRLEN,
				    attributes, CTRL_ATTR_MCAST_GRP_MAX) ||
		    take_text(&attributes[CTRL_ATTR_MCAST_GRP_NAME], text,
			      sizeof(text)) ||
		    take(&attributes[CTRL_ATTR_MCAST_GRP_ID], &id, sizeof(id)))
			return -1;
		if (!strcmp(text, name))
			*number = id;
		step = NLA_ALIGN((size_t)header.nla_len);
		if (step > size)
			step = size;
		data += step;
		size -= step;
	}
	return size ? -1 : 0;
}

int kernel_family_parse(const struct nlmsghdr *header, const char *group,
			struct kernel_family *family)
{
	struct attribute attributes[CTRL_ATTR_MCAST_GROUPS + 1];
	struct kernel_family found = { 0 };

	memset(family, 0, sizeof(*family));
	if (message_find(header, &found.command, attributes,
			 CTRL_ATTR_MCAST_GROUPS) ||
	    take(&attributes[CTRL_ATTR_FAMILY_ID], &found.id,
		 sizeof(found.id)) ||
	    take_text(&attributes[CTRL_ATTR_FAMILY_NAME], found.name,
		      sizeof(found.name)) ||
	    multicast_find(&attributes[CTRL_ATTR_MCAST_GROUPS], group,
			   &found.multicast))
		return -1;
	*family = found;
	return 0;
}

static int take_address(const struct attribute *v4, const struct attribute *v6,
			union address *address)
{
	if (v4->there && v6->there)
		return -1;
	if (v4->there)
		address->family = AF_INET;
	else if (v6->there)
		address->family = AF_INET6;
	return take(v4, &address->v4.sin_addr, sizeof(address->v4.sin_addr)) ||
			       take(v6, &address->v6.sin6_addr,
				    sizeof(address->v6.sin6_addr)) ?
		       -1 :
		       0;
}

static int take_group(const struct attribute *nest,
		      struct kernel_object *object)
{
	struct attribute attributes[MBSEC_A_GROUP_MAX + 1];
	struct kernel_group *group = &object->group;
	uint16_t port = 0;

	if (nested_find(nest, attributes, MBSEC_A_GROUP_MAX) ||
	    take_address(&attributes[MBSEC_A_GROUP_ADDRESS_V4],
			 &attributes[MBSEC_A_GROUP_ADDRESS_V6],
			 &group->group) ||
	    take_address(&attributes[MBSEC_A_GROUP_SOURCE_V4],
			 &attributes[MBSEC_A_GROUP_SOURCE_V6],
			 &group->source) ||
	    take(&attributes[MBSEC_A_GROUP_PORT], &port, sizeof(port)) ||
	    take(&attributes[MBSEC_A_GROUP_IFINDEX], &object->ifindex,
		 sizeof(object->ifindex)) ||
	    take(&attributes[MBSEC_A_GROUP_FORMAT], &group->format,
		 sizeof(group->format)) ||
	    take(&attributes[MBSEC_A_GROUP_DIRECTION], &group->direction,
		 sizeof(group->direction)) ||
	    take(&attributes[MBSEC_A_GROUP_SUITE], &group->suite,
		 sizeof(group->suite)) ||
	    take(&attributes[MBSEC_A_GROUP_POLICY], &group->policy,
		 sizeof(group->policy)) ||
	    take(&attributes[MBSEC_A_GROUP_RTCP_PORT], &group->rtcp_port,
		 sizeof(group->rtcp_port)) ||
	    take(&attributes[MBSEC_A_GROUP_ROC_RATE], &group->roc_rate,
		 sizeof(group->roc_rate)))
		return -1;
	address_port_set(&group->group, port);
	return group->group.family ? 0 : -1;
}

static int take_key(const struct attribute *nest, struct kernel_key *key)
{
	struct attribute attributes[MBSEC_A_KEY_MAX + 1];

	if (!nest->there)
		return 0;
	return nested_find(nest, attributes, MBSEC_A_KEY_MAX) ||
			       take(&attributes[MBSEC_A_KEY_MSK_ID],
				    &key->msk_id, sizeof(key->msk_id)) ||
			       take(&attributes[MBSEC_A_KEY_MTK_ID],
				    &key->mtk_id, sizeof(key->mtk_id)) ||
			       take(&attributes[MBSEC_A_KEY_SENDER_ID],
				    &key->sender_id, sizeof(key->sender_id)) ||
			       take(&attributes[MBSEC_A_KEY_ROLE], &key->role,
				    sizeof(key->role)) ?
		       -1 :
		       0;
}

static int take_sender(const struct attribute *nest,
		       struct kernel_sender *sender)
{
	struct attribute attributes[MBSEC_A_SENDER_MAX + 1];

	if (!nest->there)
		return 0;
	if (nested_find(nest, attributes, MBSEC_A_SENDER_MAX) ||
	    take(&attributes[MBSEC_A_SENDER_SSRC], &sender->ssrc,
		 sizeof(sender->ssrc)) ||
	    take(&attributes[MBSEC_A_SENDER_ROLE], &sender->role,
		 sizeof(sender->role)) ||
	    take(&attributes[MBSEC_A_SENDER_ROC], &sender->roc,
		 sizeof(sender->roc)) ||
	    take(&attributes[MBSEC_A_SENDER_SEQUENCE], &sender->sequence,
		 sizeof(sender->sequence)) ||
	    take(&attributes[MBSEC_A_SENDER_STREAMS], &sender->streams,
		 sizeof(sender->streams)))
		return -1;
	sender->heard = attributes[MBSEC_A_SENDER_ROC].there;
	sender->provisioned = attributes[MBSEC_A_SENDER_PROVISIONED].there;
	return 0;
}

int kernel_object_parse(const struct nlmsghdr *header,
			struct kernel_object *object)
{
	struct attribute attributes[MBSEC_A_MAX + 1];
	uint8_t command;

	memset(object, 0, sizeof(*object));
	if (!message_find(header, &command, attributes, MBSEC_A_MAX) &&
	    !take_group(&attributes[MBSEC_A_GROUP], object) &&
	    !take_key(&attributes[MBSEC_A_KEY], &object->key) &&
	    !take_sender(&attributes[MBSEC_A_SENDER], &object->sender))
		return 0;
	memset(object, 0, sizeof(*object));
	return -1;
}

int kernel_event_parse(const struct nlmsghdr *header,
		       struct kernel_event *event)
{
	struct attribute attributes[MBSEC_A_MAX + 1];
	struct attribute fields[MBSEC_A_EVENT_MAX + 1];
	struct kernel_event found = { .type = KERNEL_NOTICE };
	struct kernel_object object = { 0 };
	uint8_t command;

	memset(event, 0, sizeof(*event));
	if (message_find(header, &command, attributes, MBSEC_A_MAX) ||
	    command != MBSEC_CMD_EVENT ||
	    nested_find(&attributes[MBSEC_A_EVENT], fields,
			MBSEC_A_EVENT_MAX) ||
	    take(&fields[MBSEC_A_EVENT_TYPE], &found.notice,
		 sizeof(found.notice)) ||
	    take(&fields[MBSEC_A_EVENT_LIMIT], &found.limit,
		 sizeof(found.limit)) ||
	    take(&fields[MBSEC_A_EVENT_SSRC], &found.ssrc,
		 sizeof(found.ssrc)) ||
	    !found.notice || take_group(&attributes[MBSEC_A_GROUP], &object) ||
	    take_key(&attributes[MBSEC_A_KEY], &object.key))
		return -1;
	found.group = object.group;
	found.key = object.key;
	*event = found;
	return 0;
}
