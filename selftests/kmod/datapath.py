#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which datagrams are protected and which are left alone."""

import errno
import socket
import sys

import ktap
import netns
import sframe_reference as sframe
import uapi
from capture import Tap, pattern_payload, shows_plaintext
from frames import parse_ip
from ktap import check, equal
from topology import (PORT, Lan, Session, join_any_source, nothing_left, receive_all,
                      refused)

SO_NO_CHECK, UDP_NO_CHECK6_TX, UDP_NO_CHECK6_RX = 11, 101, 102
IPV6_HOPOPTS, IPV6_DSTOPTS = 54, 59
IGMP, ICMPV6, MLD_REPORT_V1, IGMP_REPORT_V2 = 2, 58, 131, 0x16
PAYLOAD = pattern_payload(200, 1)


def basic(lan, family):
    """Member reads plaintext, outsider only ciphertext, counters say so."""
    session = Session(lan, family)
    outsider = lan.outsider.receiver(session.group)
    payloads = [pattern_payload(length, length) for length in (0, 1, 64, 1400, 1448)]
    session.exchange(*payloads)
    for payload in payloads:
        seen = outsider.recv(2000)
        equal(len(seen), len(payload) + sframe.overhead(1), "length at the outsider")
        check(not shows_plaintext(seen), "outsider reads ciphertext")
    octets = sum(map(len, payloads))
    sender, member = (host.mbsec.counters(session.group) for host in (lan.sender, lan.member))
    equal({name: value for name, value in sender.items() if value},
          {"tx-packets": 5, "tx-bytes": octets}, "counters of the sender")
    equal({name: value for name, value in member.items() if value},
          {"rx-packets": 5, "rx-bytes": octets}, "counters of the member")
    shown = lan.sender.mbsec.group(session.group)["group"]
    equal((shown["overhead"], shown["keys"], shown["senders"]), (24, 1, 1), "group")


def any_port(lan, family):
    session = Session(lan, family, port=0)
    other = lan.member.receiver(session.group, port=PORT + 1)
    session.exchange(PAYLOAD)
    session.transmitter.sendto(PAYLOAD, (session.group.address, PORT + 1))
    receive_all(other, [PAYLOAD])
    equal(lan.member.mbsec.counters(session.group)["rx-packets"], 2, "datagrams of any port")


def exact_port_first(lan, family):
    """A group with the port goes before the group with any port."""
    session = Session(lan, family, port=0)
    exact = session.group.__class__(session.group.address, PORT + 7)
    key = lan.key()
    for host in (lan.sender, lan.member):
        host.mbsec.group_add(exact)
    lan.sender.mbsec.tx_add(exact, key)
    lan.member.mbsec.rx_add(exact, key)
    receiver = lan.member.receiver(exact)
    session.exchange(PAYLOAD)
    session.transmitter.sendto(PAYLOAD, (exact.address, exact.port))
    receive_all(receiver, [PAYLOAD])
    for group in (session.group, exact):
        equal(lan.sender.mbsec.counters(group)["tx-packets"], 1, "datagrams of each group")


def other_port(lan, family):
    """A port that is not of the group stays cleartext, and so does unicast."""
    lan.wire.expect_plaintext()
    session = Session(lan, family)
    before = [host.mbsec.counters() for host in (lan.sender, lan.member)]
    other = lan.member.receiver(session.group, port=PORT + 1)
    session.transmitter.sendto(PAYLOAD, (session.group.address, PORT + 1))
    receive_all(other, [PAYLOAD])
    unicast = lan.member.open(family)
    unicast.settimeout(ktap.PATIENCE)
    unicast.bind((lan.member.addresses[family], PORT))
    session.transmitter.sendto(PAYLOAD, (lan.member.addresses[family], PORT))
    receive_all(unicast, [PAYLOAD])
    after = [host.mbsec.counters() for host in (lan.sender, lan.member)]
    equal(after, before, "counters of sender and member")


def second_address(lan, family):
    address = {4: "10.9.0.201", 6: "fd00:9:0::201"}[family]
    length = {4: 24, 6: 64}[family]
    lan.sender.namespace.ip(f"address replace {address}/{length} dev eth0"
                            f"{' nodad' if family == 6 else ''}\n")
    return address


