#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hundreds of thousands of damaged packets: nothing that is not authentic gets through.

The authentic datagrams are those that the kernel itself has sent, caught on the
wire. packet_mutator.c writes them and damaged copies of them to a TUN device of
the member, so that no queue in between can lose one.
"""

import fcntl
import os
import struct
import subprocess
import sys
import tempfile
import time

import ktap
import netns
import sframe_reference as sframe
import uapi
from capture import pattern_payload
from ktap import check, equal
from topology import Lan, drain, join_any_source, receive_all
from watch import Watch

PACKETS = int(os.environ.get("MBSEC_MUTATOR_PACKETS", "320000"))
AUTHENTIC = 800
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
STRANGER = {4: "10.9.7.2", 6: "fd00:9:7::2"}


class Tun:
    """A TUN device tun0 of a host; what is written to it comes in by it."""

    def __init__(self, host):
        # Without udev the device node comes with the module only.
        subprocess.run(["modprobe", "-q", "tun"], check=False)
        with host.namespace:
            self.descriptor = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(self.descriptor, TUNSETIFF, struct.pack("16sH22x", b"tun0",
                                                                IFF_TUN | IFF_NO_PI))
        host.namespace.ip("link set tun0 up\naddress add 10.9.7.1/24 dev tun0\n"
                          "address add fd00:9:7::1/64 dev tun0 nodad\n")

    def close(self):
        os.close(self.descriptor)


def authentic_datagrams(lan, group, count):
    """Ciphertexts that the kernel sent, with their plaintexts."""
    sender = lan.sender.transmitter(group.family)
    plaintexts = [pattern_payload(8 + lan.random.randrange(120), number) for number in range(count)]
    for plaintext in plaintexts:
        sender.sendto(plaintext, (group.address, 5000))
    caught = [one.payload for one in lan.tap.wait_datagrams(count, 5000)]
    equal(len(caught), count, "datagrams on the wire")
    return plaintexts, caught


def mutate(lan, tun, group, ciphertexts, packets):
    """Run the mutator; its three numbers."""
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as data:
        for ciphertext in ciphertexts:
            data.write(struct.pack("=H", len(ciphertext)) + ciphertext)
        data.flush()
        seed = lan.random.getrandbits(63)
        ktap.diagnostic(f"seed of the mutator: {seed}")
        started = time.monotonic()
        done = subprocess.run(
            [os.path.join(netns.HERE, "packet_mutator"), str(tun.descriptor),
             STRANGER[group.family], group.address, "5000", data.name, str(packets), str(seed)],
            pass_fds=(tun.descriptor,), capture_output=True, text=True, check=False)
        equal((done.returncode, done.stderr), (0, ""), "status of the mutator")
        ktap.diagnostic(f"{packets} packets in {time.monotonic() - started:.1f} s")
    return [int(number) for number in done.stdout.split()]


def attack(lan, tun, family, suite, packets):
    """Each authentic datagram is delivered once, everything else is a counted drop."""
    if suite == sframe.NULL_80:
        lan.wire.expect_plaintext()
    group, key = lan.group(family, port=0), lan.key(suite=suite)
    for host in (lan.sender, lan.member):
        host.mbsec.group_add(group, suite=suite)
    lan.sender.mbsec.tx_add(group, key)
    lan.member.mbsec.rx_add(group, key)
    plaintexts, ciphertexts = authentic_datagrams(lan, group, AUTHENTIC)
    receiver = lan.member.receiver(group, "tun0", port=5000)
    originals, damaged, outer = mutate(lan, tun, group, ciphertexts, packets)
    equal((originals, originals + damaged + outer), (AUTHENTIC, packets), "packets written")
    received = drain(receiver)
    foreign = set(received) - set(plaintexts)
    check(not foreign, f"delivered though not authentic: {ktap.shorten(foreign)}")
    # In order: a forgery of one that is still to come would stand before its time.
    check(received == plaintexts, "each authentic datagram arrives once, when it is written")
    counters = lan.member.mbsec.counters(group)
    drops = {name: value for name, value in counters.items() if "rx-drop" in name and value}
    ktap.diagnostic(f"{damaged} damaged, {outer} outer, drops {drops}")
    equal(counters["rx-packets"], AUTHENTIC, "rx-packets")
    total = sum(drops.values())
    check(damaged <= total <= damaged + outer,
          f"{total} drops of {damaged} damaged and at most {outer} outer packets")
    for reason in ("malformed", "header", "too-short", "unknown-key", "auth-failed", "replayed"):
        check(drops.get("rx-drop-" + reason, 0) > packets // 2000, f"the packets reach {reason}")
    shown = lan.member.mbsec.key(group, key, uapi.ROLE_RX)
    equal(shown["counter"], sframe.COUNTER_FIRST + AUTHENTIC - 1, "highest counter")
    still_alive(lan, group, receiver)


def still_alive(lan, group, receiver):
    """Authentic traffic flows afterwards, over the wire too."""
    join_any_source(receiver, group, lan.member.ifindex())
    payloads = [pattern_payload(200, number) for number in range(3)]
    sender = lan.sender.transmitter(group.family)
    for payload in payloads:
        sender.sendto(payload, (group.address, 5000))
    receive_all(receiver, payloads)


def events_named(lan, watch):
    """The flood was told, at a bounded rate."""
    lan.wire.expect_nothing()
    missing = {uapi.EVENT_TYPE_UNKNOWN_KEY, uapi.EVENT_TYPE_AUTH_STORM,
               uapi.EVENT_TYPE_REPLAY_STORM}
    while missing:
        missing.discard(watch.next(f"one of the types {missing}")["event"]["type"])
    sent = lan.member.mbsec.stats()["events-sent"]
    check(sent < PACKETS // 100, f"{sent} events for {PACKETS} packets")


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    tun = Tun(lan.member)
    watch = Watch(lan.member)
    share = PACKETS // 4
    for family, suite in ((4, sframe.AES_CTR_80), (6, sframe.AES_CTR_80), (4, sframe.AES_CTR_64),
                          (6, sframe.NULL_80)):
        plan.add(f"{share} packets, suite {suite:#06x}, IPv{family}", attack, lan, tun, family,
                 suite, share)
    plan.add("events", events_named, lan, watch)
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
