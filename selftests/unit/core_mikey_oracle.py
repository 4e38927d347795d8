#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A second implementation of the MIKEY messages of MBMS.

Makes every vector of selftests/vectors/mikey.json again from its inputs, with
HMAC and AES of other libraries than the code under test, and prints TAP.
"""
import hashlib
import hmac
import json
import os
import struct
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

LAST, KEMAC, TIME, IDENTITY, VERIFY, POLICY, RAND, ERROR, EXTENSION = 0, 1, 5, 6, 9, 10, 11, 12, 21
# First words of the labels in RFC 3830, 4.1.3 and 4.1.4, and sizes in octets.
PSK = {"encryption": (0x150533E1, 16), "salt": (0x29B88916, 14), "authentication": (0x2D22AC75, 20)}
TGK = {"encryption": (0x15798CEF, 16), "authentication": (0x1B5C7973, 20)}


def sha1(key, text):
    """HMAC-SHA-1."""
    return hmac.new(key, text, hashlib.sha1).digest()


def expand(key, label, size):
    """P() of RFC 3830, 4.1.2."""
    out, chain = b"", label
    while len(out) < size:
        chain = sha1(key, chain)
        out += sha1(key, chain + label)
    return out[:size]


def prf(inkey, label, size):
    """PRF() of RFC 3830, 4.1.2: the blocks of 256 bits are added up."""
    total = 0
    for at in range(0, len(inkey), 32):
        total ^= int.from_bytes(expand(inkey[at : at + 32], label, size), "big")
    return total.to_bytes(size, "big")


def derive(inkey, constants, cs_id, csb_id, rand):
    """All keys that an input key gives."""
    tail = struct.pack(">BI", cs_id, csb_id) + rand
    return {
        name: prf(inkey, struct.pack(">I", constant) + tail, size)
        for name, (constant, size) in constants.items()
    }


def number(vector, name):
    """JSON has no hexadecimal numbers."""
    value = vector[name]
    return int(value, 0) if isinstance(value, str) else value


def octets(vector, name):
    """Hexadecimal digits of a vector."""
    return bytes.fromhex(vector[name])


def rand_keys(vector, key):
    """The keys of a message under the vector's pre-shared key."""
    return derive(octets(vector, key), PSK, 0xFF, number(vector, "csb-id"), octets(vector, "rand"))


def initial_value(salt, csb_id, counter):
    """Of the counter mode: RFC 3830, 4.2.3."""
    mask = struct.pack(">HIQ", 0, csb_id, counter)
    return bytes(a ^ b for a, b in zip(salt, mask)) + bytes(2)


def crypt(key, start, text):
    """AES-CM-128, in either direction."""
    context = Cipher(algorithms.AES(key), modes.CTR(start)).encryptor()
    return context.update(text) + context.finalize()


def header(data_type, vector, streams=(), verify=False):
    """HDR without its next payload: before it and after it."""
    sessions, kind = (len(streams), 0) if streams else (0, 1)
    after = struct.pack(">BIBB", verify << 7, number(vector, "csb-id"), sessions, kind)
    for stream in streams:
        after += struct.pack(">BII", stream["policy"], number(stream, "ssrc"), stream["roc"])
    return struct.pack(">BB", 1, data_type), after


def chain(head, payloads):
    """Payloads with their next payload octets."""
    before, after = head
    kinds = [kind for kind, _ in payloads] + [LAST]
    text = before + bytes([kinds[0]]) + after
    for following, (_, body) in zip(kinds[1:], payloads):
        text += bytes([following]) + body
    return text


def counter_of(vector):
    """T with a counter."""
    return TIME, struct.pack(">BI", 2, number(vector, "counter"))


def identity(kind, text):
    """ID."""
    return IDENTITY, struct.pack(">BH", kind, len(text)) + text


def key_ids(vector):
    """EXT with the Key IDs that the vector has: RFC 4563, 4."""
    body = b"\x00\x03" + octets(vector, "key-domain")
    body += b"\x01\x04" + struct.pack(">I", number(vector, "msk-id"))
    if "mtk-id" in vector:
        body += b"\x02\x02" + struct.pack(">H", vector["mtk-id"])
    return EXTENSION, struct.pack(">BH", 3, len(body)) + body


def policy(entry):
    """SP; the rate of RFC 4771 is the one parameter of two octets."""
    body = b""
    for kind, value in entry["parameters"]:
        size = 2 if kind == 13 else 1
        body += bytes([kind, size]) + value.to_bytes(size, "big")
    return POLICY, struct.pack(">BBH", entry["number"], 0, len(body)) + body