def source_specific(lan, family):
    """Only the source of the group is protected; without it there is no group."""
    lan.wire.expect_plaintext()
    source, stranger = lan.sender.addresses[family], second_address(lan, family)
    session = Session(lan, family, source=source)
    receiver = lan.member.receiver(session.group, source=source)
    session.send(PAYLOAD)
    receive_all(receiver, [PAYLOAD])
    other = lan.sender.transmitter(family, source=stranger)
    other.sendto(PAYLOAD, session.target)
    # The first receiver is a member for every source, and the stranger is not protected.
    receive_all(session.receiver, [PAYLOAD, PAYLOAD])
    nothing_left(receiver)
    lengths = [len(one.payload) for one in lan.tap.wait_datagrams(2, PORT)]
    equal(lengths, [len(PAYLOAD) + 24, len(PAYLOAD)], "lengths on the wire")


def source_specific_first(lan, family):
    """A group with the source goes before the group of any source."""
    session = Session(lan, family, source=lan.sender.addresses[family])
    anyone = session.group.__class__(session.group.address, session.group.port)
    key = lan.key()
    for host in (lan.sender, lan.member):
        host.mbsec.group_add(anyone)
    lan.sender.mbsec.tx_add(anyone, key)
    lan.member.mbsec.rx_add(anyone, key)
    session.exchange(PAYLOAD)
    other = lan.sender.transmitter(family, source=second_address(lan, family))
    other.sendto(PAYLOAD, session.target)
    receive_all(session.receiver, [PAYLOAD])
    for group in (session.group, anyone):
        equal(lan.member.mbsec.counters(group)["rx-packets"], 1, "datagrams of each group")


def source_before_port(lan, family):
    """A source counts more than a port."""
    session = Session(lan, family, port=0, source=lan.sender.addresses[family])
    anyone = session.group.__class__(session.group.address, PORT)
    for host in (lan.sender, lan.member):
        host.mbsec.group_add(anyone)
    session.exchange(PAYLOAD)
    equal(lan.member.mbsec.counters(session.group)["rx-packets"], 1, "datagrams of the source")
    equal(sum(lan.member.mbsec.counters(anyone).values()), 0, "datagrams of the port")


def device_out(lan, family):
    """A group of eth1 protects what leaves by eth1, and nothing else."""
    lan.wire.expect_plaintext()
    group, key = lan.group(family), lan.key()
    lan.sender.mbsec.group_add(group, ifindex=lan.sender.ifindex("eth1"))
    lan.sender.mbsec.tx_add(group, key)
    for device in ("eth0", "eth1"):
        lan.sender.transmitter(family, device).sendto(PAYLOAD, (group.address, PORT))
    plain = lan.tap.wait_datagrams(1, PORT)
    protected = lan.tap1.wait_datagrams(1, PORT)
    equal([one.payload for one in plain], [PAYLOAD], "payload by eth0")
    equal([sframe.unprotect(key.session, one.payload) for one in protected], [PAYLOAD],
          "payload by eth1")


def device_in(lan, family):
    """Cleartext is refused from eth1 and delivered from eth0."""
    lan.wire.expect_plaintext()
    group = lan.group(family)
    lan.member.mbsec.group_add(group, ifindex=lan.member.ifindex("eth1"))
    receiver = lan.member.receiver(group)
    join_any_source(receiver, group, lan.member.ifindex("eth1"))
    for device in ("eth1", "eth0"):
        payload = pattern_payload(100, int(device[3]))
        lan.sender.transmitter(family, device).sendto(payload, (group.address, PORT))
    receive_all(receiver, [pattern_payload(100, 0)])
    dropped = lan.member.mbsec.counters(group)
    equal(sum(value for name, value in dropped.items() if "rx-drop" in name), 1, "drops")


def directions(lan, family):
    """Only out: what comes in stays ciphertext. Only in: what goes out is cleartext."""
    lan.wire.expect_plaintext()
    group, key = lan.group(family), lan.key()
    lan.sender.mbsec.group_add(group, direction=uapi.DIRECTION_OUT)
    lan.sender.mbsec.tx_add(group, key)
    lan.member.mbsec.group_add(group, direction=uapi.DIRECTION_OUT)
    receiver = lan.member.receiver(group)
    lan.sender.transmitter(family).sendto(PAYLOAD, (group.address, PORT))
    equal(sframe.unprotect(key.session, receiver.recv(2000)), PAYLOAD, "payload")
    lan.sender.mbsec.group_del(group)
    lan.sender.mbsec.group_add(group, direction=uapi.DIRECTION_IN)
    lan.sender.transmitter(family).sendto(PAYLOAD, (group.address, PORT))
    receive_all(receiver, [PAYLOAD])


