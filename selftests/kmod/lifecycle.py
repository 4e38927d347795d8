#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Namespaces, devices and the module itself come and go, with traffic and without."""

import contextlib
import errno
import fcntl
import multiprocessing
import os
import socket
import struct
import subprocess
import sys

import client
import gso
import ktap
import netns
import sframe_reference as sframe
import srtp_reference as srtp
import uapi
from capture import pattern_payload
from client import Group, Key
from ktap import check, equal
from netlink import NetlinkError, ReplyError
from srtp_session import MediaKey
from topology import Lan, Session, receive_all, refused

NAMESPACES, KEYS = 100, 3000
MEDIA = Group("239.12.4.1", 5000)
GALOIS = Group("239.12.4.2", 5000)
SEGMENT, SEGMENTS = 300, 4
RELOADS = 2
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def references():
    with open("/sys/module/mbsec/refcnt") as count:
        return int(count.read())


def percpu_kilobytes():
    with open("/proc/meminfo") as table:
        return next(int(line.split()[1]) for line in table if line.startswith("Percpu:"))


def all_cpus(function):
    """The child of a load runs where the scheduler wants it."""
    def run(*args):
        os.sched_setaffinity(0, range(os.cpu_count()))
        function(*args)
    return run


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", IFF_UP))


def media_key(random, number):
    return MediaKey(random.randbytes(16), random.randbytes(14), number, 1, srtp.AES128_80)


def fill_namespace(random, number):
    """Groups and keys, and a datagram that is protected and read again."""
    kernel = client.Client()
    group = Group("239.12.1.1", 5000)
    key = Key(random.randbytes(16), number, 1)
    kernel.group_add(group)
    kernel.group_add(MEDIA, format=uapi.FORMAT_SRTP)
    kernel.key_add(MEDIA, media_key(random, number), uapi.ROLE_TX, activate=True)
    kernel.group_add(Group("ff15::c:1"), suite=sframe.NULL_80)
    kernel.rx_add(Group("ff15::c:1"), Key(random.randbytes(16), suite=sframe.NULL_80))
    kernel.tx_add(group, key)
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.settimeout(ktap.PATIENCE)
    receiver.bind((group.address, group.port))
    loopback = socket.inet_aton("127.0.0.1")
    receiver.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                        socket.inet_aton(group.address) + loopback)
    receiver.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
    receiver.sendto(b"%d" % number, (group.address, group.port))
    equal(receiver.recv(100), b"%d" % number, "payload")
    for ssrc in range(3):
        receiver.sendto(srtp.rtp(number, b"payload", ssrc), (MEDIA.address, MEDIA.port))
    return kernel, receiver


def namespaces(random):
    """A hundred namespaces end with their groups, keys and sockets still there."""
    before = references()
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        for number in range(NAMESPACES):
            check(netns.LIBC.unshare(netns.CLONE_NEWNET) == 0, "unshare")
            loopback_up()
            # The next namespace replaces this one; these are what still holds it.
            ends = fill_namespace(random, number)
            if number % 2:
                ends[0].flush()
            for end in ends:
                end.close()
    finally:
        netns.setns(home)
        os.close(home)
    ktap.wait_for(lambda: references() == before, "the namespaces let the module go")


def load(number, address):
    """Payloads, where they go, and whether in segments."""
    control = [(socket.IPPROTO_UDP, gso.UDP_SEGMENT, struct.pack("=H", SEGMENT))]
    payload = pattern_payload(SEGMENT, number)
    yield payload, (address, 5000), []
    yield srtp.rtp(number, payload, number % 97), (MEDIA.address, MEDIA.port), []
    yield payload * SEGMENTS, (GALOIS.address, GALOIS.port), control


@all_cpus
def endless_load(namespace_descriptor, address, ready):
    """Sends to the group, to that of the media and, super-packets, to that of AES-GCM, until its
    namespace or the process ends."""
    # Whoever changes something meanwhile goes first.
    os.nice(19)
    netns.setns(namespace_descriptor)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sender = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF,
                          socket.if_nametoindex("eth0"))
    number = 0
    while True:
        # Each for itself: a key of one may be over.
        for payload, destination, control in load(number, address):
            with contextlib.suppress(OSError):
                sender.sendmsg([payload], control, 0, destination)
        number += 1
        if number == 50:
            ready.set()


def start_load(namespace, address):
    ready = multiprocessing.Event()
    process = multiprocessing.Process(target=endless_load, daemon=True,
                                      args=(namespace.descriptor, address, ready))
    process.start()
    check(ready.wait(ktap.PATIENCE), "the load runs")
    return process


