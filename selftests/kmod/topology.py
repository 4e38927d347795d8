# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts in network namespaces, on one bridge or around a router."""

import atexit
import errno
import itertools
import os
import socket
import struct

import capture
import client
import ktap
import netns
from client import Group, Key

PORT = 5000
IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, PMTUDISC_DO = 10, 23, 2
IP_ADD_SOURCE_MEMBERSHIP, MCAST_JOIN_SOURCE_GROUP = 39, 46
SO_RCVBUFFORCE = capture.SO_RCVBUFFORCE
BACKLOG = "/proc/sys/net/core/netdev_max_backlog"
BACKLOG_PACKETS = 1 << 17


class Host:
    """A namespace with the device eth0, addresses, and our netlink client."""

    def __init__(self, name, number):
        self.namespace = netns.Namespace(f"mbsec-{os.getpid()}-{name}")
        self.name, self.number = name, number
        self.addresses = {4: f"10.9.0.{number}", 6: f"fd00:9:0::{number:x}"}
        self.connection = None

    @property
    def mbsec(self):
        if self.connection is None:
            with self.namespace:
                self.connection = client.Client()
        return self.connection

    def configure(self, device="eth0", number=None, network=0):
        number = self.number if number is None else number
        self.namespace.ip(f"address add 10.9.{network}.{number}/24 dev {device}\n"
                          f"address add fd00:9:{network}::{number:x}/64 dev {device} nodad\n"
                          f"link set {device} up\nlink set lo up\n"
                          + (f"route add 224.0.0.0/4 dev {device}\n" if device == "eth0" else ""))

    def wait_ready(self, device="eth0"):
        """Both families can send multicast by the device: it has a carrier."""
        for family, address in ((4, "239.9.255.255"), (6, "ff15::9:ffff")):
            with self.transmitter(family, device) as probe:
                ktap.wait_for(lambda probe=probe, address=address: can_connect(probe, address),
                              f"route to {address} in {self.name}")

    def disconnect(self):
        """The next use makes a new connection: the module may have been reloaded."""
        if self.connection:
            self.connection.close()
            self.connection = None

    def close(self):
        self.disconnect()
        self.namespace.close()

    def ifindex(self, device="eth0"):
        with self.namespace:
            return socket.if_nametoindex(device)

    def open(self, family, kind=socket.SOCK_DGRAM, protocol=0):
        with self.namespace:
            return socket.socket(socket.AF_INET6 if family == 6 else socket.AF_INET, kind, protocol)

    def frame_socket(self, device="eth0"):
        """Sends whole Ethernet frames."""
        with self.namespace:
            sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            sender.bind((device, 0))
        return sender

    def transmitter(self, family, device="eth0", loop=False, source=None, kind=socket.SOCK_DGRAM,
                    protocol=0):
        """A socket that sends multicast by the device."""
        sender = self.open(family, kind, protocol)
        index = self.ifindex(device)
        if family == 6:
            sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
            sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 8)
            sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, int(loop))
        else:
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                              struct.pack("=4s4si", bytes(4), bytes(4), index))
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 8)
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, int(loop))
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
        if source:
            sender.bind((source, 0))
        return sender

    def receiver(self, group, device="eth0", port=None, join=True, source=None):
        """A socket that is a member of the group; reads at most ten seconds long."""
        listener = self.open(group.family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
        listener.settimeout(ktap.PATIENCE)
        index = self.ifindex(device)
        if join and source:
            join_source(listener, group, index, source)
        elif join:
            join_any_source(listener, group, index)
        with self.namespace:
            listener.bind((group.address, port or group.port or PORT))
        return listener


def can_connect(probe, address):
    try:
        probe.connect((address, 9))
        return True
    except OSError:
        return False


def join_any_source(listener, group, index):
    if group.family == 6:
        request = struct.pack("=16si", socket.inet_pton(socket.AF_INET6, group.address), index)
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)
    else:
        request = struct.pack("=4s4si", socket.inet_aton(group.address), bytes(4), index)
        listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)


