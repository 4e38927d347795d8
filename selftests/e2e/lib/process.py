# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of a host: commands that end, and daemons with a log."""

import json
import os
import re
import signal
import socket
import subprocess
from collections import namedtuple

import ktap

# How much of a log a failure shows.
TAIL_LINES = 15


class Result(namedtuple("Result", "status stdout stderr")):
    """What became of a command."""

    def json(self):
        return json.loads(self.stdout)


def run(host, command, folder, status=0, stdin=None, environment=None, seconds=60):
    """Run a command to its end; another status than this is an error, None takes any."""
    with host.namespace:
        child = subprocess.Popen(
            command, cwd=folder, env=os.environ | (environment or {}), text=True,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        stdout, stderr = child.communicate(stdin, seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise AssertionError(f"{host.name}: {' '.join(command)}: not done in {seconds} s") from None
    with open(os.path.join(folder, "commands.log"), "a", encoding="utf-8") as log:
        log.write(f"{host.name}# {' '.join(command)}\n{stdout}{stderr}[{child.returncode}]\n")
    if status not in (None, child.returncode):
        raise AssertionError(f"{host.name}: {' '.join(command)}: status {child.returncode}: "
                             + ktap.shorten(stdout + stderr, 2000))
    return Result(child.returncode, stdout, stderr)


class Process:
    """A program in the background. What it prints goes to a log; it may say by sd_notify() that it
    is ready."""

    def __init__(self, host, name, command, folder, environment=None):
        self.name = f"{host.name}-{name}"
        self.path = os.path.join(folder, self.name + ".log")
        self.over = False
        self.said = []
        self.notify = self.notify_socket(os.path.join(folder, self.name + ".notify"))
        environment = {"NOTIFY_SOCKET": self.notify.getsockname()} | (environment or {})
        with open(self.path, "ab") as log:
            self.begin = log.tell()
            with host.namespace:
                self.child = subprocess.Popen(
                    command, cwd=folder, env=os.environ | environment,
                    stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    @staticmethod
    def notify_socket(path):
        if os.path.exists(path):
            os.unlink(path)
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(path)
        # The program may have dropped its privileges.
        os.chmod(path, 0o666)
        notify.setblocking(False)
        return notify

    @property
    def pid(self):
        return self.child.pid

    def text(self, since=None):
        """What it has printed since it was started, or since a mark()."""
        with open(self.path, "rb") as log:
            log.seek(self.begin if since is None else since)
            return log.read().decode("utf-8", "replace")

    def mark(self):
        """A place in the log, for `since`."""
        return os.path.getsize(self.path)

    def lines(self, pattern, since=None):
        """The lines that match the regular expression, as match objects."""
        found = (re.search(pattern, line) for line in self.text(since).splitlines())
        return [match for match in found if match]

    def wait_line(self, pattern, since=None, count=1, seconds=ktap.PATIENCE):
        """The first line that matches, as soon as so many do."""
        def enough():
            # In this order: it may print and end.
            ended = self.child.poll() is not None
            found = self.lines(pattern, since)
            if ended and len(found) < count:
                self.fail(f"ended with status {self.child.returncode} without a line '{pattern}'")
            return len(found) >= count and found
        return ktap.wait_for(enough, f"line '{pattern}' of {self.name}", seconds)[0]

    def notifications(self):
        """What it has said by sd_notify() until now, one assignment an entry."""
        while True:
            try:
                self.said += self.notify.recv(4096).decode().splitlines()
            except BlockingIOError:
                return self.said

    def wait_said(self, assignment, count=1, seconds=ktap.PATIENCE):
        """It has said this, such as READY=1, so often since it was started."""
        def enough():
            ended = self.child.poll() is not None
            said = self.notifications().count(assignment) >= count
            if ended and not said:
                self.fail(f"ended with status {self.child.returncode} without {assignment}")
            return said
        ktap.wait_for(enough, f"{assignment} of {self.name}", seconds)
        return self

    def wait_ready(self, seconds=ktap.PATIENCE):
        return self.wait_said("READY=1", 1, seconds)

    def reload(self, seconds=ktap.PATIENCE):
        """SIGHUP, and it is ready again."""
        before = self.notifications().count("READY=1")
        self.send_signal(signal.SIGHUP)
        self.wait_said("READY=1", before + 1, seconds)

    def send_signal(self, number):
        self.child.send_signal(number)

    def wait_end(self, status=0, seconds=ktap.PATIENCE):
        """It ends by itself, with this status; None takes any."""
        self.over = True
        try:
            ended = self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.fail(f"still runs after {seconds} s")
        finally:
            self.notifications()
        if status not in (None, ended):
            self.fail(f"ended with status {ended}, expected {status}")
        return ended

    def stop(self, number=signal.SIGTERM, status=0, seconds=ktap.PATIENCE):
        """End it by a signal; it has to obey and to exit with this status."""
        if self.child.poll() is None:
            self.send_signal(number)
        return self.wait_end(status, seconds)

    def kill(self):
        """SIGKILL, at whatever it is doing."""
        self.stop(signal.SIGKILL, -signal.SIGKILL)

    def check(self):
        """It has not ended behind our back."""
        if not self.over and self.child.poll() is not None:
            self.over = True
            self.fail(f"ended with status {self.child.returncode}")

    def close(self):
        """Whatever is left of it goes away."""
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        self.notify.close()

    def tail(self):
        return "\n".join(self.text().splitlines()[-TAIL_LINES:])

    def fail(self, what):
        raise AssertionError(f"{self.name} {what}")
