#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Python reference against RFC 3711, libsrtp and RFC 4771; needs no kernel module."""

import struct
import sys

import ktap
import srtp_reference as srtp
from ktap import equal

# RFC 3711, appendix B.3, and the packet of libsrtp's srtp_driver.c with its keys.
MASTER = bytes.fromhex("e1f97a0d3e018be0d64fa32c06de4139")
SALT = bytes.fromhex("0ec675ad498afeebb6960b3aabe6")
SESSION = ("c61e7a93744f39ee10734afe3ff7a087", "cebe321f6ff7716b6fd4ab49af256a156d38baa4",
           "30cbbc08863d8c85d49db34a9ae1")
RTP = bytes.fromhex("800f1234decafbadcafebabe" + "ab" * 16)
RTCP = bytes.fromhex("81c8000bcafebabe" + "ab" * 16)
SRTP = "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb"
SRTCP = "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798"
MASTER_256 = bytes.fromhex("f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6")
SALT_256 = bytes.fromhex("3b04803de51ee7c96423ab5b78d2")
SRTP_256 = "800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b"

# An MTK and salt of TS 33.246; RFC 4771 with rate 4, which divides the first number.
MTK, MTK_SALT = bytes(range(0x20, 0x30)), bytes(range(0x30, 0x3e))
MKI = "000100010001"
FIRST, NEXT = 0x10000 | 0x1234, 0x10000 | 0x1235
FIRST_TEXT = "800f1234decafbadcafebabe91a191445a36238ee0947fa93ed17425" + MKI
NEXT_TEXT = "800f1235decafbadcafebabe8e596549471a6d774599c8e8cdb603bb" + MKI
ROC, MAC = "00000001", "23942a9cde61aecefd71"
MODES = ((1, 14, FIRST_TEXT + ROC + MAC, NEXT_TEXT),
         (2, 14, FIRST_TEXT + ROC + MAC, NEXT_TEXT + "f16dd5f41b17dc9fb0cd2852707c"),
         (3, 4, FIRST_TEXT + ROC, NEXT_TEXT),
         (1, 10, FIRST_TEXT + ROC + MAC[:12], NEXT_TEXT))


def derivation():
    keys, _ = srtp.derive(MASTER, SALT, srtp.AES128_80)
    equal((keys.cipher.hex(), keys.auth.hex(), keys.salt.hex()), SESSION, "session keys")


def packets():
    rtp, rtcp = srtp.derive(MASTER, SALT, srtp.AES128_80)
    equal(srtp.protect_rtp(rtp, RTP, 0x1234, b"", 10).hex(), SRTP, "SRTP")
    equal(srtp.protect_rtcp(rtcp, RTCP, 1, b"").hex(), SRTCP, "SRTCP")
    rtp, _ = srtp.derive(MASTER_256, SALT_256, srtp.AES256_80)
    equal(srtp.protect_rtp(rtp, RTP, 0x1234, b"", 10).hex(), SRTP_256, "SRTP with AES-256")


def roc_modes():
    keys, _ = srtp.derive(MTK, MTK_SALT, srtp.AES128_80)
    for mode, length, first, following in MODES:
        carrying = srtp.RocCarrying(mode, 4)
        for index, expected in ((FIRST, first), (NEXT, following)):
            packet = RTP[:2] + struct.pack(">H", index & 0xFFFF) + RTP[4:]
            made = srtp.protect_rtp(keys, packet, index, bytes.fromhex(MKI), length, carrying)
            equal(made.hex(), expected, f"mode {mode}, index {index:#x}")


def main():
    plan = ktap.Plan()
    plan.add("key derivation of RFC 3711", derivation)
    plan.add("packets of SRTP and SRTCP", packets)
    plan.add("modes of RFC 4771", roc_modes)
    return plan.run()


if __name__ == "__main__":
    sys.exit(main())
