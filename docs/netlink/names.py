#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the lists of names of a YNL specification as X macros.

The kernel's generator makes the numbers; this makes the names, so that trace
events, statistics and tools say the same word for the same thing.
"""
import sys

import yaml

SPDX = "((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)"

# Attribute sets that are lists of names to a user, not only fields.
NAMED_SETS = ("counters",)


def constant(*parts):
    """The C name that the kernel's generator gives to the joined parts."""
    return "-".join(parts).replace("-", "_").upper()


def entry_name(entry):
    """The name of an enumeration entry, which may be a bare string."""
    return entry if isinstance(entry, str) else entry["name"]


def enum_list(family, enum):
    """Macro name and the (constant, name) pairs of an enumeration."""
    prefix = enum.get("name-prefix", f"{family}-{enum['name']}-").rstrip("-")
    names = [entry_name(entry) for entry in enum["entries"]]
    pairs = [(constant(prefix, name), name) for name in names]
    return constant(family, enum["name"], "names"), pairs


def set_list(family, attribute_set):
    """Macro name and the (constant, name) pairs of an attribute set."""
    default = f"{family}-a-{attribute_set['name']}-"
    prefix = attribute_set.get("name-prefix", default).rstrip("-")
    names = [a["name"] for a in attribute_set["attributes"] if a["type"] != "pad"]
    pairs = [(constant(prefix, name), name) for name in names]
    return constant(family, attribute_set["name"], "names"), pairs


def macro(name, pairs):
    """One X macro, its backslashes in one column."""
    lines = [f"#define {name}(X)"]
    lines += [f'\tX({symbol}, "{text}")' for symbol, text in pairs]
    width = max(len(line.expandtabs(8)) for line in lines[:-1]) // 8 * 8 + 8
    body = []
    for line in lines[:-1]:
        tabs = -(-(width - len(line.expandtabs(8))) // 8)
        body.append(line + "\t" * tabs + "\\")
    return "\n".join(body + lines[-1:]) + "\n"


def header(spec, origin):
    """The whole header file."""
    family = spec["name"]
    guard = f"_{constant(family)}_NETLINK_NAMES_H"
    lists = [
        enum_list(family, definition)
        for definition in spec["definitions"]
        if definition["type"] in ("enum", "flags")
    ]
    lists += [
        set_list(family, attribute_set)
        for attribute_set in spec["attribute-sets"]
        if attribute_set["name"] in NAMED_SETS
    ]
    parts = [
        f"/* SPDX-License-Identifier: {SPDX} */\n"
        f"/* Do not edit, generated from {origin} */\n"
        "/* Each list is X(constant, name); include linux/mbsec.h for the constants. */\n\n"
        f"#ifndef {guard}\n#define {guard}\n"
    ]
    parts += [macro(name, pairs) for name, pairs in lists]
    parts.append(f"#endif /* {guard} */\n")
    return "\n".join(parts)


def main():
    """names.py SPEC OUTPUT"""
    if len(sys.argv) != 3:
        sys.exit("usage: names.py SPEC OUTPUT")
    with open(sys.argv[1], encoding="utf-8") as source:
        spec = yaml.safe_load(source)
    text = header(spec, "docs/netlink/" + sys.argv[1].rsplit("/", 1)[-1])
    with open(sys.argv[2], "w", encoding="utf-8") as output:
        output.write(text)


if __name__ == "__main__":
    main()
