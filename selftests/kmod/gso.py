#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP_SEGMENT super-packets and UDP_GRO batches."""

import errno
import os
import socket
import struct
import sys

import ktap
import netns
import sframe_reference as sframe
from capture import pattern_payload
from ktap import check, equal
from topology import PORT, Lan, Session, receive_all

UDP_SEGMENT, UDP_GRO = 103, 104


def pieces(size, count, last=None):
    """Payloads of a super-packet: all of one size, but the last may be shorter."""
    lengths = [size] * (count - 1) + [size if last is None else last]
    return [pattern_payload(length, number) for number, length in enumerate(lengths)]


def send_super(sender, payloads, target):
    sender.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(payloads[0]))
    try:
        sender.sendto(b"".join(payloads), target)
    finally:
        sender.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)


def offload(host, **features):
    arguments = []
    for name, value in features.items():
        arguments += [name.replace("_", "-"), "on" if value else "off"]
    host.namespace.command("ethtool", "-K", "eth0", *arguments)


def receive_in_thread(near, far):
    """What far gets from near by their eth0 is received in a thread, napi/eth0-NUMBER."""
    # Only from a device that cannot segment TCP does veth use NAPI here.
    offload(near, tso=False)
    offload(far, gro=True)
    if os.cpu_count() > 1:
        near.namespace.command("ethtool", "-L", "eth0", "tx", "1")
    far.namespace.write_sysfs("class/net/eth0/threaded", 1)


BATCHES = ((1000, 4, 500), (1000, 60, None), (1000, 2, 1), (8, 64, None), (1448, 20, 3),
           (300, 9, 300), (11, 7, None), (12, 7, None))


def transmit(lan, family, segmentation):
    """Every segment is a protected datagram of its own, here and on the wire."""
    offload(lan.sender, tx_udp_segmentation=segmentation)
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    expected = []
    for size, count, last in BATCHES:
        payloads = pieces(size, count, last)
        send_super(session.transmitter, payloads, session.target)
        receive_all(session.receiver, payloads)
        receive_all(local, payloads)
        expected += payloads
    equal(lan.sender.mbsec.counters(session.group)["tx-packets"], len(expected), "protected")
    equal(session.drops(), {}, "drops of the member")
    if not segmentation:
        caught = lan.tap.wait_datagrams(len(expected), PORT)
        opened = [sframe.unprotect(session.key.session, one.payload) for one in caught]
        check(opened == expected, "each datagram on the wire opens by itself")
    offload(lan.sender, tx_udp_segmentation=True)


def past_the_end(lan, family):
    """With the overhead the super-packet is more than 65535 octets: all arrive."""
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    payloads = pieces(1020, 64)
    send_super(session.transmitter, payloads, session.target)
    receive_all(session.receiver, payloads)
    receive_all(local, payloads)


def past_the_mtu(lan, family):
    """A segment that outgrows the MTU is sent in fragments."""
    session = Session(lan, family, loop=True)
    local = lan.sender.receiver(session.group)
    for size in (1449, 1452):
        payloads = pieces(size, 10, 700)
        send_super(session.transmitter, payloads, session.target)
        receive_all(session.receiver, payloads)
        receive_all(local, payloads)


def no_key(lan, family):
    """A super-packet fails closed as a whole."""
    lan.wire.expect_nothing()
    session = Session(lan, family, tx={"activate": False}, loop=True)
    try:
        send_super(session.transmitter, pieces(500, 8), session.target)
    except OSError as failure:
        equal(failure.errno, errno.ENOKEY, "errno")
    else:
        raise AssertionError("a super-packet is sent without a key")
    lan.wire.fence()
    equal(lan.tap.datagrams(PORT), [], "datagrams on the wire")


