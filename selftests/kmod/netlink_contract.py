#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the commands refuse, with which errno and sentence, and that nothing changes then."""

import errno
import re
import struct
import sys

import client
import ktap
import netns
import sframe_reference as sframe
import uapi
from client import Group, Key
from ktap import check, equal
from netlink import NLA_F_NESTED, NetlinkError, attribute, encode

KEY_V4 = 0xEF090101          # 239.9.1.1
KEY_V6 = bytes.fromhex("ff150000000000000000000000090001")
GROUP_V4, NULL_GROUP = Group("239.9.1.1", 5000), Group("239.9.1.2", 5000)
TWINS = [Group("239.9.1.3", 5000, source) for source in ("10.0.0.1", "10.0.0.2")]


class Fixture:
    """A namespace with some groups and keys, and how they look."""

    def __init__(self, random):
        self.random = random
        self.namespace = netns.Namespace("mbsec-contract")
        with self.namespace:
            self.client = client.Client()
            self.uncapped = client.Client(capped=False)
        for group in [GROUP_V4] + TWINS:
            self.client.group_add(group)
        self.client.group_add(NULL_GROUP, suite=sframe.NULL_80)
        self.key = Key(random.randbytes(16), 1, 1)
        self.client.rx_add(GROUP_V4, self.key)
        self.standby = Key(random.randbytes(16), 1, 2)
        self.client.tx_add(GROUP_V4, self.standby, activate=False)

    def close(self):
        self.client.close()
        self.uncapped.close()
        self.namespace.close()

    def state(self):
        keys = self.client.keys()
        for entry in keys:
            entry["key"]["age-seconds"] = 0
        return self.client.groups(), keys, self.client.stats()["keys"]

    def refused(self, name, code, words, function, *args, **kwargs):
        """The call fails with the errno and a sentence, and changes nothing."""
        before = self.state()
        try:
            function(*args, **kwargs)
        except NetlinkError as failure:
            equal(errno.errorcode[failure.errno], errno.errorcode[code], f"errno: {name}")
            check(failure.message, f"a sentence: {name}")
            lower = failure.message.lower()
            check(any(word in lower for word in words.split("|")), f"{words} in: {lower}")
        else:
            raise AssertionError(f"taken: {name}")
        equal(self.state(), before, f"state after: {name}")

    def group(self, **values):
        self.client.netlink.do(uapi.CMD_GROUP_ADD, {"group": client.dashed(values)})

    def new_key(self, without=(), **values):
        """A valid KEY_ADD of a new key, but for these changes."""
        key = Key(self.random.randbytes(16), 7, 7)
        fields = key.identity() | {"role": uapi.ROLE_RX} | key.material() | client.dashed(values)
        fields = {name: value for name, value in fields.items() if name not in without}
        group = {"address-v4": KEY_V4, "port": 5000}
        self.client.netlink.do(uapi.CMD_KEY_ADD, {"group": group, "key": fields})


