# SPDX-License-Identifier: GPL-2.0-or-later
"""Build and take apart Ethernet, IPv4, IPv6 and UDP."""

import socket
import struct
from collections import namedtuple

ETH_IPV4, ETH_IPV6, ETH_VLAN = 0x0800, 0x86DD, 0x8100
UDP, FRAGMENT, HOP_BY_HOP, ROUTING, DESTINATION = 17, 44, 0, 43, 60
MORE_FRAGMENTS, DONT_FRAGMENT = 0x2000, 0x4000

Datagram = namedtuple("Datagram", "source destination sport dport payload checksum checksum_good")
Packet = namedtuple("Packet", "family source destination protocol payload ident offset more")


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def address_octets(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def pseudo_header(source, destination, length):
    """Of octets, so that both families can use it."""
    if len(source) == 4:
        return source + destination + struct.pack(">BBH", 0, UDP, length)
    return source + destination + struct.pack(">IHBB", length, 0, 0, UDP)


def udp(source, destination, sport, dport, payload, check=None, length=None):
    """A UDP header with payload; check None computes the checksum."""
    length = 8 + len(payload) if length is None else length
    header = struct.pack(">HHHH", sport, dport, length & 0xFFFF, check or 0)
    if check is None:
        pseudo = pseudo_header(address_octets(source), address_octets(destination), length)
        header = header[:6] + struct.pack(">H", checksum(pseudo + header + payload) or 0xFFFF)
    return header + payload


def ipv4(source, destination, payload, protocol=UDP, ident=0, fragment=0, ttl=8, options=b""):
    words = 5 + len(options) // 4
    header = struct.pack(">BBHHHBBH", 0x40 | words, 0, words * 4 + len(payload), ident, fragment,
                         ttl, protocol, 0)
    header += address_octets(source) + address_octets(destination) + options
    return header[:10] + struct.pack(">H", checksum(header)) + header[12:] + payload


def ipv6(source, destination, payload, next_header=UDP, hops=8):
    header = struct.pack(">IHBB", 6 << 28, len(payload), next_header, hops)
    return header + address_octets(source) + address_octets(destination) + payload


def ipv6_fragments(source, destination, payload, size, ident, next_header=UDP):
    """Whole packets, each with a fragment header; size is a multiple of eight."""
    packets = []
    for offset in range(0, len(payload), size):
        part = payload[offset:offset + size]
        more = offset + size < len(payload)
        header = struct.pack(">BBHI", next_header, 0, offset | more, ident)
        packets.append(ipv6(source, destination, header + part, FRAGMENT))
    return packets


def ipv4_fragments(source, destination, payload, size, ident, protocol=UDP):
    packets = []
    for offset in range(0, len(payload), size):
        part = payload[offset:offset + size]
        more = MORE_FRAGMENTS if offset + size < len(payload) else 0
        packets.append(ipv4(source, destination, part, protocol, ident, offset // 8 | more))
    return packets


def packet(source, destination, sport, dport, payload):
    """A whole IP packet with UDP of either family."""
    body = udp(source, destination, sport, dport, payload)
    return (ipv6 if ":" in destination else ipv4)(source, destination, body)


def ethernet(ip_packet, source_mac=b"\x02\x00\x00\x00\x00\x77"):
    """The frame of a multicast packet."""
    if ip_packet[0] >> 4 == 6:
        return b"\x33\x33" + ip_packet[36:40] + source_mac + struct.pack(">H", ETH_IPV6) + ip_packet
    low = bytes([ip_packet[17] & 0x7F]) + ip_packet[18:20]
    return b"\x01\x00\x5e" + low + source_mac + struct.pack(">H", ETH_IPV4) + ip_packet


def parse_ip(frame):
    """The IP packet of a frame as Packet, or None."""
    kind = struct.unpack_from(">H", frame, 12)[0]
    data = frame[14:]
    if kind == ETH_IPV4:
        words, total = data[0] & 15, struct.unpack_from(">H", data, 2)[0]
        ident, fragment = struct.unpack_from(">HH", data, 4)
        # A GSO packet that the sender did not split says its total length too.
        return Packet(4, data[12:16], data[16:20], data[9], data[words * 4:total], ident,
                      (fragment & 0x1FFF) * 8, bool(fragment & MORE_FRAGMENTS))
    if kind == ETH_IPV6:
        return parse_ipv6(data)
    return None


def parse_ipv6(data):
    length, protocol = struct.unpack_from(">HB", data, 4)
    payload = data[40:40 + length]
    ident = offset = 0
    more = False
    while protocol in (HOP_BY_HOP, ROUTING, DESTINATION, FRAGMENT):
        if protocol == FRAGMENT:
            word, ident = struct.unpack_from(">HI", payload, 2)
            offset, more = word & 0xFFF8, bool(word & 1)
            protocol, payload = payload[0], payload[8:]
            if offset:
                break
        else:
            protocol, payload = payload[0], payload[8 * (payload[1] + 1):]
    return Packet(6, data[8:24], data[24:40], protocol, payload, ident, offset, more)


def reassemble(frames):
    """The whole UDP packets among the frames, in the order in which they were complete."""
    partial, whole = {}, []
    for frame in frames:
        part = parse_ip(frame)
        if part is None or part.protocol != UDP:
            continue
        if not part.offset and not part.more:
            whole.append(part)
            continue
        name = (part.source, part.destination, part.ident)
        pieces = partial.setdefault(name, {})
        pieces[part.offset] = part
        joined = join(pieces)
        if joined is not None:
            whole.append(part._replace(payload=joined, offset=0, more=False))
            del partial[name]
    return whole


def join(pieces):
    data = b""
    for offset in sorted(pieces):
        if offset != len(data):
            return None
        data += pieces[offset].payload
        if not pieces[offset].more:
            return data
    return None


def datagrams(frames):
    """The UDP datagrams among the frames, with whether their checksum is right."""
    result = []
    for part in reassemble(frames):
        sport, dport, length, check = struct.unpack_from(">HHHH", part.payload)
        pseudo = pseudo_header(part.source, part.destination, length)
        family = socket.AF_INET6 if part.family == 6 else socket.AF_INET
        good = check == 0 and part.family == 4 or (
            check != 0 and checksum(pseudo + part.payload[:length]) == 0)
        result.append(Datagram(socket.inet_ntop(family, part.source),
                               socket.inet_ntop(family, part.destination), sport, dport,
                               part.payload[8:length], check, good))
    return result
