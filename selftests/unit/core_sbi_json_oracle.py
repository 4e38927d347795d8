#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A second reading of the bodies of selftests/vectors/sbi.json.

Reads them with json and base64 of Python, compares keys with the values in
hexadecimal that stand beside them, finds for itself those names that are there
twice and those values that are no base 64, and prints TAP.
"""
import base64
import binascii
import json
import os
import sys
from datetime import datetime, timezone


class Twice(Exception):
    """A name is there twice in an object."""


def unique(pairs):
    """An object, if no name is there twice."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise Twice(name)
    return dict(pairs)


def read(body):
    """The document, strictly."""
    return json.loads(body, object_pairs_hook=unique)


def key_lists(value):
    """All keyLists in a document, in order."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "keyList" and isinstance(member, dict):
                yield member
            else:
                yield from key_lists(member)
    elif isinstance(value, list):
        for member in value:
            yield from key_lists(member)


def octets(text):
    """Hexadecimal of base 64, canonical."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise binascii.Error("not canonical")
    return data.hex()


MEMBERS = {"keyDomainId": ("key-domain", 3), "mskId": ("msk-id", 4), "msk": ("msk", 16),
           "mtkId": ("mtk-id", 2), "mtk": ("mtk", 16)}


def check_taken(vector):
    """Yields what differs in a body that has to be taken."""
    keys = [key for keys in key_lists(read(vector["body"])) for key in keys.values()]
    for number, key in enumerate(keys, 1):
        for member, (name, _) in MEMBERS.items():
            expected = vector.get(f"{name}-{number}")
            if (octets(key[member]) if member in key else None) != expected:
                yield f"{name}-{number}"
        time = key.get("mskLifetime")
        if time:
            time = int(datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ")
                       .replace(tzinfo=timezone.utc).timestamp())
        if time != vector.get(f"lifetime-{number}"):
            yield f"lifetime-{number}"
    if f"msk-{len(keys) + 1}" in vector:
        yield "number of keys"


def wrong_octets(body):
    """True if some value of a key is not base 64 of its size."""
    document = read(body)
    keys = [key for keys in key_lists(document) for key in keys.values()]
    if isinstance(document, list):
        keys += [item.get("value", {}) for item in document]
    for key in keys:
        if not isinstance(key, dict):
            continue
        for member, (_, size) in MEMBERS.items():
            if not isinstance(key.get(member, ""), str) or not key.get(member):
                continue
            try:
                if len(octets(key[member])) != 2 * size:
                    return True
            except binascii.Error:
                return True
    return False


def check_refused(vector):
    """Yields how the reason of a refusal differs from what Python finds."""
    reason = vector["refused"]
    try:
        wrong = wrong_octets(vector["body"])
        if wrong != ("is not base 64" in reason):
            yield f"base 64 is {'wrong' if wrong else 'right'}"
        if "is there twice" in reason:
            yield "nothing is there twice"
        if "is not JSON" in reason:
            yield "it is JSON"
    except Twice as name:
        escaped = str(name).replace("~", "~0").replace("/", "~1")
        if not reason.endswith(f"/{escaped} is there twice"):
            yield f"{name} is there twice"
    except json.JSONDecodeError:
        if "is not JSON" not in reason and vector["name"] != "cut off":
            yield "it is not JSON"


def main():
    """Prints one line for each vector."""
    folder = os.environ.get("VECTORS", os.path.join(
        os.path.dirname(os.path.abspath(__file__)), "..", "vectors"))
    with open(os.path.join(folder, "sbi.json"), encoding="utf-8") as file:
        vectors = json.load(file)
    failed = 0
    print("TAP version 13")
    print(f"1..{len(vectors)}")
    for number, vector in enumerate(vectors, 1):
        check = check_refused if "refused" in vector else check_taken
        differs = list(check(vector))
        failed += bool(differs)
        print(f"{'not ok' if differs else 'ok'} {number} - {vector['name']}")
        for name in differs:
            print(f"# differs: {name}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
