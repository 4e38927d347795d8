#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets of RTP and RTCP: protected as RFC 3711 says, or refused."""

import errno
import sys

import ktap
import netns
import srtp_reference as srtp
import uapi
from capture import pattern_payload, shows_plaintext
from ktap import check, equal
from srtp_session import SSRC, Media
from topology import PORT, Lan, nothing_left, receive_all, refused
from watch import Watch

NAMES = {srtp.AES128_80: "aes128-80", srtp.AES128_32: "aes128-32", srtp.AES256_80: "aes256-80",
         srtp.NULL_80: "null-80"}


def packets_of_all_kinds():
    """CSRCs, extensions, no payload, much payload."""
    return [srtp.rtp(100, pattern_payload(160, 1), SSRC),
            srtp.rtp(101, b"", SSRC),
            srtp.rtp(102, pattern_payload(700, 2), SSRC, csrcs=range(1, 16), marker=True),
            srtp.rtp(103, pattern_payload(33, 3), SSRC, extension=b"\x10\xaa\0\0" * 7),
            srtp.rtp(104, pattern_payload(1, 4), SSRC, csrcs=(9,), extension=b""),
            srtp.rtp(105, pattern_payload(1300, 5), SSRC)]


def both_ways(lan, family, suite, mki):
    """The kernel writes what the reference writes, and reads what it writes."""
    if suite == srtp.NULL_80:
        lan.wire.expect_plaintext()
    media = Media(lan, family, suite, mki)
    packets = packets_of_all_kinds()
    media.exchange(*packets)
    caught = [one.payload for one in lan.tap.wait_datagrams(len(packets), PORT)]
    for number, packet in enumerate(packets):
        equal(caught[number], media.protected(packet, 100 + number), f"packet {number} on the wire")
        check(suite == srtp.NULL_80 or not shows_plaintext(caught[number]), "the wire is encrypted")
    spoken = [media.speak(200 + number, 0x1000 + number % 3) for number in range(9)]
    media.hear(*spoken)
    counters = lan.member.mbsec.counters(media.group)
    equal({name: value for name, value in counters.items() if value},
          {"rx-packets": 15, "rx-bytes": sum(map(len, packets + spoken))}, "counters")
    shown = lan.sender.mbsec.group(media.group)["group"]
    equal((shown["overhead"], shown.get("no-mki", False), shown["rtcp-port"], shown["senders"]),
          (14 + (6 if mki else 0), not mki, PORT + 1, 1), "the group")


def rtcp_ports(lan, family, suite):
    """RTCP on its own port and on that of RTP, with one index; RTP on its port only."""
    media = Media(lan, family, suite)
    own = lan.member.receiver(media.group, port=PORT + 1)
    reports = [srtp.rtcp(SSRC, words) for words in (0, 5, 50)]
    for number, report in enumerate(reports):
        target = (media.group.address, PORT + number % 2)
        media.transmitter.sendto(report, target)
        receive_all(own if number % 2 else media.receiver, [report])
    caught = [one.payload for port in (PORT, PORT + 1) for one in lan.tap.datagrams(port)]
    equal(caught, [media.protected_rtcp(reports[0], 0), media.protected_rtcp(reports[2], 2),
                   media.protected_rtcp(reports[1], 1)], "on the wire")
    refused(errno.EINVAL, media.transmitter.sendto, srtp.rtp(1, b"x", SSRC),
            (media.group.address, PORT + 1), what="RTP on the port of RTCP")
    media.inject(media.protected_rtcp(reports[1], 7))
    receive_all(media.receiver, [reports[1]])
    if suite != srtp.NULL_80:
        clear = srtp.rtcp(SSRC, 3)
        media.inject(media.protected_rtcp(clear, 8, encrypted=False))
        receive_all(media.receiver, [clear])
    for index in (7, 2):
        media.inject(media.protected_rtcp(reports[1], index))
    media.dropped("replayed", 2)
    nothing_left(media.receiver)
    shown = media.senders(lan.sender)[SSRC, uapi.ROLE_TX]
    equal((shown["rtcp-index"], shown["streams"]), (3, 1), "the sender as shown")