def rand_payload(vector):
    """RAND."""
    rand = octets(vector, "rand")
    return RAND, bytes([len(rand)]) + rand


def with_kemac(head, payloads, keys, vector, plain):
    """The message with an encrypted key and its MAC; also the steps."""
    start = initial_value(keys["salt"], number(vector, "csb-id"), number(vector, "counter"))
    secret = crypt(keys["encryption"], start, plain)
    body = struct.pack(">BH", 1, len(secret)) + secret + b"\x01"
    text = chain(head, payloads + [(KEMAC, body)])
    message = text + sha1(keys["authentication"], text)
    return {"message": message, "plain": plain, "iv": start, "encrypted": secret}


def unicast(vector, plain):
    """MSK delivery and solicited pull."""
    streams = vector["streams"]
    payloads = [key_ids(vector), counter_of(vector), rand_payload(vector)]
    payloads.append(identity(vector["initiator-type"], octets(vector, "initiator")))
    payloads.append(identity(0, octets(vector, "responder")))
    payloads += [policy(entry) for entry in vector.get("policies", [])]
    head = header(0, vector, streams, vector["verify"])
    return with_kemac(head, payloads, rand_keys(vector, "muk"), vector, plain)


def msk_delivery(vector, _):
    """Key data: TEK with an interval of MTK IDs."""
    msk = octets(vector, "msk")
    plain = struct.pack(">BBH", 0, 0x22, len(msk)) + msk
    plain += struct.pack(">BHBH", 2, vector["low"], 2, vector["high"])
    return unicast(vector, plain)


def solicited_pull(vector, _):
    """No key."""
    return unicast(vector, b"")


def mtk_delivery(vector, _):
    """Key data: TEK with salt, or TGK."""
    mtk = octets(vector, "mtk")
    salt = octets(vector, "salt") if "salt" in vector else b""
    plain = struct.pack(">BBH", 0, 0x30 if salt else 0, len(mtk)) + mtk
    if salt:
        plain += struct.pack(">H", len(salt)) + salt
    payloads = [key_ids(vector), counter_of(vector)]
    if vector.get("send-rand"):
        payloads.append(rand_payload(vector))
    return with_kemac(header(0, vector), payloads, rand_keys(vector, "msk"), vector, plain)


def verification(vector, vectors):
    """V: identities and counter follow the message under the MAC."""
    request = vectors[vector["request"]]
    responder = octets(request, "responder")
    payloads = [counter_of(request), identity(0, responder), (VERIFY, b"\x01")]
    text = chain(header(1, request), payloads)
    extra = octets(request, "initiator") + responder + struct.pack(">I", request["counter"])
    key = rand_keys(request, "muk")["authentication"]
    return {"message": text + sha1(key, text + extra)}


def error(vector, _):
    """ERR, and V over the message alone if there is a key."""
    payloads = [counter_of(vector)]
    payloads += [(ERROR, bytes([value, 0, 0])) for value in vector["errors"]]
    if "muk" not in vector:
        return {"message": chain(header(6, vector), payloads)}
    text = chain(header(6, vector), payloads + [(VERIFY, b"\x01")])
    return {"message": text + sha1(rand_keys(vector, "muk")["authentication"], text)}


def psk_keys(vector, _):
    """Keys of a pre-shared key."""
    return rand_keys(vector, "psk")


def tgk_keys(vector, _):
    """Keys of a TGK."""
    return derive(
        octets(vector, "tgk"), TGK, vector["cs-id"], number(vector, "csb-id"), octets(vector, "rand")
    )


KINDS = {
    "psk-keys": psk_keys,
    "tgk-keys": tgk_keys,
    "msk-delivery": msk_delivery,
    "solicited-pull": solicited_pull,
    "mtk-delivery": mtk_delivery,
    "verification": verification,
    "error": error,
}


def differences(vector, made):
    """What the vector says and what has come out here."""
    for name, value in made.items():
        if name in vector and vector[name] != value.hex():
            yield f"{name} is {vector[name]}, computed {value.hex()}"


def main():
    """Prints TAP; the exit status says whether all agree."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vectors/mikey.json")
    with open(path, encoding="utf-8") as source:
        listed = json.load(source)
    vectors = {vector["name"]: vector for vector in listed}
    print("TAP version 13")
    print(f"1..{len(listed)}")
    failed = 0
    for index, vector in enumerate(listed, 1):
        made = KINDS[vector["kind"]](vector, vectors)
        wrong = list(differences(vector, made))
        if not set(made) & set(vector):
            wrong.append("the vector has no result to compare")
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {index} {vector['name']}")
        for line in wrong:
            print(f"# {line}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
