#!/usr/bin/python3 -BEsS
# SPDX-License-Identifier: GPL-2.0-or-later
"""What an eavesdropper can learn from a capture file.

wire.py measure FILE SOURCE FIRST END
    figures of the datagrams from number FIRST on
wire.py order FILE SOURCE FIRST END
    which keys they name: MSK ID, MTK ID, and how many in a row
wire.py compare FILE SOURCE OTHER A-B...
    octets A to B of a datagram, beside those of one in another file
wire.py header FILE SOURCE
    the header of a datagram, in words
wire.py search FILE SOURCE TEXT...
    how many frames show eight octets of a text

SOURCE is the hardware address that has sent them. There may be more datagrams
than END; if there are fewer, measure and order wait up to ten seconds for them.
"""

import math
import sys
import time

import pcap

WAIT_SECONDS = 10
RUN = 8
SAMPLE = 100
# iperf fills its datagrams with the digits, over and over.
PATTERN = b"01234567890123456789"
# RFC 9605 clause 4.3: X and Y are set, K is 8 octets, C is 5.
CONFIG, KID, CTR = 0xFC, slice(1, 9), slice(9, 14)


def runs(text):
    return {text[at:at + RUN] for at in range(len(text) - RUN + 1)}


def showing(frames, texts):
    """How many frames contain a run of eight octets of one of the texts."""
    wanted = set().union(*map(runs, texts))
    return sum(any(run in frame for run in wanted) for frame in frames)


def entropy(payloads):
    """Shannon entropy of the octets, in bits an octet."""
    data = b"".join(payloads)
    shares = [data.count(octet) / len(data) for octet in range(256)]
    return -sum(share * math.log2(share) for share in shares if share)


def wait(path, source, count):
    end = time.monotonic() + WAIT_SECONDS
    while True:
        found = pcap.datagrams(path, source)
        if len(found) >= count or time.monotonic() > end:
            return found
        time.sleep(0.1)


def mtk_id(payload):
    return int.from_bytes(payload[KID][6:], "big") if payload[0] == CONFIG else None


def msk_id(payload):
    return payload[KID][2:6].hex() if payload[0] == CONFIG else None


def in_a_row(names):
    """The names, each with how often it comes in a row."""
    rows = []
    for name in names:
        if not rows or rows[-1][0] != name:
            rows.append([name, 0])
        rows[-1][1] += 1
    return rows


def measure(path, source, first, end):
    found = wait(path, source, int(end))[int(first):]
    payloads = [payload for _, payload in found]
    print("datagrams", len(found))
    print("octets", "-".join(str(size) for size in sorted(set(map(len, payloads)))))
    print("readable", showing([frame for frame, _ in found], [PATTERN]))
    print("keys", *(f"{name} {count}" for name, count in in_a_row(map(mtk_id, payloads))))
    print(f"entropy {entropy(payloads[-SAMPLE:]):.2f}" if found else "entropy")


def order(path, source, first, end):
    payloads = [payload for _, payload in wait(path, source, int(end))[int(first):int(end)]]
    for name, count in in_a_row((msk_id(payload), mtk_id(payload)) for payload in payloads):
        print(*name, count)


def row(octets):
    text = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in octets)
    return f"{octets.hex(' ')}  {text}"


def compare(path, source, other, *parts):
    left = pcap.datagrams(other, source)[-2][1]
    right = pcap.datagrams(path, source)[-2][1]
    for part in parts:
        first, end = map(int, part.split("-"))
        for at in range(first, end, 8):
            print(f"{at:4d}  {row(left[at:at + 8])}  |  {row(right[at:at + 8])}")
        if part != parts[-1]:
            print(" ...")


def header(path, source):
    payload = pcap.datagrams(path, source)[-2][1]
    kid = payload[KID]
    print(f"{payload[0]:02x}                  configuration: which fields follow, how long")
    print(f"{kid.hex()}    key: sender 0x{kid[:2].hex()}, MSK ID {kid[2:6].hex()}, "
          f"MTK ID {mtk_id(payload)}")
    print(f"{payload[CTR].hex()}          counter: one up with each datagram")


def search(path, source, *texts):
    frames = [frame for frame, _ in pcap.datagrams(path, source)]
    print(showing(frames, [text.encode() for text in texts]))


VERBS = {verb.__name__: verb for verb in (measure, order, compare, header, search)}

if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in VERBS:
        sys.exit(__doc__)
    VERBS[sys.argv[1]](*sys.argv[2:])
