# SPDX-License-Identifier: GPL-2.0-or-later
"""Ethernet frames with IPv4 and UDP from a capture file of tcpdump."""

import struct

ETHERNET = 14
UDP = 8
FILE_HEADER = 24
RECORD_HEADER = 16
LITTLE_ENDIAN = (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1")


def records(data):
    """The frames of the file; the last one may still be on its way into it."""
    order = "<I" if data[:4] in LITTLE_ENDIAN else ">I"
    at = FILE_HEADER
    while at + RECORD_HEADER <= len(data):
        size = struct.unpack_from(order, data, at + 8)[0]
        at += RECORD_HEADER
        if at + size <= len(data):
            yield data[at:at + size]
        at += size


def payload_offset(frame):
    return ETHERNET + 4 * (frame[ETHERNET] & 15) + UDP


def datagrams(path, source=None):
    """Pairs of frame and UDP payload, all or those that one hardware address sent."""
    with open(path, "rb") as capture:
        data = capture.read()
    found = []
    for frame in records(data):
        start = payload_offset(frame)
        end = start - UDP + struct.unpack_from(">H", frame, start - 4)[0]
        if source in (None, frame[6:12].hex(":")):
            found.append((frame, frame[start:end]))
    return found
