#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Many thousand damaged packets of SRTP and SRTCP: only what is authentic gets through.

As packet_mutator.py, of which this uses the mutator.
"""

import os
import sys

import ktap
import netns
import srtp_reference as srtp
from capture import pattern_payload
from ktap import check, equal
from packet_mutator import Tun, mutate
from srtp_session import SSRC, Media
from topology import Lan, drain, join_any_source, receive_all

PACKETS = int(os.environ.get("MBSEC_MUTATOR_PACKETS", "160000"))
AUTHENTIC = 400
FORMS = ((4, srtp.AES128_80, {}), (6, srtp.AES128_32, {"roc_rate": 3}),
         (6, srtp.AES256_80, {"mki": False}), (4, srtp.NULL_80, {}))


def authentic_packets(lan, media):
    """Ciphertexts that the kernel sent, with their plaintexts; over the end of the numbers."""
    plaintexts = []
    for number in range(AUTHENTIC):
        if number % 10 == 9:
            plaintexts.append(srtp.rtcp(SSRC, 1 + number % 9))
            continue
        payload = pattern_payload(8 + lan.random.randrange(120), number)
        plaintexts.append(srtp.rtp(65536 - AUTHENTIC // 2 + number, payload, SSRC + number % 3,
                                   csrcs=range(number % 4),
                                   extension=bytes(4) if number % 5 == 0 else None))
    for plaintext in plaintexts:
        media.send(plaintext)
    caught = [one.payload for one in lan.tap.wait_datagrams(AUTHENTIC, 5000)]
    equal(len(caught), AUTHENTIC, "packets on the wire")
    return plaintexts, caught


def attack(lan, tun, form, packets):
    """Each authentic packet is delivered once, everything else is a counted drop."""
    family, suite, options = form
    if suite == srtp.NULL_80:
        lan.wire.expect_plaintext()
    media = Media(lan, family, suite, port=0, receive=False, **options)
    plaintexts, ciphertexts = authentic_packets(lan, media)
    receiver = lan.member.receiver(media.group, "tun0", port=5000)
    originals, damaged, outer = mutate(lan, tun, media.group, ciphertexts, packets)
    equal((originals, originals + damaged + outer), (AUTHENTIC, packets), "packets written")
    received = drain(receiver)
    foreign = set(received) - set(plaintexts)
    check(not foreign, f"delivered though not authentic: {ktap.shorten(foreign)}")
    # In order: a forgery of one that is still to come would stand before its time.
    check(received == plaintexts, "each authentic packet arrives once, when it is written")
    counters = lan.member.mbsec.counters(media.group)
    drops = {name: value for name, value in counters.items() if "rx-drop" in name and value}
    ktap.diagnostic(f"{damaged} damaged, {outer} outer, drops {drops}")
    equal(counters["rx-packets"], AUTHENTIC, "rx-packets")
    total = sum(drops.values())
    check(damaged <= total <= damaged + outer,
          f"{total} drops of {damaged} damaged and at most {outer} outer packets")
    reasons = ["malformed", "header", "too-short", "auth-failed", "replayed", "roc-unknown"]
    if media.mki:
        reasons.append("unknown-key")
    for reason in reasons:
        check(drops.get("rx-drop-" + reason, 0) > packets // 4000, f"the packets reach {reason}")
    equal({ssrc for ssrc, _ in media.senders()}, {SSRC, SSRC + 1, SSRC + 2}, "senders")
    still_alive(lan, media, receiver)


def still_alive(lan, media, receiver):
    """Authentic traffic flows afterwards, over the wire too."""
    join_any_source(receiver, media.group, lan.member.ifindex())
    packets = [srtp.rtp(40000 + number, pattern_payload(200, number), SSRC) for number in range(3)]
    for packet in [srtp.rtp(20000, b"towards", SSRC)] + packets:
        media.send(packet)
    receive_all(receiver, [srtp.rtp(20000, b"towards", SSRC)] + packets)


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    tun = Tun(lan.member)
    share = PACKETS // len(FORMS)
    for form in FORMS:
        family, suite, options = form
        plan.add(f"{share} packets, suite {suite:#06x}, {options}, IPv{family}", attack, lan, tun,
                 form, share)
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