def stop_load(process):
    process.terminate()
    process.join(10)


def handled(counters):
    """Datagrams that were sent, or refused since their key ended, which it soon does."""
    return counters["tx-packets"] + counters["tx-drop-key-expired"]


def namespace_under_load(lan):
    """`ip netns del` with live groups while a process still sends."""
    lan.wire.expect_nothing()
    namespace = netns.Namespace(f"mbsec-{os.getpid()}-doomed")
    namespace.ip("link add eth0 type dummy\nlink set eth0 up\naddress add 10.9.9.1/24 dev eth0\n"
                 "route add 224.0.0.0/4 dev eth0\n")
    with namespace:
        kernel = client.Client()
    group = Group("239.12.2.1", 5000)
    kernel.group_add(group)
    kernel.tx_add(group, lan.key(), hard_seconds=1)
    kernel.group_add(MEDIA, format=uapi.FORMAT_SRTP)
    kernel.key_add(MEDIA, media_key(lan.random, 1), uapi.ROLE_TX, activate=True, hard_seconds=1)
    kernel.group_add(GALOIS, suite=sframe.AES_GCM)
    kernel.tx_add(GALOIS, lan.key(suite=sframe.AES_GCM))
    process = start_load(namespace, group.address)
    kernel.tx_add(group, lan.key())
    for other in (MEDIA, GALOIS):
        ktap.wait_for(lambda other=other: handled(kernel.counters(other)) > 10,
                      f"packets of {other.address} come to the module")
    namespace.close()
    kernel.group_del(group)
    kernel.group_add(group)
    kernel.close()
    stop_load(process)


def device_goes(lan):
    """A group outlives its device; another device is not meant by it."""
    lan.wire.expect_plaintext()
    lan.sender.namespace.ip("link add gone0 type dummy\nlink set gone0 up\n")
    group = lan.group(4)
    lan.sender.mbsec.group_add(group, ifindex=lan.sender.ifindex("gone0"))
    lan.sender.namespace.ip("link del gone0\n")
    check(lan.sender.mbsec.group(group)["group"]["ifindex"], "the index is still shown")
    receiver = lan.member.receiver(group)
    payload = pattern_payload(100, 1)
    lan.sender.transmitter(4).sendto(payload, (group.address, 5000))
    receive_all(receiver, [payload])


def memory(random):
    """Keys and groups that come and go leave no per-CPU memory behind."""
    namespace = netns.Namespace(f"mbsec-{os.getpid()}-memory")
    with namespace:
        kernel = client.Client()
    group = Group("239.12.3.1", 5000)

    def cycle():
        kernel.group_add(group, suite=sframe.NULL_80)
        requests = [{"group": group.attributes(), "key": {
            "msk-id": number, "mtk-id": 1, "sender-id": 0x100, "role": uapi.ROLE_RX,
            "auth-key": random.randbytes(32), "salt": bytes(12)}} for number in range(KEYS)]
        for start in range(0, len(requests), 50):
            equal(kernel.netlink.batch_quiet(uapi.CMD_KEY_ADD, requests[start:start + 50]), [],
                  "refused keys")
        used = percpu_kilobytes()
        kernel.flush()
        return used
    cycle()
    # Freed after a grace period; the allocator keeps pages for the next cycle.
    first = cycle()
    for _ in range(4):
        last = cycle()
    ktap.diagnostic(f"per-CPU memory with {KEYS} keys: {first} kB, four cycles later {last} kB")
    check(last - first < 128, "per-CPU memory does not grow")
    namespace.close()


def events_and_dumps(namespace):
    """A subscriber, and a dump that nobody reads to its end."""
    with namespace:
        watcher, reader = client.Client(), client.Client()
    watcher.netlink.subscribe()
    reader.netlink.socket.send(reader.netlink.message(
        reader.netlink.family, bytes([uapi.CMD_KEY_GET, 1, 0, 0]), 0x300))
    return watcher, reader


def others_add(lan, number):
    """Groups of SRTP and of AES-GCM on both hosts, that the load sends to."""
    key = media_key(lan.random, number)
    for host, role in ((lan.member, uapi.ROLE_RX), (lan.sender, uapi.ROLE_TX)):
        host.mbsec.group_add(MEDIA, format=uapi.FORMAT_SRTP)
        host.mbsec.key_add(MEDIA, key, role, **({"activate": True} if role == uapi.ROLE_TX else {}))
        host.mbsec.group_add(GALOIS, suite=sframe.AES_GCM)
    key = lan.key(suite=sframe.AES_GCM)
    lan.member.mbsec.rx_add(GALOIS, key)
    lan.sender.mbsec.tx_add(GALOIS, key)


