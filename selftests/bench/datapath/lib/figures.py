# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of a result: medians over turns, spreads, and ratios of contenders in the same turn."""

import statistics

# The bare cipher and MAC of each.
LIMITS = {"mbsec-sframe": "limit-ctr-hmac-sha256", "mbsec-srtp": "limit-ctr-hmac-sha1",
          "mbsec-gcm": "limit-gcm", "esp-ctr-hmac": "limit-ctr-hmac-sha256",
          "esp-gcm": "limit-gcm", "macsec-gcm": "limit-gcm"}
# Who is compared with whom.
PAIRS = (("mbsec-sframe", "esp-ctr-hmac"), ("mbsec-srtp", "esp-ctr-hmac"),
         ("mbsec-gcm", "esp-gcm"), ("mbsec-gcm", "macsec-gcm"))
# What of it is compared: per batch, and when each datagram is received before the next is sent.
MODES = ("total", "single")


class Figures:
    """The cases of a result by contender and size."""

    def __init__(self, result):
        self.result = result
        self.cases = {(case["contender"], case["size"]): case for case in result["cases"]}
        self.names = list(dict.fromkeys(case["contender"] for case in result["cases"]))
        self.sizes = list(dict.fromkeys(case["size"] for case in result["cases"]))

    def has(self, *names):
        return all(name in self.names for name in names)

    def turns(self, name, size, column):
        case = self.cases[name, size]
        index = case["columns"].index(column)
        return [turn[index] for turn in case["turns"]]

    def median(self, name, size, column):
        return statistics.median(self.turns(name, size, column))

    def minimum(self, name, size, column):
        case = self.cases[name, size]
        return case["min"][case["columns"].index(column)]

    def spread(self, name, size, column):
        """Half of the distance of the quartiles, as a share of the median."""
        low, middle, high = quartiles(self.turns(name, size, column))
        return (high - low) / 2 / middle if middle else 0

    def ratio(self, ours, theirs, size, column):
        """Quartiles of what we need of what they need, turn by turn."""
        return quartiles([a / b for a, b in zip(self.turns(ours, size, column),
                                                self.turns(theirs, size, column))])

    def over_floor(self, name, size, column):
        """What is spent above plain UDP and the bare cipher and MAC, turn by turn."""
        columns = [self.turns(case, size, column) for case in (name, "plain", LIMITS[name])]
        return [whole - plain - limit for whole, plain, limit in zip(*columns)]

    def above(self, ours, theirs, size, column):
        """Quartiles of ours of theirs, of that."""
        return quartiles([a / b for a, b in zip(self.over_floor(ours, size, column),
                                                self.over_floor(theirs, size, column))])


def quartiles(values):
    if len(values) < 2:
        return (values[0],) * 3
    return tuple(statistics.quantiles(values, n=4, method="inclusive"))
