#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each allocation of a command and of a datagram fails once: what was asked for is done or is
not, nothing is half done, and nothing is sent in clear."""

import errno
import socket
import struct
import sys

import faults
import gso
import ktap
import netns
import srtp_reference as srtp
import uapi
from capture import PATTERN, pattern_payload
from ktap import check, equal
from netlink import NetlinkError
from srtp_session import SSRC, Media
from topology import Lan, Session, drain
from watch import Watch

NO_MEMORY = (errno.ENOMEM, errno.ENOBUFS)
UDP_SEGMENT = gso.UDP_SEGMENT
# All hooks of a family.
EVERYWHERE = {"direction": uapi.DIRECTION_OUT | uapi.DIRECTION_IN | uapi.DIRECTION_FORWARD}
# In softirqs: so many per cent of the allocations, over so many datagrams.
SCARCITY, DATAGRAMS = 5, 400


def without_memory(failure, *others):
    """The only reason to refuse what is right."""
    if failure is not None:
        check(failure.errno in NO_MEMORY + others, f"errno of a failed allocation: {failure!r}")


class FailingRequests:
    """Requests of a netlink socket fail in the kernel, which handles them in send(); the answers
    are read undisturbed."""

    def __init__(self, client, failing):
        self.netlink, self.failing = client.netlink, failing
        self.real = self.netlink.socket
        self.number, self.failed = 0, False

    def arm(self, number):
        self.number, self.failed = number, False
        self.netlink.socket = self

    def disarm(self):
        self.netlink.socket = self.real
        return self.failed

    def send(self, data):
        self.failing.arm(self.number)
        try:
            self.real.send(data)
        finally:
            self.failed = self.failing.disarm()

    def recv(self, size):
        return self.real.recv(size)


def each_request(client, failing, change, prepare):
    """As faults.each() of a method of the client."""
    for prepared, failure in faults.each(FailingRequests(client, failing), change, prepare):
        without_memory(failure)
        yield prepared, failure


def answered(failure):
    """The kernel has said what came of the request: the answer itself can be lost."""
    return failure is None or isinstance(failure, NetlinkError)


def group_add(lan, failing, family, options):
    """A group is there or is not, and the next one can be added."""
    lan.wire.expect_nothing()
    mbsec = lan.sender.mbsec
    watch = Watch(lan.sender)

    def add(group):
        mbsec.group_add(group, **options)
    for (group,), failure in each_request(mbsec, failing, add, lambda: (lan.group(family),)):
        shown = mbsec.group(group)
        if answered(failure):
            equal(shown is not None, failure is None, f"the group is there after {failure!r}")
        if shown:
            mbsec.group_del(group)
        equal(mbsec.groups(), [], "groups")
    watch.client.close()


def key_add(lan, failing, kind):
    """A key is there and in use, or is not; either way the group goes on, protected."""
    session = kind(lan)
    mbsec, count = lan.sender.mbsec, 0

    def add(key):
        mbsec.key_add(session.group, key, uapi.ROLE_TX, activate=True)

    def fresh_key():
        key = session.new_key() if isinstance(session, Media) else lan.key()
        lan.member.mbsec.key_add(session.group, key, uapi.ROLE_RX)
        return (key,)
    for (key,), failure in each_request(mbsec, failing, add, fresh_key):
        shown = mbsec.key(session.group, key, uapi.ROLE_TX) if kind is not media else next(
            (one for one in mbsec.keys(session.group) if one["msk-id"] == key.msk_id), None)
        if answered(failure):
            equal(shown is not None, failure is None, f"the key is there after {failure!r}")
        if shown:
            equal(shown["state"], uapi.KEY_STATE_ACTIVE, "state of the new key")
        count += 1
        speak(session, count)
        if not shown:
            lan.member.mbsec.key_del(session.group, key)


def speak(session, number):
    """A datagram goes its way as ever."""
    payload = pattern_payload(200, number)
    if isinstance(session, Media):
        payload = srtp.rtp(number, payload, SSRC)
    session.exchange(payload)


def removal(lan, failing, what):
    """Whoever deletes gets rid of it: without memory too."""
    lan.wire.expect_nothing()
    mbsec = lan.sender.mbsec
    watch = Watch(lan.sender)

    def prepare():
        group, key = lan.group(4), lan.key()
        if not mbsec.group(group):
            mbsec.group_add(group)
        mbsec.tx_add(group, key)
        return {"key": (group, key), "group": (group,), "flush": ()}[what]
    change = {"key": mbsec.key_del, "group": mbsec.group_del, "flush": mbsec.flush}[what]
    for _, failure in each_request(mbsec, failing, change, prepare):
        # Generic netlink had no memory to look at the request: then nothing has changed.
        unread = isinstance(failure, NetlinkError)
        check(not unread or not failure.message, f"refused: {failure!r}")
        if unread or failure is None:
            equal(present(mbsec, what), unread, "it is still there")
        mbsec.flush()
        equal((mbsec.groups(), mbsec.keys()), ([], []), "groups and keys")
    watch.client.close()


def present(mbsec, what):
    return bool(mbsec.keys() if what == "key" else mbsec.groups())


def sframe(lan):
    return Session(lan, 4)


def sframe_v6(lan):
    return Session(lan, 6)


def media(lan):
    return Media(lan, 4)


def datagrams(session, count):
    """Payloads of one datagram each, and how to send them, which takes no memory."""
    target = session.target

    def ready(size):
        number = next(count)
        payload = pattern_payload(size, number)
        if isinstance(session, Media):
            payload = srtp.rtp(number, payload, SSRC)
        return (lambda: session.transmitter.sendto(payload, target), [payload])
    return ready


def super_packet(session, count):
    payloads = [pattern_payload(1000, next(count)) for _ in range(5)]
    joined = b"".join(payloads)
    control = [(socket.IPPROTO_UDP, UDP_SEGMENT, struct.pack("=H", 1000))]
    return (lambda: session.transmitter.sendmsg([joined], control, 0, session.target), payloads)


def sending(lan, failing, kind, size):
    """Each allocation on a datagram's way out fails: it is lost or it is whole."""
    session = kind(lan)
    numbers = iter(range(1, 1 << 16))
    make = datagrams(session, numbers)
    # The neighbour and the route are known before.
    session.exchange(make(100)[1][0])

    def prepare():
        return super_packet(session, numbers) if size == "super-packet" else make(size)
    for (_, payloads), failure in faults.each(failing, lambda send, _: send(), prepare):
        # A cipher wants memory for a block that is in two pages: that is a failure of the cipher.
        without_memory(failure, errno.EIO)
        arrived = drain(session.receiver)
        check(set(arrived) <= set(payloads), f"other payloads have arrived: {arrived!r:.200}")
        last = arrived == payloads
    check(last, "the datagram of which nothing failed has arrived")
    equal(session.drops(), {}, "drops of the member")


