#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A multicast router with two output interfaces and a member of its own."""

import itertools
import socket
import sys

import capture
import ktap
import netns
import sframe_reference as sframe
import uapi
from capture import pattern_payload
from ktap import check, equal
from mroute import MulticastRouter
from topology import PORT, Topology, nothing_left, receive_all

OUT_FORWARD = uapi.DIRECTION_OUT | uapi.DIRECTION_FORWARD
# A datagram that grows past the MTU in the router is for another case.
LENGTHS = (0, 1, 200, 1400, 1428, 4000, 60000)
UDP, UDP_SEGMENT = 17, 103
IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, PMTUDISC_DONT, PMTUDISC_DO = 10, 23, 0, 2
ICMPV6, PACKET_TOO_BIG = 58, 2


class Routed(Topology):
    """source eth0 - eth0 router eth1, eth2 - eth0 of the first and second member."""

    def __init__(self, plan, random):
        super().__init__(plan, random)
        self.router = self.host("router", 1)
        self.source = self.host("source", 2)
        self.members = [self.host("first", 3), self.host("second", 4)]
        self.taps = []
        for number, host in enumerate([self.source] + self.members):
            self.router.namespace.ip(f"link add name eth{number} type veth peer name eth0 netns "
                                     f"{host.namespace.name}\n")
            self.router.configure(f"eth{number}", network=number)
            host.configure(network=number)
            host.addresses = {4: f"10.9.{number}.{host.number}",
                              6: f"fd00:9:{number}::{host.number}"}
        for number, member in enumerate(self.members, 1):
            tap = capture.Tap(member.namespace, "eth0")
            self.taps.append(tap)
            self.wire.link(self.router.namespace, f"eth{number}", [tap])
        for host in [self.source] + self.members:
            host.wait_ready()
        self.routers = {family: MulticastRouter(self.router, family, ("eth0", "eth1", "eth2"))
                        for family in (4, 6)}

    def close(self):
        for router in self.routers.values():
            router.close()
        super().close()

    def route(self, group, source=None, incoming="eth0", outgoing=("eth1", "eth2")):
        source = source or self.source.addresses[group.family]
        self.routers[group.family].add_route(source, group.address, incoming, outgoing)

    def receivers(self, group):
        return [member.receiver(group) for member in self.members]


def gateway(net, family):
    """Cleartext comes in; both outputs are protected, the router's member reads it."""
    group, key = net.group(family), net.key()
    net.route(group)
    net.router.mbsec.group_add(group, direction=OUT_FORWARD)
    net.router.mbsec.tx_add(group, key)
    for member in net.members:
        member.mbsec.group_add(group)
        member.mbsec.rx_add(group, key)
    local = net.router.receiver(group)
    receivers = net.receivers(group)
    payloads = [pattern_payload(length, length) for length in LENGTHS]
    sender = net.source.transmitter(family)
    for payload in payloads:
        sender.sendto(payload, (group.address, PORT))
    for listener in receivers + [local]:
        receive_all(listener, payloads)
    for tap in net.taps:
        caught = tap.wait_datagrams(len(payloads), PORT)
        equal([len(one.payload) for one in caught], [len(one) + 24 for one in payloads],
              "lengths on the wire")
    counters = [frames_counter(tap) for tap in net.taps]
    equal(len(set(itertools.chain(*counters))), 2 * len(payloads), "different counters in all")
    equal(net.router.mbsec.counters(group)["tx-packets"], 2 * len(payloads), "protected")


def frames_counter(tap):
    return [sframe.decode_header(one.payload)[1] for one in tap.datagrams(PORT)]


def transit(net, family):
    """Ciphertext passes a router untouched, whose own member reads it with the key."""
    group, key = net.group(family), net.key()
    net.route(group)
    net.source.mbsec.group_add(group)
    net.source.mbsec.tx_add(group, key)
    net.router.mbsec.group_add(group, direction=uapi.DIRECTION_IN)
    net.router.mbsec.rx_add(group, key)
    for member in net.members:
        member.mbsec.group_add(group)
        member.mbsec.rx_add(group, key)
    listeners = net.receivers(group) + [net.router.receiver(group)]
    payloads = [pattern_payload(length, length) for length in LENGTHS]
    sender = net.source.transmitter(family)
    for payload in payloads:
        sender.sendto(payload, (group.address, PORT))
    for listener in listeners:
        receive_all(listener, payloads)
    first, second = ([one.payload for one in tap.wait_datagrams(len(payloads), PORT)]
                     for tap in net.taps)
    check(first == second, "both outputs carry the same ciphertext")
    equal([sframe.unprotect(key.session, one) for one in first], payloads, "plaintext")


