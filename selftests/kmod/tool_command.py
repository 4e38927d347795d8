# SPDX-License-Identifier: GPL-2.0-or-later
"""The mbsec tool, run as a user runs it; what its cases share."""

import json
import os
import re
import shutil
import subprocess
import tempfile

import ktap
import netns
import uapi
from ktap import check, equal

OK, REFUSED, USAGE, NO_MODULE, REUSE = range(5)
COUNTERS = {name: 0 for name in uapi.SETS["counters"] if name != "pad"}


def tool_path():
    """MBSEC_TOOL, else what the repository built, else the installed one."""
    built = os.path.join(netns.HERE, "../../build/mbsec")
    path = os.environ.get("MBSEC_TOOL") or (built if os.path.exists(built) else "mbsec")
    return shutil.which(path) or ktap.skip_all("the mbsec tool is not built")


class Tool:
    """Runs the tool in a namespace, with a state folder of its own."""

    def __init__(self, lan):
        self.lan = lan
        self.path = tool_path()
        self.folder = tempfile.TemporaryDirectory(prefix="mbsec-tool-")
        self.environment = os.environ | {"MBSEC_STATE_DIR": self.state, "TERM": "xterm"}
        self.warnings = ""
        self.processes = []

    @property
    def state(self):
        return os.path.join(self.folder.name, "state")

    def close(self):
        for process in self.processes:
            process.kill()
        self.folder.cleanup()
        self.lan.close()

    def disconnect(self):
        """Before the module goes: no host keeps a connection to it."""
        for host in self.lan.hosts:
            host.disconnect()

    def key_file(self, mtk, name="key", salt=None):
        path = os.path.join(self.folder.name, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(key_text(mtk, salt) + "\n")
        return path

    def run(self, command, code=OK, host=None, stdin=None, words=()):
        """Run a line of words; the exit code must be this one. Output, or errors if it is not OK.

        Warnings of a command that goes well are in self.warnings.
        """
        with (host or self.lan.sender).namespace:
            done = subprocess.run([self.path] + command.split() + list(words), env=self.environment,
                                  input=stdin if stdin is not None else "", text=True,
                                  capture_output=True, check=False)
        equal(done.returncode, code, f"exit code of {command}: {done.stdout}{done.stderr}")
        check("\x1b" not in done.stdout + done.stderr, "no colour without a terminal")
        self.warnings = done.stderr
        if code == OK:
            return done.stdout
        check(re.fullmatch(r"mbsec: .+\n(.+\n)*", done.stderr), f"a sentence: {done.stderr!r}")
        equal(done.stdout, "", f"output of a failed {command}")
        return done.stderr

    def json(self, command, **options):
        return json.loads(self.run(command, **options))

    def start(self, command, host=None, **options):
        """A process that goes on."""
        with (host or self.lan.sender).namespace:
            process = subprocess.Popen([self.path] + command.split(), env=self.environment,
                                       text=True, **options)
        self.processes.append(process)
        return process

    def start_monitor(self, command, host=None):
        process = self.start(command, host, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ktap.wait_for(lambda: listens(process.pid), "the monitor listens")
        return process


def key_text(mtk, salt=None):
    return mtk.hex() + (f":{salt.hex()}" if salt else "")


def listens(process):
    """Whether the process has joined a netlink multicast group: it shows in its sockets."""
    with open(f"/proc/{process}/net/netlink") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    # The lower bits of a port that libnl chooses are the process.
    return any(row[1] == "16" and int(row[2]) & 0x3fffff == process and int(row[3], 16)
               for row in rows)


def next_event(process):
    """The next line of `monitor -j`, without its time, which is checked."""
    event = json.loads(process.stdout.readline())
    check(re.match(r"\d{4}-\d\d-\d\dT", event.pop("time")), "time")
    return event
