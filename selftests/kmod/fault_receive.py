#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each allocation on a datagram's way in fails once: it is lost or it is whole, and what is not
authentic is not delivered.

Only what a task does can be made to fail at a chosen point, and packets come in by softirqs: but
for a device whose NAPI has a thread of its own.
"""

import itertools
import socket
import struct
import sys

import capture
import faults
import gso
import ktap
import netns
import sframe_reference as sframe
import srtp_reference as srtp
import uapi
from capture import pattern_payload
from ktap import check, equal
from srtp_session import SSRC, MediaKey
from topology import Topology

SEGMENT, SEGMENTS, FORGED = 1000, 5, 3


class Pair(Topology):
    """The far host receives in a thread what the near one sends; a tap shares each packet."""

    def __init__(self, plan, random):
        super().__init__(plan, random)
        self.near, self.far = self.host("near", 1), self.host("far", 2)
        self.near.namespace.ip("link add name eth0 type veth peer name eth0 netns "
                               f"{self.far.namespace.name}\n")
        for host in self.hosts:
            host.configure()
        gso.receive_in_thread(self.near, self.far)
        self.tap = capture.Tap(self.far.namespace, "eth0")
        self.wire.link(self.near.namespace, "eth0", [self.tap])
        for host in self.hosts:
            host.wait_ready()
        self.thread = faults.FailingThread("eth0")

    def nothing_missed(self):
        """The tap has not: it had no memory for some."""
        self.tap.lost()


class Stream:
    """A group of the far host, its key, and datagrams that the reference protects."""

    def __init__(self, pair, family, suite=sframe.AES_CTR_80, size=100, **options):
        self.mbsec, self.group = pair.far.mbsec, pair.group(family)
        self.suite, self.size = suite, size
        self.key = self.new_key(pair)
        self.mbsec.group_add(self.group, suite=suite, **options)
        self.mbsec.key_add(self.group, self.key, uapi.ROLE_RX)
        self.receiver = pair.far.receiver(self.group)
        self.receiver.setsockopt(socket.IPPROTO_UDP, gso.UDP_GRO, 1)
        self.transmitter = pair.near.transmitter(family)
        self.target = self.group.address, self.group.port
        self.numbers = itertools.count(1)

    def new_key(self, pair):
        return pair.key(suite=self.suite)

    def next(self):
        """A payload, and the datagram that brings it."""
        number = next(self.numbers)
        payload = pattern_payload(self.size, number)
        return payload, self.key.protect(sframe.COUNTER_FIRST + number, payload)

    def ready(self):
        """How to send, and what has to arrive."""
        payload, datagram = self.next()
        return (lambda: self.transmitter.sendto(datagram, self.target)), [payload]

    def counter(self, name):
        return self.mbsec.counters(self.group)[name]


class Batch(Stream):
    """Super-packets, one segment of which is forged."""

    def ready(self):
        pairs = [self.next() for _ in range(SEGMENTS)]
        datagrams = [datagram for _, datagram in pairs]
        datagrams[FORGED] = gso.forged(None, datagrams[FORGED])
        control = [(socket.IPPROTO_UDP, gso.UDP_SEGMENT, struct.pack("=H", len(datagrams[0])))]
        joined = b"".join(datagrams)
        payloads = [payload for payload, _ in pairs]
        return (lambda: self.transmitter.sendmsg([joined], control, 0, self.target),
                payloads[:FORGED] + payloads[FORGED + 1:])


class Clear(Stream):
    """Datagrams as they must not be delivered: nobody protected them."""

    def ready(self):
        payload, _ = self.next()
        return (lambda: self.transmitter.sendto(payload, self.target)), []


class Forged(Stream):
    """Datagrams of which one bit is wrong."""

    def ready(self):
        datagram = gso.forged(None, self.next()[1])
        return (lambda: self.transmitter.sendto(datagram, self.target)), []


class MediaStream(Stream):
    """Packets of RTP, and if each is of a new sender; or of RTCP."""

    def __init__(self, pair, family, fresh=False, rtcp=False):
        self.fresh, self.rtcp = fresh, rtcp
        super().__init__(pair, family, srtp.AES128_80, format=uapi.FORMAT_SRTP)

    def new_key(self, pair):
        random = pair.random
        return MediaKey(random.randbytes(16), random.randbytes(14), random.getrandbits(32),
                        random.getrandbits(16), self.suite)

    def next(self):
        number = next(self.numbers)
        ssrc = SSRC + number if self.fresh else SSRC
        if self.rtcp:
            packet = srtp.rtcp(ssrc, 20)
            return packet, srtp.protect_rtcp(self.key.session[1], packet, number, self.key.mki)
        packet = srtp.rtp(number, pattern_payload(self.size, number), ssrc)
        return packet, srtp.protect_rtp(self.key.session[0], packet, number, self.key.mki,
                                        srtp.TAG_LENGTH[self.suite])


def receiving(pair, kind, *args, **options):
    """Returns the stream, and how many reads each datagram has taken."""
    stream = kind(pair, *args, **options)
    reads = []
    for (_, payloads), failure in faults.each(pair.thread, lambda send, _: send(), stream.ready):
        equal(failure, None, "error of the sender, who has memory")
        found = gso.drain_segments(stream.receiver)
        arrived = sum(found, [])
        check(set(arrived) <= set(payloads), f"other payloads have arrived: {arrived!r:.200}")
        equal(len(arrived), len(set(arrived)), "payloads that are there once")
        reads.append(len(found))
    equal(arrived, payloads, "the datagram of which no allocation failed")
    pair.wire.fence()
    pair.nothing_missed()
    return stream, reads


def datagrams(pair, *args, **options):
    """The module itself has had no memory."""
    def sweep():
        stream, _ = receiving(pair, *args, **options)
        return stream.counter("rx-drop-no-memory") > 0
    faults.insist(sweep, "an allocation of the module fails")


def batches(pair, *args, **options):
    """Where the module has no memory for the whole, it takes it apart: then several reads."""
    def sweep():
        stream, reads = receiving(pair, Batch, *args, **options)
        check(stream.counter("rx-drop-auth-failed") > 1, "segments were forged")
        return max(reads) > 1 and reads[-1] == 1
    faults.insist(sweep, "a super-packet is taken apart, and one is not")


def clear(pair, family):
    pair.wire.expect_plaintext()
    stream, _ = receiving(pair, Clear, family)
    check(stream.counter("rx-drop-header") + stream.counter("rx-drop-unknown-key") > 0,
          "it was dropped for what it is")


def forged(pair, family):
    stream, _ = receiving(pair, Forged, family)
    check(stream.counter("rx-drop-auth-failed") > 0, "it was dropped for what it is")


def build(plan):
    pair = Pair(plan, ktap.seeded_random())

    def families(name, function, *args, **options):
        plan.families(name, lambda family: function(pair, *args, family, **options))
    families("datagram", datagrams, Stream)
    families("fragments", datagrams, Stream, size=5000)
    families("AES-GCM", datagrams, Stream, suite=sframe.AES_GCM)
    families("super-packet", batches, size=SEGMENT)
    families("super-packet, AES-GCM", batches, size=SEGMENT, suite=sframe.AES_GCM)
    families("cleartext", clear)
    families("forged", forged)
    families("SRTP", datagrams, MediaStream)
    families("SRTP, new senders", datagrams, MediaStream, fresh=True)
    families("SRTCP, new senders", datagrams, MediaStream, fresh=True, rtcp=True)
    return pair


if __name__ == "__main__":
    faults.require()
    sys.exit(netns.run_plan(build))