def namespaces(lan, family):
    """Groups, keys and counters of one namespace are not of another."""
    lan.wire.expect_plaintext()
    session = Session(lan, family)
    equal(lan.outsider.mbsec.groups(), [], "groups of the outsider")
    equal(lan.outsider.mbsec.keys(), [], "keys of the outsider")
    session.exchange(PAYLOAD)
    outsider = lan.outsider.transmitter(family)
    outsider.sendto(PAYLOAD, session.target)
    before = lan.member.mbsec.counters(session.group)
    lan.outsider.mbsec.flush()
    session.exchange(PAYLOAD)
    equal(sum(lan.outsider.mbsec.counters().values()), 0, "counters of the outsider")
    equal(before["rx-packets"], 1, "datagrams of the member")
    lan.sender.mbsec.flush()
    session.send(PAYLOAD)
    equal(len(lan.member.mbsec.groups()), 1, "groups of the member")


def policy_require(lan, family):
    """Injected cleartext is dropped and counted."""
    session = Session(lan, family)
    for payload in (PAYLOAD, b"", b"x", bytes(13), b"\xfc" * 200):
        session.inject(payload)
    drops = ktap.wait_for(lambda: sum(session.drops().values()) == 5 and session.drops(),
                          "five drops")
    check(set(drops) <= {"rx-drop-header", "rx-drop-unknown-key", "rx-drop-too-short"},
          f"reasons of the drops {drops}")
    session.exchange(PAYLOAD)


def policy_permit(lan, family):
    """Cleartext until the first key is active, and never a forgery of a known key."""
    lan.wire.expect_plaintext()
    session = Session(lan, family, tx={"activate": False}, policy=uapi.POLICY_PERMIT)
    session.exchange(PAYLOAD)
    equal([one.payload for one in lan.tap.wait_datagrams(1, PORT)], [PAYLOAD], "on the wire")
    equal(lan.sender.mbsec.counters(session.group)["tx-cleartext"], 1, "tx-cleartext")
    equal(lan.member.mbsec.counters(session.group)["rx-cleartext"], 1, "rx-cleartext")
    unknown = lan.key().protect(sframe.COUNTER_FIRST, PAYLOAD)
    session.inject(unknown)
    session.inject(b"")
    receive_all(session.receiver, [unknown, b""])
    lan.tap.clear()
    lan.sender.mbsec.key_activate(session.group, session.key)
    session.exchange(PAYLOAD)
    protected = lan.tap.wait_datagrams(1, PORT)[0].payload
    equal(sframe.unprotect(session.key.session, protected), PAYLOAD, "protected payload")
    session.inject(protected[:-1] + bytes([protected[-1] ^ 1]))
    session.dropped("replayed")
    forged = session.key.protect(sframe.COUNTER_FIRST + 50, PAYLOAD)
    session.inject(forged[:-1] + bytes([forged[-1] ^ 1]))
    ktap.wait_for(lambda: session.drops().get("rx-drop-auth-failed") == 1, "forgery is dropped")
    lan.sender.mbsec.key_del(session.group, session.key)
    refused(errno.ENOKEY, session.send, PAYLOAD, what="send after the key is gone")
    nothing_left(session.receiver)
    session.inject(PAYLOAD)
    receive_all(session.receiver, [PAYLOAD])
    lan.sender.transmitter(family).sendto(PAYLOAD, (session.group.address, PORT + 1))


def no_checksum(lan, family):
    """A sender that asked for no UDP checksum keeps it off."""
    session = Session(lan, family)
    if family == 4:
        session.transmitter.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    else:
        session.transmitter.setsockopt(socket.IPPROTO_UDP, UDP_NO_CHECK6_TX, 1)
        session.receiver.setsockopt(socket.IPPROTO_UDP, UDP_NO_CHECK6_RX, 1)
    session.exchange(PAYLOAD, pattern_payload(1448))
    equal([one.checksum for one in lan.tap.wait_datagrams(2, PORT)], [0, 0], "checksums")


def good_checksum(lan, family):
    """Without checksum offload what is on the wire has a right checksum."""
    session = Session(lan, family)
    lan.sender.namespace.command("ethtool", "-K", "eth0", "tx", "off")
    try:
        session.exchange(PAYLOAD, b"", b"odd", pattern_payload(1448), pattern_payload(4001))
    finally:
        lan.sender.namespace.command("ethtool", "-K", "eth0", "tx", "on")
    caught = lan.tap.wait_datagrams(5, PORT)
    check(all(one.checksum and one.checksum_good for one in caught), "checksums are right")


