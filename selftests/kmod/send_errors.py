#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fail closed: what cannot be protected is not sent, and sendmsg says why."""

import errno
import socket
import sys

import frames
import ktap
import netns
import uapi
from capture import pattern_payload
from ktap import equal
from topology import (IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, PMTUDISC_DO, PORT, Lan, Session,
                      receive_all, refused)

PMTUDISC_PROBE = 3
IP_NODEFRAG, IPV6_HDRINCL = 22, 36
PAYLOAD = pattern_payload(300, 1)
# The most that UDP carries in an IP packet, less 24 octets of overhead.
LARGEST = {4: 65535 - 20 - 8 - 24, 6: 65535 - 8 - 24}
# The most that fits the MTU of 1500 octets.
UNFRAGMENTED = {4: 1500 - 28 - 24, 6: 1500 - 48 - 24}


def no_key(lan, family):
    """Without an active key: before the first, before activation, after deletion."""
    lan.wire.expect_nothing()
    group, key = lan.group(family), lan.key()
    lan.sender.mbsec.group_add(group)
    sender = lan.sender.transmitter(family, loop=True)
    local = lan.sender.receiver(group)
    target = (group.address, PORT)
    refused(errno.ENOKEY, sender.sendto, PAYLOAD, target, what="send without key")
    lan.sender.mbsec.rx_add(group, lan.key())
    refused(errno.ENOKEY, sender.sendto, PAYLOAD, target, what="send with receive key")
    lan.sender.mbsec.tx_add(group, key, activate=False)
    refused(errno.ENOKEY, sender.sendto, PAYLOAD, target, what="send before activation")
    lan.sender.mbsec.key_activate(group, key)
    lan.sender.mbsec.key_del(group, key)
    refused(errno.ENOKEY, sender.sendto, PAYLOAD, target, what="send after deletion")
    sender.connect(target)
    refused(errno.ENOKEY, sender.send, PAYLOAD, what="send on a connected socket")
    sender.send(PAYLOAD[:100], socket.MSG_MORE)
    refused(errno.ENOKEY, sender.send, PAYLOAD, what="send of a corked datagram")
    moved = {name: value for name, value in lan.sender.mbsec.counters(group).items() if value}
    equal(moved, {"tx-drop-no-key": 6}, "counters")
    lan.wire.fence()
    equal(lan.tap.datagrams(PORT), [], "datagrams on the wire")
    local.settimeout(0)
    refused(errno.EAGAIN, local.recv, 10, what="receive by the local member")


def too_big(lan, family):
    session = Session(lan, family)
    refused(errno.EMSGSIZE, session.send, pattern_payload(LARGEST[family] + 1),
            what="send one octet too big")
    if family == 4:
        refused(errno.EMSGSIZE, session.send, pattern_payload(65507), what="largest UDP send")
    moved = session.drops(lan.sender)
    equal(moved, {"tx-drop-too-big": 2 if family == 4 else 1}, "drops")
    session.exchange(pattern_payload(LARGEST[family]))


def strict_mtu(lan, family, discover):
    session = Session(lan, family)
    level, option = {4: (socket.IPPROTO_IP, IP_MTU_DISCOVER),
                     6: (socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER)}[family]
    session.transmitter.setsockopt(level, option, discover)
    session.exchange(pattern_payload(UNFRAGMENTED[family]))
    for length in (UNFRAGMENTED[family] + 1, UNFRAGMENTED[family] + 24):
        refused(errno.EMSGSIZE, session.send, pattern_payload(length), what=f"send of {length}")
    equal(session.drops(lan.sender), {"tx-drop-mtu": 2}, "drops")
    session.exchange(PAYLOAD)
    lengths = [len(one.payload) for one in lan.tap.wait_datagrams(2, PORT)]
    equal(lengths, [UNFRAGMENTED[family] + 24, len(PAYLOAD) + 24], "lengths on the wire")


def device_mtu(lan, family):
    """The MTU of the moment counts."""
    session = Session(lan, family)
    level, option = {4: (socket.IPPROTO_IP, IP_MTU_DISCOVER),
                     6: (socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER)}[family]
    session.transmitter.setsockopt(level, option, PMTUDISC_DO)
    lan.sender.namespace.ip("link set eth0 mtu 1300\n")
    try:
        refused(errno.EMSGSIZE, session.send, pattern_payload(UNFRAGMENTED[family] - 199),
                what="send above the smaller MTU")
        session.exchange(pattern_payload(UNFRAGMENTED[family] - 200))
    finally:
        lan.sender.namespace.ip("link set eth0 mtu 1500\n")


