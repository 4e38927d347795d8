#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The mbsec tool end to end: every line of its grammar, JSON, exit codes, nonce reuse."""

import os
import shutil
import signal
import subprocess
import sys

import ktap
import netns
import sframe_reference as sframe
import tool_srtp
from capture import pattern_payload
from client import Group, Key
from ktap import check, equal
from tool_command import COUNTERS, NO_MODULE, OK, REFUSED, REUSE, USAGE, Tool, next_event
from topology import Lan, receive_all

SUITES = {"aes128-ctr-hmac-sha256-80": sframe.AES_CTR_80,
          "aes128-ctr-hmac-sha256-64": sframe.AES_CTR_64,
          "aes128-ctr-hmac-sha256-32": sframe.AES_CTR_32, "null-hmac-sha256-80": sframe.NULL_80}
IDENTITY = "msk-id 0a0b0c0d mtk-id 7 sender 0x100"
PLAIN_GROUP = {"address": "239.11.1.1", "port": 5000, "source": None, "dev": None,
               "direction": ["out", "in"], "format": "sframe",
               "suite": "aes128-ctr-hmac-sha256-80", "policy": "require", "overhead": 24,
               "keys": 0, "senders": 0, "rtcp-port": None, "no-mki": False, "roc-rate": None,
               "roc-mode": None, "allow-no-integrity": False}


def informative(tool):
    """version and help work for everybody; a usage error names what is wrong."""
    version = tool.json("version -j")
    equal(version["module"], tool.json("-j stats")["module-version"], "version of the module")
    check(version["tool"] in tool.run("version"), "version of the tool")
    for words in ("help", "key add --help"):
        check("mbsec" in tool.run(words), words)


def usage_errors(tool):
    """They have an exit code of their own, and touch nothing; selftests/unit has all of them."""
    key = "key add 239.11.1.1 msk-id 00000001 mtk-id 1 sender 0xff rx key-file -"
    for line, word in (("", "command"), ("group add 10.0.0.1", "multicast"), (key, "sender")):
        error = tool.run(line, USAGE, stdin="00" * 16)
        check(word in error, f"'{word}' in: {error}")


def groups(tool):
    """add, show and del of every kind of group."""
    tool.run("group add 239.11.1.1 port 5000")
    equal(tool.json("--json group show 239.11.1.1 -s"), [PLAIN_GROUP | {"counters": COUNTERS}],
          "group with counters")
    tool.run("group add ff15::b:1 src fd00:9:0::77 dev eth0 format sframe suite "
             "null-hmac-sha256-80 policy permit dir forward")
    other = PLAIN_GROUP | {
        "address": "ff15::b:1", "port": None, "source": "fd00:9::77", "dev": "eth0",
        "direction": ["out", "forward"], "suite": "null-hmac-sha256-80", "policy": "permit"}
    equal(sorted(tool.json("group -j show"), key=lambda group: group["address"]),
          [PLAIN_GROUP, other], "groups")
    equal(tool.json("group show 239.11.1.1 port 5001 -j"), [], "no group")
    text = tool.run("group show -s")
    for word in ("239.11.1.1", "5000", "ff15::b:1", "fd00:9::77", "eth0", "permit", "counters"):
        check(word in text, f"{word} in the text")
    directions = {"in": ["in"], "out": ["out"], "both": ["out", "in"]}
    for number, direction in enumerate(directions, 2):
        tool.run(f"group add 239.11.1.{number} dir {direction}")
    shown = {group["address"]: group["direction"] for group in tool.json("group show -j")}
    equal([shown[f"239.11.1.{number}"] for number in (2, 3, 4)], list(directions.values()),
          "directions")
    check("exists" in tool.run("group add 239.11.1.1 port 5000", REFUSED), "sentence of the kernel")
    check("no group" in tool.run("group del 239.11.1.1", REFUSED), "sentence of the kernel")
    check("suite" in tool.run("group add 239.11.1.9 format srtp suite null-hmac-sha256-80",
                              REFUSED), "sentence")
    check("eth9" in tool.run("group add 239.11.1.9 dev eth9", REFUSED), "name of the interface")
    tool.run("group del 239.11.1.1 port 5000")
    tool.run("group del ff15::b:1 src fd00:9::77")
    left = {group["address"] for group in tool.json("group show -j")}
    equal(left, {"239.11.1.2", "239.11.1.3", "239.11.1.4"}, "groups at the end")


