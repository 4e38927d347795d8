#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The roll-over counter: told by packets (RFC 4771), guessed, asked for; and SSRC collisions."""

import errno
import itertools
import socket
import struct
import sys

import gso
import ktap
import netns
import srtp_reference as srtp
import uapi
from capture import pattern_payload
from ktap import check, equal
from netlink import NetlinkError
from srtp_session import SSRC, Media
from topology import PORT, Lan, drain, nothing_left, receive_all
from watch import Watch

ROC = 77
GUESSES = 4
GUESSED_PACKETS = 1000
BATCH = 50
OPEN = {"allow_no_integrity": True}


def told(lan, family, mode, rate, suite=srtp.AES128_80):
    """Both ways: the kernel writes what the reference writes; a late joiner waits for a ROC."""
    open_mode = mode == 3 or (mode == 1 and rate > 1)
    media = Media(lan, family, suite, roc_mode=mode, roc_rate=rate, **(OPEN if open_mode else {}))
    media.sender_do(uapi.CMD_SENDER_ADD, lan.sender, ssrc=SSRC, role=uapi.ROLE_TX, roc=ROC)
    packets = [srtp.rtp(number, pattern_payload(40, number), SSRC) for number in range(1, 13)]
    before = rate - 1
    for packet in packets[:before]:
        media.send(packet)
    if before:
        media.dropped("roc-unknown", before)
    report = srtp.rtcp(SSRC, 3)
    media.exchange(*packets[before:], report)
    lan.wire.fence()
    caught = [one.payload for one in lan.tap.datagrams(PORT)]
    equal(caught, [media.protected(packet, ROC << 16 | number)
                   for number, packet in enumerate(packets, 1)] + [media.protected_rtcp(report, 0)],
          "on the wire")
    media.hear(*[media.speak(5 << 16 | number, SSRC + 1) for number in range(2 * rate, 3 * rate)])
    tag = 4 if mode == 3 else srtp.TAG_LENGTH[suite] + 4
    shown = lan.member.mbsec.group(media.group)["group"]
    equal((shown["roc-mode"], shown["roc-rate"], shown.get("allow-no-integrity", False),
           shown["overhead"]), (mode, rate, open_mode, 6 + max(tag, 14)), "the group")
    open_packets = 0 if not open_mode else sum(
        mode == 3 or number % rate != 0 for number in [*range(rate, 13), *range(2 * rate, 3 * rate)])
    equal(lan.member.mbsec.counters(media.group)["rx-unauthenticated"], open_packets,
          "rx-unauthenticated")


def refused_modes(lan, family):
    """Without a MAC only where the group says so, and only where it makes sense."""
    lan.wire.expect_nothing()
    for code, values in (
            (errno.EINVAL, {"roc_mode": 1, "roc_rate": 2}), (errno.EINVAL, {"roc_mode": 3}),
            (errno.EINVAL, OPEN | {"roc_mode": 3, "no_mki": True}),
            (errno.EINVAL, OPEN | {"roc_mode": 3, "suite": srtp.NULL_80}),
            (errno.ERANGE, OPEN | {"roc_mode": 1, "roc_rate": 16385}),
            (errno.ERANGE, {"roc_mode": 4}), (errno.ERANGE, {"roc_mode": 0}),
            (errno.EINVAL, OPEN | {"format": uapi.FORMAT_SFRAME}),
            (errno.EINVAL, {"format": uapi.FORMAT_SFRAME, "roc_mode": 2})):
        try:
            lan.member.mbsec.group_add(lan.group(family), **{"format": uapi.FORMAT_SRTP} | values)
        except NetlinkError as failure:
            equal(failure.errno, code, f"errno of {values}")
            check(failure.message, "a sentence")
        else:
            raise AssertionError(f"{values} is taken")
    for values in ({"roc_mode": 1}, {"roc_mode": 2, "roc_rate": 65535}, OPEN,
                   OPEN | {"roc_mode": 3, "roc_rate": 16384}):
        lan.member.mbsec.group_add(lan.group(family), format=uapi.FORMAT_SRTP, **values)


def checksum_broken(media, data):
    """The same with a UDP checksum that is wrong, from a raw socket."""
    family = media.group.family
    sender = media.lan.outsider.transmitter(family, kind=socket.SOCK_RAW,
                                            protocol=socket.IPPROTO_UDP)
    if family == 6:
        # The kernel would compute it.
        sender.setsockopt(socket.IPPROTO_IPV6, 7, -1)
    header = struct.pack(">HHHH", 9, PORT, 8 + len(data), 0xbad1)
    sender.sendto(header + data, (media.group.address, 0))
    sender.close()


