#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each allocation of a gateway, on the way through it of a datagram that it protects, fails once:
on each of its outputs the datagram is whole or lost, and never in clear."""

import itertools
import socket
import sys

import faults
import gso
import ktap
import netns
import sframe_reference as sframe
from fault_injection import datagram, super_packet
from forward import OUT_FORWARD, Routed
from ktap import check, equal
from topology import receive_all


class Gateway(Routed):
    """The router receives from the source in a thread."""

    def __init__(self, plan, random):
        super().__init__(plan, random)
        gso.receive_in_thread(self.source, self.router)
        self.thread = faults.FailingThread("eth0")
        self.source.wait_ready()


class Flow:
    """A group that the gateway protects for its members."""

    def __init__(self, net, family, suite):
        self.group, key = net.group(family), net.key(suite=suite)
        net.route(self.group)
        net.router.mbsec.group_add(self.group, direction=OUT_FORWARD, suite=suite)
        net.router.mbsec.tx_add(self.group, key)
        for member in net.members:
            member.mbsec.group_add(self.group, suite=suite)
            member.mbsec.rx_add(self.group, key)
        self.receivers = net.receivers(self.group)
        for listener in self.receivers:
            listener.setsockopt(socket.IPPROTO_UDP, gso.UDP_GRO, 1)
        self.transmitter = net.source.transmitter(family)
        self.target = self.group.address, self.group.port

    def exchange(self, payload):
        """The routes and neighbours are known then."""
        self.transmitter.sendto(payload, self.target)
        for listener in self.receivers:
            receive_all(listener, [payload])

    def reads(self, payloads):
        """How many reads each member took, whether all is there."""
        numbers, whole = [], True
        for listener in self.receivers:
            found = gso.drain_segments(listener)
            arrived = sum(found, [])
            check(set(arrived) <= set(payloads), f"other payloads have arrived: {arrived!r:.200}")
            equal(len(arrived), len(set(arrived)), "payloads that are there once")
            numbers.append(len(found))
            whole &= arrived == payloads
        return numbers, whole


def forwarding(net, family, make, size, suite=sframe.AES_CTR_80):
    """Returns the gateway's lack of memory, and how many reads each datagram has taken."""
    flow = Flow(net, family, suite)
    numbers, reads = itertools.count(1), []
    flow.exchange(datagram(flow, next(numbers), 100)[1][0])
    for (_, payloads), failure in faults.each(net.thread, lambda send, _: send(),
                                              lambda: make(flow, next(numbers), size)):
        equal(failure, None, "error of the source, which has memory")
        net.wire.fence()
        found, whole = flow.reads(payloads)
        reads += found
    check(whole, "the datagram of which no allocation failed has arrived everywhere")
    return net.router.mbsec.counters(flow.group)["tx-drop-no-memory"], reads


def fragments(net, family, **options):
    """They are put together here, and the module wants memory for the whole."""
    faults.insist(lambda: forwarding(net, family, datagram, 5000, **options)[0] > 0,
                  "an allocation of the module fails")


def super_packets(net, family, **options):
    """Where the module has no memory for the whole, it takes it apart: then several reads."""
    faults.insist(lambda: max(forwarding(net, family, super_packet, 1000, **options)[1]) > 1,
                  "a super-packet is taken apart")


def build(plan):
    net = Gateway(plan, ktap.seeded_random())

    def families(name, function, *args, **options):
        plan.families(name, lambda family: function(net, family, *args, **options))
    families("datagram", forwarding, datagram, 100)
    families("datagram, AES-GCM", forwarding, datagram, 100, suite=sframe.AES_GCM)
    families("fragments", fragments)
    families("fragments, AES-GCM", fragments, suite=sframe.AES_GCM)
    families("super-packet", super_packets)
    families("super-packet, AES-GCM", super_packets, suite=sframe.AES_GCM)
    return net


if __name__ == "__main__":
    faults.require()
    sys.exit(netns.run_plan(build))
