#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Datagrams larger than the MTU, and fragments that an attacker makes."""

import sys

import frames
import ktap
import netns
import sframe_reference as sframe
from capture import pattern_payload
from ktap import check, equal
from topology import PORT, Lan, Session, nothing_left, receive_all

FRAGMENT_SIZE = 1000
ETHER_SOURCE = b"\x02\x00\x00\x00\x00\x99"


def large(lan, family, length):
    """Remote and local members read it; the wire carries fragments of ciphertext."""
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    payloads = [pattern_payload(length, number) for number in range(3)]
    session.exchange(*payloads)
    receive_all(local, payloads)
    caught = lan.tap.wait_datagrams(3, PORT)
    for datagram, payload in zip(caught, payloads):
        equal(sframe.unprotect(session.key.session, datagram.payload), payload, "plaintext")
    pieces = [one for one in map(frames.parse_ip, lan.tap.frames) if one and one.protocol == 17]
    check(len(pieces) >= 3 * (length // 1500 + 1), "the wire carries fragments")
    equal(session.drops(), {}, "drops")


def around_mtu(lan, family):
    """Each length from just below the MTU to a full second fragment's start."""
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    payloads = [pattern_payload(length) for length in
                list(range(1420, 1484, 3)) + [1500, 2900, 2944, 2945, 2960, 8191, 8192]]
    session.exchange(*payloads)
    receive_all(local, payloads)


def split(session, data, ident):
    """Frames with the fragments of a datagram, as the outsider would send them."""
    source, target = session.lan.outsider.addresses[session.group.family], session.group.address
    body = frames.udp(source, target, 4000, PORT, data)
    divide = frames.ipv6_fragments if session.group.family == 6 else frames.ipv4_fragments
    return [frames.ethernet(packet, ETHER_SOURCE)
            for packet in divide(source, target, body, FRAGMENT_SIZE, ident)]


def injected(lan, family):
    """Reversed order is read; a missing, a forged, and a foreign fragment is not."""
    lan.wire.expect_nothing()
    session = Session(lan, family)
    raw = lan.outsider.frame_socket()
    payload = pattern_payload(3500, 5)
    protected = [session.key.protect(sframe.COUNTER_FIRST + number, payload) for number in range(4)]
    for frame in reversed(split(session, protected[0], 0x100)):
        raw.send(frame)
    receive_all(session.receiver, [payload])
    incomplete = split(session, protected[1], 0x101)
    for frame in incomplete[:-1]:
        raw.send(frame)
    foreign = split(session, protected[2], 0x102)
    foreign[1] = split(session, bytes(len(protected[2])), 0x102)[1]
    for frame in foreign:
        raw.send(frame)
    session.dropped("auth-failed")
    cleartext = split(session, payload, 0x103)
    for frame in cleartext:
        raw.send(frame)
    ktap.wait_for(lambda: sum(session.drops().values()) == 2, "cleartext is dropped")
    for frame in split(session, protected[3], 0x104):
        raw.send(frame)
    receive_all(session.receiver, [payload])
    raw.send(incomplete[-1])
    receive_all(session.receiver, [payload])


def cleartext(lan, family):
    """A large datagram of an outsider is refused as a small one is."""
    lan.wire.expect_nothing()
    session = Session(lan, family)
    for length in (4000, 60000):
        session.inject(pattern_payload(length))
    ktap.wait_for(lambda: sum(session.drops().values()) == 2, "two drops")
    nothing_left(session.receiver)


def small_mtu(lan, family):
    """The smallest MTU, so many fragments, and a MTU that is no multiple of eight."""
    session = Session(lan, family)
    for mtu in (1280, 1283):
        lan.sender.namespace.ip(f"link set eth0 mtu {mtu}\n")
        try:
            session.exchange(pattern_payload(1280), pattern_payload(9000))
        finally:
            lan.sender.namespace.ip("link set eth0 mtu 1500\n")


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    for length in (4000, 60000):
        plan.families(f"{length} octets, remote and local members",
                      lambda family, length=length: large(lan, family, length))
    plan.families("lengths around the MTU", lambda family: around_mtu(lan, family))
    plan.families("fragments of an attacker", lambda family: injected(lan, family))
    plan.families("large cleartext of an outsider", lambda family: cleartext(lan, family))
    plan.families("other MTUs", lambda family: small_mtu(lan, family))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