def bad_at_send(lan, family):
    """What is not RTP is refused at sendmsg, and nothing of it is on the wire."""
    lan.wire.expect_nothing()
    media = Media(lan, family)
    good = srtp.rtp(1, b"payload", SSRC)
    bad = (b"", b"\x80", b"hello, world, no RTP", bytes(200), good[:11],
           b"\x40" + good[1:], b"\xc0" + good[1:], b"\x8f" + good[1:],
           b"\x90" + good[1:12] + b"\xbe\xde\0\5" + bytes(19),
           b"\xa0" + good[1:-1] + b"\0", b"\xa0" + good[1:-1] + b"\x08",
           srtp.rtcp(SSRC)[:-1], srtp.rtcp(SSRC) + b"\0\0\0\0", srtp.rtcp(SSRC)[:7])
    for number, packet in enumerate(bad):
        refused(errno.EINVAL, media.send, packet, what=f"packet {number}")
    equal(media.drops(lan.sender), {"tx-drop-header": len(bad)}, "drops")
    equal(media.senders(lan.sender), {}, "senders")


def bad_at_receive(lan, family):
    """Garbage, truncated packets, forgeries and unknown keys are dropped and counted."""
    lan.wire.expect_nothing()
    media = Media(lan, family)
    good = media.protected(srtp.rtp(5, b"payload", SSRC), 5)
    for packet in (b"", b"\x80", bytes(100), b"\x40" + good[1:], b"\x8f" + good[1:20]):
        media.inject(packet)
    media.inject(good[:27])
    media.inject(media.protected_rtcp(srtp.rtcp(SSRC, 0), 1)[1:])
    media.inject(media.protected(srtp.rtp(5, b"payload", SSRC), 5, media.new_key()))
    ktap.wait_for(lambda: sum(media.drops().values()) == 8, f"eight drops: {media.drops()}")
    equal(media.drops(), {"rx-drop-header": 6, "rx-drop-too-short": 1, "rx-drop-unknown-key": 1},
          "drops")
    equal(media.senders(), {}, "senders")


def forgeries(lan, family):
    """No octet but the MKI can change; a forged one moves no index."""
    lan.wire.expect_nothing()
    media = Media(lan, family)
    media.hear(media.speak(1000))
    before = media.senders()
    packet = srtp.rtp(1001, b"payload", SSRC, csrcs=(1,), extension=bytes(4))
    good = media.protected(packet, 1001)
    count = 0
    for position in range(1, len(good)):
        if position == 1 or len(good) - 16 <= position < len(good) - 10:
            continue
        media.inject(good[:position] + bytes([good[position] ^ 1]) + good[position + 1:])
        count += 1
    ktap.wait_for(lambda: sum(media.drops().values()) == count, f"{count} drops")
    equal(media.senders(), before, "senders after forgeries")
    nothing_left(media.receiver)
    media.inject(good)
    media.hear(packet)


def repeated(lan, family):
    """An application that starts again with its SSRC cannot repeat a key stream."""
    media = Media(lan, family)
    watch = Watch(lan.sender)
    first = [srtp.rtp(number, pattern_payload(50, number), SSRC) for number in (7, 8, 9)]
    media.exchange(*first)
    again = srtp.rtp(8, pattern_payload(50, 99), SSRC)
    refused(errno.EEXIST, media.send, again, what="the same index")
    event = watch.next("index-repeated")
    equal((event["event"]["type"], event["event"]["ssrc"]),
          (uapi.EVENT_TYPE_INDEX_REPEATED, SSRC), "event")
    media.exchange(srtp.rtp(5000, b"forward", SSRC))
    refused(errno.EEXIST, media.send, srtp.rtp(3000, b"too old", SSRC), what="an old index")
    equal(media.drops(lan.sender), {"tx-drop-repeated": 2}, "drops")
    media.exchange(srtp.rtp(8, b"another SSRC", SSRC + 1))
    media.key_change()
    media.exchange(srtp.rtp(5000, b"another key", SSRC), srtp.rtp(4500, b"another key", SSRC))


