# SPDX-License-Identifier: GPL-2.0-or-later
"""What is compared: pairs of network namespaces, joined by veth, with protection between them."""

import os
import socket

import netns
import sframe_reference as sframe
import srtp_reference as srtp
import uapi
from client import Client, Group, Key, dashed
from netns import Namespace

ADDRESS, PORT = "239.1.1.1", 5004
HOSTS = {"a": "10.9.0.1", "b": "10.9.0.2"}
GROUP = Group(ADDRESS, PORT)
PATTERN = bytes(range(16, 48))
ETH_P_ALL = 3
# Names of the kernel module for the bare cipher and MAC, by their number there.
LIMITS = ("ctr-hmac-sha256", "ctr-hmac-sha1", "gcm")


class Contender:
    """Plain UDP; the others add protection to it. `limit` names the same cipher and MAC alone."""

    limit = None
    segments = True  # takes UDP_SEGMENT
    encrypted = False
    address = ADDRESS

    def __init__(self, name):
        self.name = name
        self.sequence = 0
        self.hosts = {side: Namespace(f"bench-{name}-{side}") for side in HOSTS}
        self.cable()
        for side, host in self.hosts.items():
            self.protect(side, host)
            device = self.device()
            host.ip(f"addr add {HOSTS[side]}/24 dev {device}\n"
                    f"route add 239.0.0.0/8 dev {device}\n")
            host.sysctl(f"net/ipv4/conf/{device}/rp_filter", 0)

    def cable(self):
        hosts = self.hosts
        netns.run("ip", "link", "add", "veth0", "netns", hosts["a"].name, "type", "veth", "peer",
                  "name", "veth0", "netns", hosts["b"].name)
        for side, host in hosts.items():
            host.ip(f"link set veth0 address {self.mac(side)}\nlink set lo up\n"
                    "link set veth0 up\n")

    @staticmethod
    def mac(side):
        return f"02:00:00:00:00:0{1 + (side == 'b')}"

    def device(self):
        return "veth0"

    def protect(self, side, host):
        """Prepare one side."""

    def address_hex(self):
        return socket.inet_aton(self.address).hex()

    def close(self):
        for host in self.hosts.values():
            host.close()

    def tap(self):
        """Sees what arrives from the wire."""
        with self.hosts["b"]:
            tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            tap.bind(("veth0", ETH_P_ALL))
        tap.settimeout(5)
        return tap

    def check(self, bench):
        """One datagram, looked at on the wire: encrypted, or not."""
        with self.tap() as tap:
            bench.flow(self, 256, batch=1, rounds=1)
            frames = []
            while sum(len(frame) > 256 for frame in frames) < 1 + bench.WARM_UP:
                frames.append(tap.recv(65536))
        clear = any(PATTERN in frame for frame in frames)
        if clear == self.encrypted:
            raise AssertionError(f"{self.name}: datagrams are {'in clear' if clear else 'opaque'}")


class Sframe(Contender):
    """mbsec, format sframe."""

    limit = "ctr-hmac-sha256"
    encrypted = True
    suite = sframe.AES_CTR_80
    options = {}

    def __init__(self, name):
        self.key = self.make_key()
        super().__init__(name)

    def make_key(self):
        return Key(os.urandom(16), suite=self.suite)

    def protect(self, side, host):
        self.protect_group(side, host, GROUP, self.key)

    def protect_group(self, side, host, group, key):
        with host:
            client = Client()
        client.group_add(group, suite=self.suite, **self.options)
        if side == "a":
            client.tx_add(group, key)
        else:
            client.rx_add(group, key)
        client.close()


class SframeGcm(Sframe):
    """mbsec, format sframe, AES-GCM."""

    limit = "gcm"
    suite = sframe.AES_GCM


class SrtpKey:
    """As client.Key, of RTP."""

    def __init__(self, suite):
        self.session = srtp.derive(os.urandom(16), os.urandom(14), suite)

    def identity(self):
        return {"msk-id": 1, "mtk-id": 1}

    def material(self):
        values = {}
        for prefix, keys in zip(("", "rtcp-"), self.session):
            values |= dashed({prefix + "cipher-key": keys.cipher, prefix + "auth-key": keys.auth,
                              prefix + "salt": keys.salt})
        return values


