#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The module and libsrtp read over the network what the other one sent.

The outsider's kernel has no group; there libsrtp (srtp_libsrtp.c) sends and
receives by ordinary sockets.
"""

import os
import struct
import subprocess
import sys

import ktap
import netns
import srtp_reference as srtp
import uapi
from capture import pattern_payload
from ktap import check, equal
from srtp_session import SSRC, Media
from topology import PORT, Lan, nothing_left, receive_all

OPEN, UPDATE, PROTECT, PROTECT_RTCP, UNPROTECT, UNPROTECT_RTCP, SET_ROC, GET_ROC = range(1, 9)
AUTH_FAIL, REPLAY_FAIL, BAD_MKI = 7, 9, 25
KEYS_MAX, MASTER_MAX, WINDOW = 4, 46, 1024
MESSAGE = struct.Struct("=BBHI")
SETUP = struct.Struct("=IIIBB")
OTHER = 0x5EED5EED
NAMES = {srtp.AES128_80: "aes128-80", srtp.AES128_32: "aes128-32", srtp.AES256_80: "aes256-80",
         srtp.NULL_80: "null-80"}


class Refused(Exception):
    """libsrtp returned another status than ok."""

    def __init__(self, status):
        super().__init__(f"libsrtp: status {status}")
        self.status = status


class Library:
    """libsrtp in a process of its own."""

    def __init__(self):
        self.child = subprocess.Popen([os.path.join(netns.HERE, "srtp_libsrtp")],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def ask(self, verb, body, argument=0):
        self.child.stdin.write(MESSAGE.pack(verb, argument, 0, len(body)) + body)
        _, status, _, size = MESSAGE.unpack(self.read(MESSAGE.size))
        body = self.read(size)
        if status:
            raise Refused(status)
        return body

    def read(self, size):
        data = b""
        while len(data) < size:
            piece = self.child.stdout.read(size - len(data))
            check(piece, "srtp_libsrtp has ended")
            data += piece
        return data

    def close(self):
        self.child.stdin.close()
        equal(self.child.wait(), 0, "status of srtp_libsrtp")


class Peer:
    """libsrtp on the outsider, with the keys of a stream."""

    def __init__(self, library, media, keys=None, ssrc=0):
        self.oracle, self.media, self.ssrc = library, media, ssrc
        self.setup(OPEN, keys or [media.key])
        host, group = media.lan.outsider, media.group
        self.sockets = {port: host.receiver(group, port=port) for port in (PORT, PORT + 1)}

    def setup(self, verb, keys):
        body = SETUP.pack(self.media.suite, self.ssrc, WINDOW, self.media.mki, len(keys))
        for key in keys:
            body += key.mki + (key.master + key.salt).ljust(MASTER_MAX, b"\0")
        self.oracle.ask(verb, body.ljust(SETUP.size + KEYS_MAX * (6 + MASTER_MAX), b"\0"))

    def roc(self, value):
        self.oracle.ask(SET_ROC, struct.pack("=II", self.ssrc, value))

    def caught(self, count, port=PORT):
        """Datagrams that the host has got, protected."""
        return [self.sockets[port].recv(1 << 16) for _ in range(count)]

    def read(self, datagram, rtcp=False):
        return self.oracle.ask(UNPROTECT_RTCP if rtcp else UNPROTECT, datagram)

    def refuses(self, status, datagram, rtcp=False):
        try:
            self.read(datagram, rtcp)
        except Refused as refusal:
            equal(refusal.status, status, "status of libsrtp")
        else:
            raise AssertionError("libsrtp takes it")

    def hear(self, *packets, port=PORT):
        """They come from the module, in this order."""
        for number, datagram in enumerate(self.caught(len(packets), port)):
            equal(self.read(datagram, is_rtcp(packets[number])), packets[number],
                  f"packet {number} as libsrtp reads it")

    def protected(self, packet, key=0):
        return self.oracle.ask(PROTECT_RTCP if is_rtcp(packet) else PROTECT, packet, key)

    def speak(self, *packets, key=0):
        """To the group."""
        for packet in packets:
            self.media.inject(self.protected(packet, key))


def is_rtcp(packet):
    return 192 <= packet[1] <= 223


def packets_of_all_kinds(first, ssrc=SSRC):
    """CSRCs, extensions, no payload, much payload; and RTCP between them."""
    return [srtp.rtp(first, pattern_payload(160, 1), ssrc),
            srtp.rtcp(ssrc, 5),
            srtp.rtp(first + 1, b"", ssrc),
            srtp.rtp(first + 2, pattern_payload(700, 2), ssrc, csrcs=range(1, 16), marker=True),
            srtp.rtp(first + 4, pattern_payload(33, 3), ssrc, extension=b"\x10\xaa\0\0" * 7),
            srtp.rtp(first + 3, pattern_payload(1, 4), ssrc, csrcs=(9,), extension=b""),
            srtp.rtcp(ssrc, 0),
            srtp.rtp(first + 5, pattern_payload(1200, 5), ssrc),
            srtp.rtcp(ssrc, 200)]


def numbered(indexes, ssrc=SSRC):
    return [srtp.rtp(index, pattern_payload(60, index), ssrc) for index in indexes]


def both_ways(lan, library, family, suite, mki):
    """Packets of all kinds, RTP and RTCP, each way and each octet."""
    if suite == srtp.NULL_80:
        lan.wire.expect_plaintext()
    media = Media(lan, family, suite, mki)
    peer = Peer(library, media)
    packets = packets_of_all_kinds(100)
    if mki and suite == srtp.AES128_32:
        # libsrtp 2.5 looks for the MKI of SRTCP where a tag as short as that of SRTP would be.
        media.send(packets.pop(1))
        peer.refuses(BAD_MKI, peer.caught(1)[0], rtcp=True)
        equal(len(media.receiver.recv(1 << 16)), 28, "length of the report")
        packets = [packet for packet in packets if not is_rtcp(packet)]
    media.exchange(*packets)
    peer.hear(*packets)
    answers = packets_of_all_kinds(40000, OTHER)
    peer.speak(*answers)
    media.hear(*answers)
    equal((media.drops(), media.drops(lan.sender)), ({}, {}), "drops")


def own_port(lan, library, family):
    """RTCP on its own port, and on that of RTP, with one index."""
    media = Media(lan, family)
    peer = Peer(library, media)
    receivers = [media.receiver, lan.member.receiver(media.group, port=PORT + 1)]
    for number in range(4):
        port = PORT + number % 2
        report, answer = (srtp.rtcp(ssrc, number) for ssrc in (SSRC, OTHER))
        media.transmitter.sendto(report, (media.group.address, port))
        peer.hear(report, port=port)
        media.outsider_socket().sendto(peer.protected(answer), (media.group.address, port))
        receive_all(receivers[number % 2], [report, answer])


def known_roc(lan, library, family):
    """A stream that is old: all are told where it stands."""
    media = Media(lan, family)
    peer = Peer(library, media, ssrc=SSRC)
    roc = 0x8000_0077
    stands = {"ssrc": SSRC, "roc": roc, "sequence": 65529}
    media.sender_do(uapi.CMD_SENDER_ADD, lan.sender, role=uapi.ROLE_TX, **stands)
    media.sender_do(uapi.CMD_SENDER_ADD, **stands)
    first, *packets = numbered(range(65530, 65540))
    media.exchange(first)
    datagram = peer.caught(1)[0]
    peer.refuses(AUTH_FAIL, datagram)
    peer.roc(roc)
    equal(peer.read(datagram), first, "the first packet as libsrtp reads it")
    media.exchange(*packets)
    peer.hear(*packets)
    equal(struct.unpack("=II", library.ask(GET_ROC, struct.pack("=II", SSRC, 0))),
          (SSRC, roc + 1), "SSRC and ROC of libsrtp")


def told_roc(lan, library, family):
    """libsrtp sends with a ROC that the module is told, or finds by itself."""
    lan.wire.expect_nothing()
    media = Media(lan, family)
    for ssrc, roc in ((SSRC, 0xFFFF_FF00), (OTHER, 2)):
        peer = Peer(library, media, ssrc=ssrc)
        peer.roc(roc)
        if roc > 2:
            peer.speak(*numbered([65000], ssrc))
            media.dropped("roc-unknown")
            media.sender_do(uapi.CMD_SENDER_ADD, ssrc=ssrc, roc=roc, sequence=65000)
        packets = numbered(range(65530, 65545), ssrc)
        peer.speak(*packets)
        media.hear(*packets)
        equal(media.senders()[ssrc, uapi.ROLE_RX]["roc"], roc + 1, "ROC")


def rekey(lan, library, family):
    """From one key to the other over the end of the sequence numbers; old packets come late."""
    media = Media(lan, family)
    old, new = numbered(range(65500, 65538)), numbered(range(65538, 65560))
    old.append(srtp.rtcp(SSRC, 3))
    media.exchange(*old)
    keys = [media.key, media.key_change()]
    media.exchange(*new)
    packets = old + new
    peer = Peer(library, media, keys)
    # Its keys were not there yet: it reads what the tap has caught.
    datagrams = [one.payload for one in lan.tap.wait_datagrams(len(packets), PORT)]
    order = sorted(range(len(packets)), key=lambda number: number + lan.random.randrange(30))
    for number in order:
        equal(peer.read(datagrams[number], is_rtcp(packets[number])), packets[number],
              f"packet {number} as libsrtp reads it")
    equal({datagram[-16:-10] for datagram in datagrams}, {key.mki for key in keys}, "MKIs")


def rekey_of_peer(lan, library, family):
    """libsrtp changes the key; a receive key each."""
    lan.wire.expect_nothing()
    media = Media(lan, family)
    key = media.new_key()
    peer = Peer(library, media, [media.key, key])
    packets = numbered(range(65500, 65560)) + [srtp.rtcp(SSRC, words) for words in range(6)]
    datagrams = [peer.protected(packet, number * 2 // len(packets))
                 for number, packet in enumerate(packets)]
    order = sorted(range(len(packets)), key=lambda number: number + lan.random.randrange(30))
    media.inject(datagrams[-1])
    media.dropped("unknown-key")
    media.key_add(lan.member, key, uapi.ROLE_RX)
    for number in order:
        media.inject(datagrams[number])
    media.hear(*[packets[number] for number in order])
    shown = media.senders()[SSRC, uapi.ROLE_RX]
    equal((shown["roc"], shown["sequence"], shown["streams"]), (1, 23, 2), "the sender")


def rekey_without_mki(lan, library, family):
    """Packets name no key; libsrtp has one at a time and keeps the index."""
    media = Media(lan, family, mki=False)
    peer = Peer(library, media)
    first, second = numbered(range(65530, 65540)), numbered(range(65540, 65550))
    media.exchange(*first)
    peer.hear(*first)
    answers = numbered(range(65530, 65550), OTHER)
    peer.speak(*answers[:10])
    media.hear(*answers[:10])
    peer.setup(UPDATE, [media.key_change()])
    media.exchange(*second, srtp.rtcp(SSRC, 4))
    peer.hear(*second, srtp.rtcp(SSRC, 4))
    peer.speak(*answers[10:], srtp.rtcp(OTHER, 4))
    media.hear(*answers[10:], srtp.rtcp(OTHER, 4))


def rough_path(random, rounds=3):
    """Indexes as sent, over the end of the numbers several times; and in what order which of them
    arrive: four of ten do not, the others are late by up to forty packets."""
    middles = [1 + third * 65536 // 3 for third in range(1, 3 * rounds + 1)]
    sent, arrived = [], []
    for middle in middles:
        burst = list(range(middle - 30, middle + 30))
        sent += burst
        kept = [index for index in burst if random.random() > 0.4]
        arrived += sorted(kept, key=lambda index: index + random.randrange(40))
    return sent, arrived


def lossy_to_library(lan, library, family):
    media = Media(lan, family, receive=False)
    peer = Peer(library, media)
    sent, arrived = rough_path(lan.random)
    packets = dict(zip(sent, numbered(sent)))
    for index in sent:
        media.send(packets[index])
    datagrams = dict(zip(sent, peer.caught(len(sent))))
    for index in arrived:
        equal(peer.read(datagrams[index]), packets[index], f"index {index}")
    for index in arrived[-24::3]:
        peer.refuses(REPLAY_FAIL, datagrams[index])
    damaged = datagrams[sent[-1]][:-1] + bytes([datagrams[sent[-1]][-1] ^ 1])
    peer.refuses(REPLAY_FAIL if sent[-1] in arrived else AUTH_FAIL, damaged)


def lossy_from_library(lan, library, family):
    lan.wire.expect_nothing()
    media = Media(lan, family)
    peer = Peer(library, media)
    sent, arrived = rough_path(lan.random)
    packets = dict(zip(sent, numbered(sent)))
    datagrams = {index: peer.protected(packets[index]) for index in sent}
    for index in arrived:
        media.inject(datagrams[index])
    media.hear(*[packets[index] for index in arrived])
    again = arrived[-24::3]
    for index in again:
        media.inject(datagrams[index])
    media.dropped("replayed", len(again))
    nothing_left(media.receiver)
    equal(media.senders()[SSRC, uapi.ROLE_RX]["roc"], sent[-1] >> 16, "ROC")


def library_ends(lan, library):
    lan.wire.expect_nothing()
    library.close()


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    library = Library()
    families = [4, 6]
    for suite in srtp.SUITES:
        for mki in (True, False):
            # One of the two is enough: the tests of srtp.py have both.
            family = families[len(plan.cases) % 2]
            plan.add(f"{NAMES[suite]}{'' if mki else ' without MKI'}, both ways, IPv{family}",
                     both_ways, lan, library, family, suite, mki)
    for name, case in (("RTCP on its own port", own_port), ("known ROC", known_roc),
                       ("ROC of libsrtp", told_roc), ("rekey", rekey),
                       ("rekey of libsrtp", rekey_of_peer),
                       ("rekey without MKI", rekey_without_mki),
                       ("loss and reordering, to libsrtp", lossy_to_library),
                       ("loss and reordering, from libsrtp", lossy_from_library)):
        family = families[len(plan.cases) % 2]
        plan.add(f"{name}, IPv{family}", case, lan, library, family)
    plan.add("libsrtp ends", library_ends, lan, library)
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