def own_packet(net, family):
    """What the router itself sends, and then forwards, is protected once."""
    group, key = net.group(family), net.key()
    net.router.addresses = {4: "10.9.1.1", 6: "fd00:9:1::1"}
    net.route(group, net.router.addresses[family], incoming="eth1", outgoing=["eth2"])
    net.router.mbsec.group_add(group, direction=OUT_FORWARD)
    net.router.mbsec.tx_add(group, key)
    for member in net.members:
        member.mbsec.group_add(group)
        member.mbsec.rx_add(group, key)
    receivers = net.receivers(group)
    joined = net.router.receiver(group, "eth1")
    sender = net.router.transmitter(family, "eth1", loop=True, source=net.router.addresses[family])
    payloads = [pattern_payload(length, length) for length in LENGTHS[:5]]
    for payload in payloads:
        sender.sendto(payload, (group.address, PORT))
    for listener in receivers:
        receive_all(listener, payloads)
    equal(net.router.mbsec.counters(group)["tx-packets"], len(payloads), "protected")
    # The router's group has no direction in: its member reads what is on the wire.
    equal([sframe.unprotect(key.session, joined.recv(3000)) for _ in payloads], payloads, "looped")


def own_packet_all_directions(net, family):
    """The same with every direction: the router's member reads plaintext."""
    group, key = net.group(family), net.key()
    net.router.addresses = {4: "10.9.1.1", 6: "fd00:9:1::1"}
    net.route(group, net.router.addresses[family], incoming="eth1", outgoing=["eth2"])
    net.router.mbsec.group_add(group, direction=OUT_FORWARD | uapi.DIRECTION_IN)
    net.router.mbsec.tx_add(group, key)
    for member in net.members:
        member.mbsec.group_add(group)
        member.mbsec.rx_add(group, key)
    listeners = net.receivers(group) + [net.router.receiver(group, "eth1")]
    sender = net.router.transmitter(family, "eth1", loop=True, source=net.router.addresses[family])
    payloads = [pattern_payload(length, length) for length in LENGTHS]
    for payload in payloads:
        sender.sendto(payload, (group.address, PORT))
    for listener in listeners:
        receive_all(listener, payloads)


def no_key(net, family):
    """A router without a key forwards nothing."""
    net.wire.expect_nothing()
    group = net.group(family)
    net.route(group)
    net.router.mbsec.group_add(group, direction=OUT_FORWARD)
    receivers = net.receivers(group)
    net.source.transmitter(family).sendto(pattern_payload(300), (group.address, PORT))
    ktap.wait_for(lambda: net.router.mbsec.counters(group)["tx-drop-no-key"] == 2, "two drops")
    net.wire.fence()
    for tap, listener in zip(net.taps, receivers):
        equal(tap.datagrams(PORT), [], "datagrams on the wire")
        nothing_left(listener)


def not_forwarding(net, family):
    """Without the direction the group does not concern what is routed."""
    net.wire.expect_plaintext()
    group = net.group(family)
    net.route(group)
    net.router.mbsec.group_add(group, direction=uapi.DIRECTION_OUT)
    net.router.mbsec.tx_add(group, net.key())
    receivers = net.receivers(group)
    net.source.transmitter(family).sendto(pattern_payload(300), (group.address, PORT))
    for listener in receivers:
        receive_all(listener, [pattern_payload(300)])
    equal(net.router.mbsec.counters(group)["tx-packets"], 0, "protected")