def join_source(listener, group, index, source):
    """RFC 3678: the same structure for both families."""
    def storage(address):
        if group.family == 6:
            octets = struct.pack("=HHI16sI", socket.AF_INET6, 0, 0,
                                 socket.inet_pton(socket.AF_INET6, address), 0)
        else:
            octets = struct.pack("=HH4s", socket.AF_INET, 0, socket.inet_aton(address))
        return octets.ljust(128, b"\0")
    level = socket.IPPROTO_IPV6 if group.family == 6 else socket.IPPROTO_IP
    request = struct.pack("=II", index, 0) + storage(group.address) + storage(source)
    listener.setsockopt(level, MCAST_JOIN_SOURCE_GROUP, request)


def swap_backlog(packets):
    """Set the length of the queues by which a veth hands packets over; what it was before."""
    with open(BACKLOG, "r+") as control:
        before = int(control.read())
        control.seek(0)
        control.write(str(packets))
    return before


def queue_drops():
    """How many packets these queues have lost, on all processors, since the machine started."""
    with open("/proc/net/softnet_stat") as table:
        return sum(int(line.split()[1], 16) for line in table)


class Topology:
    """What the topologies share: hosts, taps, unused group addresses and keys."""

    def __init__(self, plan, random):
        self.random = random
        self.hosts = []
        self.wire = capture.Wire()
        self.numbers = itertools.count(1)
        plan.before.append(self.wire.start)
        plan.before.append(self.count_losses)
        plan.after += [self.wire.verify, self.nothing_lost]
        plan.cleaners.append(self.reset)
        # One CPU keeps packets in order from the send to the tap.
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        atexit.register(swap_backlog, swap_backlog(BACKLOG_PACKETS))
        self.losses = queue_drops()

    def host(self, name, number):
        host = Host(name, number)
        self.hosts.append(host)
        return host

    def reset(self):
        """A case leaves no group behind, whatever happened to it."""
        for host in self.hosts:
            if host.connection:
                host.connection.flush()

    def count_losses(self):
        self.losses = queue_drops()

    def nothing_lost(self):
        """No queue between two hosts was full: what is missing, the module has dropped."""
        if self.wire.flooded:
            return
        ktap.equal(queue_drops() - self.losses, 0, "packets that the queues between hosts lost")

    def close(self):
        self.wire.close()
        for host in self.hosts:
            host.close()

    def group(self, family, port=PORT, source=None):
        """A group that no case has used yet."""
        number = next(self.numbers)
        address = f"ff15::9:{number:x}" if family == 6 else f"239.9.{number >> 8}.{number & 255}"
        return Group(address, port, source)

    def key(self, **identity):
        """A key that nobody has used yet."""
        return Key(self.random.randbytes(16), **{"msk_id": self.random.getrandbits(32),
                                                 "mtk_id": self.random.getrandbits(16)} | identity)


class Lan(Topology):
    """Sender, member and outsider on a bridge; the tap sits at the outsider."""

    def __init__(self, plan, random, direct=False):
        super().__init__(plan, random)
        self.switch = self.host("switch", 100)
        self.sender = self.host("sender", 1)
        self.member = self.host("member", 2)
        self.outsider = self.host("outsider", 3)
        hosts = (self.sender, self.member, self.outsider)
        self.switch.namespace.ip("link add name br0 type bridge mcast_snooping 0 forward_delay 0\n"
                                 "link set br0 up\n" + "".join(map(self.plug, hosts)))
        for host in hosts:
            host.configure()
        self.tap = capture.Tap(self.outsider.namespace, "eth0")
        self.wire.link(self.sender.namespace, "eth0", [self.tap])
        if direct:
            self.cable()
        for host in (self.sender, self.member, self.outsider):
            host.wait_ready()

    def plug(self, host, device="eth0"):
        """Commands of the switch for a cable to the host."""
        port = f"{host.name[:8]}-{device}"
        return (f"link add name {port} mtu 1500 type veth peer name {device} mtu 1500 "
                f"netns {host.namespace.name}\nlink set {port} master br0 up\n")

    def cable(self):
        """A second link, eth1, straight from the sender to the member, with its own tap."""
        self.sender.namespace.ip("link add name eth1 type veth peer name eth1 netns "
                                 f"{self.member.namespace.name}\n")
        for host in (self.sender, self.member):
            host.configure("eth1", network=1)
        for host in (self.sender, self.member):
            host.wait_ready("eth1")
        self.tap1 = capture.Tap(self.member.namespace, "eth1")
        self.wire.link(self.sender.namespace, "eth1", [self.tap1])


