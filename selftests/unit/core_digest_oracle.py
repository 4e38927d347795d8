#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A second implementation of Digest responses and AKA nonces.

Makes the values of selftests/vectors/digest.json again from their inputs with
hashlib and base64 of Python, and prints TAP.
"""
import base64
import hashlib
import json
import os
import sys


def digest(algorithm, data):
    """H() of RFC 7616, 3.3, as hex."""
    function = hashlib.sha256 if algorithm.startswith("SHA-256") else hashlib.md5
    return function(data).hexdigest().encode()


def octets(text):
    """Text of a vector as it is hashed."""
    return text.encode("utf-8")


def response(vector, method, body):
    """RFC 7616, 3.4.1 to 3.4.3, and 3.5 with an empty method."""
    algorithm = vector["algorithm"]
    password = bytes.fromhex(vector["password"])
    nonce, cnonce = octets(vector["nonce"]), octets(vector["cnonce"])
    secret = digest(algorithm, b":".join(
        [octets(vector["username"]), octets(vector["realm"]), password]))
    if algorithm.endswith("-sess"):
        secret = digest(algorithm, b":".join(
            [secret, octets(vector.get("nonce-prime", vector["nonce"])),
             octets(vector.get("cnonce-prime", vector["cnonce"]))]))
    request = [octets(method), octets(vector["uri"])]
    if vector["qop"] == "auth-int":
        request.append(digest(algorithm, bytes.fromhex(body)))
    count = b"%08x" % vector["nc"]
    return digest(algorithm, b":".join(
        [secret, nonce, count, cnonce, octets(vector["qop"]),
         digest(algorithm, b":".join(request))])).decode()


def check_response(vector):
    """Yields what differs in a vector of kind response."""
    if response(vector, vector["method"], vector.get("body", "")) != vector["response"]:
        yield "response"
    if "rspauth" in vector and \
            response(vector, "", vector.get("response-body", "")) != vector["rspauth"]:
        yield "rspauth"
    if "key" in vector and \
            base64.b64encode(bytes.fromhex(vector["key"])).hex() != vector["password"]:
        yield "password"
    if "rand" in vector and \
            base64.b64decode(vector["nonce"]).hex() != vector["rand"] + vector["autn"]:
        yield "nonce"
    if "auts" in vector and base64.b64decode(vector["auts-text"]).hex() != vector["auts"]:
        yield "auts"


def check_nonce(vector):
    """Yields what differs in a vector of kind aka-nonce."""
    value = bytes.fromhex(vector["rand"] + vector["autn"] + vector["data"])
    if base64.b64encode(value).decode() != vector["nonce"]:
        yield "nonce"


CHECKS = {"response": check_response, "aka-nonce": check_nonce}


def main():
    """Returns the exit status."""
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.environ.get("VECTORS", os.path.join(here, "../vectors"))
    with open(os.path.join(folder, "digest.json"), encoding="utf-8") as source:
        vectors = [one for one in json.load(source) if one["kind"] in CHECKS]
    print("TAP version 13")
    print(f"1..{len(vectors)}")
    failed = False
    for number, vector in enumerate(vectors, 1):
        wrong = list(CHECKS[vector["kind"]](vector))
        failed |= bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {vector['name']}")
        for name in wrong:
            print(f"# {name} differs")
    return 1 if failed or not vectors else 0


if __name__ == "__main__":
    sys.exit(main())