def plaintext_rule(lan):
    """Counts what shows plaintext on the way to the switch, without taking memory."""
    head = int.from_bytes(PATTERN[:8], "big")
    lan.switch.namespace.nft(
        "table netdev mbsec_test {\nchain i { type filter hook ingress device sender-eth0 priority 0;\n"
        f"meta l4proto udp @th,64,64 {head:#x} counter\n}}\n}}")


def plaintext_count(lan):
    listing = lan.switch.namespace.nft("list table netdev mbsec_test")
    return int(listing.split("packets ")[1].split()[0])


def scarcity(lan, kind):
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
            try:
                session.transmitter.sendto(payloads[number % len(payloads)], session.target)
            except OSError as failure:
                without_memory(failure, errno.EIO)
                lost += 1
    arrived = drain(session.receiver)
    ktap.diagnostic(f"{lost} of {DATAGRAMS - 1} not sent, {len(arrived)} arrived")
    check(set(arrived) <= set(payloads), "only what was sent has arrived")
    check(0 < len(arrived) < DATAGRAMS - 1, "some have arrived, some have not")
    for tap in lan.wire.taps:
        tap.lost()      # it had no memory for some
    return session


def scarcity_seen(lan, family):
    """The rule sees plaintext where there is some, and none where datagrams are protected."""
    before = plaintext_count(lan)
    session = scarcity(lan, sframe_v6 if family == 6 else sframe)
    equal(plaintext_count(lan), before, "datagrams that show plaintext")
    check(not lan.tap.leaks(), "the tap sees none")
    lan.wire.expect_plaintext()
    lan.sender.mbsec.flush()
    session.send(PATTERN * 4)
    ktap.wait_for(lambda: plaintext_count(lan) > before, "the rule sees plaintext")


COMMANDS = {
    "group add, IPv4": lambda lan, failing: group_add(lan, failing, 4, EVERYWHERE),
    "group add, IPv6": lambda lan, failing: group_add(lan, failing, 6, EVERYWHERE),
    "group add, SRTP": lambda lan, failing: group_add(
        lan, failing, 4, {"format": uapi.FORMAT_SRTP, "suite": srtp.AES128_80}),
    "key add": lambda lan, failing: key_add(lan, failing, sframe),
    "key add, SRTP": lambda lan, failing: key_add(lan, failing, media),
    "key delete": lambda lan, failing: removal(lan, failing, "key"),
    "group delete": lambda lan, failing: removal(lan, failing, "group"),
    "flush": lambda lan, failing: removal(lan, failing, "flush"),
}
DATAGRAM_CASES = {
    "IPv4": (sframe, 100), "IPv6": (sframe_v6, 100), "IPv4, fragments": (sframe, 5000),
    "IPv6, fragments": (sframe_v6, 5000), "SRTP": (media, 200),
    "super-packet, IPv4": (sframe, "super-packet"), "super-packet, IPv6": (sframe_v6, "super-packet"),
}


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    failing = faults.Failing()
    plaintext_rule(lan)
    for name, case in COMMANDS.items():
        plan.add(name, case, lan, failing)
    for name, (kind, size) in DATAGRAM_CASES.items():
        plan.add(f"send, {name}", sending, lan, failing, kind, size)
    plan.families("scarcity", lambda family: scarcity_seen(lan, family))
    plan.add("scarcity, SRTP", scarcity, lan, media)
    return lan


if __name__ == "__main__":
    faults.require()
    sys.exit(netns.run_plan(build))
