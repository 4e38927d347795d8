# SPDX-License-Identifier: GPL-2.0-or-later
"""A small generic netlink client on raw sockets, strict about what it reads."""

import os
import socket
import struct
import time

import ktap
import uapi

NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK = 1, 10, 11, 12
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK, NLM_F_DUMP = 1, 2, 4, 0x300
NLM_F_DUMP_INTR = 0x10
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLMSGERR_ATTR_MSG, NLMSGERR_ATTR_OFFS = 1, 2
NLA_F_NESTED, NLA_TYPE_MASK = 0x8000, 0x3FFF
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 0x10, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 1, 2, 7
CTRL_ATTR_MCAST_GRP_NAME, CTRL_ATTR_MCAST_GRP_ID = 1, 2
MESSAGE_HEADER = struct.Struct("=IHHII")
GENERIC_HEADER = struct.Struct("=BBH")
NUMBERS = {uapi.U16: struct.Struct("=H"), uapi.U32: struct.Struct("=I"),
           uapi.U64: struct.Struct("=Q"), uapi.BE32: struct.Struct(">I")}


class NetlinkError(Exception):
    """The kernel refused: errno, its sentence, and the echoed request."""

    def __init__(self, errno, message, echo=b"", offset=None):
        super().__init__(f"{os.strerror(errno)} ({errno}): {message}")
        self.errno, self.message, self.echo, self.offset = errno, message, echo, offset


class InterruptedDump(Exception):
    """The state changed during a dump."""


class ReplyError(AssertionError):
    """A reply is not what the specification allows."""


def attribute(number, payload):
    length = 4 + len(payload)
    return struct.pack("=HH", length, number) + payload + bytes(-length % 4)


def encode_value(kind, value):
    if kind in NUMBERS:
        return NUMBERS[kind].pack(value)
    if kind == uapi.FLAG:
        return b""
    if kind in uapi.SETS:
        return encode(kind, value)
    return value


def encode(table, values):
    """Attributes in the order of the dictionary; None and False leave one out."""
    output = b""
    for name, value in values.items():
        if value is None or value is False:
            continue
        number, kind = uapi.SETS[table][name]
        nested = NLA_F_NESTED if kind in uapi.SETS else 0
        output += attribute(number | nested, encode_value(kind, value))
    return output


def split_attributes(data):
    """(type with flags, payload) of each attribute."""
    offset, result = 0, []
    while offset < len(data):
        if len(data) - offset < 4:
            raise ReplyError("octets are left after the last attribute")
        length, number = struct.unpack_from("=HH", data, offset)
        if length < 4 or offset + length > len(data):
            raise ReplyError(f"attribute of length {length} does not fit")
        result.append((number, data[offset + 4:offset + length]))
        offset += length + -length % 4
    return result


def decode_value(name, kind, payload):
    if kind in NUMBERS:
        if len(payload) != NUMBERS[kind].size:
            raise ReplyError(f"{name} has {len(payload)} octets")
        return NUMBERS[kind].unpack(payload)[0]
    if kind == uapi.FLAG:
        return True
    if kind == uapi.STRING:
        if payload[-1:] != b"\0":
            raise ReplyError(f"{name} does not end with a zero octet")
        return payload[:-1].decode("ascii")
    if kind in uapi.SETS:
        return decode(kind, payload)
    if len(payload) != kind:
        raise ReplyError(f"{name} has {len(payload)} octets")
    return payload


def decode(table, data):
    """Unknown, duplicate and malformed attributes are errors."""
    by_number = {number: (name, kind) for name, (number, kind) in uapi.SETS[table].items()}
    values = {}
    for number, payload in split_attributes(data):
        name, kind = by_number.get(number & NLA_TYPE_MASK, (None, None))
        if name is None:
            raise ReplyError(f"attribute {number} is not of set {table}")
        if kind == uapi.PAD:
            continue
        if name in values:
            raise ReplyError(f"attribute {name} comes twice")
        if (number & NLA_F_NESTED != 0) != (kind in uapi.SETS):
            raise ReplyError(f"attribute {name} has a wrong nested flag")
        values[name] = decode_value(name, kind, payload)
    return values


