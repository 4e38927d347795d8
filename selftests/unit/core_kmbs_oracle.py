#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes selftests/vectors/kmbs.json again with python3-cryptography. Prints TAP."""
import hashlib
import hmac
import json
import os
import struct
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vectors/kmbs.json")


def octets(vector, name):
    """Hexadecimal digits of a vector."""
    return bytes.fromhex(vector[name])


def derive(key, code, *parameters):
    """KDF of TS 33.220, B.2, with FC of two octets; its last 16 octets."""
    text = bytes([0xFF, code]) + b"".join(p + struct.pack(">H", len(p)) for p in parameters)
    return hmac.new(key, text, hashlib.sha256).digest()[16:]


def kid(vector):
    """Key Domain ID || MSK ID."""
    return octets(vector, "key-domain") + octets(vector, "msk-id")


def make_wrap(vector):
    """RFC 3394."""
    return {"wrapped": aes_key_wrap(octets(vector, "kek"), octets(vector, "key"))}


def make_kmbs(vector):
    """KMBS under KMBS-UE."""
    kek = derive(octets(vector, "kmbs-ue"), 0xF2, kid(vector))
    return {"wrapped": aes_key_wrap(kek, octets(vector, "kmbs"))}


def make_mtk(vector):
    """The encrypted MTK."""
    key = derive(octets(vector, "msk"), 0xF3, kid(vector), octets(vector, "mtk-id"))
    context = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return {"encrypted": context.update(octets(vector, "mtk")) + context.finalize()}


def make_group(vector):
    """Gk_conf and Gk_integ under KASME."""
    names = ("group-id", "key-index", "algorithms", "lifetime")
    kek = derive(octets(vector, "kasme"), 0xF4, *(octets(vector, name) for name in names))
    return {"wrapped": aes_key_wrap(kek, octets(vector, "confidentiality") + octets(vector, "integrity"))}


KINDS = {"wrap": make_wrap, "kmbs": make_kmbs, "mtk": make_mtk, "group": make_group}


def main():
    """Prints TAP; the exit status says whether all agree."""
    with open(VECTORS, encoding="utf-8") as source:
        listed = json.load(source)
    print("TAP version 13")
    print(f"1..{len(listed)}")
    failed = 0
    for index, vector in enumerate(listed, 1):
        wrong = [
            f"{name} is {vector[name]}, computed {value.hex()}"
            for name, value in KINDS[vector["kind"]](vector).items()
            if vector[name] != value.hex()
        ]
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {index} {vector['name']}")
        for line in wrong:
            print(f"# {line}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