class Session:
    """A protected group with one sender's key: the usual start of a case."""

    def __init__(self, lan, family, port=PORT, source=None, suite=1, tx=None, rx=None, loop=False,
                 receivers=None, **options):
        self.lan = lan
        self.group = lan.group(family, port, source)
        self.key = lan.key(suite=suite)
        self.suite = suite
        options = {"suite": suite} | options
        for host in (lan.sender, lan.member):
            host.mbsec.group_add(self.group, **options)
        lan.sender.mbsec.tx_add(self.group, self.key, **(tx or {}))
        lan.member.mbsec.rx_add(self.group, self.key, **(rx or {}))
        self.receiver = lan.member.receiver(self.group)
        self.transmitter = lan.sender.transmitter(family, loop=loop, source=source)

    @property
    def target(self):
        return self.group.address, self.group.port or PORT

    def send(self, payload):
        self.transmitter.sendto(payload, self.target)

    def exchange(self, *payloads):
        """All payloads arrive, in order and unchanged."""
        for payload in payloads:
            self.send(payload)
        receive_all(self.receiver, payloads)

    def forge(self, ctr, payload, sender=None, key=None, header=None):
        """What the reference makes of a payload, sent by the outsider as plain UDP."""
        self.inject((key or self.key).protect(ctr, payload, header), sender)

    def inject(self, data, sender=None):
        outsider = sender or self.outsider_socket()
        outsider.sendto(data, self.target)

    def outsider_socket(self):
        if not hasattr(self, "outsider"):
            self.outsider = self.lan.outsider.transmitter(self.group.family)
        return self.outsider

    def dropped(self, reason, count=1):
        """The member has counted so many drops for the reason, and none for another."""
        counter = "rx-drop-" + reason
        counters = ktap.wait_for(
            lambda: (now := self.lan.member.mbsec.counters(self.group))[counter] >= count and now,
            f"{counter} reaches {count}: {self.drops()}")
        drops = {name: value for name, value in counters.items() if "drop" in name and value}
        ktap.equal(drops, {counter: count}, "drops")

    def drops(self, host=None):
        counters = (host or self.lan.member).mbsec.counters(self.group)
        return {name: value for name, value in counters.items() if "drop" in name and value}


def receive_all(listener, payloads, size=1 << 17):
    for number, payload in enumerate(payloads):
        try:
            received = listener.recv(size)
        except TimeoutError:
            raise AssertionError(f"payload {number} of {len(payloads)} did not arrive") from None
        ktap.equal(received, payload, f"payload {number}")
    nothing_left(listener)


def nothing_left(listener):
    """The socket is empty; the caller has waited for what could come."""
    unexpected = drain(listener)
    ktap.check(not unexpected, f"unexpected datagrams: {ktap.shorten(unexpected)}")


def drain(listener):
    """What the socket holds now."""
    received = []
    listener.settimeout(0)
    try:
        while True:
            received.append(listener.recv(1 << 17))
    except BlockingIOError:
        return received
    finally:
        listener.settimeout(ktap.PATIENCE)


def refused(code, function, *args, what="call"):
    """The call fails with this errno."""
    try:
        function(*args)
    except OSError as failure:
        ktap.equal(errno.errorcode.get(failure.errno), errno.errorcode[code], f"errno of {what}")
        return
    raise AssertionError(f"{what} is not refused with {errno.errorcode[code]}")
