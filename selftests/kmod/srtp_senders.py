#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Senders of SRTP: where their index stands, and how many there may be."""

import errno
import sys
from dataclasses import replace

import ktap
import netns
import srtp_reference as srtp
import uapi
from capture import pattern_payload
from ktap import check, equal
from netlink import NetlinkError
from srtp_session import SSRC, Media
from topology import PORT, Lan, nothing_left
from watch import Watch

GUESSES = 4


def error_of(code, function, *args, **values):
    """The kernel refuses with this errno, and says why."""
    try:
        function(*args, **values)
    except NetlinkError as failure:
        equal(failure.errno, code, f"errno of {failure.message}")
        check(failure.message, "a sentence")
        return
    raise AssertionError(f"not refused with {errno.errorcode[code]}")


def late_join(lan, family):
    """A low ROC is guessed; a high one is asked for, and then told."""
    lan.wire.expect_nothing()
    media = Media(lan, family)
    watch = Watch(lan.member)
    for roc in range(GUESSES):
        media.hear(media.speak(roc << 16 | 500, SSRC + roc))
    index = 9 << 16 | 500
    media.speak(index, 0x909)
    media.dropped("roc-unknown")
    event = watch.next("roc-needed")
    equal((event["event"]["type"], event["event"]["ssrc"]),
          (uapi.EVENT_TYPE_ROC_NEEDED, 0x909), "event")
    check((0x909, uapi.ROLE_RX) not in media.senders(), "an unknown sender leaves nothing")
    media.sender_do(uapi.CMD_SENDER_ADD, ssrc=0x909, roc=9, sequence=400)
    media.hear(media.speak(index, 0x909), media.speak(index + 1, 0x909))
    shown = media.senders()[0x909, uapi.ROLE_RX]
    equal(shown, {"ssrc": 0x909, "role": uapi.ROLE_RX, "roc": 9, "sequence": 501, "streams": 1,
                  "provisioned": True}, "the sender")
    # Said without a sequence number, it is that of the first packet.
    for sequence in (5, 40000):
        media.sender_do(uapi.CMD_SENDER_ADD, ssrc=sequence, roc=12)
        media.hear(media.speak(12 << 16 | sequence, sequence))


def roc_in_tag(lan, family):
    """RFC 4771: who joins late learns the ROC from a packet that has it."""
    media = Media(lan, family, roc_rate=4)
    media.sender_do(uapi.CMD_SENDER_ADD, lan.sender, ssrc=SSRC, role=uapi.ROLE_TX, roc=77)
    for sequence in (1, 2, 3):
        media.send(srtp.rtp(sequence, b"before", SSRC))
    media.dropped("roc-unknown", 3)
    packets = [srtp.rtp(sequence, b"number %d" % sequence, SSRC) for sequence in range(4, 12)]
    media.exchange(*packets)
    lan.wire.fence()
    caught = [one.payload for one in lan.tap.datagrams(media.group.port)]
    equal(caught[3:], [media.protected(packet, 77 << 16 | number)
                       for number, packet in enumerate(packets, 4)], "on the wire")
    wrong = media.protected(srtp.rtp(16, b"forged", SSRC), 78 << 16 | 16)
    media.inject(wrong[:-14] + b"\0\0\0\x4f" + wrong[-10:])
    ktap.wait_for(lambda: media.drops().get("rx-drop-auth-failed") == 1, "a forged ROC is dropped")
    media.exchange(srtp.rtp(12, b"after", SSRC))
    equal(lan.sender.mbsec.group(media.group)["group"]["overhead"], 20, "overhead")


def long_absence(lan, family):
    """A receiver that missed more than half a round is told the ROC, or reads it."""
    lan.wire.expect_nothing()
    media = Media(lan, family)
    media.hear(media.speak(100))
    media.speak(5 << 16 | 7)
    media.dropped("auth-failed")
    media.sender_do(uapi.CMD_SENDER_ADD, ssrc=SSRC, roc=5)
    media.hear(media.speak(5 << 16 | 8))
    media.sender_do(uapi.CMD_SENDER_ADD, ssrc=SSRC, roc=0, sequence=100)
    media.inject(media.protected(srtp.rtp(100, b"index %20d" % 100, SSRC), 100))
    ktap.wait_for(lambda: media.drops().get("rx-drop-too-old") == 1, "the window stays")
    nothing_left(media.receiver)