def wrap(lan, family):
    """The sequence number starts over: the ROC goes up, also over a change of keys."""
    media = Media(lan, family)
    packets = [srtp.rtp(number, pattern_payload(40, number % 256), SSRC)
               for number in (65534, 65535, 0, 1, 30000, 60000, 10)]
    media.exchange(*packets[:3])
    key = media.key_change()
    media.exchange(*packets[3:])
    indexes = (65534, 65535, 65536, 65537, 95536, 125536, 131082)
    caught = [one.payload for one in lan.tap.wait_datagrams(7, PORT)]
    for number, index in enumerate(indexes):
        equal(caught[number], media.protected(packets[number], index,
                                              media.key if number < 3 else key), f"index {index}")
    for host, role in ((lan.sender, uapi.ROLE_TX), (lan.member, uapi.ROLE_RX)):
        shown = media.senders(host)[SSRC, role]
        equal((shown["roc"], shown["sequence"], shown["streams"]), (2, 10, 2), "the sender")


def wrap_with_loss(lan, family):
    """Over the end of the numbers with 40 % loss, reordering and duplicates."""
    lan.wire.expect_nothing()
    media = Media(lan, family, srtp.NULL_80)
    sent = [index for index in range(65536 - 700, 65536 + 700) if lan.random.random() > 0.4]
    order = sorted(sent, key=lambda index: index + lan.random.randrange(100))
    expected = [media.speak(index) for index in order]
    media.hear(*expected)
    late = order[-400::7]
    for index in late:
        media.speak(index)
    media.dropped("replayed", len(late))
    nothing_left(media.receiver)


def own_member(lan, family):
    """A member on the sending host hears it with the transmit key."""
    media = Media(lan, family, loop=True)
    local = lan.sender.receiver(media.group)
    packets = packets_of_all_kinds() + [srtp.rtcp(SSRC, 4)]
    media.exchange(*packets)
    receive_all(local, packets)
    equal(media.drops(lan.sender), {}, "drops")


def without_mki(lan, family):
    """Packets name no key: a receiver tries the few that it has."""
    media = Media(lan, family, mki=False)
    media.exchange(srtp.rtp(1, b"first key", SSRC))
    media.key_change()
    media.exchange(srtp.rtp(2, b"second key", SSRC), srtp.rtcp(SSRC, 3))
    media.hear(media.speak(3))
    for _ in range(uapi.MAX_KEYS_WITHOUT_MKI - 2):
        media.key_add(lan.member, media.new_key(), uapi.ROLE_RX)
    try:
        media.key_add(lan.member, media.new_key(), uapi.ROLE_RX)
    except Exception as failure:
        equal(failure.errno, errno.ENOSPC, "errno")
    else:
        raise AssertionError("one key more is taken")
    media.hear(media.speak(4))


def any_port(lan, family):
    """A group of any port: RTP and RTCP wherever they are sent to."""
    media = Media(lan, family, port=0)
    other = lan.member.receiver(media.group, port=PORT + 6)
    packet, report = srtp.rtp(1, pattern_payload(100), SSRC), srtp.rtcp(SSRC, 2)
    media.transmitter.sendto(packet, (media.group.address, PORT + 6))
    media.transmitter.sendto(report, (media.group.address, PORT + 6))
    receive_all(other, [packet, report])
    media.exchange(srtp.rtp(2, b"x", SSRC))


def fragments(lan, family):
    """A packet larger than the MTU."""
    media = Media(lan, family)
    media.exchange(srtp.rtp(1, pattern_payload(9000), SSRC), srtp.rtp(2, b"after", SSRC))


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    for suite in srtp.SUITES:
        for mki in (True, False):
            plan.families(f"{NAMES[suite]}{'' if mki else ' without MKI'}, both ways",
                          lambda family, suite=suite, mki=mki: both_ways(lan, family, suite, mki))
    for suite in (srtp.AES128_32, srtp.AES256_80):
        plan.families(f"RTCP, {NAMES[suite]}",
                      lambda family, suite=suite: rtcp_ports(lan, family, suite))
    for name, case in (("no RTP at send", bad_at_send), ("no SRTP at receive", bad_at_receive),
                       ("forgeries", forgeries), ("repeated index", repeated),
                       ("end of the sequence numbers", wrap), ("the same with loss", wrap_with_loss),
                       ("own member", own_member), ("keys without MKI", without_mki),
                       ("any port", any_port), ("fragments", fragments)):
        plan.families(name, lambda family, case=case: case(lan, family))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