def keys(tool):
    """add, activate, show and del; the MTK comes from a file or stdin."""
    tool.run("group add 239.11.2.1 port 5000")
    file = tool.key_file(tool.lan.random.randbytes(16))
    tool.run(f"key add 239.11.2.1 port 5000 {IDENTITY} rx key-file {file} window 100 "
             "soft-packets 1 hard-packets 2 soft-bytes 3 hard-bytes 4 soft-time 500 hard-time 600")
    shown = tool.json("key show -j")
    check(shown[0].pop("age-seconds") < 60, "age")
    equal(shown, [{
        "address": "239.11.2.1", "port": 5000, "source": None, "msk-id": "0a0b0c0d", "mtk-id": 7,
        "sender-id": 256, "role": "rx", "suite": "aes128-ctr-hmac-sha256-80", "window": 128,
        "state": "active", "soft-packets": 1, "hard-packets": 2, "soft-bytes": 3, "hard-bytes": 4,
        "soft-seconds": 500, "hard-seconds": 600, "packets": 0, "bytes": 0, "counter": None,
        "auth-failures": 0, "replays": 0}], "receive key")
    for number, words in ((8, ""), (9, "activate")):
        tool.run(f"key add 239.11.2.1 port 5000 msk-id 0A0B0C0D mtk-id {number} sender 257 tx "
                 f"key-file - {words}", stdin=tool.lan.random.randbytes(16).hex())
    states = {one["mtk-id"]: one["state"] for one in tool.json("key show 239.11.2.1 -j")}
    equal(states, {7: "active", 8: "standby", 9: "active"}, "states")
    tool.run("key activate 239.11.2.1 port 5000 msk-id 0a0b0c0d mtk-id 8")
    states = {one["mtk-id"]: one["state"] for one in tool.json("key show -s -j")}
    equal(states, {7: "active", 8: "active", 9: "standby"}, "states after activation")
    text = tool.run("key show -s")
    for word in ("0a0b0c0d", "standby", "soft-packets 1", "239.11.2.1"):
        check(word in text, f"{word} in the text")
    tool.run("key del 239.11.2.1 port 5000 msk-id 0a0b0c0d mtk-id 9 sender 0x101")
    tool.run("key del 239.11.2.1 port 5000 msk-id 0a0b0c0d mtk-id 8")
    equal([one["mtk-id"] for one in tool.json("key show -j")], [7], "keys left")
    check("no key" in tool.run("key del 239.11.2.1 port 5000 msk-id 0a0b0c0d mtk-id 9", REFUSED),
          "sentence")
    check("no transmit key" in tool.run(
        "key activate 239.11.2.1 port 5000 msk-id 0a0b0c0d mtk-id 7", REFUSED), "sentence")
    other = "msk-id 00000001 mtk-id 1 sender 0x100"
    check("soft" in tool.run(f"key add 239.11.2.1 port 5000 {other} rx key-file {file} "
                             "soft-time 9 hard-time 9", REFUSED), "sentence")


def key_sources(tool):
    """A group of a source is found without it, unless there are two."""
    file = tool.key_file(tool.lan.random.randbytes(16))
    tool.run("group add 239.11.3.1 src 10.0.0.1")
    tool.run(f"key add 239.11.3.1 {IDENTITY} rx key-file {file}")
    tool.run("group add 239.11.3.1 src 10.0.0.2")
    check("source" in tool.run(f"key del 239.11.3.1 {IDENTITY}", REFUSED), "sentence")
    tool.run(f"key del 239.11.3.1 src 10.0.0.1 {IDENTITY}")
    equal(tool.json("key show -j"), [], "keys")
    tool.run("flush")
    equal(tool.json("group show -j"), [], "groups after flush")