def commands(lan, family):
    """sender-add, sender-del and what they refuse."""
    lan.wire.expect_nothing()
    media = Media(lan, family)
    plain = lan.group(family)
    lan.member.mbsec.group_add(plain)
    add, delete = uapi.CMD_SENDER_ADD, uapi.CMD_SENDER_DEL
    error_of(errno.ENOENT, media.sender_do, delete, ssrc=SSRC)
    error_of(errno.EINVAL, media.sender_do, add, ssrc=SSRC)
    error_of(errno.EINVAL, media.sender_do, add, roc=1)
    error_of(errno.EINVAL, media.sender_do, add, ssrc=SSRC, roc=1, streams=1)
    error_of(errno.ERANGE, media.sender_do, add, ssrc=SSRC, roc=1, role=3)
    error_of(errno.EINVAL, lan.member.mbsec.netlink.do, add,
             {"group": plain.attributes(), "sender": {"ssrc": 1, "roc": 1}})
    media.sender_do(add, ssrc=SSRC, roc=3, sequence=9)
    media.sender_do(add, ssrc=SSRC, roc=4, role=uapi.ROLE_TX)
    equal({key: (one["roc"], one["sequence"]) for key, one in media.senders().items()},
          {(SSRC, uapi.ROLE_RX): (3, 9), (SSRC, uapi.ROLE_TX): (4, 0x8000)}, "senders")
    media.hear(media.speak(3 << 16 | 10))
    error_of(errno.EBUSY, media.sender_do, delete, ssrc=SSRC)
    media.sender_do(delete, ssrc=SSRC, role=uapi.ROLE_TX)
    lan.member.mbsec.key_del(media.group, media.key)
    media.sender_do(delete, ssrc=SSRC)
    equal(media.senders(), {}, "senders")


def key_material(lan, family):
    """What a key of an SRTP group must have, and must not."""
    lan.wire.expect_nothing()
    media = Media(lan, family)
    key = media.new_key()
    good = key.identity() | {"role": uapi.ROLE_RX} | key.material()
    bad = [(errno.EINVAL, {name: None}) for name in key.material()]
    bad += [(errno.ERANGE, {name: value + b"\0"}) for name, value in key.material().items()]
    bad += [(errno.ERANGE, {name: value[:-1]}) for name, value in key.material().items()]
    bad += [(errno.EINVAL, {"sender-id": 0x100}),
            (errno.EINVAL, {"role": uapi.ROLE_TX, "counter-start": 1 << 33})]
    for code, change in bad:
        error_of(code, lan.member.mbsec.netlink.do, uapi.CMD_KEY_ADD,
                 {"group": media.group.attributes(), "key": good | change})
    equal(len(lan.member.mbsec.keys(media.group)), 1, "keys")
    lan.member.mbsec.netlink.do(uapi.CMD_KEY_ADD, {"group": media.group.attributes(), "key": good})


def key_comes_back(lan, family):
    """A receive key that was deleted and is added again takes nothing twice."""
    lan.wire.expect_nothing()
    media = Media(lan, family)
    media.hear(*[media.speak(index) for index in (10, 11, 13)])
    report = srtp.rtcp(SSRC, 2)
    media.inject(media.protected_rtcp(report, 5))
    media.hear(report)
    lan.member.mbsec.key_del(media.group, media.key)
    media.key_add(lan.member, media.key, uapi.ROLE_RX)
    for index in (10, 11, 12, 13):
        media.speak(index)
    media.inject(media.protected_rtcp(report, 5))
    media.dropped("too-old", 5)
    media.hear(media.speak(14))
    media.inject(media.protected_rtcp(report, 6))
    media.hear(report)
    lan.member.mbsec.group_del(media.group)
    lan.member.mbsec.group_add(media.group, format=uapi.FORMAT_SRTP)
    media.key_add(lan.member, media.key, uapi.ROLE_RX)
    media.speak(15)
    media.dropped("too-old")
    media.sender_do(uapi.CMD_SENDER_ADD, ssrc=SSRC, roc=0, sequence=15)
    nothing_left(media.receiver)


def strangers(lan, family):
    """Forged packets of ten thousand SSRCs leave nothing behind."""
    lan.wire.expect_nothing()
    lan.wire.expect_flood()
    media = Media(lan, family, srtp.NULL_80)
    good = media.protected(srtp.rtp(1, b"stranger", 0), 1)
    for number in range(10000):
        media.inject(good[:8] + number.to_bytes(4, "big") + good[12:-1] + bytes([good[-1] ^ 1]))
    ktap.wait_for(lambda: media.drops().get("rx-drop-roc-unknown", 0) > 5000, "most are counted")
    equal(media.senders(), {}, "senders")
    media.sender_do(uapi.CMD_SENDER_ADD, ssrc=SSRC, roc=0)
    media.hear(media.speak(70))


