# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases of packet_mutator.py: damaged packets of SRTP and SRTCP."""

import ktap
import srtp_reference as srtp
from capture import pattern_payload
from ktap import check, equal
from mutation import mutate, only_authentic, still_alive
from srtp_session import SSRC, Media
from topology import drain

AUTHENTIC = 400
SSRCS = {SSRC, SSRC + 1, SSRC + 2}
FORMS = ((4, srtp.AES128_80, {}), (6, srtp.AES128_32, {"roc_rate": 3}),
         (6, srtp.AES256_80, {"mki": False}), (4, srtp.NULL_80, {}))
NO_MAC = {"roc_mode": 3, "roc_rate": 4, "allow_no_integrity": True}


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
        media.transmitter.sendto(plaintext, (media.group.address, 5000))
    caught = [one.payload for one in lan.tap.wait_datagrams(AUTHENTIC, 5000)]
    equal(len(caught), AUTHENTIC, "packets on the wire")
    return plaintexts, caught


def attack(lan, tun, form, packets):
    family, suite, options = form
    if suite == srtp.NULL_80:
        lan.wire.expect_plaintext()
    media = Media(lan, family, suite, port=0, receive=False, **options)
    plaintexts, ciphertexts = authentic_packets(lan, media)
    receiver, drops = only_authentic(lan, tun, media.group, plaintexts, ciphertexts, packets)
    reasons = ["malformed", "header", "too-short", "auth-failed", "replayed"]
    if "roc_rate" not in options:
        reasons.append("roc-unknown")
    if media.mki:
        reasons.append("unknown-key")
    for reason in reasons:
        check(drops.get("rx-drop-" + reason, 0) > packets // 4000, f"the packets reach {reason}")
    equal({ssrc for ssrc, _ in media.senders()}, SSRCS, "senders")
    later = [srtp.rtp(20000 * number, pattern_payload(200, number), SSRC) for number in (1, 2, 3)]
    still_alive(lan, media.group, receiver, media.send, later)


def attack_without_mac(lan, tun, packets):
    """What has no MAC may be anything: each packet is delivered or a counted drop."""
    media = Media(lan, 4, port=0, receive=False, **NO_MAC)
    plaintexts, ciphertexts = authentic_packets(lan, media)
    receiver = lan.member.receiver(media.group, "tun0", port=5000)
    originals, damaged, outer = mutate(lan, tun, media.group, ciphertexts, packets, "unsummed")
    counters = lan.member.mbsec.counters(media.group)
    ktap.diagnostic({name: value for name, value in counters.items() if value})
    total = counters["rx-packets"] + sum(value for name, value in counters.items()
                                         if "rx-drop" in name)
    check(originals + damaged <= total <= originals + damaged + outer, f"{total} packets counted")
    check(counters["rx-unauthenticated"] > packets // 20, "many are taken")
    reports = [packet for packet in plaintexts if packet[1] == 200]
    equal([packet for packet in drain(receiver) if packet[1:2] == b"\xc8"], reports, "SRTCP")
    later = [srtp.rtp(20000 * number, pattern_payload(200, number), SSRC) for number in (1, 2, 3)]
    still_alive(lan, media.group, receiver, media.send, later)


def add_cases(plan, lan, tun, packets):
    for form in FORMS:
        family, suite, options = form
        plan.add(f"{packets} of SRTP, suite {suite:#06x}, {options}, IPv{family}", attack, lan, tun,
                 form, packets)
    plan.add(f"{packets} of SRTP without MAC", attack_without_mac, lan, tun, packets)
