#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Derives the session keys of srtp_kdf.json with python3-cryptography, and
protects the packets there with them: those of libsrtp come out only if all
session keys are right. Prints KTAP."""

import hmac
import json
import os
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                       "vectors", "srtp_kdf.json")
RTP_HEADER_SIZE = 12
RTCP_HEADER_SIZE = 8
TAG_SIZE = 10


def aes_ctr(key, block, text):
    cipher = Cipher(algorithms.AES(key), modes.CTR(block)).encryptor()
    return cipher.update(text) + cipher.finalize()


def derive(vector, label, size):
    """RFC 3711, 4.3.1: the salt as a number of 112 bits, label at 2^48."""
    salt = int(vector["salt"], 16) ^ label << 48
    block = (salt << 16).to_bytes(16, "big")
    return aes_ctr(bytes.fromhex(vector["key"]), block, bytes(size))


def packet_block(salt, ssrc, index):
    """RFC 3711, 4.1.1."""
    number = int.from_bytes(salt, "big") << 16
    return (number ^ ssrc << 64 ^ index << 16).to_bytes(16, "big")


def tag(key, text):
    return hmac.digest(key, text, "sha1")[:TAG_SIZE]


def protect_rtp(vector, keys):
    packet = bytes.fromhex(vector["rtp"])
    header, text = packet[:RTP_HEADER_SIZE], packet[RTP_HEADER_SIZE:]
    index = int.from_bytes(header[2:4], "big")
    block = packet_block(keys["salt"], int.from_bytes(header[8:], "big"), index)
    packet = header + aes_ctr(keys["encryption"], block, text)
    mki = bytes.fromhex(vector.get("mki", ""))
    return packet + mki + tag(keys["auth"], packet + bytes(4))


def protect_rtcp(vector, keys):
    """The first packet of libsrtp has index 1 and the E bit."""
    packet = bytes.fromhex(vector["rtcp"])
    header, text = packet[:RTCP_HEADER_SIZE], packet[RTCP_HEADER_SIZE:]
    block = packet_block(keys["salt"], int.from_bytes(header[4:], "big"), 1)
    packet = header + aes_ctr(keys["encryption"], block, text)
    packet += (1 << 31 | 1).to_bytes(4, "big")
    return packet + tag(keys["auth"], packet)


def session_keys(vector, first_label):
    return {
        "encryption": derive(vector, first_label, len(vector["key"]) // 2),
        "auth": derive(vector, first_label + 1, 20),
        "salt": derive(vector, first_label + 2, 14),
    }


def checks():
    with open(VECTORS, encoding="ascii") as file:
        vectors = json.load(file)
    for vector in vectors:
        srtp, srtcp = session_keys(vector, 0), session_keys(vector, 3)
        name = vector["name"]
        yield name + ": encryption", (
            srtp["encryption"].hex() == vector["encryption"])
        yield name + ": salt", srtp["salt"].hex() == vector["session-salt"]
        wanted = vector["auth"]
        yield name + ": auth", (derive(vector, 1,
                                       len(wanted) // 2).hex() == wanted)
        for part in ("encryption", "auth", "salt"):
            yield name + ": SRTCP " + part, (
                srtcp[part].hex() == vector["srtcp-" + part])
        yield name + ": SRTP packet", (
            protect_rtp(vector, srtp).hex() == vector["srtp"])
        if "rtcp" in vector:
            yield name + ": SRTCP packet", (
                protect_rtcp(vector, srtcp).hex() == vector["srtcp"])


def main():
    results = list(checks())
    print("KTAP version 1\n1..%d" % len(results))
    for number, (name, good) in enumerate(results, 1):
        print("%sok %d %s" % ("" if good else "not ", number, name))
    return 0 if all(good for _, good in results) else 1


if __name__ == "__main__":
    sys.exit(main())