def module_under_load(lan):
    """rmmod while packets are sent, received and forged; then again from the start."""
    lan.wire.expect_flood()
    session = Session(lan, 4)
    others_add(lan, 1000)
    listeners = [lan.member.receiver(group) for group in (MEDIA, GALOIS)]
    loads = [start_load(host.namespace, session.group.address)
             for host in (lan.sender, lan.outsider)]
    try:
        for number in range(RELOADS):
            for group in (session.group, MEDIA, GALOIS):
                ktap.wait_for(lambda group=group: lan.member.mbsec.counters(group)["rx-packets"] > 10,
                              "authentic traffic flows")
            ends = events_and_dumps(lan.member.namespace)
            for end in ends:
                end.close()
            for host in lan.hosts:
                host.disconnect()
            netns.module_remove()
            check(not netns.module_loaded(), "the module is gone")
            netns.module_insert()
            for host in (lan.sender, lan.member):
                equal((host.mbsec.groups(), host.mbsec.keys()), ([], []), "groups and keys")
                equal(host.mbsec.stats()["used-keys"], 0, "used keys")
                host.mbsec.group_add(session.group)
            key = lan.key()
            lan.member.mbsec.rx_add(session.group, key)
            lan.sender.mbsec.tx_add(session.group, key)
            others_add(lan, number)
    finally:
        for process in loads:
            stop_load(process)
        for listener in listeners:
            listener.close()


def busy_module(lan):
    """Neither groups, nor keys, nor sockets with events keep the module from going."""
    session = Session(lan, 6)
    session.exchange(pattern_payload(100, 1))
    with lan.sender.namespace:
        watcher = client.Client()
    watcher.netlink.subscribe()
    for host in lan.hosts:
        host.disconnect()
    netns.module_remove()
    netns.module_insert()
    try:
        lan.sender.mbsec.stats()
        watcher.stats()
    except (NetlinkError, ReplyError):
        pass
    watcher.close()
    lan.wire.verify()
    lan.wire.expect_plaintext()
    session.exchange(pattern_payload(100, 2))


def parameters(lan):
    """history_max bounds the memory of used keys; init_userns_only is shown."""
    lan.wire.expect_nothing()
    path = netns.module_path()
    if not os.path.exists(path):
        raise ktap.Skip("the module is not a file")
    for host in lan.hosts:
        host.disconnect()
    netns.module_remove()
    refused_parameter = subprocess.run(["insmod", path, "history_max=many"], check=False,
                                       capture_output=True)
    check(refused_parameter.returncode, "a bad parameter is refused")
    netns.run("insmod", path, "history_max=5", "init_userns_only=1")
    try:
        group = lan.group(4)
        lan.sender.mbsec.group_add(group)
        added = 0
        try:
            while added < 6:
                lan.sender.mbsec.tx_add(group, lan.key())
                added += 1
        except NetlinkError as failure:
            equal(failure.errno, errno.ENOSPC, "errno")
            check("history_max" in failure.message, f"sentence: {failure.message}")
        check(1 <= added < 5, f"{added} keys with room for five entries")
        used = lan.sender.mbsec.stats()["used-keys"]
        lan.sender.mbsec.flush()
        equal(lan.sender.mbsec.stats()["used-keys"], used, "used keys after flush")
    finally:
        for host in lan.hosts:
            host.disconnect()
        netns.module_remove()
        netns.module_insert()


def closed_at_reload(lan):
    """Groups do not come back by themselves: their owner must add them again."""
    session = Session(lan, 4)
    session.exchange(pattern_payload(100, 1))
    for host in lan.hosts:
        host.disconnect()
    netns.module_remove()
    netns.module_insert()
    lan.sender.mbsec.group_add(session.group)
    refused(errno.ENOKEY, session.send, pattern_payload(100, 2), what="send before a key is there")


def build(plan):
    random = ktap.seeded_random()
    lan = Lan(plan, random)

    def alone(function):
        def run():
            lan.wire.expect_nothing()
            function(random)
        return run
    plan.add(f"{NAMESPACES} namespaces", alone(namespaces))
    plan.add("memory", alone(memory))
    for name, case in (("namespace ends under load", namespace_under_load),
                       ("device goes", device_goes), ("module goes with groups", busy_module),
                       ("module goes under load", module_under_load),
                       ("closed after a reload", closed_at_reload), ("parameters", parameters)):
        plan.add(name, lambda case=case: case(lan))
    return lan


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