def key_ends_within(lan, family):
    """The key's last packet is in the middle: exactly that many are sent."""
    # The tap would see one super-packet.
    offload(lan.sender, tx_udp_segmentation=False)
    session = Session(lan, family, tx={"hard_packets": 10})
    payloads = pieces(600, 16)
    try:
        send_super(session.transmitter, payloads, session.target)
    except OSError as failure:
        equal(failure.errno, errno.EKEYEXPIRED, "errno")
    sent = [session.receiver.recv(2000) for _ in range(10)]
    equal(sent, payloads[:10], "the first ten")
    receive_all(session.receiver, [])
    equal(len(lan.tap.wait_datagrams(10, PORT)), 10, "datagrams on the wire")
    offload(lan.sender, tx_udp_segmentation=True)


def outsider_batch(session, batch):
    """Ciphertexts of one length as a super-packet of the outsider, who has no group."""
    send_super(session.outsider_socket(), batch, session.target)


def receive(lan, family, gro, damage):
    """One bad datagram in a batch costs only itself."""
    lan.wire.expect_nothing()
    session = Session(lan, family)
    if gro:
        session.receiver.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
    payloads = pieces(400, 12, 123)
    batch = [session.key.protect(sframe.COUNTER_FIRST + number, payload)
             for number, payload in enumerate(payloads)]
    expected = list(payloads)
    for position, change in sorted(damage.items(), reverse=True):
        batch[position] = change(session, batch[position])
        del expected[position]
    outsider_batch(session, batch)
    received = []
    while sum(map(len, received)) < sum(map(len, expected)):
        received += receive_segments(session.receiver)
    equal(received, expected, "delivered")
    receive_all(session.receiver, [])
    ktap.wait_for(lambda: sum(session.drops().values()) == len(damage), "drops")
    equal(lan.member.mbsec.counters(session.group)["rx-packets"], len(expected), "rx-packets")


def uneven(lan, family):
    """Headers of two sizes, and an empty datagram: cleartexts of a batch that differ."""
    lan.wire.expect_nothing()
    session = Session(lan, family)
    payloads = [pattern_payload(405, 0)] + pieces(400, 5) + [b""]
    counters = [7] + [sframe.COUNTER_FIRST + number for number in range(6)]
    batch = [session.key.protect(counter, payload)
             for counter, payload in zip(counters, payloads)]
    outsider_batch(session, batch)
    receive_all(session.receiver, payloads)
    outsider_batch(session, [session.key.protect(sframe.COUNTER_FIRST + 10 + number, b"")
                             for number in range(3)])
    receive_all(session.receiver, [b""] * 3)
    equal(session.drops(), {}, "drops of the member")


def galois(lan, family):
    """AES-GCM, both ways; a forged segment costs only itself."""
    session = Session(lan, family, suite=sframe.AES_GCM, loop=True)
    local = lan.sender.receiver(session.group)
    payloads = pieces(1000, 30, 17)
    send_super(session.transmitter, payloads, session.target)
    receive_all(session.receiver, payloads)
    receive_all(local, payloads)
    batch = [session.key.protect(sframe.COUNTER_FIRST + 100 + number, payload)
             for number, payload in enumerate(payloads)]
    batch[7] = forged(session, batch[7])
    outsider_batch(session, batch)
    receive_all(session.receiver, payloads[:7] + payloads[8:])
    equal(session.drops(), {"rx-drop-auth-failed": 1}, "drops of the member")


def receive_segments(listener):
    """One receive, taken apart as UDP_GRO says."""
    data, control, _, _ = listener.recvmsg(1 << 17, 64)
    size = len(data)
    for level, kind, value in control:
        if (level, kind) == (socket.IPPROTO_UDP, UDP_GRO):
            size = struct.unpack("=i", value)[0]
    return [data[at:at + size] for at in range(0, len(data), size)]


def drain_segments(listener):
    """What the socket holds now: the segments of each read."""
    found = []
    listener.settimeout(0)
    try:
        while True:
            found.append(receive_segments(listener))
    except BlockingIOError:
        return found
    finally:
        listener.settimeout(ktap.PATIENCE)