def key_files(tool):
    """What is not a key file is refused, and no key is ever printed."""
    tool.run("group add 239.11.4.1")
    line = f"key add 239.11.4.1 {IDENTITY} rx key-file"
    tool.run(f"{line} /nonexistent", REFUSED)
    for content in ("0" * 31 + "g", "00 " * 16):
        error = tool.run(f"{line} -", REFUSED, stdin=content)
        check("32 hex digits" in error, f"sentence: {error}")
        check(content not in error, "the content is not repeated")
    error = tool.run(f"{line} " + "ab" * 16, USAGE)
    check("command line" in error and "abab" not in error, f"a key as an argument: {error}")
    path = tool.key_file(bytes(16))
    os.chmod(path, 0o644)
    tool.run(f"{line} {path}")
    check("chmod" in tool.warnings, "a warning about an open key file")
    equal(tool.json("stats -j")["keys"], 1, "keys")


def member_open(tool, group, name, key, file):
    """The tool gives the member its key, and for all but one suite the reference does: it is
    known to be right by what is on the wire."""
    if key.suite == sframe.AES_CTR_80:
        tool.run(f"group add {group.address} port 5000 suite {name}", host=tool.lan.member)
        tool.run(f"key add {group.address} port 5000 {IDENTITY} rx key-file {file}",
                 host=tool.lan.member)
        return
    tool.lan.member.mbsec.group_add(group, suite=key.suite)
    tool.lan.member.mbsec.rx_add(group, key)


def traffic(tool):
    """Session keys as the reference derives them; counters as the tool shows them."""
    lan = tool.lan
    lan.wire.quiet = False
    for number, (name, suite) in enumerate(SUITES.items(), 1):
        if suite == sframe.NULL_80:
            lan.wire.expect_plaintext()
        group = Group(f"239.11.5.{number}", 5000)
        key = Key(lan.random.randbytes(16), 0xa0b0c0d, 7, 0x100, suite)
        file = tool.key_file(key.mtk)
        tool.run(f"group add {group.address} port 5000 suite {name}")
        tool.run(f"key add {group.address} port 5000 {IDENTITY} tx activate key-file {file}")
        member_open(tool, group, name, key, file)
        receiver = lan.member.receiver(group)
        payload = pattern_payload(500, number)
        lan.sender.transmitter(4).sendto(payload, (group.address, 5000))
        receive_all(receiver, [payload])
        wanted = [one for one in lan.tap.wait_datagrams(number, 5000)
                  if one.destination == group.address]
        equal(sframe.unprotect(key.session, wanted[0].payload), payload, name)
    for shown in tool.json("group show -s -j", host=lan.member):
        equal(shown["counters"], COUNTERS | {"rx-packets": 1, "rx-bytes": 500}, "counters")
    stats = tool.json("stats -j")
    equal((stats["groups"], stats["keys"]), (len(SUITES), len(SUITES)), "statistics")
    check(set(stats["counters"]) == set(COUNTERS), "counters of the namespace")


def monitor(tool):
    """Events as lines of JSON, until it is told to stop."""
    lan = tool.lan
    group = Group("239.11.6.1", 5000)
    tool.run(f"group add {group.address} port 5000")
    process = tool.start_monitor("monitor -j")
    sender = lan.sender.transmitter(4)
    tool.run(f"key add {group.address} port 5000 {IDENTITY} tx key-file - activate soft-packets 1 "
             "hard-packets 2", stdin=lan.random.randbytes(16).hex())
    for _ in range(2):
        sender.sendto(pattern_payload(50), (group.address, 5000))
    for kind in ("soft-expire", "hard-expire"):
        event = next_event(process)
        event.pop("count")
        equal(event, {"type": kind, "limit": "packets", "ssrc": None, "address": group.address,
                      "port": 5000, "source": None, "msk-id": "0a0b0c0d", "mtk-id": 7,
                      "sender-id": 256, "role": "tx"}, "event")
    process.send_signal(signal.SIGTERM)
    equal(process.wait(10), OK, "exit code of the monitor")


