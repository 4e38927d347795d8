#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Computes every vector of kdf.json and ids.json again, from the clauses and
without OpenSSL or code of the daemon, and prints the result as KTAP."""

import base64
import hashlib
import hmac
import json
import os
import sys

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                      "vectors")


def load(topic):
    with open(os.path.join(FOLDER, topic + ".json"), encoding="ascii") as file:
        return json.load(file)


def octets(vector, name):
    return bytes.fromhex(vector[name])


def kdf(key, fc, *parameters):
    """TS 33.220, B.2."""
    text = bytes([fc]) if fc <= 0xff else fc.to_bytes(2, "big")
    for parameter in parameters:
        text += parameter + len(parameter).to_bytes(2, "big")
    return hmac.digest(key, text, "sha256")


def plmn(mcc, mnc):
    """TS 24.008, 10.5.1.3: six digits, halves of the octets exchanged."""
    digits = mcc + (mnc[2] if len(mnc) == 3 else "f") + mnc[:2]
    return bytes(int(digits[i + 1] + digits[i], 16) for i in (0, 2, 4))


def tmgi(text):
    parts = text.split("-")
    return bytes.fromhex(parts[0]) + (plmn(*parts[1:]) if parts[1:] else b"")


def naf_id(vector):
    return vector["fqdn"].encode() + int(vector["ua-protocol"], 16).to_bytes(
        5, "big")


def ck_ik(vector):
    return octets(vector, "ck") + octets(vector, "ik")


def mrk(vector):
    if vector["mode"] == "GBA_U":
        return octets(vector, "key")
    return kdf(octets(vector, "key"), 1, b"mbms-mrk")


def muk(vector):
    return octets(vector, "internal" if vector["mode"] == "GBA_U" else "key")


def mikey_p(secret, label, size):
    """P() of RFC 3830, 4.1.2."""
    out, a = b"", label
    while len(out) < size:
        a = hmac.digest(secret, a, "sha1")
        out += hmac.digest(secret, a + label, "sha1")
    return out[:size]


def mikey_prf(vector):
    """PRF() of RFC 3830, 4.1.2: pieces of 256 bits, added up."""
    inkey, size = octets(vector, "inkey"), len(octets(vector, "out"))
    out = 0
    for start in range(0, len(inkey), 32):
        piece = mikey_p(inkey[start:start + 32], octets(vector, "label"), size)
        out ^= int.from_bytes(piece, "big")
    return out.to_bytes(size, "big")


def group(vector):
    return b"".join(
        kdf(octets(vector, "gk"), 0xfff1, bytes([which]),
            octets(vector, "group-id"),
            vector["key-index"].to_bytes(2, "big"))[16:] for which in (1, 2))


RULES = {
    "generic":
        lambda v: kdf(octets(v, "key"), int(v["fc"], 16),
                      *[bytes.fromhex(p) for p in v["parameters"]]),
    "ks":
        ck_ik,
    "ks-naf":
        lambda v: kdf(octets(v, "ks"), 1, b"gba-me", octets(v, "rand"), v[
            "impi"].encode(), naf_id(v)),
    "ks-int-naf":
        lambda v: kdf(octets(v, "ks"), 1, b"gba-u", octets(v, "rand"), v[
            "impi"].encode(), naf_id(v)),
    "mrk":
        mrk,
    "muk":
        muk,
    "kausf":
        lambda v: kdf(ck_ik(v), 0x6a, v["serving-network"].encode(),
                      octets(v, "sqn-xor-ak")),
    "ck-ik-prime":
        lambda v: kdf(ck_ik(v), 0x20, v["network"].encode(),
                      octets(v, "sqn-xor-ak")),
    "res-star":
        lambda v: kdf(ck_ik(v), 0x6b, v["serving-network"].encode(),
                      octets(v, "rand"), octets(v, "res"))[16:],
    "hres-star":
        lambda v: hashlib.sha256(octets(v, "rand") + octets(v, "res-star")).
        digest()[16:],
    "kseaf":
        lambda v: kdf(octets(v, "kausf"), 0x6c, v["serving-network"].encode()),
    "kamf":
        lambda v: kdf(octets(v, "kseaf"), 0x6d, v["supi"].encode(),
                      octets(v, "abba")),
    "5gs-nas":
        lambda v: kdf(octets(v, "kamf"), 0x69, bytes([v["type"]]),
                      bytes([v["algorithm"]]))[16:],
    "eps-nas":
        lambda v: kdf(octets(v, "kasme"), 0x15, bytes([v["type"]]),
                      bytes([v["algorithm"]]))[16:],
    "kakma":
        lambda v: kdf(octets(v, "kausf"), 0x80, b"AKMA", v["supi"].encode()),
    "a-tid":
        lambda v: kdf(octets(v, "kausf"), 0x81, b"A-TID", v["supi"].encode()),
    "kaf":
        lambda v: kdf(octets(v, "kakma"), 0x82, naf_id(v)),
    "kmbs-ue":
        lambda v: kdf(octets(v, "kausf"), 0xfff0, tmgi(v["tmgi"])),
    "kasme":
        lambda v: kdf(ck_ik(v), 0x10, plmn(v["mcc"], v["mnc"]),
                      octets(v, "sqn-xor-ak")),
    "group":
        group,
    "mikey-prf":
        mikey_prf,
    "mikey-p":
        lambda v: mikey_p(octets(v, "inkey"), octets(v, "label"),
                          len(octets(v, "out"))),
}


def home(vector, prefix):
    return "%s.mnc%03d.mcc%s.3gppnetwork.org" % (prefix, int(vector["mnc"]),
                                                 vector["mcc"])


def impi(vector):
    imsi, digits = vector["imsi"], vector["mnc-digits"]
    return imsi + "@" + home({"mcc": imsi[:3], "mnc": imsi[3:3 + digits]},
                             "ims")


# What the text or octets of an identity have to be. The name of a BSF has no
# second source.
IDENTITIES = {
    "plmn":
        lambda v: plmn(v["mcc"], v["mnc"]).hex(),
    "tmgi":
        lambda v: tmgi(v["text"]).hex(),
    "btid":
        lambda v: base64.b64encode(octets(v, "rand")).decode() + "@" + v["bsf"],
    "naf-id":
        lambda v: naf_id(v).hex(),
    "impi":
        impi,
    "serving-network":
        lambda v: home(v, "5G:").replace(".", "", 1),
    "a-kid":
        lambda v: v["routing-indicator"] + base64.b64encode(octets(v, "a-tid")).
        decode() + "@" + home(v, "5gc"),
}


def checks():
    for vector in load("kdf"):
        name = vector["derivation"]
        wanted = vector.get("out") or (vector["confidentiality"] +
                                       vector["integrity"])
        yield (vector["name"],
               name in RULES and RULES[name](vector).hex() == wanted)
    for vector in load("ids"):
        if vector["kind"] == "bsf":
            continue
        wanted = vector.get("octets") or vector["text"]
        yield vector["name"], IDENTITIES[vector["kind"]](vector) == wanted


def main():
    results = list(checks())
    print("KTAP version 1\n1..%d" % len(results))
    for number, (name, good) in enumerate(results, 1):
        print("%sok %d %s" % ("" if good else "not ", number, name))
    return 0 if all(good for _, good in results) else 1


if __name__ == "__main__":
    sys.exit(main())