def group_errors(fixture):
    new = 0xEF090909
    bad = (
        ("no address", errno.EINVAL, "address", {"port": 1}),
        ("both families", errno.EINVAL, "address", {"address_v4": new, "address_v6": KEY_V6}),
        ("unicast address", errno.EINVAL, "multicast", {"address_v4": 0x0A000001}),
        ("unicast IPv6 address", errno.EINVAL, "multicast", {"address_v6": bytes(15) + b"\1"}),
        ("source of the other family", errno.EINVAL, "famil",
         {"address_v4": new, "source_v6": bytes(15) + b"\1"}),
        ("two sources", errno.EINVAL, "source|famil",
         {"address_v4": new, "source_v4": 0x0A000001, "source_v6": bytes(15) + b"\1"}),
        ("multicast source", errno.EINVAL, "unicast", {"address_v4": new, "source_v4": KEY_V4}),
        ("source zero", errno.EINVAL, "unicast", {"address_v4": new, "source_v4": 0}),
        ("IPv6 source zero", errno.EINVAL, "unicast",
         {"address_v6": KEY_V6, "source_v6": bytes(16)}),
        ("no such interface", errno.ENODEV, "interface", {"address_v4": new, "ifindex": 9999}),
        ("negative interface", errno.ENODEV, "interface", {"address_v4": new, "ifindex": 1 << 31}),
        ("no direction", errno.EINVAL, "direction", {"address_v4": new, "direction": 0}),
        ("unknown direction", errno.EINVAL, "reserved|range|bit",
         {"address_v4": new, "direction": 8}),
        ("suite of another format", errno.EINVAL, "suite",
         {"address_v4": new, "format": 2, "suite": 1}),
        ("SRTP suite without format", errno.EINVAL, "suite", {"address_v4": new, "suite": 0xf101}),
        ("port of RTCP without format", errno.EINVAL, "SRTP|srtp",
         {"address_v4": new, "port": 1, "rtcp_port": 2}),
        ("one port twice", errno.EINVAL, "port",
         {"address_v4": new, "port": 1, "rtcp_port": 1, "format": 2}),
        ("port of RTCP of any port", errno.EINVAL, "port",
         {"address_v4": new, "rtcp_port": 1, "format": 2}),
        ("roc-rate zero", errno.ERANGE, "range",
         {"address_v4": new, "format": 2, "roc_rate": 0}),
        ("roc-mode four", errno.ERANGE, "range",
         {"address_v4": new, "format": 2, "roc_mode": 4}),
        ("roc-mode without format", errno.EINVAL, "srtp", {"address_v4": new, "roc_mode": 2}),
        ("no integrity without format", errno.EINVAL, "srtp",
         {"address_v4": new, "allow_no_integrity": True}),
        ("packets without a MAC", errno.EINVAL, "allow-no-integrity",
         {"address_v4": new, "format": 2, "roc_mode": 3}),
        ("neither MAC nor cipher", errno.EINVAL, "encrypt",
         {"address_v4": new, "format": 2, "roc_mode": 3, "suite": 0xf104,
          "allow_no_integrity": True}),
        ("neither MAC nor MKI", errno.EINVAL, "mki",
         {"address_v4": new, "format": 2, "roc_mode": 3, "no_mki": True,
          "allow_no_integrity": True}),
        ("a ROC too rarely", errno.ERANGE, "roc-rate",
         {"address_v4": new, "format": 2, "roc_mode": 1, "roc_rate": 16385,
          "allow_no_integrity": True}),
        ("unknown format", errno.ERANGE, "range", {"address_v4": new, "format": 3}),
        ("format zero", errno.ERANGE, "range", {"address_v4": new, "format": 0}),
        ("unknown suite", errno.EINVAL, "suite", {"address_v4": new, "suite": 5}),
        ("suite zero", errno.EINVAL, "suite", {"address_v4": new, "suite": 0}),
        ("unknown policy", errno.ERANGE, "range", {"address_v4": new, "policy": 2}),
        ("overhead given", errno.EINVAL, "not use", {"address_v4": new, "overhead": 24}),
        ("keys given", errno.EINVAL, "not use", {"address_v4": new, "keys": 0}),
        ("group that exists", errno.EEXIST, "exists", {"address_v4": KEY_V4, "port": 5000}),
    )
    for name, code, words, values in bad:
        fixture.refused(name, code, words, fixture.group, **values)
    for group in (Group("239.9.1.1", 5001), Group("239.9.1.1"), Group("ff15::1", 5000),
                  Group("239.9.1.1", 5000, "10.0.0.9")):
        fixture.refused("deletion of no group", errno.ENOENT, "no group", fixture.client.group_del,
                        group)


