# SPDX-License-Identifier: GPL-2.0-or-later
"""What was measured: a table for people, and a file with all of it for programs."""

import datetime
import json
import os
import platform
import re
import subprocess
import time

from daemons import TOP

HEAD = ("what", "UEs", "seconds", "a second", "repeated", "BM-SC user+sys", "UEs user+sys",
        "load")
FOLDER = os.path.join(TOP, "build/bench")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def machine():
    model = re.search(r"^model name\s*: (.*)$", read("/proc/cpuinfo"), re.M)
    memory = int(re.search(r"^MemTotal:\s*(\d+)", read("/proc/meminfo"), re.M)[1])
    return {"processor": model[1] if model else platform.machine(),
            "processors": len(os.sched_getaffinity(0)), "memory-mib": memory // 1024,
            "kernel": platform.release()}


def commit():
    """Which sources, and whether they were changed since."""
    def git(*arguments):
        return subprocess.run(["git", "-C", TOP, *arguments], capture_output=True, text=True,
                              check=True).stdout.strip()
    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "daemon")
        return git("rev-parse", "--short=12", "HEAD") + ("+changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


class Measurement:
    """What happens while it is open: time, and processor time of both daemons."""

    def __init__(self, pair):
        self.pair = pair
        self.seconds = 0
        self.core = self.ues = self.load = None

    def __enter__(self):
        self.load = os.getloadavg()[0]
        self.core, self.ues = self.pair.core.usage(), self.pair.ues.usage()
        self.seconds = time.monotonic()
        return self

    def __exit__(self, *_):
        self.seconds = time.monotonic() - self.seconds
        self.core = self.pair.core.usage() - self.core
        self.ues = self.pair.ues.usage() - self.ues


class Report:
    """All rows of one benchmark."""

    def __init__(self, name, count):
        self.name, self.count = name, count
        self.rows, self.memory = [], None
        self.machine, self.commit = machine(), commit()
        self.date = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        print(f"# {name} {count}: {self.machine['processors']} x {self.machine['processor']}, "
              f"commit {self.commit}")
        self.line(HEAD)

    @staticmethod
    def line(fields):
        widths = (15, 7, 8, 9, 9, 15, 15, 5)
        print("  ".join(str(field).rjust(width) for field, width in zip(fields, widths)).rstrip(),
              flush=True)

    def add(self, what, done, measured, **more):
        """A row: @done of @what."""
        core, ues = measured.core, measured.ues
        row = {"what": what, "count": done, "seconds": round(measured.seconds, 4),
               "a-second": round(done / measured.seconds), "load": measured.load,
               "core": vars(core), "ues": vars(ues)} | more
        self.rows.append(row)
        self.line((what, done, f"{measured.seconds:.2f}", row["a-second"],
                   more.get("repeated", 0), f"{core.user:.2f}+{core.system:.2f} s",
                   f"{ues.user:.2f}+{ues.system:.2f} s", f"{measured.load:.1f}"))

    def best(self, what):
        return max((row for row in self.rows if row["what"] == what),
                   key=lambda row: row["a-second"])

    def add_memory(self, before, after, keys):
        """Octets of the BM-SC's process without and with the UEs, and of keys among them."""
        self.memory = {"before": before, "after": after, "keys": keys,
                       "a-ue": round((after - before) / self.count)}
        print(f"memory of the BM-SC's process: {before >> 10} KiB, with the UEs "
              f"{after >> 10} KiB, {keys >> 10} KiB of it keys: "
              f"{self.memory['a-ue']} octets a UE")

    def write(self):
        for what in dict.fromkeys(row["what"] for row in self.rows):
            print(f"best of {what}: {self.best(what)['a-second']} a second")
        os.makedirs(FOLDER, exist_ok=True)
        path = os.path.join(FOLDER, f"{self.name}-{self.count}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"benchmark": self.name, "ues": self.count, "date": self.date,
                       "commit": self.commit, "machine": self.machine, "rows": self.rows,
                       "memory": self.memory}, file, indent=1)
            file.write("\n")
        print(f"all of it: {os.path.relpath(path)}")
