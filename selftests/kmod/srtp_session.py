# SPDX-License-Identifier: GPL-2.0-or-later
"""A protected RTP stream: group, keys, and the reference beside the kernel."""

from dataclasses import dataclass, field
from functools import cached_property

import srtp_reference as srtp
import uapi
from topology import PORT, Session, receive_all

SSRC = 0xCAFEBABE


@dataclass(frozen=True)
class MediaKey:
    """Master key and salt with their identity; session keys as user space derives them."""

    master: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    msk_id: int
    mtk_id: int
    suite: int

    @cached_property
    def session(self):
        return srtp.derive(self.master, self.salt, self.suite)

    @property
    def mki(self):
        return srtp.mki_of(self.msk_id, self.mtk_id)

    def identity(self):
        return {"msk-id": self.msk_id, "mtk-id": self.mtk_id}

    def material(self):
        values = {}
        for prefix, keys in zip(("", "rtcp-"), self.session):
            values |= {prefix + "cipher-key": keys.cipher or None, prefix + "auth-key": keys.auth,
                       prefix + "salt": keys.salt}
        return values


class Media(Session):
    """As Session, of packets of RTP. The sender sends, the outsider speaks as the reference."""

    def __init__(self, lan, family, suite=srtp.AES128_80, mki=True, port=PORT, loop=False,
                 receive=True, rx=None, tx=None, key=None, **options):
        self.lan, self.suite, self.mki = lan, suite, mki
        self.carrying = None
        if "roc_rate" in options or "roc_mode" in options:
            self.carrying = srtp.RocCarrying(options.get("roc_mode", 2), options.get("roc_rate", 1))
        self.group = lan.group(family, port)
        for host in (lan.sender, lan.member):
            host.mbsec.group_add(self.group, format=uapi.FORMAT_SRTP, suite=suite,
                                 no_mki=not mki, **options)
        self.key = key or self.new_key()
        self.key_add(lan.sender, self.key, uapi.ROLE_TX, **{"activate": True} | (tx or {}))
        self.key_add(lan.member, self.key, uapi.ROLE_RX, **(rx or {}))
        self.receiver = lan.member.receiver(self.group) if receive else None
        self.transmitter = lan.sender.transmitter(family, loop=loop)

    def new_key(self):
        random = self.lan.random
        return MediaKey(random.randbytes(srtp.MASTER_LENGTH[self.suite]), random.randbytes(14),
                        random.getrandbits(32), random.getrandbits(16), self.suite)

    def key_add(self, host, key, role, **options):
        host.mbsec.key_add(self.group, key, role, **options)

    def key_change(self):
        """Receivers first, then the sender."""
        key = self.new_key()
        self.key_add(self.lan.member, key, uapi.ROLE_RX)
        self.key_add(self.lan.sender, key, uapi.ROLE_TX, activate=True)
        return key

    def protected(self, packet, index, key=None):
        """What the reference makes of a packet of RTP."""
        key = key or self.key
        length = srtp.TAG_LENGTH[self.suite] + (4 if self.carrying else 0)
        return srtp.protect_rtp(key.session[0], packet, index, key.mki if self.mki else b"",
                                length, self.carrying)

    def protected_rtcp(self, packet, index, key=None, encrypted=True):
        key = key or self.key
        return srtp.protect_rtcp(key.session[1], packet, index, key.mki if self.mki else b"",
                                 encrypted)

    def speak(self, index, ssrc=SSRC, key=None, payload=None):
        """A packet of the reference, sent by the outsider; returns what it says."""
        packet = srtp.rtp(index, payload or b"index %20d" % index, ssrc)
        self.inject(self.protected(packet, index, key))
        return packet

    def hear(self, *packets):
        receive_all(self.receiver, packets)

    def senders(self, host=None):
        """The SSRCs of the group, by SSRC and role."""
        shown = (host or self.lan.member).mbsec.netlink.dump(uapi.CMD_SENDER_GET)
        mine = {name: value for name, value in self.group.attributes().items() if value}
        return {(one["sender"]["ssrc"], one["sender"]["role"]): one["sender"] for one in shown
                if all(one["group"].get(name) == value for name, value in mine.items())}

    def sender_do(self, command, host=None, **values):
        values = {name.replace("_", "-"): value for name, value in values.items()}
        (host or self.lan.member).mbsec.netlink.do(
            command, {"group": self.group.attributes(), "sender": values})