def ip_options(lan, family):
    """Options and extension headers in front of the UDP header."""
    session = Session(lan, family)
    if family == 4:
        session.transmitter.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS,
                                       b"\x94\x04\x00\x00\x01\x01\x01\x01")
        session.exchange(PAYLOAD, pattern_payload(4000))
        return
    # No fragments with destination options: nf_defrag_ipv6 does not join them,
    # with or without this module.
    for option, payload in ((IPV6_HOPOPTS, pattern_payload(4000)),
                            (IPV6_DSTOPTS, pattern_payload(1300))):
        session.transmitter.setsockopt(socket.IPPROTO_IPV6, option,
                                       bytes([0, 1, 0x1e, 12]) + bytes(12))
        session.exchange(PAYLOAD, payload)
    equal(lan.sender.mbsec.counters(session.group)["tx-packets"], 4, "protected datagrams")


def membership(lan, family):
    """IGMP and MLD, which are sent to the group itself, stay as they are."""
    lan.wire.expect_nothing()
    path = {4: "net/ipv4/conf/eth0/force_igmp_version", 6: "net/ipv6/conf/eth0/force_mld_version"}
    lan.sender.namespace.sysctl(path[family], {4: 2, 6: 1}[family])
    group = lan.group(family, port=0)
    lan.sender.mbsec.group_add(group)
    lan.sender.mbsec.tx_add(group, lan.key())
    member = lan.sender.receiver(group)
    kind = {4: (IGMP, IGMP_REPORT_V2), 6: (ICMPV6, MLD_REPORT_V1)}[family]

    def report():
        lan.tap.drain()
        packets = [parse_ip(frame) for frame in lan.tap.frames]
        return any(one and (one.protocol, one.payload[0]) == kind
                   and one.destination == socket.inet_pton(
                       socket.AF_INET6 if family == 6 else socket.AF_INET, group.address)
                   for one in packets)
    ktap.wait_for(report, "membership report on the wire")
    member.close()
    equal(sum(lan.sender.mbsec.counters(group).values()), 0, "counters")
    lan.sender.namespace.sysctl(path[family], 0)


def vrf(lan, family):
    """A device in a VRF: protected once, unprotected once."""
    lan.wire.expect_nothing()
    lan.sender.namespace.ip("link add name vrf1 type vrf table 77\nlink set vrf1 up\n"
                            "link add name eth2 type veth peer name eth2 netns "
                            f"{lan.member.namespace.name}\nlink set eth2 master vrf1\n")
    for host in (lan.sender, lan.member):
        host.configure("eth2", network=2)
    tap = Tap(lan.member.namespace, "eth2")
    try:
        session = Session(lan, family)
        receiver = lan.member.receiver(session.group, "eth2")
        sender = lan.sender.transmitter(family, "eth2")
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth2")
        sender.sendto(PAYLOAD, session.target)
        receive_all(receiver, [PAYLOAD])
        caught = tap.wait_datagrams(1, PORT)
        equal([sframe.unprotect(session.key.session, one.payload) for one in caught], [PAYLOAD],
              "payload on the wire")
        equal(lan.sender.mbsec.counters(session.group)["tx-packets"], 1, "protected datagrams")
    finally:
        tap.close()
        lan.sender.namespace.ip("link del eth2\nlink del vrf1\n")


CASES = {
    "member reads, outsider does not": basic, "any port": any_port,
    "exact port goes first": exact_port_first, "other ports and unicast": other_port,
    "source-specific": source_specific, "source-specific goes first": source_specific_first,
    "source before port": source_before_port,
    "device of a sender": device_out, "device of a receiver": device_in,
    "directions": directions, "namespaces are isolated": namespaces,
    "policy require": policy_require, "policy permit": policy_permit,
    "no UDP checksum": no_checksum, "UDP checksum on the wire": good_checksum,
    "IP options and extension headers": ip_options, "IGMP and MLD": membership,
    "VRF": vrf,
}


def build(plan):
    lan = Lan(plan, ktap.seeded_random(), direct=True)
    for name, case in CASES.items():
        plan.families(name, lambda family, case=case: case(lan, family))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
