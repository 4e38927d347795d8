#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Python reference against RFC 9605 appendix C; needs no kernel module."""

import sys

import ktap
import sframe_reference as sframe
from ktap import check, equal

BASE_KEY = bytes(range(16))
KID, CTR = 0x123, 0x4567
METADATA = bytes.fromhex("4945544620534672616d65205747")
PLAINTEXT = bytes.fromhex("64726166742d696574662d736672616d652d656e63")
SFRAME_KEY = bytes.fromhex("3f7d9a7c83ae8e1c8a11ae695ab59314b367e359fadac7b9c46b2bc6f81f46e1"
                           "6b96f0811868d59402b7e870102720b3")
SALT = bytes.fromhex("50b29329a04dc0f184ac3168")
CIPHERTEXT = {
    sframe.AES_CTR_80: "9901234567449408b6f490086165b9d6f62b24ae1a59a56486b4ae8ed036b88912e24f11",
    sframe.AES_CTR_64: "99012345673f31438db4d09434e43afa0f8a2f00867a2be085046a9f5cb4f101d607",
    sframe.AES_GCM: ("9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb"),
}


def derivation():
    keys = sframe.derive(BASE_KEY, KID, sframe.AES_CTR_80)
    equal((keys.cipher + keys.auth).hex(), SFRAME_KEY.hex(), "sframe_key")
    equal(keys.salt.hex(), SALT.hex(), "salt")


def published(suite):
    keys = sframe.derive(BASE_KEY, KID, suite)
    ciphertext = sframe.protect(keys, KID, CTR, PLAINTEXT, METADATA)
    equal(ciphertext.hex(), CIPHERTEXT[suite], "ciphertext")
    equal(sframe.unprotect(keys, ciphertext, METADATA), PLAINTEXT, "plaintext")


def hkdf_other(random):
    """HKDF of the reference equals that of python3-cryptography."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    for _ in range(50):
        key, salt = random.randbytes(16), random.randbytes(random.randrange(1, 40))
        info, length = random.randbytes(random.randrange(60)), random.randrange(1, 200)
        other = HKDF(hashes.SHA256(), length, salt, info).derive(key)
        equal(sframe.hkdf_expand(sframe.hkdf_extract(salt, key), info, length), other, "HKDF")


def header_round_trip(random):
    for _ in range(2000):
        kid = random.getrandbits(random.randrange(1, 65))
        ctr = random.getrandbits(random.randrange(1, 65))
        header = sframe.encode_header(kid, ctr)
        equal(sframe.decode_header(header + b"rest"), (kid, ctr, len(header)), "header")
        for cut in range(len(header)):
            refused(sframe.decode_header, header[:cut])
    equal(sframe.encode_header(sframe.key_id(0x100, 0, 0), sframe.COUNTER_FIRST)[0], 0xfc, "config")
    for not_minimal in ("8005", "900009", "0805", "090009", "fc0000000000000001" "0100000000"):
        refused(sframe.decode_header, bytes.fromhex(not_minimal) + bytes(8))


def refused(function, *args, error=sframe.FormatError):
    try:
        function(*args)
    except error:
        return
    raise AssertionError(f"{function.__name__} took {ktap.shorten(args)}")


def forgery(random):
    for suite in sframe.SUITES:
        kid = sframe.key_id(0x100, 1, 2)
        keys = sframe.derive(random.randbytes(16), kid, suite)
        good = sframe.protect(keys, kid, sframe.COUNTER_FIRST, b"payload")
        equal(len(good), 7 + sframe.overhead(suite), "length")
        equal(sframe.unprotect(keys, good), b"payload", "payload")
        check((b"payload" in good) == (suite == sframe.NULL_80), "plaintext is seen or hidden")
        for bit in range(8 * sframe.HEADER_LENGTH, 8 * len(good)):
            bad = bytearray(good)
            bad[bit // 8] ^= 1 << bit % 8
            refused(sframe.unprotect, keys, bytes(bad), error=sframe.AuthenticationError)


def main():
    random = ktap.seeded_random()
    plan = ktap.Plan()
    plan.add("key derivation of RFC 9605", derivation)
    for suite in CIPHERTEXT:
        plan.add(f"ciphertext of RFC 9605, suite {suite}", published, suite)
    plan.add("HKDF equals a second HKDF", hkdf_other, random)
    plan.add("headers, truncated and not minimal ones refused", header_round_trip, random)
    plan.add("every flipped bit is refused", forgery, random)
    return plan.run()


if __name__ == "__main__":
    sys.exit(main())