def nonce_reuse(tool):
    """A transmit key has one life on this host, whatever happens to the module.

    Between its two loads is what the tool says without it. The keys are not those of the seed:
    the module that is loaded may have seen them.
    """
    mtk, other = os.urandom(16), os.urandom(16)
    line = f"key add 239.11.7.1 {IDENTITY} tx key-file"
    tool.run("group add 239.11.7.1")
    tool.run(f"{line} -", stdin=mtk.hex())
    tool.run(f"{line} -", REUSE, stdin=mtk.hex())
    tool.run("flush")
    tool.run("group add 239.11.7.1")
    check("used" in tool.run(f"{line} -", REUSE, stdin=mtk.hex()), "sentence")
    check("used" in tool.run(f"{line} -", REUSE, stdin=other.hex()), "same ids, other MTK")
    forced = f"{line} - --force-nonce-reuse-risk"
    check("nonce" in tool.run(forced, REFUSED, stdin=mtk.hex()).lower(), "the module refuses too")
    check(mtk.hex() not in read_all(tool.state), "the state holds no key")
    without_module(tool)
    tool.run("group add 239.11.7.1")
    tool.run(f"{line} -", REUSE, stdin=mtk.hex())
    equal(tool.json("key show -j"), [], "keys")
    tool.run(forced, stdin=mtk.hex())
    equal([one["role"] for one in tool.json("key show -j")], ["tx"], "forced key")
    receive = line.replace(" tx ", " rx ")
    tool.run(f"{receive} -", stdin=mtk.hex())
    tool.run(f"key del 239.11.7.1 {IDENTITY}")
    tool.run(f"{receive} -", stdin=mtk.hex())


def without_module(tool):
    """Exit code 3, but for what needs no module; a monitor notices. Then a module that has seen
    no key."""
    process = tool.start_monitor("monitor")
    tool.disconnect()
    netns.module_remove()
    try:
        equal(process.wait(10), NO_MODULE, "exit code of the monitor")
        for line in ("group add 239.1.1.1", "key show -j", "monitor"):
            check("module" in tool.run(line, NO_MODULE), "sentence")
        equal(tool.json("version -j")["module"], None, "version of the module")
    finally:
        netns.module_insert()


def read_all(folder):
    content = ""
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), errors="replace") as file:
            content += file.read()
    return content


def race(tool):
    """Of many tools with one key at a time, one wins."""
    tool.run("group add 239.11.8.1")
    file = tool.key_file(tool.lan.random.randbytes(16))
    command = f"key add 239.11.8.1 {IDENTITY} tx key-file {file}"
    os.sched_setaffinity(0, range(os.cpu_count()))
    processes = [tool.start(command, stderr=subprocess.DEVNULL) for _ in range(8)]
    codes = sorted(process.wait(60) for process in processes)
    os.sched_setaffinity(0, {0})
    equal(codes, [OK] + [REUSE] * 7, "exit codes")


CASES = {
    # First, as it loads the module afresh.
    "nonce reuse, and without the module": nonce_reuse,
    "version and help": informative, "usage errors": usage_errors, "groups": groups, "keys": keys,
    "keys of source-specific groups": key_sources, "key files": key_files, "traffic": traffic,
    "monitor": monitor, "race for a key": race,
} | tool_srtp.CASES


def fresh(tool):
    """Other ids may have been used in the case before: forget the state, not the module."""
    shutil.rmtree(tool.state, ignore_errors=True)
    tool.lan.wire.expect_nothing()
    for host in tool.lan.hosts:
        host.mbsec.flush()


def build(plan):
    tool = Tool(Lan(plan, ktap.seeded_random()))
    plan.before.append(lambda: fresh(tool))
    for name, case in CASES.items():
        plan.add(name, case, tool)
    return tool


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
