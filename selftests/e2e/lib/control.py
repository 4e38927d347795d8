# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket of a daemon: commands, and the events that it tells of."""

import json
import select
import socket

import ktap
import traffic

VERSION = 1
SECONDS = 60


class Refused(AssertionError):
    """The daemon's problem object."""

    def __init__(self, what, problem):
        super().__init__(f"{what}: {problem['title']}: {problem['detail']}")
        self.title, self.detail = problem["title"], problem["detail"]


class Connection:
    """One connection; lines are JSON objects."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.buffer = b""

    def send(self, command, arguments, number=1):
        line = {"version": VERSION, "id": number, "command": command, "arguments": arguments}
        self.socket.sendall(json.dumps(line).encode() + b"\n")

    def receive(self, seconds=SECONDS):
        """The next object, or None at the end of the connection."""
        self.socket.settimeout(seconds)
        while b"\n" not in self.buffer:
            more = self.socket.recv(65536)
            if not more:
                return None
            self.buffer += more
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def close(self):
        self.socket.close()


class Monitor(traffic.Worker):
    """All events from now on."""

    def __init__(self, path):
        self.connection = Connection(path)
        self.connection.send("monitor", {})
        self.events = []
        super().__init__()

    def work(self):
        while not self.ending.is_set():
            readable = b"\n" in self.connection.buffer or \
                select.select([self.connection.socket], [], [], 0.2)[0]
            if readable and not self.take():
                return

    def take(self):
        message = self.connection.receive()
        if message and "event" in message:
            self.events.append(message["event"])
        return message is not None

    def find(self, kind, **values):
        """The events of the type that have these members."""
        return [event for event in list(self.events) if event["type"] == kind
                and all(event.get(name.replace("_", "-")) == value
                        for name, value in values.items())]

    def wait(self, kind, count=1, seconds=ktap.PATIENCE, **values):
        """So many such events have come; the last one."""
        return ktap.wait_for(lambda: len(self.find(kind, **values)) >= count
                             and self.find(kind, **values),
                             f"{count} events {kind} {values}", seconds)[-1]

    def stop(self):
        super().stop()
        self.connection.close()


class Control:
    """The commands of the daemon that listens on the path."""

    def __init__(self, path):
        self.path = path
        self.progress = []

    def command(self, name, seconds=SECONDS, **arguments):
        """The result of a command; names of arguments have _ for -. Refused is an exception."""
        arguments = {key.rstrip("_").replace("_", "-"): value for key, value in arguments.items()}
        connection = Connection(self.path)
        try:
            connection.send(name, arguments)
            while True:
                answer = connection.receive(seconds)
                ktap.check(answer is not None, f"'{name}' ended without an answer")
                if "problem" in answer:
                    raise Refused(name, answer["problem"])
                if "result" in answer:
                    return answer["result"]
                self.progress.append(answer["progress"])
        finally:
            connection.close()

    def refused(self, name, title, detail="", **arguments):
        """The command is refused with this title and a sentence with this text."""
        try:
            result = self.command(name, **arguments)
        except Refused as refusal:
            ktap.equal(refusal.title, title, f"title of the refusal of '{name}'")
            ktap.check(detail in refusal.detail, f"'{detail}' in '{refusal.detail}'")
            return
        raise AssertionError(f"'{name}' was not refused but gave {ktap.shorten(result)}")

    def status(self, role=None):
        status = self.command("status")
        return status if role is None else status[role]