def one_output(net, family):
    """A group of one output device protects that output only."""
    net.wire.expect_plaintext()
    group, key = net.group(family), net.key()
    net.route(group)
    net.router.mbsec.group_add(group, direction=OUT_FORWARD, ifindex=net.router.ifindex("eth2"))
    net.router.mbsec.tx_add(group, key)
    receivers = net.receivers(group)
    payload = pattern_payload(300)
    net.source.transmitter(family).sendto(payload, (group.address, PORT))
    receive_all(receivers[0], [payload])
    equal(sframe.unprotect(key.session, receivers[1].recv(3000)), payload, "payload by eth2")


def source_specific(net, family):
    """Forwarding looks at the source, which is not the router."""
    group = net.group(family, source=net.source.addresses[family])
    key = net.key()
    net.route(group)
    net.router.mbsec.group_add(group, direction=OUT_FORWARD)
    net.router.mbsec.tx_add(group, key)
    receivers = net.receivers(group)
    payload = pattern_payload(300)
    net.source.transmitter(family).sendto(payload, (group.address, PORT))
    for listener in receivers:
        equal(sframe.unprotect(key.session, listener.recv(3000)), payload, "payload")


def super_packet(net, family):
    """A super-packet that is routed: every datagram of it is protected."""
    group, key = net.group(family), net.key()
    net.route(group)
    net.router.mbsec.group_add(group, direction=OUT_FORWARD)
    net.router.mbsec.tx_add(group, key)
    for member in net.members:
        member.mbsec.group_add(group)
        member.mbsec.rx_add(group, key)
    local = net.router.receiver(group)
    receivers = net.receivers(group)
    payloads = [pattern_payload(900, number) for number in range(30)]
    sender = net.source.transmitter(family)
    sender.setsockopt(UDP, UDP_SEGMENT, 900)
    sender.sendto(b"".join(payloads), (group.address, PORT))
    for listener in receivers + [local]:
        receive_all(listener, payloads)


def packet_too_big(net):
    """IPv6: the source learns the MTU that is left for it."""
    net.wire.expect_nothing()
    group = net.group(6)
    net.route(group)
    net.router.mbsec.group_add(group, direction=OUT_FORWARD)
    net.router.mbsec.tx_add(group, net.key())
    watch = net.source.open(6, socket.SOCK_RAW, ICMPV6)
    receivers = net.receivers(group)
    sender = net.source.transmitter(6)
    sender.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_DO)
    sender.sendto(pattern_payload(1452), (group.address, PORT))
    watch.settimeout(ktap.PATIENCE)
    while True:
        report = watch.recv(2000)
        if report[0] == PACKET_TOO_BIG:
            break
    equal(int.from_bytes(report[4:8], "big"), 1476, "MTU told")
    ktap.wait_for(lambda: net.router.mbsec.counters(group)["tx-drop-mtu"] == 2, "two drops")
    net.wire.fence()
    for listener in receivers:
        nothing_left(listener)


def do_not_fragment(net):
    """IPv4: what must not be fragmented and has grown is dropped, else fragmented."""
    group, key = net.group(4), net.key()
    net.route(group)
    net.router.mbsec.group_add(group, direction=OUT_FORWARD)
    net.router.mbsec.tx_add(group, key)
    receivers = net.receivers(group)
    sender = net.source.transmitter(4)
    for discover in (PMTUDISC_DO, PMTUDISC_DONT):
        sender.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, discover)
        sender.sendto(pattern_payload(1449), (group.address, PORT))
    ktap.wait_for(lambda: net.router.mbsec.counters(group)["tx-drop-mtu"] == 2, "two drops")
    for listener in receivers:
        equal(sframe.unprotect(key.session, listener.recv(3000)), pattern_payload(1449), "payload")
        nothing_left(listener)


CASES = {
    "gateway protects both outputs": gateway, "ciphertext in transit": transit,
    "own packet is protected once": own_packet,
    "own packet, all directions": own_packet_all_directions,
    "no key": no_key, "not forwarding": not_forwarding, "one output device": one_output,
    "source-specific": source_specific, "super-packet": super_packet,
}


def build(plan):
    net = Routed(plan, ktap.seeded_random())
    for name, case in CASES.items():
        plan.families(name, lambda family, case=case: case(net, family))
    plan.add("Packet Too Big, IPv6", lambda: packet_too_big(net))
    plan.add("do not fragment, IPv4", lambda: do_not_fragment(net))
    return net


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
