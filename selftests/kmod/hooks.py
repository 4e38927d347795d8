#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hooks and reassembly are there while a group needs them, and no longer."""

import errno
import itertools
import re
import subprocess
import sys

import frames
import ktap
import netns
import uapi
from capture import pattern_payload
from forward import Routed
from ktap import equal
from netlink import NetlinkError
from topology import PORT, receive_all

OUT, IN, FORWARD = uapi.DIRECTION_OUT, uapi.DIRECTION_IN, uapi.DIRECTION_FORWARD
DIRECTIONS = [sum(some) for count in (1, 2, 3)
              for some in itertools.combinations((OUT, IN, FORWARD), count)]
# What each of them needs; "defrag" is reassembly by netfilter, also on the way out.
NEEDED = {
    (4, OUT): {"output"}, (4, IN): {"input"}, (4, FORWARD): {"forward", "defrag"},
    (6, OUT): {"output"}, (6, IN): {"input", "prerouting", "defrag"},
    (6, FORWARD): {"forward", "defrag"},
}
# A line of "nft list hooks": priority, function, module.
CHAIN, HOOK = re.compile(r"hook (\w+) \{"), re.compile(r"^\s*[+-]?\d+ (\w+) \[(\w+)\]", re.M)
DEFRAG = {4: "nf_defrag_ipv4", 6: "nf_defrag_ipv6"}
FRAGMENT_SIZE = 1000


def hooks(namespace, family):
    """The places where mbsec is called, and whether there is reassembly."""
    listing = namespace.nft(f"list hooks {'ip6' if family == 6 else 'ip'}")
    found = set()
    parts = CHAIN.split(listing)
    for where, text in zip(parts[1::2], parts[2::2]):
        modules = {module for _, module in HOOK.findall(text)}
        found |= {where} if "mbsec" in modules else set()
        found |= {"defrag"} if DEFRAG[family] in modules else set()
    return found


def needed(family, direction):
    return set().union(*(places for (one, bit), places in NEEDED.items()
                         if one == family and bit & direction))


def can_list():
    """The kernel may be without, as Debian's 6.1 is; it then lists none."""
    return not subprocess.run(["modprobe", "-q", "nfnetlink_hook"], check=False).returncode


def both(net):
    return {family: hooks(net.router.namespace, family) for family in (4, 6)}


def expect(net, wanted, what):
    """Hooks of both families, each by the directions in use."""
    equal(both(net), {family: needed(family, wanted.get(family, 0)) for family in (4, 6)}, what)


def each_direction(net, family):
    """One group, whatever its directions; the other family does not notice."""
    net.wire.expect_nothing()
    kernel = net.router.mbsec
    for direction in DIRECTIONS:
        group = net.group(family)
        kernel.group_add(group, direction=direction)
        expect(net, {family: direction}, f"hooks for direction {direction}")
        kernel.group_del(group)
        expect(net, {}, f"hooks after direction {direction}")


def last_one(net, family):
    """The last group that needs a hook takes it along, in whatever order they go."""
    net.wire.expect_nothing()
    kernel = net.router.mbsec
    for order in itertools.permutations((OUT, OUT | IN, OUT | FORWARD)):
        groups = [(net.group(family), direction) for direction in order]
        for number, (group, direction) in enumerate(groups, 1):
            kernel.group_add(group, direction=direction)
            expect(net, {family: union(groups[:number])}, "hooks while groups come")
        for number, (group, _) in enumerate(groups, 1):
            kernel.group_del(group)
            expect(net, {family: union(groups[number:])}, "hooks while groups go")


def union(groups):
    result = 0
    for _, direction in groups:
        result |= direction
    return result


def flushed(net):
    """A flush takes all of them, of both families."""
    net.wire.expect_nothing()
    for family in (4, 6):
        for direction in (OUT | IN, OUT | FORWARD, FORWARD):
            net.router.mbsec.group_add(net.group(family), direction=direction)
    expect(net, {4: OUT | IN | FORWARD, 6: OUT | IN | FORWARD}, "hooks of many groups")
    net.router.mbsec.flush()
    expect(net, {}, "hooks after a flush")


def refused_group(net, family):
    """A group that is refused changes nothing, although it would need more."""
    net.wire.expect_nothing()
    group = net.group(family)
    net.router.mbsec.group_add(group, direction=OUT)
    try:
        net.router.mbsec.group_add(group, direction=OUT | IN | FORWARD)
    except NetlinkError as failure:
        equal(failure.errno, errno.EEXIST, "errno")
    expect(net, {family: OUT}, "hooks")


def incomplete(net, family, sender, group):
    """All fragments of a datagram but the last; an unprotected group, so whoever routes them
    as they are does no wrong."""
    source = net.source.addresses[family]
    body = frames.udp(source, group.address, 4000, PORT, pattern_payload(2500, 1))
    divide = frames.ipv6_fragments if family == 6 else frames.ipv4_fragments
    net.ident += 1
    packets = divide(source, group.address, body, FRAGMENT_SIZE, net.ident)[:-1]
    for packet in packets:
        sender.send(frames.ethernet(packet))
    return len(packets)


def seen(net, ident):
    """Fragments of this datagram that were routed to the first member."""
    net.taps[0].drain()
    parsed = map(frames.parse_ip, net.taps[0].frames)
    return sum(one is not None and one.ident == ident for one in parsed)


def routed(net, family, sender, group, whole):
    """Whether the router waits for a datagram to be whole."""
    count = incomplete(net, family, sender, group)
    if whole:
        # What is sent next and has passed was behind them.
        receiver = net.members[0].receiver(group)
        net.source.transmitter(family).sendto(pattern_payload(100, 1), (group.address, PORT))
        receive_all(receiver, [pattern_payload(100, 1)])
        receiver.close()
        equal(seen(net, net.ident), 0, "fragments that were routed")
    else:
        ktap.wait_for(lambda: seen(net, net.ident) == count, "fragments are routed as they are")


def reassembly(net, family):
    """Fragments of others are routed one by one where no group needs them whole."""
    net.wire.expect_plaintext()
    other, kernel = net.group(family), net.router.mbsec
    net.route(other)
    sender = net.source.frame_socket()
    routed(net, family, sender, other, False)
    for direction in DIRECTIONS:
        group = net.group(family)
        kernel.group_add(group, direction=direction)
        routed(net, family, sender, other, "defrag" in needed(family, direction))
        kernel.group_del(group)
    foreign = net.group(4 if family == 6 else 6)
    kernel.group_add(foreign, direction=OUT | IN | FORWARD)
    routed(net, family, sender, other, False)


def build(plan):
    net = Routed(plan, ktap.seeded_random())
    net.ident = 0x100
    plan.families("reassembly", lambda family: reassembly(net, family))
    if not can_list():
        ktap.notes.append("the kernel does not list hooks: what they do has to tell")
        return net
    plan.families("each direction", lambda family: each_direction(net, family))
    plan.families("the last group", lambda family: last_one(net, family))
    plan.families("a refused group", lambda family: refused_group(net, family))
    plan.add("flush", lambda: flushed(net))
    return net


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
