#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A second look at selftests/vectors/nas.json.

Ciphering and integrity are computed again with python3-cryptography, and tshark
has to name each message and find nothing malformed in it. Prints TAP.
"""
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vectors/nas.json")
BEARERS = {"eps": 0, "5gs": 1, "5gs-non-3gpp": 2}
UPPER_PDU = 252  # link type whose packets name their dissector


def octets(vector, name):
    """Hexadecimal digits of a vector."""
    return bytes.fromhex(vector[name])


def start(vector):
    """COUNT, BEARER, DIRECTION."""
    bearer = vector["bearer"] if "bearer" in vector else BEARERS[vector["system"]]
    return struct.pack(">IBBH", int(vector["count"], 0), bearer << 3 | vector["direction"] << 2, 0, 0)


def crypt(key, head, text):
    """128-EEA2."""
    context = Cipher(algorithms.AES(key), modes.CTR(head + bytes(8))).encryptor()
    return context.update(text) + context.finalize()


def mac(key, head, text):
    """128-EIA2."""
    context = CMAC(algorithms.AES(key))
    context.update(head + text)
    return context.finalize()[:4]


def make_cipher(vector):
    """One use of the ciphering algorithm."""
    return {"cipher": crypt(octets(vector, "key"), start(vector), octets(vector, "plain"))}


def make_mac(vector):
    """One use of the integrity algorithm."""
    return {"mac": mac(octets(vector, "key"), start(vector), octets(vector, "plain"))}


def make_protected(vector):
    """A message under NAS security."""
    head, inner, kind = start(vector), octets(vector, "plain"), vector["protection"]
    if kind in (2, 4) and vector["ciphering"]:
        inner = crypt(octets(vector, "encryption-key"), head, inner)
    covered = head[3:4] + inner
    first = bytes([kind << 4 | 7]) if vector["system"] == "eps" else bytes([0x7E, kind])
    return {"message": first + mac(octets(vector, "integrity-key"), head, covered) + covered}


def capture(dissector, message):
    """A capture file with one message that names its dissector."""
    name = dissector.encode()
    name += bytes(4 - len(name) % 4)
    packet = struct.pack(">HH", 12, len(name)) + name + bytes(4) + message
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, UPPER_PDU)
    return head + struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet


def dissect(vector):
    """What tshark objects to."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(capture(vector["dissector"], octets(vector, "message")))
        file.flush()
        shown = subprocess.run(
            ["tshark", "-n", "-V", "-r", file.name], capture_output=True, text=True, check=False
        ).stdout
    if vector["tshark"].lower() not in shown.lower():
        yield f"tshark does not name '{vector['tshark']}'"
    if "malformed" in shown.lower():
        yield "tshark finds it malformed"


def compute(vector):
    """Where the vector and the second computation differ."""
    made = {"cipher": make_cipher, "mac": make_mac, "protected": make_protected}
    for name, value in made[vector["kind"]](vector).items():
        if vector[name] != value.hex():
            yield f"{name} is {vector[name]}, computed {value.hex()}"


def main():
    """Prints TAP; the exit status says whether all agree."""
    with open(VECTORS, encoding="utf-8") as source:
        listed = json.load(source)
    tshark = shutil.which("tshark")
    print("TAP version 13")
    print(f"1..{len(listed)}")
    failed = 0
    for index, vector in enumerate(listed, 1):
        if vector["kind"] == "message" and not tshark:
            print(f"ok {index} {vector['name']} # SKIP no tshark")
            continue
        wrong = list(dissect(vector) if vector["kind"] == "message" else compute(vector))
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {index} {vector['name']}")
        for line in wrong:
            print(f"# {line}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
