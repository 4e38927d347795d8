#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""uapi.py says what <linux/mbsec.h> says; needs no kernel module."""

import os
import re
import sys

import ktap
import uapi
from ktap import check, equal

HERE = os.path.dirname(os.path.abspath(__file__))
# In this repository, respectively in tools/testing/selftests/net/mbsec of a kernel tree.
CANDIDATES = ("../../include/uapi/linux/mbsec.h", "../../../../../include/uapi/linux/mbsec.h")
SINGLE = ("MAX_GROUPS", "MAX_KEYS_PER_GROUP", "MAX_SENDERS_PER_GROUP", "SENDER_ID_MIN",
          "WINDOW_MIN", "WINDOW_MAX", "WINDOW_DEFAULT")
ENUMERATIONS = ("FORMAT", "POLICY", "DIRECTION", "ROLE", "KEY_STATE", "LIMIT", "EVENT_TYPE", "CMD")


def header_text():
    for candidate in CANDIDATES:
        path = os.path.join(HERE, candidate)
        if os.path.exists(path):
            with open(path) as header:
                return re.sub(r"/\*.*?\*/", "", header.read(), flags=re.S)
    ktap.skip_all("linux/mbsec.h is not in the tree")


def header_constants(text):
    constants = {}
    for name, value in re.findall(r"#define (MBSEC_\w+)\s+(\d+)", text):
        constants[name] = int(value)
    for body in re.findall(r"enum\s*\w*\s*\{(.*?)\}", text, flags=re.S):
        value = -1
        for entry in filter(None, (part.strip() for part in body.split(","))):
            name, _, number = (part.strip() for part in entry.partition("="))
            if "__" in name or "(" in number:
                continue
            value = int(number) if number else value + 1
            constants[name] = value
    return constants


def constants_equal(constants):
    for name in SINGLE:
        equal(getattr(uapi, name), constants["MBSEC_" + name], name)
    for prefix in ENUMERATIONS:
        ours = {name: value for name, value in vars(uapi).items() if name.startswith(prefix + "_")}
        theirs = {name[6:]: value for name, value in constants.items()
                  if name.startswith(f"MBSEC_{prefix}_") and not name.endswith("_MAX")}
        equal(ours, theirs, prefix)
        check(ours, prefix + " is not empty")


def attributes_equal(constants):
    for table, members in uapi.SETS.items():
        prefix = "MBSEC_A_" + ("" if table == "message" else table.upper() + "_")
        others = tuple(f"MBSEC_A_{name.upper()}_" for name in uapi.SETS if name != "message")
        theirs = {name[len(prefix):].lower().replace("_", "-"): value
                  for name, value in constants.items()
                  if name.startswith(prefix) and not name.endswith("_MAX")
                  and (table != "message" or not name.startswith(others))}
        equal({name: number for name, (number, _) in members.items()}, theirs, table)


def commands_equal(constants):
    for number, name in enumerate(uapi.COMMANDS, 1):
        equal(constants["MBSEC_CMD_" + name.upper().replace("-", "_")], number, name)


def names_equal(text):
    for name, value in (("FAMILY_NAME", uapi.FAMILY), ("MCGRP_EVENTS", uapi.EVENTS_GROUP)):
        check(re.search(rf'#define MBSEC_{name}\s+"{value}"', text), name)


def main():
    text = header_text()
    constants = header_constants(text)
    plan = ktap.Plan()
    plan.add("constants and enumerations", constants_equal, constants)
    plan.add("attributes", attributes_equal, constants)
    plan.add("commands", commands_equal, constants)
    plan.add("family and event group names", names_equal, text)
    return plan.run()


if __name__ == "__main__":
    sys.exit(main())