class Srtp(Sframe):
    """mbsec, format srtp."""

    limit = "ctr-hmac-sha1"
    suite = srtp.AES128_80
    options = {"format": uapi.FORMAT_SRTP}

    def make_key(self):
        return SrtpKey(self.suite)


class Esp(Contender):
    """IPsec in transport mode, one SA for the group."""

    limit = "ctr-hmac-sha256"
    segments = False
    encrypted = True
    key = "0x" + bytes(range(20)).hex()
    algorithms = ("enc rfc3686(ctr(aes)) " + key +
                  " auth-trunc hmac(sha256) 0x" + bytes(range(32)).hex() + " 128")

    def protect(self, side, host):
        self.protect_address(side, host, ADDRESS)

    def protect_address(self, side, host, address):
        direction = "out" if side == "a" else "in"
        ends = f"src {HOSTS['a']} dst {address} proto esp"
        host.ip(f"xfrm state add {ends} spi 0x1000 reqid 1 mode transport {self.algorithms} "
                f"sel src 0.0.0.0/0 dst {address}/32\n"
                f"xfrm policy add src 0.0.0.0/0 dst {address}/32 dir {direction} "
                f"tmpl {ends} reqid 1 mode transport\n")


class EspGcm(Esp):
    """The same with the one AEAD that is fast."""

    limit = "gcm"
    algorithms = "aead rfc4106(gcm(aes)) " + Esp.key + " 128"


class Macsec(Contender):
    """IEEE 802.1AE below IP: all of the link is protected, whatever the group."""

    limit = "gcm"
    encrypted = True
    keys = {"a": "01 " + "11" * 16, "b": "02 " + "22" * 16}

    def device(self):
        return "macsec0"

    def protect(self, side, host):
        peer = "b" if side == "a" else "a"
        receive = f"macsec add macsec0 rx port 1 address {self.mac(peer)}"
        host.ip(f"link add link veth0 macsec0 type macsec port 1 encrypt on\n"
                f"macsec add macsec0 tx sa 0 pn 1 on key {self.keys[side]}\n"
                f"{receive}\n{receive} sa 0 pn 1 on key {self.keys[peer]}\n"
                "link set macsec0 up\n")


class Beside(Sframe):
    """Plain UDP to a group that is not protected, on hosts where another one is."""

    limit = None
    encrypted = False
    address = "239.1.1.2"


class Unicast(Beside):
    """The same to one host."""

    address = HOSTS["b"]


class PlainUnicast(Contender):
    """Where nothing is protected."""

    address = HOSTS["b"]


class ManyGroups(Sframe):
    """One of ten thousand groups."""

    COUNT = 10000

    def protect(self, side, host):
        super().protect(side, host)
        with host:
            client = Client()
        for number in range(1, self.COUNT):
            client.group_add(Group(f"239.2.{number >> 8}.{number & 255}", PORT), suite=self.suite)
        client.close()


class ManySenders(Sframe):
    """One of a thousand senders of the group, each with its key."""

    COUNT = 1000

    def protect(self, side, host):
        super().protect(side, host)
        if side == "a":
            return
        with host:
            client = Client()
        for number in range(1, self.COUNT):
            key = Key(os.urandom(16), sender_id=self.key.sender_id + number, suite=self.suite)
            client.rx_add(GROUP, key)
        client.close()


CONTENDERS = {"plain": Contender, "mbsec-sframe": Sframe, "mbsec-gcm": SframeGcm, "mbsec-srtp": Srtp,
              "esp-ctr-hmac": Esp, "esp-gcm": EspGcm, "macsec-gcm": Macsec}
# What protection costs those who do not use it, and what much of it costs.
OTHERS = {"beside": Beside, "plain-unicast": PlainUnicast, "beside-unicast": Unicast,
          "mbsec-10000-groups": ManyGroups, "mbsec-1000-senders": ManySenders}
