#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A second opinion on the documents of selftests/vectors/xml.json.

xmllint checks each against the schema in docs/protocols/xsd: what we take has to
be valid and what we refuse invalid. A vector whose "schema" is "looser" is one
that we refuse though it is valid, "stricter" is one that we take though it is
not. The parser of Python reads the values. Prints TAP.
"""
import base64
import calendar
import json
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMAS = os.path.join(HERE, "../../docs/protocols/xsd")
# Values of a vector and the elements that hold them, without namespace.
TEXTS = {"btid": "btid", "btids": "btid", "addresses": "ueIPaddress", "servers": "serverURI"}
TIMES = {"expires": ("lifetime", "mukLifeTime"), "current-time": ("currenttime",)}
FLAGS = {"confidentiality": "confidentialityProtection", "integrity": "integrityProtection",
         "uicc-key-management": "uiccKeyManagement"}
NUMBERS = {"wait-time": "waitTime", "max-back-off": "maxBackOff"}


def octets(vector):
    """The document as it is on the wire."""
    if "document-hex" in vector:
        return bytes.fromhex(vector["document-hex"])
    return vector["document"].encode("utf-8")


def is_valid(vector):
    """Whether xmllint finds the document valid."""
    schema = os.path.join(SCHEMAS, vector.get("of", vector["kind"]) + ".xsd")
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", schema, "-"],
                          input=octets(vector), capture_output=True, check=False)
    # 3 is a document that does not validate, 1 one that is no XML.
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(done.stderr.decode())
    return done.returncode == 0


def check_schema(vector):
    """Yields what is wrong."""
    valid = is_valid(vector)
    refused = vector["kind"] == "refused"
    wanted = not refused if "schema" not in vector else refused
    if valid != wanted:
        yield f"xmllint finds it {'valid' if valid else 'invalid'}"


def texts(root, name):
    """Texts of all elements with a local name, in their order."""
    return ["".join(one.itertext()).strip() for one in root.iter()
            if one.tag.rpartition("}")[2] == name]


def decoded(root, name):
    """The same, base 64 decoded, as hex."""
    return [base64.b64decode(one, validate=True).hex() for one in texts(root, name)]


def check_lists(vector, root):
    """Services and MSKs, with their status."""
    status = texts(root, "responseCode")
    if "services" in vector:
        if texts(root, "serviceID") != [one["id"] for one in vector["services"]]:
            yield "services differ"
        if status != [str(one["status"]) for one in vector["services"] if one["status"]]:
            yield "status differs"
    msks = vector.get("msks") or [one for flow in vector.get("flows", [])
                                  for one in flow["msks"]]
    if decoded(root, "keyDomainID") != [one["domain"] for one in msks]:
        yield "key domains differ"
    if decoded(root, "MSKID") != [one["msk-id"] for one in msks]:
        yield "MSK IDs differ"
    if "msks" in vector and \
            status != [str(one["status"]) for one in msks if one["status"]]:
        yield "status differs"


def check_attributes(vector, root):
    """What a security description has as attributes."""
    for name, attribute in FLAGS.items():
        if name in vector and root.get(attribute) not in \
                (("true", "1") if vector[name] else ("false", "0")):
            yield name + " differs"
    attributes = {key: value for one in root.iter() for key, value in one.attrib.items()}
    for name, attribute in NUMBERS.items():
        if name in vector and int(attributes[attribute]) != vector[name]:
            yield name + " differs"
    flows = [one.get("flowID") for one in root.iter() if one.tag.endswith("}mediaFlow")]
    if flows != [one["id"] for one in vector.get("flows", [])]:
        yield "flows differ"


def check_values(vector):
    """Yields what the parser of Python reads in another way."""
    root = ElementTree.fromstring(octets(vector))
    for name, element in TEXTS.items():
        wanted = vector.get(name)
        if wanted is not None and \
                texts(root, element) != (wanted if isinstance(wanted, list) else [wanted]):
            yield name + " differs"
    for name, elements in TIMES.items():
        found = [one.partition(".")[0].rstrip("Z") for element in elements
                 for one in texts(root, element)]
        if name in vector and vector[name] != \
                calendar.timegm(time.strptime(found[0], "%Y-%m-%dT%H:%M:%S")):
            yield name + " differs"
    if "muk" in vector and decoded(root, "muk") != [vector["muk"]]:
        yield "muk differs"
    if "naf-fqdn" in vector and \
            decoded(root, "nafFqdn") != [vector["naf-fqdn"].encode().hex()]:
        yield "naf-fqdn differs"
    yield from check_lists(vector, root)
    yield from check_attributes(vector, root)


def check_json(vector):
    """The description of MBS."""
    body = json.loads(vector["document"])
    info = body.get("mBSServiceKeyInfo") or body["mBSSessionKeyInfo"]
    back_off = body["backOffParameters"]
    found = (body["mBSSFAddresses"], base64.b64decode(info["mBSId"]).hex(),
             base64.b64decode(info["mBSDomainId"]).hex(),
             body.get("uICCKeyManagement", False), body.get("2GGBAallowed", False),
             back_off.get("offsetTime", 0), back_off.get("randomTimePeriod", 0))
    wanted = tuple(vector[name] for name in (
        "servers", "msk-id", "domain", "uicc-key-management", "gba-2g-allowed",
        "offset-time", "random-time-period"))
    if found != wanted:
        yield f"{found} and not {wanted}"


def check(vector):
    """Yields all that is wrong with a vector."""
    if vector["kind"] == "mbs":
        yield from check_json(vector)
        return
    yield from check_schema(vector)
    if vector["kind"] != "refused":
        yield from check_values(vector)


def main():
    """Returns the exit status."""
    folder = os.environ.get("VECTORS", os.path.join(HERE, "../vectors"))
    print("TAP version 13")
    if not shutil.which("xmllint"):
        print("1..0 # SKIP xmllint is not installed")
        return 0
    with open(os.path.join(folder, "xml.json"), encoding="utf-8") as source:
        vectors = [one for one in json.load(source) if one.get("of") != "mbs"]
    print(f"1..{len(vectors)}")
    failed = False
    for number, vector in enumerate(vectors, 1):
        wrong = list(check(vector))
        failed |= bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {vector['name']}")
        for line in wrong:
            print("# " + line)
    return 1 if failed or not vectors else 0


if __name__ == "__main__":
    sys.exit(main())
