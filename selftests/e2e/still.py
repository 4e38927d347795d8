#!/usr/bin/python3 -BEsS
# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws what came by the network: still.py CAPTURE WIDTH HEIGHT PICTURE.png

The capture of tcpdump has RTP with uncompressed video (RFC 4175, 4:2:2, 8 bits), a packet
for each line. The last frame that has all its packets is drawn, the octets of
the first packet as the first line and so on, whatever they are: a decoder
would first look at what the payload says of itself.
"""

import struct
import sys
import zlib

import pcap

# RTP; then the header of a line.
RTP_HEADER, LINE_HEADER = 12, 8


def last_frame(packets, height):
    """The packets with the last time stamp that enough of them have."""
    frames = {}
    for packet in packets:
        frames.setdefault(packet[4:8], []).append(packet)
    whole = [frame for frame in frames.values() if len(frame) == height]
    if not whole:
        sys.exit("still.py: no frame has all its packets")
    return whole[-1]


def clamp(value):
    return min(max(value >> 8, 0), 255)


def rgb(luma, blue, red):
    """ITU-R BT.601."""
    luma = 298 * (luma - 16) + 128
    return (clamp(luma + 409 * (red - 128)), clamp(luma - 100 * (blue - 128) - 208 * (red - 128)),
            clamp(luma + 516 * (blue - 128)))


def line(octets):
    """Two pixels are four octets: blue, luma, red, luma."""
    pixels = bytearray()
    for at in range(0, len(octets), 4):
        blue, first, red, second = octets[at:at + 4]
        pixels += bytes(rgb(first, blue, red) + rgb(second, blue, red))
    return bytes(pixels)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(lines, width):
    header = struct.pack(">IIBBBBB", width, len(lines), 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + one for one in lines))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data)
            + chunk(b"IEND", b""))


def main(capture, width, height, picture):
    width, height = int(width), int(height)
    first = RTP_HEADER + LINE_HEADER
    packets = [payload for _, payload in pcap.datagrams(capture)
               if len(payload) >= first + 2 * width]
    frame = last_frame(packets, height)
    with open(picture, "wb") as file:
        file.write(png([line(one[first:first + 2 * width]) for one in frame], width))
    print(f"{picture}: a frame of {len(frame)} packets, of {len(packets)} in all")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
