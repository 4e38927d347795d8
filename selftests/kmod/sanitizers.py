#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel that checks itself has found, after all other programs: leaks, and whether it
looked to the end. Its other findings are in its log, where selftests/vm/console-check sees them."""

import os
import re
import sys
import time

import ktap
import netns

KMEMLEAK = "/sys/kernel/debug/kmemleak"
LOCKDEP = "/proc/lockdep_stats"
PRINTK = "/proc/sys/kernel/printk"
# An object is looked at when it is older than five seconds, and reported when two scans miss it.
SCANS, OLD_ENOUGH = 3, 5.5
# Ours, or of a module that is there no more, which is ours too: nothing else is unloaded.
OURS = re.compile(r"\[mbsec\]|\] 0x[0-9a-f]+$", re.MULTILINE)
# Packets that nobody has freed.
PACKETS = re.compile(r"\] (__alloc_skb|skb_clone|__napi_build_skb|build_skb)\+")


def scan():
    """All objects that nothing in memory points to, each with who allocated it."""
    with open(PRINTK) as control:
        level = control.read()
    with open(PRINTK, "w") as control:
        control.write("5")      # the number of all leaks, of the kernel's start too
    try:
        for _ in range(SCANS):
            time.sleep(OLD_ENOUGH / SCANS)
            with open(KMEMLEAK, "w") as control:
                control.write("scan")
    finally:
        with open(PRINTK, "w") as control:
            control.write(level)
    with open(KMEMLEAK) as report:
        return re.split(r"(?m)^(?=unreferenced object)", report.read())[1:]


def leaks():
    """Nothing that the module allocated, and no packet, is lost."""
    if not os.path.exists(KMEMLEAK):
        raise ktap.Skip("the kernel has no kmemleak")
    found = scan()
    ours = [one for one in found if OURS.search(one) or PACKETS.search(one)]
    ktap.diagnostic(f"{len(found)} unreferenced objects, {len(ours)} of them ours")
    for one in ours[:5]:
        ktap.diagnostic(one)
    ktap.check(not ours, f"{len(ours)} objects are lost")


def lockdep_looks():
    """After its first complaint lockdep is off: it must not be."""
    if not os.path.exists(LOCKDEP):
        raise ktap.Skip("the kernel has no lockdep")
    with open(LOCKDEP) as table:
        states = dict(line.split(":", 1) for line in table if ":" in line)
    ktap.equal(states[" debug_locks"].strip(), "1", "debug_locks")


def build(plan):
    plan.add("leaks", leaks)
    plan.add("lockdep", lockdep_looks)


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
