#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each allocation on a datagram's way out fails once, and some of all at random: a datagram is lost
or it is whole, and nothing is sent in clear."""

import itertools
import socket
import struct
import sys

import faults
import gso
import ktap
import netns
import sframe_reference as sframe
import srtp_reference as srtp
from capture import PATTERN, pattern_payload
from ktap import check, equal
from srtp_session import SSRC, Media
from topology import Lan, Session, drain

# In softirqs: so many per cent of the allocations, over so many datagrams.
SCARCITY, DATAGRAMS, SEGMENTS = 5, 400, 5


def sframe_v4(lan):
    return Session(lan, 4)


def sframe_v6(lan):
    return Session(lan, 6)


def galois(lan):
    return Session(lan, 4, suite=sframe.AES_GCM)


def galois_v6(lan):
    return Session(lan, 6, suite=sframe.AES_GCM)


def media(lan):
    return Media(lan, 4)


def datagram(session, number, size):
    """How to send a datagram, which takes no memory, and its payload."""
    payload = pattern_payload(size, number)
    if isinstance(session, Media):
        payload = srtp.rtp(number, payload, SSRC)
    return (lambda: session.transmitter.sendto(payload, session.target)), [payload]


def fresh(session, number, size):
    """As datagram(), of a sender whom nobody has heard."""
    payload = srtp.rtp(number, pattern_payload(size, number), SSRC + number)
    return (lambda: session.transmitter.sendto(payload, session.target)), [payload]


def fresh_rtcp(session, number, size):
    payload = srtp.rtcp(SSRC + number, size // 4)
    return (lambda: session.transmitter.sendto(payload, session.target)), [payload]


def super_packet(session, number, size):
    payloads = [pattern_payload(size, number * 8 + part) for part in range(SEGMENTS)]
    return (lambda: send_super(session, payloads)), payloads


def send_super(session, payloads):
    control = [(socket.IPPROTO_UDP, gso.UDP_SEGMENT, struct.pack("=H", len(payloads[0])))]
    session.transmitter.sendmsg([b"".join(payloads)], control, 0, session.target)


def sending(lan, failing, kind, make, size):
    """Each allocation on a datagram's way out fails: it is lost or it is whole.

    Returns how many reads each has taken.
    """
    session = kind(lan)
    session.receiver.setsockopt(socket.IPPROTO_UDP, gso.UDP_GRO, 1)
    numbers = itertools.count(1)
    reads = []
    # The neighbour and the route are known before.
    session.exchange(*datagram(session, next(numbers), 100)[1])
    for (_, payloads), failure in faults.each(failing, lambda send, _: send(),
                                              lambda: make(session, next(numbers), size)):
        faults.without_memory(failure)
        lan.wire.fence()
        found = gso.drain_segments(session.receiver)
        arrived = sum(found, [])
        check(set(arrived) <= set(payloads), f"other payloads have arrived: {arrived!r:.200}")
        equal(len(arrived), len(set(arrived)), "payloads that are there once")
        reads.append(len(found))
    equal(arrived, payloads, "the datagram of which no allocation failed")
    equal(session.drops(), {}, "drops of the member")
    return session, reads


def sending_datagrams(lan, failing, kind, make, size):
    """The module itself has had no memory, if it wants some."""
    def sweep():
        session, _ = sending(lan, failing, kind, make, size)
        linear = make is datagram and size < 1500
        return linear or lan.sender.mbsec.counters(session.group)["tx-drop-no-memory"] > 0
    faults.insist(sweep, "an allocation of the module fails")


def sending_super(lan, failing, kind):
    """Where the module has no memory for the whole, it takes it apart: then several reads."""
    def sweep():
        _, reads = sending(lan, failing, kind, super_packet, 1000)
        return max(reads) > 1 and reads[-1] == 1
    faults.insist(sweep, "a super-packet is taken apart, and one is not")


def plaintext_rule(lan):
    """Counts what shows plaintext on the way to the switch, without taking memory."""
    head = int.from_bytes(PATTERN[:8], "big")
    lan.switch.namespace.nft(
        "table netdev mbsec_test {\nchain i { type filter hook ingress device sender-eth0 priority 0;\n"
        f"meta l4proto udp @th,64,64 {head:#x} counter\n}}\n}}")


def plaintext_count(lan):
    listing = lan.switch.namespace.nft("list table netdev mbsec_test")
    return int(listing.split("packets ")[1].split()[0])


def scarcity(lan, kind, super_packets=False):
    """Allocations fail in softirqs, on the way in too: what arrives is whole."""
    session = kind(lan)
    # Without a number, so that the rule knows it by its first octets.
    payloads = [PATTERN * length for length in (4, 20, 80, 250)]
    if isinstance(session, Media):
        payloads = [srtp.rtp(number, PATTERN * 10, SSRC) for number in range(DATAGRAMS)]
    session.exchange(payloads[0])
    lost = 0
    with faults.Scarce(SCARCITY):
        for number in range(1, DATAGRAMS):
            payload = payloads[number % len(payloads)]
            try:
                if super_packets:
                    send_super(session, [payloads[2]] * SEGMENTS)
                else:
                    session.transmitter.sendto(payload, session.target)
            except OSError as failure:
                faults.without_memory(failure)
                lost += 1
    lan.wire.fence()
    arrived = drain(session.receiver)
    ktap.diagnostic(f"{lost} of {DATAGRAMS - 1} not sent, {len(arrived)} arrived")
    check(set(arrived) <= set(payloads), "only what was sent has arrived")
    check(0 < len(arrived) < (DATAGRAMS - 1) * (SEGMENTS if super_packets else 1),
          "some have arrived, some have not")
    for tap in lan.wire.taps:
        tap.lost()      # it had no memory for some
    return session


def scarcity_seen(lan, kind, **options):
    """The rule sees plaintext where there is some, and none where datagrams are protected."""
    before = plaintext_count(lan)
    session = scarcity(lan, kind, **options)
    equal(plaintext_count(lan), before, "datagrams that show plaintext")
    check(not lan.tap.leaks(), "the tap sees none")
    lan.wire.expect_plaintext()
    lan.sender.mbsec.flush()
    session.send(PATTERN * 4)
    ktap.wait_for(lambda: plaintext_count(lan) > before, "the rule sees plaintext")


def scarcity_super(lan, kind, segmentation):
    """The rule sees each segment where the sender's device takes super-packets apart, and the
    member gets them whole where it does not."""
    gso.offload(lan.sender, tx_udp_segmentation=segmentation)
    try:
        scarcity_seen(lan, kind, super_packets=True)
    finally:
        gso.offload(lan.sender, tx_udp_segmentation=True)


DATAGRAM_CASES = {
    "IPv4": (sframe_v4, datagram, 100), "IPv6": (sframe_v6, datagram, 100),
    "IPv4, fragments": (sframe_v4, datagram, 5000), "IPv6, fragments": (sframe_v6, datagram, 5000),
    "AES-GCM": (galois, datagram, 100), "AES-GCM, fragments": (galois, datagram, 5000),
    "SRTP": (media, datagram, 200), "SRTP, new senders": (media, fresh, 200),
    "SRTCP, new senders": (media, fresh_rtcp, 200),
}
SUITES = {
    "IPv4": sframe_v4, "IPv6": sframe_v6, "AES-GCM, IPv4": galois, "AES-GCM, IPv6": galois_v6,
}


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    failing = faults.Failing()
    plaintext_rule(lan)
    for name, (kind, make, size) in DATAGRAM_CASES.items():
        plan.add(f"send, {name}", sending_datagrams, lan, failing, kind, make, size)
    for name, kind in SUITES.items():
        plan.add(f"send, super-packet, {name}", sending_super, lan, failing, kind)
        plan.add(f"scarcity, {name}", scarcity_seen, lan, kind)
        for segmentation in (True, False):
            plan.add(f"scarcity, super-packets, {name}, segmentation of the device "
                     f"{'on' if segmentation else 'off'}", scarcity_super, lan, kind, segmentation)
    plan.add("scarcity, SRTP", scarcity, lan, media)
    return lan


if __name__ == "__main__":
    faults.require()
    sys.exit(netns.run_plan(build))
