# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets that packet_mutator.c writes to a TUN device, so that no queue loses one."""

import fcntl
import os
import struct
import subprocess
import tempfile
import time

import ktap
import netns
from ktap import check, equal
from topology import drain, join_any_source, receive_all

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


def mutate(lan, tun, group, ciphertexts, packets, *words):
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
             STRANGER[group.family], group.address, "5000", data.name, str(packets), str(seed),
             *words],
            pass_fds=(tun.descriptor,), capture_output=True, text=True, check=False)
        equal((done.returncode, done.stderr), (0, ""), "status of the mutator")
        ktap.diagnostic(f"{packets} packets in {time.monotonic() - started:.1f} s")
    return [int(number) for number in done.stdout.split()]


def only_authentic(lan, tun, group, plaintexts, ciphertexts, packets):
    """Each authentic datagram is delivered once, all else is a counted drop.

    Returns the socket and the counters.
    """
    receiver = lan.member.receiver(group, "tun0", port=5000)
    originals, damaged, outer = mutate(lan, tun, group, ciphertexts, packets)
    equal((originals, originals + damaged + outer), (len(plaintexts), packets), "packets written")
    received = drain(receiver)
    foreign = set(received) - set(plaintexts)
    check(not foreign, f"delivered though not authentic: {ktap.shorten(foreign)}")
    # In order: a forgery of one that is still to come would stand before its time.
    check(received == plaintexts, "each authentic datagram arrives once, when it is written")
    counters = lan.member.mbsec.counters(group)
    drops = {name: value for name, value in counters.items() if "rx-drop" in name and value}
    ktap.diagnostic(f"{damaged} damaged, {outer} outer, drops {drops}")
    equal(counters["rx-packets"], len(plaintexts), "rx-packets")
    total = sum(drops.values())
    check(damaged <= total <= damaged + outer,
          f"{total} drops of {damaged} damaged and at most {outer} outer packets")
    return receiver, drops


def still_alive(lan, group, receiver, send, payloads):
    """Authentic traffic flows afterwards, over the wire too."""
    join_any_source(receiver, group, lan.member.ifindex())
    for payload in payloads:
        send(payload)
    receive_all(receiver, payloads)
