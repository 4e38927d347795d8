# SPDX-License-Identifier: GPL-2.0-or-later
"""Groups and keys as the tests speak of them, over netlink.py."""

import socket
from dataclasses import dataclass, field
from functools import cached_property

import netlink
import sframe_reference as sframe
import uapi


@dataclass(frozen=True)
class Group:
    """What identifies a group."""

    address: str
    port: int = 0
    source: str = None

    @property
    def family(self):
        return 6 if ":" in self.address else 4

    def attributes(self):
        values = {"port": self.port or None}
        for name, text in (("address", self.address), ("source", self.source)):
            if text is None:
                continue
            if self.family == 6:
                values[f"{name}-v6"] = socket.inet_pton(socket.AF_INET6, text)
            else:
                values[f"{name}-v4"] = int.from_bytes(socket.inet_aton(text), "big")
        return values


@dataclass(frozen=True)
class Key:
    """An MTK with its identity; session keys are derived as the tool does."""

    mtk: bytes = field(repr=False)
    msk_id: int = 1
    mtk_id: int = 1
    sender_id: int = uapi.SENDER_ID_MIN
    suite: int = sframe.AES_CTR_80

    @property
    def kid(self):
        return sframe.key_id(self.sender_id, self.msk_id, self.mtk_id)

    @cached_property
    def session(self):
        return sframe.derive(self.mtk, self.kid, self.suite)

    def identity(self):
        return {"msk-id": self.msk_id, "mtk-id": self.mtk_id, "sender-id": self.sender_id}

    def material(self):
        session = self.session
        return {"cipher-key": session.cipher or None, "auth-key": session.auth or None,
                "salt": session.salt}

    def protect(self, ctr, plaintext, header=None):
        return sframe.protect(self.session, self.kid, ctr, plaintext, header=header)


class Client:
    """Commands in one network namespace."""

    def __init__(self, capped=True):
        self.netlink = netlink.GenericSocket(capped)

    def close(self):
        self.netlink.close()

    def group_add(self, group, **options):
        values = group.attributes() | dashed(options)
        self.netlink.do(uapi.CMD_GROUP_ADD, {"group": values})

    def group_del(self, group):
        self.netlink.do(uapi.CMD_GROUP_DEL, {"group": group.attributes()})

    def key_add(self, group, key, role, **options):
        values = key.identity() | {"role": role} | key.material() | dashed(options)
        self.netlink.do(uapi.CMD_KEY_ADD, {"group": group.attributes(), "key": values})

    def tx_add(self, group, key, activate=True, **options):
        self.key_add(group, key, uapi.ROLE_TX, activate=activate, **options)

    def rx_add(self, group, key, **options):
        self.key_add(group, key, uapi.ROLE_RX, **options)

    def key_activate(self, group, key, **options):
        values = key.identity() | dashed(options)
        self.netlink.do(uapi.CMD_KEY_ACTIVATE, {"group": group.attributes(), "key": values})

    def key_del(self, group, key, **options):
        values = key.identity() | dashed(options)
        self.netlink.do(uapi.CMD_KEY_DEL, {"group": group.attributes(), "key": values})

    def flush(self):
        self.netlink.do(uapi.CMD_FLUSH)

    def groups(self):
        return self.netlink.dump(uapi.CMD_GROUP_GET)

    def keys(self, group=None):
        """The key attributes of all keys, or of those of one group."""
        entries = self.netlink.dump(uapi.CMD_KEY_GET)
        if group is None:
            return entries
        return [entry["key"] for entry in entries if identifies(group, entry["group"])]

    def key(self, group, key, role):
        """One key as the kernel shows it, or None."""
        wanted = key.identity() | {"role": role}
        for shown in self.keys(group):
            if all(shown[name] == value for name, value in wanted.items()):
                return shown
        return None

    def group(self, group):
        for entry in self.groups():
            if identifies(group, entry["group"]):
                return entry
        return None

    def counters(self, group=None):
        """Of a group, or of the namespace."""
        if group is None:
            return self.netlink.do(uapi.CMD_STATS_GET)[0]["counters"]
        return self.group(group)["counters"]

    def stats(self):
        return self.netlink.do(uapi.CMD_STATS_GET)[0]["stats"]


def dashed(options):
    return {name.replace("_", "-"): value for name, value in options.items()}


def identifies(group, shown):
    """Whether attributes of a dump name this very group."""
    names = ("address-v4", "address-v6", "port", "source-v4", "source-v6")
    wanted = {name: value for name, value in group.attributes().items() if value is not None}
    return {name: shown[name] for name in names if shown.get(name)} == wanted


def changed(before, after):
    """The counters that moved, and by how much."""
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}
