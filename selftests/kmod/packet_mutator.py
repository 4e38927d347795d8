#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hundreds of thousands of damaged packets: nothing that is not authentic gets through.

The authentic datagrams are those that the kernel itself has sent, caught on the
wire. Those of SRTP are in srtp_mutation.py.
"""

import os
import sys

import ktap
import netns
import sframe_reference as sframe
import srtp_mutation
import uapi
from capture import pattern_payload
from ktap import check, equal
from mutation import Tun, only_authentic, still_alive
from topology import Lan
from watch import Watch

PACKETS = int(os.environ.get("MBSEC_MUTATOR_PACKETS", "160000"))
AUTHENTIC = 800


def authentic_datagrams(lan, group, count):
    """Ciphertexts that the kernel sent, with their plaintexts."""
    sender = lan.sender.transmitter(group.family)
    plaintexts = [pattern_payload(8 + lan.random.randrange(120), number) for number in range(count)]
    for plaintext in plaintexts:
        sender.sendto(plaintext, (group.address, 5000))
    caught = [one.payload for one in lan.tap.wait_datagrams(count, 5000)]
    equal(len(caught), count, "datagrams on the wire")
    return plaintexts, caught


def attack(lan, tun, family, suite, packets):
    """Each authentic datagram is delivered once, everything else is a counted drop."""
    if suite == sframe.NULL_80:
        lan.wire.expect_plaintext()
    group, key = lan.group(family, port=0), lan.key(suite=suite)
    for host in (lan.sender, lan.member):
        host.mbsec.group_add(group, suite=suite)
    lan.sender.mbsec.tx_add(group, key)
    lan.member.mbsec.rx_add(group, key)
    plaintexts, ciphertexts = authentic_datagrams(lan, group, AUTHENTIC)
    receiver, drops = only_authentic(lan, tun, group, plaintexts, ciphertexts, packets)
    for reason in ("malformed", "header", "too-short", "unknown-key", "auth-failed", "replayed"):
        check(drops.get("rx-drop-" + reason, 0) > packets // 2000, f"the packets reach {reason}")
    shown = lan.member.mbsec.key(group, key, uapi.ROLE_RX)
    equal(shown["counter"], sframe.COUNTER_FIRST + AUTHENTIC - 1, "highest counter")
    sender = lan.sender.transmitter(group.family)
    still_alive(lan, group, receiver, lambda payload: sender.sendto(payload, (group.address, 5000)),
                [pattern_payload(200, number) for number in range(3)])


def events_named(lan, watch):
    """The flood was told, at a bounded rate."""
    lan.wire.expect_nothing()
    missing = {uapi.EVENT_TYPE_UNKNOWN_KEY, uapi.EVENT_TYPE_AUTH_STORM,
               uapi.EVENT_TYPE_REPLAY_STORM}
    while missing:
        missing.discard(watch.next(f"one of the types {missing}")["event"]["type"])
    sent = lan.member.mbsec.stats()["events-sent"]
    check(sent < PACKETS // 100, f"{sent} events for {PACKETS} packets")


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    tun = Tun(lan.member)
    watch = Watch(lan.member)
    share = PACKETS // 4
    for family, suite in ((4, sframe.AES_CTR_80), (6, sframe.AES_CTR_80), (4, sframe.AES_CTR_64),
                          (6, sframe.NULL_80)):
        plan.add(f"{share} packets, suite {suite:#06x}, IPv{family}", attack, lan, tun, family,
                 suite, share)
    plan.add("events", events_named, lan, watch)
    srtp_mutation.add_cases(plan, lan, tun, PACKETS // 16)
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
