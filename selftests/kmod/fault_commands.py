#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each allocation of a command fails once: what was asked for is done or is not, nothing is half
done, and the group goes on, protected."""

import sys

import faults
import ktap
import netns
import sframe_reference as sframe
import srtp_reference as srtp
import uapi
from capture import pattern_payload
from fault_injection import galois, media, sframe_v4
from ktap import check, equal
from netlink import NetlinkError
from srtp_session import SSRC, Media
from topology import Lan
from watch import Watch

# All hooks of a family.
EVERYWHERE = {"direction": uapi.DIRECTION_OUT | uapi.DIRECTION_IN | uapi.DIRECTION_FORWARD}


class FailingRequests:
    """Requests of a host's netlink socket fail in the kernel, which handles them in send(); the
    answers are read undisturbed."""

    def __init__(self, host, failing):
        self.host, self.failing = host, failing
        self.netlink = self.real = None
        self.number, self.failed = 0, False

    def arm(self, number):
        self.netlink = self.host.mbsec.netlink
        self.real = self.netlink.socket
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


def each_request(host, failing, change, prepare):
    """As faults.each() of a command of the host."""
    for prepared, failure in faults.each(FailingRequests(host, failing), change, prepare):
        faults.without_memory(failure)
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
    for (group,), failure in each_request(lan.sender, failing, add, lambda: (lan.group(family),)):
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
        key = session.new_key() if isinstance(session, Media) else lan.key(suite=session.suite)
        lan.member.mbsec.key_add(session.group, key, uapi.ROLE_RX)
        return (key,)
    for (key,), failure in each_request(lan.sender, failing, add, fresh_key):
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


def first_key(lan, failing):
    """What all keys of AES-GCM share is made for the first one: so each is the first."""
    lan.wire.expect_nothing()

    def prepare():
        for host in lan.hosts:
            host.disconnect()
        netns.module_remove()
        netns.module_reinsert()
        group = lan.group(4)
        lan.sender.mbsec.group_add(group, suite=sframe.AES_GCM)
        return group, lan.key(suite=sframe.AES_GCM)

    def add(group, key):
        lan.sender.mbsec.tx_add(group, key)
    for (group, key), failure in each_request(lan.sender, failing, add, prepare):
        shown = lan.sender.mbsec.key(group, key, uapi.ROLE_TX)
        if answered(failure):
            equal(shown is not None, failure is None, f"the key is there after {failure!r}")
        if not shown:
            lan.sender.mbsec.tx_add(group, lan.key(suite=sframe.AES_GCM))


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
    for _, failure in each_request(lan.sender, failing, change, prepare):
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


COMMANDS = {
    "group add, IPv4": lambda lan, failing: group_add(lan, failing, 4, EVERYWHERE),
    "group add, IPv6": lambda lan, failing: group_add(lan, failing, 6, EVERYWHERE),
    "group add, SRTP": lambda lan, failing: group_add(
        lan, failing, 4, {"format": uapi.FORMAT_SRTP, "suite": srtp.AES128_80}),
    "key add": lambda lan, failing: key_add(lan, failing, sframe_v4),
    "key add, SRTP": lambda lan, failing: key_add(lan, failing, media),
    "key add, AES-GCM": lambda lan, failing: key_add(lan, failing, galois),
    "first key of AES-GCM": first_key,
    "key delete": lambda lan, failing: removal(lan, failing, "key"),
    "group delete": lambda lan, failing: removal(lan, failing, "group"),
    "flush": lambda lan, failing: removal(lan, failing, "flush"),
}


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    failing = faults.Failing()
    for name, case in COMMANDS.items():
        plan.add(name, case, lan, failing)
    return lan


if __name__ == "__main__":
    faults.require()
    sys.exit(netns.run_plan(build))