def forged(session, ciphertext):
    return ciphertext[:-1] + bytes([ciphertext[-1] ^ 0x40])


def unknown(session, ciphertext):
    return session.lan.key().protect(sframe.COUNTER_FIRST, bytes(len(ciphertext) - 24))


def cleartext(session, ciphertext):
    return pattern_payload(len(ciphertext))


def replayed(session, ciphertext):
    """The fifth once more; where the kernel verifies two at once, these two are."""
    return session.key.protect(sframe.COUNTER_FIRST + 4, pattern_payload(400, 4))


DAMAGE = {
    "none": {}, "one forged": {5: forged}, "first and last forged": {0: forged, 11: forged},
    "one twice": {6: replayed}, "forged, unknown, cleartext": {2: forged, 3: unknown, 7: cleartext},
}


def all_bad(lan, family):
    lan.wire.expect_nothing()
    session = Session(lan, family)
    outsider_batch(session, [forged(session, session.key.protect(sframe.COUNTER_FIRST + number,
                                                                 bytes(300)))
                             for number in range(9)])
    session.dropped("auth-failed", 9)
    session.forge(sframe.COUNTER_FIRST, b"after")
    receive_all(session.receiver, [b"after"])


def aggregating(lan, on):
    """Real GRO of the member's device, kept open so that datagrams meet in it."""
    offload(lan.member, gro=on, rx_udp_gro_forwarding=on)
    # Only towards a device that cannot segment TCP does veth use GRO here.
    lan.switch.namespace.command("ethtool", "-K", "member-eth0", "tso", "off" if on else "on")
    lan.member.namespace.write_sysfs("class/net/eth0/gro_flush_timeout", 20000000 if on else 0)


def aggregated(lan, family):
    lan.wire.expect_nothing()
    session = Session(lan, family)
    payloads = pieces(500, 20, 77)
    sender = session.outsider_socket()
    control = lan.member.receiver(session.group, port=PORT + 1)
    for listener in (control, session.receiver):
        listener.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
    aggregating(lan, True)
    try:
        for payload in payloads:
            sender.sendto(payload, (session.group.address, PORT + 1))
        reads = [receive_segments(control)]
        while sum(map(len, reads)) < len(payloads):
            reads.append(receive_segments(control))
        check(len(reads) < len(payloads), "the device aggregates what is not protected")
        for number, payload in enumerate(payloads):
            session.forge(sframe.COUNTER_FIRST + number, payload, sender)
        received = []
        while len(received) < len(payloads):
            received += receive_segments(session.receiver)
        equal(received, payloads, "delivered")
    finally:
        aggregating(lan, False)


def build(plan):
    lan = Lan(plan, ktap.seeded_random())
    for segmentation in (True, False):
        name = "on" if segmentation else "off"
        plan.families(f"super-packets, segmentation of the device {name}",
                      lambda family, on=segmentation: transmit(lan, family, on))
    plan.families("more than 65535 octets with overhead", lambda family: past_the_end(lan, family))
    plan.families("segments that outgrow the MTU", lambda family: past_the_mtu(lan, family))
    plan.families("no key", lambda family: no_key(lan, family))
    plan.families("key ends within a super-packet", lambda family: key_ends_within(lan, family))
    for name, damage in DAMAGE.items():
        for gro in (False, True):
            plan.families(f"batch received, bad: {name}{', UDP_GRO' if gro else ''}",
                          lambda family, gro=gro, damage=damage: receive(lan, family, gro, damage))
    plan.families("batch received, cleartexts that differ", lambda family: uneven(lan, family))
    plan.families("AES-GCM", lambda family: galois(lan, family))
    plan.families("batch received, all bad", lambda family: all_bad(lan, family))
    plan.families("aggregated by GRO", lambda family: aggregated(lan, family))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
