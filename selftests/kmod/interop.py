#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel and the Python reference read what the other one wrote."""

import errno
import sys

import ktap
import netns
import sframe_reference as sframe
import uapi
from capture import pattern_payload
from client import Key
from ktap import Skip, equal
from netlink import NetlinkError
from topology import Lan, Session, receive_all

LENGTHS = (0, 1, 15, 16, 17, 63, 64, 65, 1400, 1448, 1449, 4000, 60000)

# One fixed key, and the datagram that it makes.
VECTOR_KEY = bytes(range(16))
VECTOR_COUNTER = 0x0123456789
VECTOR_PLAINTEXT = b"mbsec-plain-text"
VECTOR_DATAGRAM = {4: ("fc01000001000200070123456789"
                       "14ec427d3832305876069aaa3d247b66e58d9ced6705c84247c9"),
                   6: ("fc01000001000200090123456789"
                       "e4d19286502c09e9c032205c1252f22de7199cbc2606fa735aa9")}


def random_payloads(random, count, limit=1400):
    for number in range(count):
        payload = bytearray(random.randbytes(random.randrange(limit + 1)))
        pattern = pattern_payload(len(payload) // 2, number)
        payload[:len(pattern)] = pattern
        yield bytes(payload)


def lengths_and_random(random):
    fixed = [pattern_payload(length, length) for length in LENGTHS]
    return fixed + list(random_payloads(random, 12))


def kernel_to_reference(lan, suite, family):
    """What the tap caught opens with the reference, and has consecutive counters."""
    if suite == sframe.NULL_80:
        lan.wire.expect_plaintext()
    session = Session(lan, family, suite=suite)
    payloads = lengths_and_random(lan.random)
    session.exchange(*payloads)
    caught = lan.tap.wait_datagrams(len(payloads), session.group.port)
    equal(len(caught), len(payloads), "datagrams on the wire")
    for number, (datagram, payload) in enumerate(zip(caught, payloads)):
        equal(len(datagram.payload), len(payload) + sframe.overhead(suite), "length on the wire")
        header = sframe.encode_header(session.key.kid, sframe.COUNTER_FIRST + number)
        equal(datagram.payload[:sframe.HEADER_LENGTH].hex(), header.hex(), "header")
        equal(sframe.unprotect(session.key.session, datagram.payload), payload, "plaintext")


def reference_to_kernel(lan, suite, family):
    """The outsider, whose kernel has no group, sends what the reference made."""
    lan.wire.expect_nothing()
    session = Session(lan, family, suite=suite)
    payloads = lengths_and_random(lan.random)
    counter = lan.random.randrange(sframe.COUNTER_FIRST, sframe.COUNTER_END - 1000)
    for number, payload in enumerate(payloads):
        session.forge(counter + number, payload)
    receive_all(session.receiver, payloads)
    shown = lan.member.mbsec.key(session.group, session.key, uapi.ROLE_RX)
    equal(shown["counter"], counter + len(payloads) - 1, "highest counter received")
    equal(shown["packets"], len(payloads), "packets of the key")
    equal(shown["bytes"], sum(map(len, payloads)), "bytes of the key")


def counter_lengths(lan, family):
    """We send counters of five octets; a receiver reads every minimal length."""
    lan.wire.expect_nothing()
    session = Session(lan, family)
    counters = [0, 1, 7, 8, 255] + [1 << bits for bits in range(8, 64, 8)] + [(1 << 64) - 1]
    payloads = [pattern_payload(40, counter % 1000) for counter in counters]
    for counter, payload in zip(counters, payloads):
        session.forge(counter, payload)
    receive_all(session.receiver, payloads)
    session.forge(counters[-1], b"once more")
    session.dropped("replayed")


def vector(lan, family):
    """One datagram, byte for byte, of a key that is never random."""
    group = lan.group(family)
    key = Key(VECTOR_KEY, msk_id=0x00010002, mtk_id=3 + family, sender_id=0x0100)
    lan.sender.mbsec.group_add(group)
    try:
        lan.sender.mbsec.tx_add(group, key, counter_start=VECTOR_COUNTER)
    except NetlinkError as failure:
        equal(failure.errno, errno.EKEYREJECTED, "errno")
        raise Skip("this load of the module has sent the vector already") from None
    lan.sender.transmitter(family).sendto(VECTOR_PLAINTEXT, (group.address, group.port))
    caught = lan.tap.wait_datagrams(1, group.port)
    equal(caught[0].payload.hex(), VECTOR_DATAGRAM[family], "datagram")
    datagram = bytes.fromhex(VECTOR_DATAGRAM[family])
    equal(sframe.unprotect(key.session, datagram), VECTOR_PLAINTEXT, "plaintext")


def build(plan):
    netns.module_fresh()
    lan = Lan(plan, ktap.seeded_random())
    plan.families("vector", lambda family: vector(lan, family))
    for suite in sframe.SUITES:
        plan.families(f"suite {suite:#06x}, kernel to reference",
                      lambda family, suite=suite: kernel_to_reference(lan, suite, family))
        plan.families(f"suite {suite:#06x}, reference to kernel",
                      lambda family, suite=suite: reference_to_kernel(lan, suite, family))
    plan.families("every length of counter is read", lambda family: counter_lengths(lan, family))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