def unsigned_first_mode(lan, family):
    """Mode 1: what has no MAC is delivered, and moves nothing; what has one is still checked."""
    lan.wire.expect_nothing()
    media = Media(lan, family, roc_mode=1, roc_rate=8, **OPEN)
    media.hear(media.speak(ROC << 16 | 8), media.speak(ROC << 16 | 9))
    before = media.senders()
    media.hear(media.speak(ROC << 16 | 9))
    media.hear(media.speak(ROC << 16 | 30001))
    equal(media.senders(), before, "senders after packets without a MAC")
    media.speak(ROC << 16 | 17, SSRC + 1)
    media.dropped("roc-unknown")
    forged = media.protected(srtp.rtp(16, b"forged", SSRC), ROC + 1 << 16 | 16)
    media.inject(forged[:-1] + bytes([forged[-1] ^ 1]))
    media.inject(media.protected(srtp.rtp(8, b"again", SSRC), ROC << 16 | 8))
    media.inject(media.protected(srtp.rtp(11, b"", SSRC), ROC << 16 | 11)[:-1])
    checksum_broken(media, media.protected(srtp.rtp(12, b"broken", SSRC), ROC << 16 | 12))
    ktap.wait_for(lambda: sum(media.drops().values()) == 5, f"five drops: {media.drops()}")
    equal(media.drops(), {"rx-drop-roc-unknown": 1, "rx-drop-auth-failed": 1,
                          "rx-drop-replayed": 1, "rx-drop-too-short": 1, "rx-drop-malformed": 1},
          "drops")
    equal(media.senders(), before, "senders after drops")
    media.hear(media.speak(ROC + 1 << 16 | 16), media.speak(ROC + 1 << 16 | 17))
    media.speak(ROC << 16 | 60001)
    ktap.wait_for(lambda: media.drops().get("rx-drop-too-old") == 1, "behind the window")
    nothing_left(media.receiver)


def unsigned_third_mode(lan, family):
    """Mode 3: a forged ROC is followed until the next one; there is no window."""
    lan.wire.expect_nothing()
    media = Media(lan, family, roc_mode=3, roc_rate=4, **OPEN)
    media.hear(media.speak(ROC << 16 | 4), media.speak(ROC << 16 | 5), media.speak(ROC << 16 | 5))
    forged = media.protected(srtp.rtp(8, b"forged", SSRC), 0xFFFFFFFF << 16 | 8)
    media.inject(forged)
    ktap.wait_for(lambda: media.senders()[SSRC, uapi.ROLE_RX]["roc"] == 0xFFFFFFFF, "followed")
    drain(media.receiver)
    media.hear(media.speak(ROC << 16 | 12), media.speak(ROC << 16 | 13))
    equal(media.senders()[SSRC, uapi.ROLE_RX],
          {"ssrc": SSRC, "role": uapi.ROLE_RX, "roc": ROC, "sequence": 12, "streams": 0}, "sender")
    equal(media.drops(), {}, "drops")


def crowd(lan):
    """Mode 3: who sends packets without a MAC pushes others out, but for those that were named."""
    lan.wire.expect_nothing()
    media = Media(lan, 4, roc_mode=3, roc_rate=4, **OPEN)
    media.sender_do(uapi.CMD_SENDER_ADD, ssrc=SSRC + 1, roc=9)
    media.hear(media.speak(ROC << 16 | 4))
    most = uapi.MAX_SENDERS_PER_GROUP
    media.hear(*[media.speak(3 << 16 | 16, 0x10000 + number) for number in range(most + 100)])
    equal(len(media.senders()), most, "senders after a flood")
    media.hear(media.speak(9 << 16 | 1, SSRC + 1))
    media.hear(media.speak(ROC << 16 | 16), media.speak(ROC << 16 | 17))
    equal(len(media.senders()), most, "senders")
    equal(media.drops(), {}, "drops")


def absence(lan, family):
    """Who was silent for long is guessed, as far as the guesses reach; then asked for."""
    lan.wire.expect_nothing()
    media = Media(lan, family)
    watch = Watch(lan.member)
    for missed in (40000, 65536, 3 * 65536):
        media.sender_do(uapi.CMD_SENDER_ADD, ssrc=SSRC + missed, roc=1, sequence=600)
        media.hear(media.speak(65536 + 600, SSRC + missed))
        media.sender_do(uapi.CMD_SENDER_ADD, ssrc=SSRC + missed, roc=1, sequence=600)
        media.hear(media.speak(65536 + 600 + missed, SSRC + missed))
        equal(media.drops(), {}, "drops")
    media.sender_do(uapi.CMD_SENDER_ADD, ssrc=SSRC, roc=0)
    media.speak(GUESSES << 16 | 600)
    media.dropped("roc-unknown")
    equal(watch.next("roc-needed")["event"],
          {"type": uapi.EVENT_TYPE_ROC_NEEDED, "ssrc": SSRC, "count": 1}, "event")
    tries = itertools.count((2 << 16 | 600) + 40000)
    index = ktap.wait_for(lambda: is_taken(media, next(tries), SSRC + 65536), "a silent second")
    replays = lan.member.mbsec.keys(media.group)[0]["replays"]
    media.sender_do(uapi.CMD_SENDER_ADD, ssrc=SSRC + 65536, roc=index >> 16,
                    sequence=index & 0xFFFF)
    media.speak(index, SSRC + 65536)
    ktap.wait_for(lambda: media.drops().get("rx-drop-replayed") == 1, "a replay is one")
    equal(lan.member.mbsec.keys(media.group)[0]["replays"], replays + 1, "replays of the key")


