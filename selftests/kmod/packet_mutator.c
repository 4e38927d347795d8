// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * packet_mutator FD SOURCE GROUP PORT FILE COUNT SEED [unsummed]
 *
 * Writes COUNT IP packets with UDP to a TUN device, which takes each in before
 * the next. Their payloads are the datagrams of FILE (each a 16-bit length in
 * host order, then its octets): once each as they are, in order, and in between
 * damaged copies of any of them; "unsummed": with no UDP checksum. Prints how
 * many packets there were of each kind.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATAGRAMS_MAX 4096
#define DATAGRAM_MAX 600
#define PACKET_MAX 2048

struct datagram {
	uint16_t size;
	uint8_t octets[DATAGRAM_MAX];
};

/* How many there were; an outer one need not even be UDP of the group. */
struct tally {
	unsigned int originals;
	unsigned long damaged;
	unsigned long outer;
};

struct target {
	int fd;
	bool ipv6;
	struct in6_addr source;
	struct in6_addr group;
	uint16_t port;
	bool unsummed;
};

struct packet {
	size_t size;
	uint8_t octets[PACKET_MAX];
};

static struct datagram datagrams[DATAGRAMS_MAX];
static unsigned int datagram_count;
static uint64_t random_state;

/* xorshift64*, the same everywhere for a seed. */
static uint32_t random_next(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (random_state * 0x2545f4914f6cdd1dULL) >> 32;
}

static uint32_t random_below(uint32_t limit)
{
	return limit ? (uint64_t)random_next() * limit >> 32 : 0;
}

static void datagrams_read(const char *name)
{
	FILE *file = fopen(name, "rb");
	struct datagram *next = datagrams;

	if (!file)
		err(2, "%s", name);
	while (fread(&next->size, sizeof(next->size), 1, file) == 1) {
		if (next->size > DATAGRAM_MAX ||
		    fread(next->octets, 1, next->size, file) != next->size)
			errx(2, "%s: a datagram is too long or cut", name);
		if (++next == datagrams + DATAGRAMS_MAX)
			break;
	}
	fclose(file);
	datagram_count = next - datagrams;
	if (!datagram_count)
		errx(2, "%s: no datagram", name);
}

static void flip_bits(struct datagram *data)
{
	unsigned int count = 1 + random_below(4);

	while (count--)
		data->octets[random_below(data->size)] ^= 1 << random_below(8);
}

static void extend(struct datagram *data)
{
	unsigned int count = 1 + random_below(DATAGRAM_MAX - data->size);

	while (count-- && data->size < DATAGRAM_MAX)
		data->octets[data->size++] = random_next();
}

/* The config octet and the octets of KID and CTR, where they usually are. */
static void change_header(struct datagram *data)
{
	static const uint8_t boundary[] = { 0x00, 0x01, 0x07, 0x08, 0x7f,
					    0x80, 0x88, 0xf7, 0xfe, 0xff };
	unsigned int place = random_below(3) ? random_below(14) : 0;

	if (place < data->size)
		data->octets[place] = random_below(2) ?
					      boundary[random_below(10)] :
					      random_next();
}

static void cut_out(struct datagram *data)
{
	unsigned int place = random_below(data->size);
	unsigned int count = 1 + random_below(data->size - place);

	memmove(data->octets + place, data->octets + place + count,
		data->size - place - count);
	data->size -= count;
}

/* The start of one datagram and the end of another. */
static void splice(struct datagram *data)
{
	const struct datagram *other = &datagrams[random_below(datagram_count)];
	unsigned int place = random_below(data->size);
	unsigned int end = other->size - random_below(other->size);

	if (random_below(2))
		end = other->size > place ? other->size - place : 0;
	if (place + end > DATAGRAM_MAX)
		end = DATAGRAM_MAX - place;
	memcpy(data->octets + place, other->octets + other->size - end, end);
	data->size = place + end;
}

static void scramble(struct datagram *data)
{
	unsigned int i;

	data->size = random_below(80);
	for (i = 0; i < data->size; i++)
		data->octets[i] = random_next();
}

/* The tag of another datagram, or a part of one. */
static void swap_tag(struct datagram *data)
{
	const struct datagram *other = &datagrams[random_below(datagram_count)];
	unsigned int size = 1 + random_below(10);

	memcpy(data->octets + data->size - size,
	       other->octets + other->size - size, size);
}

static void datagram_damage(struct datagram *data)
{
	switch (random_below(8)) {
	case 0:
	case 1:
		flip_bits(data);
		break;
	case 2:
		data->size = random_below(data->size);
		break;
	case 3:
		extend(data);
		break;
	case 4:
		change_header(data);
		break;
	case 5:
		random_below(2) ? splice(data) : swap_tag(data);
		break;
	case 6:
		cut_out(data);
		break;
	default:
		scramble(data);
	}
}

