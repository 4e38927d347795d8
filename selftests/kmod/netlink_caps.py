#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Caps on groups, keys and senders, and who may use the family at all."""

import ctypes
import errno
import os
import socket
import sys

import client
import ktap
import netns
import sframe_reference as sframe
import uapi
from client import Group, Key
from ktap import check, equal
from netlink import NetlinkError

CLONE_NEWUSER = 0x10000000
NOBODY = 65534
BATCH = 64


def add_all(kernel, command, requests):
    """All are taken; only the last of a batch is answered unless one is not."""
    for start in range(0, len(requests), BATCH):
        equal(kernel.netlink.batch_quiet(command, requests[start:start + BATCH]), [], "refused")


def key_request(random, group, sender_id, mtk_id):
    """Integrity-only needs least memory; the key is random, its identity is not."""
    return {"group": group.attributes(), "key": {
        "msk-id": 1, "mtk-id": mtk_id, "sender-id": sender_id, "role": uapi.ROLE_RX,
        "auth-key": random.randbytes(32), "salt": bytes(12)}}


def full(kernel, request, word):
    answer = kernel.netlink.batch(uapi.CMD_KEY_ADD, [request])[0]
    check(answer is not None and answer.errno == errno.ENOSPC, f"ENOSPC for the {word}: {answer}")
    check(word in answer.message, f"sentence: {answer.message}")


def senders_and_keys(random, kernel):
    """1024 senders, then 4096 keys, and not one more of either."""
    group = Group("239.10.1.1", 5000)
    kernel.group_add(group, suite=sframe.NULL_80)
    senders = range(0x100, 0x100 + uapi.MAX_SENDERS_PER_GROUP)
    add_all(kernel, uapi.CMD_KEY_ADD, [key_request(random, group, sender, 0) for sender in senders])
    full(kernel, key_request(random, group, senders[-1] + 1, 0), "senders")
    equal(kernel.group(group)["group"]["senders"], len(senders), "senders")
    kernel.key_del(group, Key(b"", 1, 0, senders[5]))
    add_all(kernel, uapi.CMD_KEY_ADD, [key_request(random, group, senders[-1] + 1, 0)])
    kernel.key_del(group, Key(b"", 1, 0, senders[-1] + 1))
    add_all(kernel, uapi.CMD_KEY_ADD, [key_request(random, group, senders[5], 0)])
    rest = [key_request(random, group, sender, mtk) for mtk in (1, 2, 3) for sender in senders]
    add_all(kernel, uapi.CMD_KEY_ADD, rest)
    full(kernel, key_request(random, group, senders[0], 4), "keys")
    shown = {(entry["mtk-id"], entry["sender-id"]) for entry in kernel.keys(group)}
    equal(len(shown), uapi.MAX_KEYS_PER_GROUP, "keys in the dump")
    equal(kernel.group(group)["group"]["keys"], uapi.MAX_KEYS_PER_GROUP, "keys of the group")
    kernel.netlink.do(uapi.CMD_KEY_DEL, {"group": group.attributes(),
                                         "key": {"msk-id": 1, "mtk-id": 2}})
    equal(kernel.group(group)["group"]["keys"], 3 * len(senders), "keys after deletion")
    kernel.group_del(group)
    equal(kernel.stats()["keys"], 0, "keys of the namespace")


def groups(kernel):
    """16384 groups and not one more; all are shown."""
    requests = [{"group": {"address-v4": 0xEF000000 + number, "port": 1}}
                for number in range(uapi.MAX_GROUPS)]
    add_all(kernel, uapi.CMD_GROUP_ADD, requests)
    answer = kernel.netlink.batch(uapi.CMD_GROUP_ADD,
                                  [{"group": {"address-v4": 0xEFFFFFFF}}])[0]
    check(answer is not None and answer.errno == errno.ENOSPC, f"ENOSPC: {answer}")
    check("group" in answer.message, f"sentence: {answer.message}")
    equal(len(set(kernel.netlink.dump_raw(uapi.CMD_GROUP_GET))), uapi.MAX_GROUPS,
          "different groups in the dump")
    kernel.flush()
    equal(kernel.groups(), [], "groups after flush")


def in_child(function):
    """Run in a child; what it raises is the failure here."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        report = b"did not finish"
        try:
            function()
            report = b""
        except BaseException as failure:
            report = repr(failure).encode()
        os.write(writer, report)
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as report:
        equal(report.read().decode(), "", "report of the child")


def everything_refused():
    """No command, not even a dump, is for those without CAP_NET_ADMIN."""
    kernel = client.Client()
    group = Group("239.10.1.2", 5000)
    key = Key(os.urandom(16))
    attempts = (lambda: kernel.group_add(group), lambda: kernel.group_del(group), kernel.groups,
                lambda: kernel.rx_add(group, key), lambda: kernel.key_activate(group, key),
                lambda: kernel.key_del(group, key), kernel.keys, kernel.flush, kernel.stats)
    for number, attempt in enumerate(attempts):
        try:
            attempt()
        except NetlinkError as failure:
            equal(failure.errno, errno.EPERM, f"errno of attempt {number}")
        else:
            raise AssertionError(f"attempt {number} is not refused")


def unprivileged(namespace, kernel):
    before = kernel.groups()

    def attempt():
        netns.setns(namespace.descriptor)
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        everything_refused()
    in_child(attempt)
    equal(kernel.groups(), before, "groups")


def unshare(flags):
    if netns.LIBC.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def become_namespace_root(flags):
    """As an unprivileged user; the new user namespace makes it root there."""
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    # The user id change made the process undumpable, and so its maps root's.
    netns.LIBC.prctl(4, 1, 0, 0, 0)
    unshare(flags)
    with open("/proc/self/setgroups", "w") as control:
        control.write("deny")
    for name in ("uid_map", "gid_map"):
        with open(f"/proc/self/{name}", "w") as control:
            control.write(f"0 {NOBODY} 1")


def own_namespace():
    """Root of a user namespace rules its own network namespace, datapath and all."""
    become_namespace_root(CLONE_NEWUSER | netns.CLONE_NEWNET)
    kernel = client.Client()
    group, key = Group("239.10.1.3", 5000), Key(os.urandom(16))
    kernel.group_add(group)
    kernel.tx_add(group, key)
    netns.run("ip", "link", "set", "lo", "up", "multicast", "on")
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.settimeout(ktap.PATIENCE)
    member = socket.inet_aton(group.address) + socket.inet_aton("127.0.0.1")
    receiver.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    receiver.bind((group.address, group.port))
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
    sender.sendto(b"in a user namespace", (group.address, group.port))
    equal(receiver.recv(100), b"in a user namespace", "payload")
    equal(kernel.counters(group)["tx-packets"], 1, "protected datagrams")


def foreign_namespace(namespace):
    """The same root has no say in a network namespace that is not its own."""
    netns.setns(namespace.descriptor)
    become_namespace_root(CLONE_NEWUSER)
    everything_refused()


def build(plan):
    random = ktap.seeded_random()
    namespace = netns.Namespace("mbsec-caps")
    with namespace:
        kernel = client.Client()
    plan.add("senders and keys of a group", senders_and_keys, random, kernel)
    plan.add("groups of a namespace", groups, kernel)
    plan.add("unprivileged user", unprivileged, namespace, kernel)
    plan.add("root of a user namespace, at home", in_child, own_namespace)
    plan.add("root of a user namespace, elsewhere", in_child,
             lambda: foreign_namespace(namespace))
    return namespace


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