def is_taken(media, index, ssrc):
    """The index of a packet far ahead if the member takes it; another one comes after it."""
    ahead, after = media.speak(index, ssrc), media.speak(index & 0xFFFF, ssrc + index)
    if media.receiver.recv(1 << 16) == after:
        return None
    equal(media.receiver.recv(1 << 16), after, f"what follows {ahead}")
    return index


def guess_budget(lan, family):
    """Strangers cannot have more than a thousand packets a second guessed; ROC 0 is always tried."""
    lan.wire.expect_nothing()
    lan.wire.expect_flood()
    media = Media(lan, family, srtp.NULL_80)
    forged = media.protected(srtp.rtp(1, b"stranger", 0), 9 << 16 | 1)

    def flooded(attempt=iter(range(1, 50))):
        ssrc = next(attempt) << 16
        strangers = [forged[:8] + struct.pack(">I", ssrc + number + 2) + forged[12:]
                     for number in range(2 * GUESSED_PACKETS)]
        # Many at once: who is slow stays within the budget.
        for start in range(0, len(strangers), BATCH):
            gso.send_super(media.outsider_socket(), strangers[start:start + BATCH], media.target)
        guessed = media.speak(1 << 16 | 1, ssrc)
        tried = media.speak(1, ssrc + 1)
        while (packet := media.receiver.recv(1 << 16)) != tried:
            equal(packet, guessed, "packet before the last one")
        return (ssrc, uapi.ROLE_RX) not in media.senders()
    ktap.wait_for(flooded, "the budget is spent")


def collision(lan, family):
    """Another host with an SSRC of this one is told once a key, and counted each time."""
    lan.wire.expect_nothing()
    media = Media(lan, family, loop=True)
    watch = Watch(lan.sender)
    listener = lan.sender.receiver(media.group)
    media.key_add(lan.sender, media.key, uapi.ROLE_RX)
    own = [srtp.rtp(number, b"own %d" % number, SSRC) for number in (1, 2)]
    media.exchange(*own)
    receive_all(listener, own)
    foreign = [media.speak(index) for index in (700, 701)] + [media.speak(1, SSRC + 5)]
    report = srtp.rtcp(SSRC, 2)
    media.inject(media.protected_rtcp(report, 3))
    receive_all(listener, foreign + [report])
    event = watch.next("ssrc-collision")
    equal(event["event"], {"type": uapi.EVENT_TYPE_SSRC_COLLISION, "ssrc": SSRC, "count": 1},
          "event")
    equal(event["key"], media.key.identity() | {"role": uapi.ROLE_TX}, "key of the event")
    forged = media.protected(srtp.rtp(702, b"forged", SSRC), 702)
    media.inject(forged[:-1] + bytes([forged[-1] ^ 1]))
    key = media.new_key()
    for host in (lan.sender, lan.member):
        media.key_add(host, key, uapi.ROLE_RX)
    media.speak(703, key=key)
    media.key_add(lan.sender, key, uapi.ROLE_TX, activate=True)
    media.send(srtp.rtp(3, b"own 3", SSRC))
    media.speak(704, key=key)
    event = watch.next("ssrc-collision under the other key")
    equal((event["event"]["type"], event["key"]["msk-id"]),
          (uapi.EVENT_TYPE_SSRC_COLLISION, key.msk_id), "event")
    equal(lan.sender.mbsec.counters(media.group)["rx-ssrc-collision"], 4, "collisions")
    equal(lan.member.mbsec.counters(media.group)["rx-ssrc-collision"], 0, "of the member")
    drain(media.receiver)


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    for mode, rate in ((1, 1), (1, 4), (2, 1), (2, 4), (3, 1), (3, 4)):
        plan.families(f"mode {mode}, rate {rate}",
                      lambda family, mode=mode, rate=rate: told(lan, family, mode, rate))
    plan.families("mode 2 with short tags", lambda family: told(lan, family, 2, 3, srtp.AES128_32))
    for name, case in (("modes that are refused", refused_modes),
                       ("mode 1 without a MAC", unsigned_first_mode),
                       ("mode 3 without a MAC", unsigned_third_mode),
                       ("budget of guesses", guess_budget),
                       ("collision of SSRCs", collision)):
        plan.families(name, lambda family, case=case: case(lan, family))
    plan.add("long absence", lambda: absence(lan, 6))
    plan.add("mode 3, more senders than there may be", lambda: crowd(lan))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