def key_errors(fixture):
    bad = [(f"no {name}", errno.EINVAL, name, {"without": (name,)})
           for name in ("msk-id", "mtk-id", "sender-id", "role", "cipher-key", "auth-key", "salt")]
    bad += [
        ("small sender id", errno.ERANGE, "range", {"sender_id": 0xff}),
        ("role zero", errno.ERANGE, "range", {"role": 0}),
        ("unknown role", errno.ERANGE, "range", {"role": 3}),
        ("small window", errno.ERANGE, "range", {"window": 63}),
        ("large window", errno.ERANGE, "range", {"window": 8193}),
        ("early counter", errno.ERANGE, "counter",
         {"role": uapi.ROLE_TX, "counter_start": (1 << 32) - 1}),
        ("late counter", errno.ERANGE, "counter",
         {"role": uapi.ROLE_TX, "counter_start": 1 << 40}),
        ("counter of a receive key", errno.EINVAL, "transmit", {"counter_start": 1 << 32}),
        ("activated receive key", errno.EINVAL, "transmit", {"activate": True}),
        ("suite given", errno.EINVAL, "not use", {"suite": 1}),
        ("state given", errno.EINVAL, "not use", {"state": 1}),
        ("packets given", errno.EINVAL, "not use", {"packets": 1}),
        ("endless age", errno.ERANGE, "range|2^32", {"hard_seconds": 1 << 32}),
    ]
    for unit in ("packets", "bytes", "seconds"):
        bad += [(f"{end}-{unit} zero", errno.ERANGE, "range", {f"{end}_{unit}": 0})
                for end in ("soft", "hard")]
        bad.append((f"soft-{unit} past hard-{unit}", errno.ERANGE, "soft",
                    {f"soft_{unit}": 9, f"hard_{unit}": 9}))
    for name, code, words, values in bad:
        fixture.refused(name, code, words, fixture.new_key, **values)
    for name in ("cipher-key", "auth-key", "salt"):
        for change in (-1, 1):
            length = {"cipher-key": 16, "auth-key": 32, "salt": 12}[name] + change
            fixture.refused(f"{name} of {length} octets", errno.ERANGE, "size|length",
                            fixture.new_key,
                            **{name.replace("-", "_"): bytes(length)})
    fixture.refused("cipher key in the null suite", errno.EINVAL, "cipher-key",
                    fixture.client.rx_add, NULL_GROUP, Key(bytes(16), 3, 3))
    gcm = Group("239.9.1.44", 5000)
    fixture.client.group_add(gcm, suite=sframe.AES_GCM)
    fixture.refused("authentication key in AES-GCM", errno.EINVAL, "auth-key",
                    fixture.client.rx_add, gcm, Key(bytes(16), 3, 3))
    fixture.client.group_del(gcm)
    fixture.refused("key that exists", errno.EEXIST, "already", fixture.client.rx_add, GROUP_V4,
                    fixture.key)
    fixture.refused("key of no group", errno.ENOENT, "no group", fixture.client.rx_add,
                    Group("239.9.1.9", 5000), fixture.key)
    fixture.refused("key of two groups", errno.ENOTUNIQ, "source", fixture.client.rx_add,
                    Group("239.9.1.3", 5000), fixture.key)


def key_lookup(fixture):
    """activate and del: what they do not find, and what is ambiguous."""
    kernel, missing = fixture.client, Key(bytes(16), 9, 9)
    fixture.refused("activate no key", errno.ENOKEY, "no transmit key", kernel.key_activate,
                    GROUP_V4, missing)
    fixture.refused("activate a receive key", errno.ENOKEY, "no transmit key", kernel.key_activate,
                    GROUP_V4, fixture.key)
    fixture.refused("delete no key", errno.ENOENT, "no key", kernel.key_del, GROUP_V4, missing)
    fixture.refused("activate in no group", errno.ENOENT, "no group", kernel.key_activate,
                    Group("239.9.1.9", 1), missing)
    fixture.refused("delete from two groups", errno.ENOTUNIQ, "source", kernel.key_del,
                    Group("239.9.1.3", 5000), missing)
    for name in ("role", "window", "auth-key"):
        value = {"role": 1, "window": 64, "auth-key": bytes(32)}[name]
        for command in (kernel.key_del, kernel.key_activate):
            fixture.refused(f"{name} given", errno.EINVAL, "not use", command, GROUP_V4,
                            fixture.standby, **{name.replace("-", "_"): value})
    for command in (uapi.CMD_KEY_DEL, uapi.CMD_KEY_ACTIVATE):
        fixture.refused("no msk-id", errno.EINVAL, "msk-id", kernel.netlink.do, command,
                        {"group": GROUP_V4.attributes(), "key": {"mtk-id": 1}})
        fixture.refused("direction given", errno.EINVAL, "not use", kernel.netlink.do, command,
                        {"group": GROUP_V4.attributes() | {"direction": 1},
                         "key": fixture.key.identity()})


