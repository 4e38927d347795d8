#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A thousand namespaces with groups, keys and traffic are made, some live at the same time, and end
in any order."""

import os
import sys

import ktap
import lifecycle
import netns
import sframe_reference as sframe
from client import Key
from ktap import check

NAMESPACES, ALIVE = 1000, 40
# Of the first turn, which fills caches; then only what is lost adds up.
WARM = 200
GROWTH = 8 << 10        # kB: a namespace has some hundred kB, a group some kB


def slab_kilobytes():
    with open("/proc/meminfo") as table:
        return next(int(line.split()[1]) for line in table if line.startswith("SUnreclaim:"))


class Crowd:
    """Namespaces that live: each by its groups, keys and sockets."""

    def __init__(self, random):
        self.random = random
        self.members = []
        self.made = 0

    def grow(self):
        check(netns.LIBC.unshare(netns.CLONE_NEWNET) == 0, "unshare")
        lifecycle.loopback_up()
        kernel, receiver = lifecycle.fill_namespace(self.random, self.made)
        kernel.group_add(lifecycle.GALOIS, suite=sframe.AES_GCM)
        kernel.tx_add(lifecycle.GALOIS, Key(self.random.randbytes(16), suite=sframe.AES_GCM))
        receiver.sendto(b"of AES-GCM", (lifecycle.GALOIS.address, lifecycle.GALOIS.port))
        self.members.append((kernel, receiver))
        self.made += 1

    def shrink(self):
        """One ends: by its last socket, with all that is in it, or emptied before."""
        kernel, receiver = self.members.pop(self.random.randrange(len(self.members)))
        if self.random.randrange(2):
            kernel.flush()
        ends = [kernel, receiver]
        self.random.shuffle(ends)
        for end in ends:
            end.close()

    def turn(self, count):
        """So many more have been made, and all are gone."""
        for _ in range(count):
            self.grow()
            if len(self.members) == ALIVE:
                for _ in range(self.random.randrange(1, ALIVE)):
                    self.shrink()
        while self.members:
            self.shrink()


def settled(references):
    """The kernel takes namespaces down later, many at a time."""
    ktap.wait_for(lambda: lifecycle.references() == references,
                  "the namespaces let the module go", 60)


def stress(random):
    before = lifecycle.references()
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    crowd = Crowd(random)
    try:
        crowd.turn(WARM)
        netns.setns(home)
        settled(before)
        first = slab_kilobytes()
        crowd.turn(NAMESPACES - WARM)
    finally:
        netns.setns(home)
        os.close(home)
    settled(before)
    last = slab_kilobytes()
    ktap.diagnostic(f"slabs after {WARM} namespaces {first} kB, after {crowd.made} {last} kB")
    check(last - first < GROWTH, "the kernel's memory does not grow")


def module_goes():
    """Nothing of them holds the module."""
    netns.module_remove()
    netns.module_insert()


def build(plan):
    random = ktap.seeded_random()
    plan.add(f"{NAMESPACES} namespaces", stress, random)
    plan.add("the module goes after them", module_goes)


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