static uint16_t ipv4_checksum(const uint8_t *header, size_t size)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < size; i += 2)
		sum += header[i] << 8 | header[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static size_t ipv4_header(const struct target *target, uint8_t *at, size_t size)
{
	struct iphdr ip = {
		.version = 4,
		.ihl = 5,
		.tot_len = htons(sizeof(ip) + size),
		.ttl = 8,
		.protocol = IPPROTO_UDP,
		.saddr = target->source.s6_addr32[3],
		.daddr = target->group.s6_addr32[3],
	};

	ip.check = ipv4_checksum((const uint8_t *)&ip, sizeof(ip));
	memcpy(at, &ip, sizeof(ip));
	return sizeof(ip);
}

static size_t ipv6_header(const struct target *target, uint8_t *at, size_t size)
{
	struct ip6_hdr ip = {
		.ip6_flow = htonl(6U << 28),
		.ip6_plen = htons(size),
		.ip6_nxt = IPPROTO_UDP,
		.ip6_hlim = 8,
		.ip6_src = target->source,
		.ip6_dst = target->group,
	};

	memcpy(at, &ip, sizeof(ip));
	return sizeof(ip);
}

/* Damage, and splices above all, may by chance make an authentic one. */
static bool is_authentic(const struct datagram *data)
{
	unsigned int i;

	for (i = 0; i < datagram_count; i++)
		if (data->size == datagrams[i].size &&
		    !memcmp(data->octets, datagrams[i].octets, data->size))
			return true;
	return false;
}

/* Any length but the right one; most are near it. */
static uint16_t wrong_length(uint16_t right)
{
	uint16_t length;

	do
		length = random_below(4) ? right - 9 + random_below(18) :
					   random_next();
	while (length == right);
	return length;
}

/* The checksum is of no use to the receiver, whose tag covers more. */
static void packet_build(const struct target *target, struct packet *packet,
			 const struct datagram *data, bool lie)
{
	struct udphdr udp = {
		.source = htons(4000),
		.dest = htons(target->port),
		.len = htons(sizeof(udp) + data->size),
		.check = htons(target->unsummed ? 0 : random_next() | 1),
	};
	size_t size = sizeof(udp) + data->size;
	size_t start;

	if (lie)
		udp.len = htons(wrong_length(sizeof(udp) + data->size));
	start = target->ipv6 ? ipv6_header(target, packet->octets, size) :
			       ipv4_header(target, packet->octets, size);
	memcpy(packet->octets + start, &udp, sizeof(udp));
	memcpy(packet->octets + start + sizeof(udp), data->octets, data->size);
	packet->size = start + size;
}

/* Changes the IP header but for its addresses, or cuts the packet. */
static void packet_damage(const struct target *target, struct packet *packet)
{
	size_t changeable = target->ipv6 ? 8 : 12;
	struct iphdr *ip = (struct iphdr *)packet->octets;

	if (!random_below(4)) {
		packet->size = 1 + random_below(packet->size);
		return;
	}
	packet->octets[random_below(changeable)] ^= 1 << random_below(8);
	/* The version decides who looks at it, and most checks come first. */
	packet->octets[0] = (packet->octets[0] & 0x0f) |
			    (target->ipv6 ? 0x60 : 0x40);
	if (!target->ipv6 && random_below(4) && ip->ihl >= 5 &&
	    ip->ihl * 4U <= packet->size) {
		ip->check = 0;
		ip->check = ipv4_checksum(packet->octets, ip->ihl * 4);
	}
}

static void packet_send(const struct target *target,
			const struct packet *packet)
{
	/* TUN itself refuses what is too short for a header. */
	if (write(target->fd, packet->octets, packet->size) < 0 &&
	    packet->size >= (target->ipv6 ? 40 : 20))
		err(1, "write to the TUN device");
}

/* Mostly one that is still to come: its counter has not been seen. */
static const struct datagram *datagram_choose(unsigned int sent, bool outer)
{
	/* What is whole inside is authentic: it must be a replay. */
	if (outer)
		return &datagrams[random_below(sent)];
	if (random_below(4) && sent < datagram_count)
		return &datagrams[sent + random_below(datagram_count - sent)];
	return &datagrams[random_below(datagram_count)];
}

static void send_damaged(const struct target *target, struct tally *tally)
{
	bool outer = tally->originals && !random_below(16);
	bool lie = !outer && !random_below(16);
	struct datagram data = *datagram_choose(tally->originals, outer);
	struct packet packet;

	while (!outer && !lie && is_authentic(&data))
		datagram_damage(&data);
	packet_build(target, &packet, &data, lie);
	if (outer)
		packet_damage(target, &packet);
	packet_send(target, &packet);
	outer ? tally->outer++ : tally->damaged++;
}

static void address_read(const char *text, bool ipv6, struct in6_addr *address)
{
	if (inet_pton(ipv6 ? AF_INET6 : AF_INET, text,
		      ipv6 ? (void *)address :
			     (void *)&address->s6_addr32[3]) != 1)
		errx(2, "%s is not an address", text);
}

int main(int argc, char **argv)
{
	struct tally tally = { 0 };
	struct target target;
	struct packet packet;
	unsigned long count, i;

	if (argc != 8 && (argc != 9 || strcmp(argv[8], "unsummed")))
		errx(2, "usage: packet_mutator FD SOURCE GROUP PORT FILE "
			"COUNT SEED [unsummed]");
	target.fd = atoi(argv[1]);
	target.ipv6 = strchr(argv[3], ':');
	target.unsummed = argc == 9;
	address_read(argv[2], target.ipv6, &target.source);
	address_read(argv[3], target.ipv6, &target.group);
	target.port = atoi(argv[4]);
	datagrams_read(argv[5]);
	count = strtoul(argv[6], NULL, 0);
	random_state = strtoull(argv[7], NULL, 0) | 1;

	for (i = 0; i < count; i++) {
		if (i * datagram_count / count <
		    (i + 1) * datagram_count / count) {
			packet_build(&target, &packet,
				     &datagrams[tally.originals++], false);
			packet_send(&target, &packet);
		} else {
			send_damaged(&target, &tally);
		}
	}
	printf("%u %lu %lu\n", tally.originals, tally.damaged, tally.outer);
	return 0;
}
