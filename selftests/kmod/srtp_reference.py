# SPDX-License-Identifier: GPL-2.0-or-later
"""Second implementation of SRTP and SRTCP, to test the kernel against.

RFC 3711 with AES-CM and HMAC-SHA1, RFC 6188, RFC 4771. HMAC is from the standard
library, AES from python3-cryptography.
"""

import hmac
import struct
from dataclasses import dataclass

AES128_80, AES128_32, AES256_80, NULL_80 = 0xF101, 0xF102, 0xF103, 0xF104
SUITES = (AES128_80, AES128_32, AES256_80, NULL_80)
MASTER_LENGTH = {AES128_80: 16, AES128_32: 16, AES256_80: 32, NULL_80: 16}
TAG_LENGTH = {AES128_80: 10, AES128_32: 4, AES256_80: 10, NULL_80: 10}
RTCP_TAG_LENGTH = 10
AUTH_LENGTH, SALT_LENGTH = 20, 14
ENCRYPTED = 1 << 31


@dataclass(frozen=True)
class SessionKeys:
    """Of RTP or of RTCP; no cipher key is the null cipher."""

    cipher: bytes
    auth: bytes
    salt: bytes


def key_stream(key, block, length):
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    context = Cipher(algorithms.AES(key), modes.CTR(block)).encryptor()
    return context.update(bytes(length)) + context.finalize()


def derive_one(master, salt, label, length):
    """RFC 3711 clause 4.3.1, with a key derivation rate of 0."""
    block = int.from_bytes(salt, "big") ^ label << 48
    return key_stream(master, (block << 16).to_bytes(16, "big"), length)


def derive(master, salt, suite):
    """Session keys of RTP and of RTCP."""
    length = 0 if suite == NULL_80 else MASTER_LENGTH[suite]
    return tuple(SessionKeys(derive_one(master, salt, label, length),
                             derive_one(master, salt, label + 1, AUTH_LENGTH),
                             derive_one(master, salt, label + 2, SALT_LENGTH))
                 for label in (0, 3))


def crypt(keys, ssrc, index, data):
    """RFC 3711 clause 4.1.1."""
    if not keys.cipher:
        return data
    block = int.from_bytes(keys.salt, "big") << 16 ^ ssrc << 64 ^ index << 16
    stream = key_stream(keys.cipher, block.to_bytes(16, "big"), len(data))
    return bytes(a ^ b for a, b in zip(data, stream))


def mac_of(keys, data, length):
    return hmac.digest(keys.auth, data, "sha1")[:length]


def rtp(sequence, payload, ssrc, csrcs=(), extension=None, marker=False, kind=33, timestamp=0):
    """A packet of RTP; an extension is whole 32-bit words."""
    first = 0x80 | len(csrcs) | (0x10 if extension is not None else 0)
    packet = struct.pack(">BBHII", first, kind | marker << 7, sequence & 0xFFFF, timestamp, ssrc)
    packet += b"".join(struct.pack(">I", csrc) for csrc in csrcs)
    if extension is not None:
        packet += struct.pack(">HH", 0xBEDE, len(extension) // 4) + extension
    return packet + payload


def rtcp(ssrc, words=1, kind=200):
    """A packet of RTCP with a body of so many words."""
    return struct.pack(">BBHI", 0x80, kind, words + 1, ssrc) + b"\xc7" * (4 * words)


def header_length(packet):
    length = 12 + 4 * (packet[0] & 15)
    if packet[0] & 0x10:
        length += 4 + 4 * struct.unpack_from(">H", packet, length + 2)[0]
    return length


def mki_of(msk_id, mtk_id):
    return struct.pack(">IH", msk_id, mtk_id)


@dataclass(frozen=True)
class RocCarrying:
    """RFC 4771: mode and rate, which says in which tags the ROC is."""

    mode: int
    rate: int

    def tag(self, length, sequence, roc, mac):
        """@length: octets of the tag where all is in it; @mac gives as many octets as told."""
        has_roc = sequence % self.rate == 0
        if self.mode == 3:
            return roc if has_roc else b""
        if has_roc:
            return roc + mac(length - 4)
        return mac(length) if self.mode == 2 else b""


def protect_rtp(keys, packet, index, mki, tag_length, carrying=None):
    """SRTP; with a ROC in some tags they are as long as @tag_length says, the ROC included."""
    offset = header_length(packet)
    ssrc, = struct.unpack_from(">I", packet, 8)
    roc = struct.pack(">I", index >> 16)
    text = packet[:offset] + crypt(keys, ssrc, index, packet[offset:])

    def mac(length):
        return mac_of(keys, text + roc, length)
    if carrying is None:
        return text + mki + mac(tag_length)
    return text + mki + carrying.tag(tag_length, index & 0xFFFF, roc, mac)


def protect_rtcp(keys, packet, index, mki, encrypted=True):
    ssrc, = struct.unpack_from(">I", packet, 4)
    text = packet[:8]
    text += crypt(keys, ssrc, index, packet[8:]) if encrypted else packet[8:]
    text += struct.pack(">I", index | (ENCRYPTED if encrypted and keys.cipher else 0))
    return text + mki + mac_of(keys, text, RTCP_TAG_LENGTH)