def message_errors(fixture):
    """Messages that the tables of attributes cannot express."""
    group, key = encode("group", GROUP_V4.attributes()), encode("key", fixture.key.identity())
    nested = [attribute(number | NLA_F_NESTED, data) for number, data in ((1, group), (2, key))]
    both = b"".join(nested)
    bad = (
        ("nothing", uapi.CMD_GROUP_DEL, b"", "missing"),
        ("no key", uapi.CMD_KEY_DEL, nested[0], "missing"),
        ("no group", uapi.CMD_KEY_DEL, nested[1], "missing"),
        ("group twice", uapi.CMD_KEY_DEL, nested[0] + both, "twice"),
        ("key twice", uapi.CMD_KEY_DEL, both + nested[1], "twice"),
        ("port twice", uapi.CMD_GROUP_DEL,
         attribute(1 | NLA_F_NESTED, group + attribute(3, b"\1\0")), "twice"),
        ("key where none is used", uapi.CMD_GROUP_DEL, both, "unknown|not use"),
        ("statistics in a request", uapi.CMD_KEY_DEL,
         both + attribute(3 | NLA_F_NESTED, b""), "unknown|not use"),
        ("unknown attribute", uapi.CMD_GROUP_DEL, nested[0] + attribute(77, bytes(4)),
         "unknown|type"),
        ("huge attribute number", uapi.CMD_GROUP_DEL, nested[0] + attribute(0x3fff, bytes(4)),
         "unknown|type"),
        ("unknown attribute of the group", uapi.CMD_GROUP_DEL,
         attribute(1 | NLA_F_NESTED, group + attribute(60, bytes(4))), "unknown|type"),
        ("attribute zero", uapi.CMD_GROUP_DEL, attribute(0, bytes(4)) + nested[0], ""),
        ("no nested flag", uapi.CMD_GROUP_DEL, attribute(1, group), "nested"),
        ("port of one octet", uapi.CMD_GROUP_DEL,
         attribute(1 | NLA_F_NESTED, group[:8] + attribute(3, b"\1")), "length|attribute"),
        ("port of four octets", uapi.CMD_GROUP_DEL,
         attribute(1 | NLA_F_NESTED, group[:8] + attribute(3, bytes(4))), "length|attribute"),
        ("attribute past the end", uapi.CMD_GROUP_DEL,
         nested[0] + struct.pack("=HH", 40, 2) + bytes(4), ""),
        ("three octets left", uapi.CMD_GROUP_DEL, nested[0] + b"\4\0\2", ""),
        ("flush with a group", uapi.CMD_FLUSH, nested[0], ""),
        ("stats with a group", uapi.CMD_STATS_GET, nested[0], ""),
    )
    for name, command, raw, words in bad:
        fixture.refused(name, errno.EINVAL, words, fixture.client.netlink.do, command, raw=raw)
    for command in (uapi.CMD_GROUP_GET, uapi.CMD_KEY_GET, uapi.CMD_SENDER_GET):
        fixture.refused("dump with a group", errno.EINVAL, "", fixture.client.netlink.dump,
                        command, raw=nested[0])


def wrong_commands(fixture):
    """Commands either do or dump; others do not exist."""
    for function, command in ((fixture.client.netlink.do, uapi.CMD_GROUP_GET),
                              (fixture.client.netlink.do, uapi.CMD_KEY_GET),
                              (fixture.client.netlink.dump, uapi.CMD_GROUP_ADD),
                              (fixture.client.netlink.dump, uapi.CMD_FLUSH),
                              (fixture.client.netlink.dump, uapi.CMD_STATS_GET),
                              (fixture.client.netlink.do, uapi.CMD_EVENT),
                              (fixture.client.netlink.do, uapi.CMD_SENDER_GET),
                              (fixture.client.netlink.dump, uapi.CMD_SENDER_ADD),
                              (fixture.client.netlink.do, 0), (fixture.client.netlink.do, 14),
                              (fixture.client.netlink.do, 255)):
        before = fixture.state()
        try:
            function(command)
        except NetlinkError as failure:
            equal(failure.errno, errno.EOPNOTSUPP, f"errno of command {command}")
        else:
            raise AssertionError(f"command {command} is taken")
        equal(fixture.state(), before, "state")


def offsets(fixture):
    """The extended acknowledgement points at the attribute that is wrong."""
    values = GROUP_V4.attributes() | {"policy": 2}
    request = {"group": values}
    try:
        fixture.client.netlink.do(uapi.CMD_GROUP_ADD, request)
    except NetlinkError as failure:
        # After the headers, the nest's own header, address and port.
        equal(failure.offset, 16 + 4 + 4 + 8 + 8, "offset")
    else:
        raise AssertionError("policy 2 is taken")


