# SPDX-License-Identifier: GPL-2.0-or-later
"""Static multicast routes of the kernel: what a routing daemon would set up."""

import socket
import struct

MRT_INIT, MRT_ADD_VIF, MRT_ADD_MFC = 200, 202, 204
VIFF_USE_IFINDEX = 8
SOL_IP, SOL_IPV6 = socket.IPPROTO_IP, socket.IPPROTO_IPV6


class MulticastRouter:
    """The one multicast router of a namespace and family; routes end with close()."""

    def __init__(self, host, family, devices):
        self.family = family
        self.devices = list(devices)
        protocol = socket.IPPROTO_ICMPV6 if family == 6 else socket.IPPROTO_IGMP
        self.socket = host.open(family, socket.SOCK_RAW, protocol)
        self.level = SOL_IPV6 if family == 6 else SOL_IP
        self.socket.setsockopt(self.level, MRT_INIT, 1)
        for number, device in enumerate(self.devices):
            self.add_interface(number, host.ifindex(device))

    def close(self):
        self.socket.close()

    def add_interface(self, number, ifindex):
        if self.family == 6:
            # struct mif6ctl
            request = struct.pack("=HBBHxxI", number, 0, 1, ifindex, 0)
        else:
            # struct vifctl
            request = struct.pack("=HBBIi4s", number, VIFF_USE_IFINDEX, 1, 0, ifindex, bytes(4))
        self.socket.setsockopt(self.level, MRT_ADD_VIF, request)

    def add_route(self, source, group, incoming, outgoing):
        parent = self.devices.index(incoming)
        outs = [self.devices.index(device) for device in outgoing]
        if self.family == 6:
            # struct mf6cctl
            request = b"".join(struct.pack("=HHI16sI", socket.AF_INET6, 0, 0,
                                           socket.inet_pton(socket.AF_INET6, address), 0)
                               for address in (source, group))
            request += struct.pack("=Hxx8I", parent, sum(1 << out for out in outs), *[0] * 7)
        else:
            # struct mfcctl
            ttls = bytes(1 if number in outs else 255 for number in range(32))
            request = socket.inet_aton(source) + socket.inet_aton(group)
            request += struct.pack("=H32sxxIIIi", parent, ttls, 0, 0, 0, 0)
        self.socket.setsockopt(self.level, MRT_ADD_MFC, request)