def raw_socket(lan, group):
    """A raw socket that writes its own IP header."""
    sender = lan.sender.transmitter(group.family, kind=socket.SOCK_RAW,
                                    protocol=socket.IPPROTO_RAW)
    if group.family == 6:
        sender.setsockopt(socket.IPPROTO_IPV6, IPV6_HDRINCL, 1)
    return sender


def raw_whole(lan, family):
    """A whole datagram from a raw socket is protected as any other."""
    session = Session(lan, family)
    source = lan.sender.addresses[family]
    packet = frames.packet(source, session.group.address, 4000, PORT, PAYLOAD)
    raw_socket(lan, session.group).sendto(packet, (session.group.address, 0))
    receive_all(session.receiver, [PAYLOAD])
    equal(lan.sender.mbsec.counters(session.group)["tx-packets"], 1, "protected datagrams")


def raw_malformed(lan, family):
    """A UDP length that lies is refused."""
    lan.wire.expect_nothing()
    session = Session(lan, family)
    source, target = lan.sender.addresses[family], session.group.address
    sender = raw_socket(lan, session.group)
    build = frames.ipv6 if family == 6 else frames.ipv4
    bodies = [frames.udp(source, target, 4000, PORT, PAYLOAD, length=length)
              for length in (0, 7, 307, 309, 65535)]
    bodies.append(frames.udp(source, target, 4000, PORT, b"")[:7])
    for body in bodies:
        refused(errno.EINVAL, sender.sendto, build(source, target, body), (target, 0),
                what=f"raw send with UDP length {body[4:6].hex()}")
    equal(session.drops(lan.sender), {"tx-drop-malformed": len(bodies)}, "drops")


def reassemble(lan, family):
    """A group that is routed, so that fragments of the family are put together."""
    lan.sender.mbsec.group_add(lan.group(family), direction=uapi.DIRECTION_FORWARD)


def raw_fragments(lan, family):
    """All fragments: protected as one. Some of them: nothing goes out."""
    session = Session(lan, family)
    reassemble(lan, family)
    source, target = lan.sender.addresses[family], session.group.address
    sender = raw_socket(lan, session.group)
    payload = pattern_payload(3000, 9)
    body = frames.udp(source, target, 4000, PORT, payload)
    split = frames.ipv6_fragments if family == 6 else frames.ipv4_fragments
    for fragment in split(source, target, body, 1200, 0x1111):
        sender.sendto(fragment, (target, 0))
    receive_all(session.receiver, [payload])
    lan.tap.clear()
    for fragment in split(source, target, body, 1200, 0x2222)[1:]:
        sender.sendto(fragment, (target, 0))
    lan.wire.fence()
    equal(lan.tap.datagrams(PORT), [], "datagrams on the wire")
    session.exchange(PAYLOAD)


def raw_lone_fragments(lan, family, nodefrag=False):
    """No reassembly, by the host's wish or by the socket's: each fragment is refused."""
    lan.wire.expect_nothing()
    group = lan.group(family)
    lan.sender.mbsec.group_add(group, direction=uapi.DIRECTION_OUT)
    lan.sender.mbsec.tx_add(group, lan.key())
    source, target = lan.sender.addresses[family], group.address
    sender = raw_socket(lan, group)
    if nodefrag:
        reassemble(lan, family)
        sender.setsockopt(socket.IPPROTO_IP, IP_NODEFRAG, 1)
    body = frames.udp(source, target, 4000, PORT, pattern_payload(3000, 9))
    split = frames.ipv6_fragments if family == 6 else frames.ipv4_fragments
    for fragment in split(source, target, body, 1200, 0x3333):
        refused(errno.EINVAL, sender.sendto, fragment, (target, 0), what="raw send of a fragment")
    equal(lan.sender.mbsec.counters(group)["tx-drop-malformed"], 3, "drops")


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    plan.families("no active key", lambda family: no_key(lan, family))
    plan.families("more than an IP packet", lambda family: too_big(lan, family))
    for name, discover in (("DO", PMTUDISC_DO), ("PROBE", PMTUDISC_PROBE)):
        plan.families(f"strict path MTU discovery ({name})",
                      lambda family, discover=discover: strict_mtu(lan, family, discover))
    plan.families("a smaller MTU", lambda family: device_mtu(lan, family))
    plan.families("raw socket, whole datagram", lambda family: raw_whole(lan, family))
    plan.families("raw socket, malformed", lambda family: raw_malformed(lan, family))
    plan.families("raw socket, fragments", lambda family: raw_fragments(lan, family))
    plan.families("raw socket, fragments of a host that sends only",
                  lambda family: raw_lone_fragments(lan, family))
    plan.add("raw socket, fragments without reassembly for the socket",
             lambda: raw_lone_fragments(lan, 4, nodefrag=True))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
