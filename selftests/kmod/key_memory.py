#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No key stays in memory: scans all of it while a key is in use, and after.

The session keys that the module derives its ciphers from stand here masked, as
memory_scan wants them, and in no process unmasked but in the tool's.
"""

import os
import sys
import tempfile

import ktap
import netns
from ktap import check, equal

MTK_HEX = "c3a95be07714d2680f3e91b64ac85d27"
IDENTITY = ("msk-id", "5ca11ed0", "mtk-id", "77", "sender", "0x100")
GROUP = "239.77.1.1"
# XORed with 0x5a: what MTK_HEX and IDENTITY give in suite 1.
MASKED = {
    "MTK": "99f301ba2d4e88325564cbec1092077d",
    "cipher key": "e8e9767093316defa219046d401d5d2f",
    "authentication key": "f9531645ab3a89f82cc55ab2c3813ab99cb94a47df1b6f42a113b182312faac0",
    "salt": "e6382a5c8bbbb9bd746f1a4f",
}


def scan():
    """How often each key stands in memory."""
    output = netns.run(os.path.join(netns.HERE, "memory_scan"), *MASKED.values())
    return dict(zip(MASKED, map(int, output.split())))


def key_add(key_file, *words, fails=False):
    return netns.run("mbsec", "key", "add", GROUP, *IDENTITY, *words, "key-file", key_file,
                     fails=fails)


def refused(key_file):
    key_add(key_file, "rx")
    key_add(key_file, "rx", fails=True)
    key_add(key_file, "rx", "soft-packets", "5", "hard-packets", "5", fails=True)


def in_use():
    found = scan()
    check(found["cipher key"] > 0 and found["salt"] > 0, f"the scan finds no key in use: {found}")
    equal(found["MTK"], 0, "copies of the MTK")
    equal(found["authentication key"], 0, "copies of the authentication key beside the MAC's state")


def removed():
    netns.run("mbsec", "flush")
    # Freed after a grace period; a scan takes longer than that.
    ktap.wait_for(lambda: not any(scan().values()), "no key in memory", seconds=60)


def build(plan, key_file):
    namespace = netns.Namespace("key-memory")
    with namespace:
        netns.run("mbsec", "group", "add", GROUP)
    plan.add("a key is added, and refused", inside, namespace, lambda: refused(key_file))
    plan.add("a key in use", inside, namespace, in_use)
    plan.add("a key that was removed", inside, namespace, removed)


def inside(namespace, step):
    with namespace:
        step()


def main():
    with tempfile.TemporaryDirectory() as folder:
        key_file = os.path.join(folder, "mtk")
        with open(os.open(key_file, os.O_WRONLY | os.O_CREAT, 0o600), "w",
                  encoding="ascii") as file:
            file.write(MTK_HEX + "\n")
        return netns.run_plan(lambda plan: build(plan, key_file))


if __name__ == "__main__":
    sys.exit(main())