def too_many(lan, family):
    """The cap holds for authentic senders; keys that go make room."""
    lan.wire.expect_nothing()
    media = Media(lan, family, srtp.NULL_80, rx={"window": 64})
    watch = Watch(lan.member)
    most = uapi.MAX_SENDERS_PER_GROUP
    media.hear(*[media.speak(1, 1000 + number) for number in range(most)])
    equal(len(media.senders()), most, "senders")
    media.speak(1, SSRC)
    media.dropped("sender-limit")
    event = watch.next("sender-limit")
    equal((event["event"]["type"], event["event"]["ssrc"]),
          (uapi.EVENT_TYPE_SENDER_LIMIT, SSRC), "event")
    error_of(errno.ENOSPC, media.sender_do, uapi.CMD_SENDER_ADD, ssrc=SSRC, roc=0)
    media.hear(media.speak(2, 1000))
    key = media.new_key()
    media.key_add(lan.member, key, uapi.ROLE_RX)
    media.speak(1, SSRC, key)
    media.dropped("sender-limit", 2)
    media.hear(media.speak(3, 1000, key))
    lan.member.mbsec.key_del(media.group, media.key)
    media.hear(media.speak(1, SSRC, key))
    equal(len(media.senders()), most, "senders")
    media.hear(media.speak(4, 1000, key))


def shared_key(lan, family):
    """Streams under one key: each SSRC is of one group, or a key stream would repeat."""
    audio = Media(lan, family)
    audio.exchange(srtp.rtp(1, b"audio", SSRC))
    video = Media(lan, family, port=PORT + 2, key=audio.key)
    video.exchange(srtp.rtp(1, b"video", SSRC + 1))
    for media, ssrc in ((audio, SSRC + 1), (video, SSRC)):
        try:
            media.send(srtp.rtp(2, b"taken", ssrc))
        except OSError as failure:
            equal(failure.errno, errno.EEXIST, "errno")
        else:
            raise AssertionError("an SSRC is sent by two groups under one key")
    audio.exchange(srtp.rtp(2, b"audio", SSRC))
    third = lan.group(family, PORT + 4)
    lan.sender.mbsec.group_add(third, format=uapi.FORMAT_SRTP)
    other = replace(audio.key, mtk_id=audio.key.mtk_id ^ 1)
    error_of(errno.EKEYREJECTED, lan.sender.mbsec.tx_add, third, other)
    lan.outsider.mbsec.group_add(third, format=uapi.FORMAT_SRTP)
    error_of(errno.EKEYREJECTED, lan.outsider.mbsec.tx_add, third, audio.key)
    lan.sender.mbsec.key_del(audio.group, audio.key)
    error_of(errno.EKEYREJECTED, lan.sender.mbsec.tx_add, audio.group, audio.key)
    lan.sender.mbsec.tx_add(third, audio.key)
    try:
        video.send(srtp.rtp(3, b"of a group that is gone", SSRC))
    except OSError as failure:
        equal(failure.errno, errno.EEXIST, "errno")
    else:
        raise AssertionError("an SSRC goes to another group with its key")
    for group in (video.group, third):
        lan.sender.mbsec.key_del(group, audio.key)
    fourth = lan.group(family, PORT + 6)
    lan.sender.mbsec.group_add(fourth, format=uapi.FORMAT_SRTP)
    error_of(errno.EKEYREJECTED, lan.sender.mbsec.tx_add, fourth, audio.key)


def policy_permit(lan, family):
    """Cleartext until the first key is active; then nothing but SRTP is sent."""
    lan.wire.expect_plaintext()
    media = Media(lan, family, tx={"activate": False}, policy=uapi.POLICY_PERMIT)
    clear = srtp.rtp(1, pattern_payload(100), SSRC)
    media.exchange(clear, srtp.rtp(2, b"", SSRC), b"no RTP at all")
    lan.sender.mbsec.key_activate(media.group, media.key)
    media.exchange(srtp.rtp(3, b"protected", SSRC))
    try:
        media.send(b"no RTP at all")
    except OSError as failure:
        equal(failure.errno, errno.EINVAL, "errno")
    else:
        raise AssertionError("cleartext is sent after a key was active")


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    for name, case in (("late join", late_join), ("ROC in the tag", roc_in_tag),
                       ("long absence", long_absence), ("commands", commands),
                       ("key material", key_material), ("a key comes back", key_comes_back),
                       ("strangers", strangers), ("too many senders", too_many),
                       ("a key of several groups", shared_key), ("policy permit", policy_permit)):
        plan.families(name, lambda family, case=case: case(lan, family))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