class GenericSocket:
    """One netlink socket of the namespace that the caller is in."""

    def __init__(self, capped=True):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.socket.bind((0, 0))
        self.socket.settimeout(ktap.PATIENCE)
        for option in (NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK) + (NETLINK_CAP_ACK,) * capped:
            self.socket.setsockopt(SOL_NETLINK, option, 1)
        self.sequence = 0
        self.received = []          # every message, where recording is on
        self.recording = False
        self.family, self.groups = self.resolve(uapi.FAMILY)

    def close(self):
        self.socket.close()

    def fileno(self):
        return self.socket.fileno()

    def resolve(self, name):
        request = GENERIC_HEADER.pack(CTRL_CMD_GETFAMILY, 1, 0)
        request += attribute(CTRL_ATTR_FAMILY_NAME, name.encode() + b"\0")
        answer = dict(split_attributes(self.exchange(GENL_ID_CTRL, request, NLM_F_ACK)[0][4:]))
        groups = {}
        for _, entry in split_attributes(answer.get(CTRL_ATTR_MCAST_GROUPS, b"")):
            members = dict(split_attributes(entry))
            group = members[CTRL_ATTR_MCAST_GRP_NAME].rstrip(b"\0").decode()
            groups[group] = struct.unpack("=I", members[CTRL_ATTR_MCAST_GRP_ID])[0]
        return struct.unpack("=H", answer[CTRL_ATTR_FAMILY_ID])[0], groups

    def message(self, kind, payload, flags):
        self.sequence += 1
        length = MESSAGE_HEADER.size + len(payload)
        header = MESSAGE_HEADER.pack(length, kind, flags | NLM_F_REQUEST, self.sequence, 0)
        return header + payload + bytes(-length % 4)

    def receive(self):
        """(type, flags, sequence, payload) of each message of one datagram."""
        data = self.socket.recv(1 << 18)
        if self.recording:
            self.received.append(data)
        offset, messages = 0, []
        while offset < len(data):
            length, kind, flags, sequence, _ = MESSAGE_HEADER.unpack_from(data, offset)
            messages.append((kind, flags, sequence, data[offset + 16:offset + length]))
            offset += length + -length % 4
        return messages

    def exchange(self, kind, payload, flags):
        """Payloads of the replies; the error of the kernel is raised."""
        self.socket.send(self.message(kind, payload, flags))
        return self.collect(self.sequence)

    def collect(self, expected):
        replies, interrupted = [], 0
        while True:
            for kind, flags, sequence, payload in self.receive():
                if sequence != expected:
                    continue
                if kind == NLMSG_ERROR:
                    raise_error(payload, flags)
                    return replies
                interrupted |= flags & NLM_F_DUMP_INTR
                if kind == NLMSG_DONE:
                    # As an error, but without the header of the request.
                    raise_error(payload[:4] + bytes(16) + payload[4:], flags | NLM_F_CAPPED)
                    if interrupted:
                        raise InterruptedDump()
                    return replies
                replies.append(payload)

    def batch(self, command, requests):
        """Many requests in one datagram; the error, or None, of each."""
        head = GENERIC_HEADER.pack(command, uapi.VERSION, 0)
        first = self.sequence + 1
        self.socket.send(b"".join(self.message(self.family, head + encode("message", values),
                                               NLM_F_ACK) for values in requests))
        return self.acknowledgements(range(first, self.sequence + 1))

    def batch_quiet(self, command, requests):
        """As batch(), but asks for an answer to the last only; the errors."""
        head = GENERIC_HEADER.pack(command, uapi.VERSION, 0)
        self.socket.send(b"".join(
            self.message(self.family, head + encode("message", values),
                         NLM_F_ACK if number == len(requests) else 0)
            for number, values in enumerate(requests, 1)))
        errors = []
        while True:
            for kind, flags, sequence, payload in self.receive():
                if kind != NLMSG_ERROR:
                    continue
                code, sentence, offset, echo = parse_error(payload, flags)
                if code:
                    errors.append(NetlinkError(code, sentence, echo, offset))
                if sequence == self.sequence:
                    return errors

    def acknowledgements(self, sequences):
        """The NetlinkError, or None, that answers each of the sequence numbers."""
        answers = {}
        while len(answers) < len(sequences):
            for kind, flags, sequence, payload in self.receive():
                if kind == NLMSG_ERROR and sequence in sequences:
                    code, sentence, offset, echo = parse_error(payload, flags)
                    answers[sequence] = NetlinkError(code, sentence, echo, offset) if code else None
        return [answers[sequence] for sequence in sequences]

    def do(self, command, values=None, raw=b""):
        payload = GENERIC_HEADER.pack(command, uapi.VERSION, 0) + encode("message", values or {})
        return self.replies(command, self.exchange(self.family, payload + raw, NLM_F_ACK))

    def dump_raw(self, command, raw=b""):
        """The messages of a dump as they came."""
        payload = GENERIC_HEADER.pack(command, uapi.VERSION, 0) + raw
        return self.exchange(self.family, payload, NLM_F_DUMP | NLM_F_ACK)

    def dump(self, command, raw=b""):
        """All objects as they were at one moment: again if they changed meanwhile."""
        for _ in range(100):
            try:
                return self.replies(command, self.dump_raw(command, raw))
            except InterruptedDump:
                pass
        raise InterruptedDump("a hundred times")

    def replies(self, command, payloads):
        decoded = []
        for payload in payloads:
            if payload[0] != command:
                raise ReplyError(f"reply of command {payload[0]} to command {command}")
            decoded.append(decode("message", payload[4:]))
        return decoded

    def subscribe(self):
        self.socket.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, self.groups[uapi.EVENTS_GROUP])

    def events(self, seconds):
        """Events until the time is over; the caller stops reading when it has enough."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                messages = self.receive()
            except TimeoutError:
                return
            for _, _, _, payload in messages:
                if payload[0] != uapi.CMD_EVENT:
                    raise ReplyError(f"command {payload[0]} is not an event")
                yield decode("message", payload[4:])


def parse_error(payload, flags):
    """errno (0 is success), the sentence, the offset and the echoed request."""
    code = -struct.unpack_from("=i", payload)[0]
    if code == 0 and not flags & NLM_F_ACK_TLVS:
        return 0, "", None, b""
    echoed = struct.unpack_from("=I", payload, 4)[0]
    end = 20 if flags & NLM_F_CAPPED or code == 0 else 4 + echoed + -echoed % 4
    extras = dict(split_attributes(payload[end:])) if flags & NLM_F_ACK_TLVS else {}
    sentence = extras.get(NLMSGERR_ATTR_MSG, b"").rstrip(b"\0").decode()
    offset = extras.get(NLMSGERR_ATTR_OFFS)
    return code, sentence, offset and struct.unpack("=I", offset)[0], payload[4:end]


def raise_error(payload, flags):
    code, sentence, offset, echo = parse_error(payload, flags)
    if code:
        raise NetlinkError(code, sentence, echo, offset)
