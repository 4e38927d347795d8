# SPDX-License-Identifier: GPL-2.0-or-later
"""KTAP output: a plan of named cases, run in order, with checks after each."""

import os
import random
import sys
import time
import traceback

PASS, FAIL, SKIP = 0, 1, 4

# Seconds to wait for what should happen at once; a debug kernel may want more.
PATIENCE = float(os.environ.get("MBSEC_TEST_PATIENCE", "10"))

# Lines for the top of the output, which must begin with the version.
notes = []


class Skip(Exception):
    """The case cannot run here; a failure where CI=true."""


def skips_fail():
    return os.environ.get("CI") == "true"


def diagnostic(text):
    for line in str(text).splitlines():
        print("# " + line)
    sys.stdout.flush()


def seeded_random():
    """A generator whose seed is printed and can be given in MBSEC_TEST_SEED.

    Transmit keys come from it too, and the module refuses one that it has seen:
    to repeat a run with the same seed, load the module afresh.
    """
    seed = int(os.environ.get("MBSEC_TEST_SEED") or random.SystemRandom().getrandbits(48))
    notes.append(f"seed: MBSEC_TEST_SEED={seed}")
    return random.Random(seed)


def equal(actual, expected, what):
    if actual != expected:
        raise AssertionError(f"{what}: {shorten(actual)}, expected {shorten(expected)}")


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def shorten(value, limit=200):
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"


def wait_for(condition, what, seconds=PATIENCE):
    """Poll until the condition returns something true, and return that."""
    deadline = time.monotonic() + seconds
    pause = 0.001
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(pause)
        pause = min(pause * 2, 0.05)


class Plan:
    """Cases and the checks that follow each of them."""

    def __init__(self):
        self.cases = []
        self.before = []
        self.after = []
        self.cleaners = []

    def add(self, name, function, *args, **kwargs):
        self.cases.append((name, function, args, kwargs))

    def families(self, name, function, *args, **kwargs):
        """The case once with IPv4 and once with IPv6."""
        for family in (4, 6):
            self.add(f"{name}, IPv{family}", function, family, *args, **kwargs)

    def run(self):
        print("TAP version 13")
        print(f"1..{len(self.cases)}")
        for note in notes:
            diagnostic(note)
        failed = skipped = 0
        for number, case in enumerate(self.cases, 1):
            result = self.run_case(number, *case)
            failed += result == FAIL
            skipped += result == SKIP
        passed = len(self.cases) - failed - skipped
        diagnostic(f"Totals: pass:{passed} fail:{failed} xfail:0 xpass:0 skip:{skipped} error:0")
        if failed:
            return FAIL
        return SKIP if skipped == len(self.cases) else PASS

    def clean(self):
        for hook in self.cleaners:
            hook()

    def clean_quietly(self):
        """After a failure, which is already told."""
        try:
            self.clean()
        except Exception:
            diagnostic(traceback.format_exc())

    def run_case(self, number, name, function, args, kwargs):
        started = time.monotonic()
        try:
            for hook in self.before:
                hook()
            function(*args, **kwargs)
            for hook in self.after:
                hook()
            self.clean()
            line, result = f"ok {number} {name}", PASS
        except Skip as reason:
            result = FAIL if skips_fail() else SKIP
            line = f"ok {number} {name} # SKIP {reason}"
            if result == FAIL:
                line = f"not ok {number} {name} (skipped: {reason})"
            self.clean_quietly()
        except Exception:
            diagnostic(traceback.format_exc())
            line, result = f"not ok {number} {name}", FAIL
            self.clean_quietly()
        print(line)
        diagnostic(f"{time.monotonic() - started:.2f} s")
        return result


def skip_all(reason):
    """The whole program cannot run."""
    print("TAP version 13")
    if skips_fail():
        print("1..1")
        print(f"not ok 1 (skipped: {reason})")
        sys.exit(FAIL)
    print(f"1..0 # SKIP {reason}")
    sys.exit(SKIP)