def echo_is_wiped(fixture):
    """The request that an error repeats has no key in it any more."""
    kernel = fixture.uncapped
    key = Key(fixture.random.randbytes(16), 1, 1)
    other = Key(fixture.random.randbytes(16), 12, 1)
    cases = ((GROUP_V4, key, {}), (Group("239.9.1.9"), key, {}), (TWINS[0], key, {"window": 100}),
             (GROUP_V4, other, {"counter_start": 1 << 32}), (NULL_GROUP, other, {}),
             (GROUP_V4, other, {"soft_packets": 9, "hard_packets": 1}),
             (GROUP_V4, other, {"suite": 1}))
    kernel.rx_add(TWINS[0], key)
    for group, key, options in cases:
        try:
            kernel.rx_add(group, key, **options)
        except NetlinkError as failure:
            check(len(failure.echo) > 100, "the error repeats the request")
            for name, secret in key.material().items():
                check(secret[:8] not in failure.echo, f"{name} in the echo of: {failure.message}")
        else:
            raise AssertionError("a bad key is taken")
    kernel.key_del(TWINS[0], cases[0][1])


def replies(fixture):
    """What dumps show of a group and a key, and that it is all and no more."""
    group = Group("239.9.2.2", 1234, "10.1.2.3")
    key = Key(fixture.random.randbytes(16), 0xfedcba98, 7)
    everything = uapi.DIRECTION_OUT | uapi.DIRECTION_IN | uapi.DIRECTION_FORWARD
    fixture.client.group_add(group, direction=everything, suite=3, policy=1)
    fixture.client.tx_add(group, key, soft_bytes=77)
    shown = fixture.client.group(group)
    equal(shown["group"], group.attributes() | {
        "direction": everything, "format": 1, "suite": 3, "policy": 1, "overhead": 18, "keys": 1,
        "senders": 1}, "group")
    equal(shown["counters"], {name: 0 for name in uapi.SETS["counters"] if name != "pad"},
          "counters")
    entry = [one for one in fixture.client.keys() if one["key"]["msk-id"] == 0xfedcba98][0]
    equal(entry["group"], group.attributes(), "group of the key")
    entry["key"].pop("age-seconds")
    equal(entry["key"], key.identity() | {
        "role": 1, "suite": 3, "state": 1, "packets": 0, "bytes": 0, "counter": 1 << 32,
        "window": uapi.WINDOW_DEFAULT, "auth-failures": 0, "replays": 0, "soft-bytes": 77}, "key")
    fixture.client.group_del(group)
    equal(fixture.client.group(group), None, "group after deletion")


def statistics(fixture):
    """Version and drivers; a fast cipher where the processor has one."""
    stats = fixture.client.stats()
    equal(set(stats), set(uapi.SETS["stats"]) - {"pad"}, "members")
    equal((stats["groups"], stats["keys"]), (4, 2), "groups and keys")
    with open("/proc/cpuinfo") as processor:
        flags = processor.read().split()
    machine, release = (netns.run("uname", option).strip() for option in ("-m", "-r"))
    if "aes" in flags and machine == "x86_64":
        check(re.search("-v?aes", stats["cipher-driver"]) and "ctr(" not in stats["cipher-driver"],
              f"cipher driver {stats['cipher-driver']}")
    check("sha256" in stats["mac-driver"], f"MAC driver {stats['mac-driver']}")
    if "sha_ni" in flags and tuple(map(int, re.findall(r"\d+", release)[:2])) >= (6, 18):
        check("in pairs" in stats["mac-driver"], f"MAC driver {stats['mac-driver']}")
    ktap.diagnostic(stats)


def window_rounding(fixture):
    for asked, shown in ((64, 64), (65, 128), (1000, 1024), (8192, 8192), (8129, 8192)):
        key = Key(fixture.random.randbytes(16), 5, asked)
        fixture.client.rx_add(GROUP_V4, key, window=asked)
        equal(fixture.client.key(GROUP_V4, key, uapi.ROLE_RX)["window"], shown, "window")
        fixture.client.key_del(GROUP_V4, key)


CASES = {
    "group-add and group-del refuse": group_errors, "key-add refuses": key_errors,
    "key-activate and key-del refuse": key_lookup, "malformed messages": message_errors,
    "commands that do not exist": wrong_commands, "offset of the bad attribute": offsets,
    "keys in echoed requests": echo_is_wiped, "what is shown": replies,
    "statistics and drivers": statistics, "rounding of the window": window_rounding,
}


def build(plan):
    fixture = Fixture(ktap.seeded_random())
    for name, case in CASES.items():
        plan.add(name, case, fixture)
    return fixture


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
