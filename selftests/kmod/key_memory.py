#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No key stays in memory: scans all of it while a key is in use, and after.

The session keys that the module derives its ciphers from stand here masked, as
memory_scan wants them, and in no process unmasked but in the tool's.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time

import ktap
import netns
import srtp_reference as srtp
from ktap import check, equal

IDENTITY = ("msk-id", "5ca11ed0", "mtk-id", "77")
GROUP, MEDIA, GALOIS = "239.77.1.1", "239.77.1.2", "239.77.1.3"
# What the key files have, and words beside the identity.
KEYS = {GROUP: ("c3a95be07714d2680f3e91b64ac85d27", ("sender", "0x100")),
        GALOIS: ("51d2fb0e96a8437ce50b93d84c27f16a", ("sender", "0x100")),
    MEDIA: ("7e1fd4a05b93c86e2d7740ba9135fe68:b84d036ac5f12e9770d8415ea3c6", ())}
# XORed with 0x5a: what KEYS and IDENTITY give in the suites 1, 4 and 0xf101. The datagrams make the
# module use them all.
MASKED = {
    "MTK": "99f301ba2d4e88325564cbec1092077d",
    "cipher key": "e8e9767093316defa219046d401d5d2f",
    "authentication key": "f9531645ab3a89f82cc55ab2c3813ab99cb94a47df1b6f42a113b182312faac0",
    "salt": "e6382a5c8bbbb9bd746f1a4f",
    "MTK of AES-GCM": "0b88a154ccf21926bf51c982167dab30",
    "cipher key of AES-GCM": "5fc1c58e1ca07ffc5dd574f49fe27bef",
    "salt of AES-GCM": "de17dd6a199973d0617b6942",
    "MTK of SRTP": "24458efa01c99234772d1ae0cb6fa432",
    "master salt": "e21759309fab74cd2a821b04f99c",
    "cipher key of RTP": "fdba3a62506b80d8fa6ec60dc357d378",
    "authentication key of RTP": "660ee096c098e40e19c5a3df3c079b34d98954f6",
    "salt of RTP": "af4271e17788fd29eff9a6dad09f",
    "cipher key of RTCP": "43cf87ac6845d7fac1c12ca36139dea9",
    "authentication key of RTCP": "21bdc9ceeb41d1610b6adb14c7a21a4c48b714c6",
    "salt of RTCP": "b27101c6ab8900c02065933e65ef",
}


def run_scan():
    done = subprocess.run([os.path.join(netns.HERE, "memory_scan"), *MASKED.values()],
                          capture_output=True, text=True, check=False)
    if done.returncode == ktap.SKIP:
        raise ktap.Skip("this kernel does not show its memory")
    equal(done.returncode, 0, f"status of memory_scan ({done.stderr})")
    return done.stdout


def scan():
    """How often each key stands in memory."""
    started = time.monotonic()
    output = run_scan()
    found = dict(zip(MASKED, map(int, output.split())))
    ktap.diagnostic(f"scanned in {time.monotonic() - started:.1f} s: "
                    f"{ {name: count for name, count in found.items() if count} }")
    return found


def key_add(folder, group, *words, fails=False):
    return netns.run("mbsec", "key", "add", group, *IDENTITY, *KEYS[group][1], *words, "key-file",
                     os.path.join(folder, group), fails=fails)


def refused(folder):
    for group in KEYS:
        key_add(folder, group, "rx")
        key_add(folder, group, "rx", fails=True)
        key_add(folder, group, "rx", "soft-packets", "5", "hard-packets", "5", fails=True)
        key_add(folder, group, "tx", "activate")


def traffic():
    """SSRC and index 0: the first counter block is the salt itself."""
    datagrams = {GROUP: [b"datagram"], GALOIS: [b"datagram"],
                 MEDIA: [srtp.rtp(0, b"datagram", 0), srtp.rtcp(0)]}
    loopback = socket.inet_aton("127.0.0.1")
    for group, payloads in datagrams.items():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as member:
            member.settimeout(ktap.PATIENCE)
            member.bind((group, 5000))
            member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                              socket.inet_aton(group) + loopback)
            member.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
            for payload in payloads:
                member.sendto(payload, (group, 5000))
                equal(member.recv(100), payload, "payload")


def in_use():
    traffic()
    found = scan()
    for name, count in found.items():
        if name.startswith(("cipher key", "salt")):
            check(count > 0, f"the scan finds no {name} in use")
        else:
            equal(count, 0, f"copies of the {name} (of authentication, beside the MAC's state)")


def removed():
    netns.run("mbsec", "flush")
    # Freed after a grace period; a scan takes longer than that.
    ktap.wait_for(lambda: not any(scan().values()), "no key in memory", seconds=60)


def build(plan, folder):
    namespace = netns.Namespace("key-memory")
    namespace.ip("link set lo up\n")
    with namespace:
        netns.run("mbsec", "group", "add", GROUP)
        netns.run("mbsec", "group", "add", GALOIS, "suite", "aes128-gcm-128")
        netns.run("mbsec", "group", "add", MEDIA, "format", "srtp")
    plan.add("keys are added, and refused", inside, namespace, lambda: refused(folder))
    plan.add("keys in use", inside, namespace, in_use)
    plan.add("keys that were removed", inside, namespace, removed)


def inside(namespace, step):
    with namespace:
        step()


def main():
    with tempfile.TemporaryDirectory() as folder:
        for group, (text, _) in KEYS.items():
            path = os.path.join(folder, group)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w",
                      encoding="ascii") as file:
                file.write(text + "\n")
        return netns.run_plan(lambda plan: build(plan, folder))


if __name__ == "__main__":
    sys.exit(main())
