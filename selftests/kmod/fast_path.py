#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a protected datagram calls, below the hooks: no allocator, no lock but that of the
window, nothing that waits. The kernel's function_graph tracer sees each call."""

import collections
import os
import re
import sys

import ktap
import netns
import sframe_reference as sframe
import srtp_reference as srtp
from capture import pattern_payload
from ktap import check, equal
from srtp_session import Media
from topology import Session, Topology

TRACING = ("/sys/kernel/tracing", "/sys/kernel/debug/tracing")
WARM_UP, DATAGRAMS = 20, 50
# Sizes whose buffer, as the stack makes it, has room for header and tag and is in one page.
SIZES = (512, 1400)
HOOKS = {"send": "mbsec_hook_local_out", "receive": "mbsec_hook_local_in"}
# One line of the trace: a call, with what it calls in braces, or the end of one.
CALL = re.compile(r"^ *\d+\) .*?\| ( *)([\w.]+)(?: \[\w+\])?\(\)(?:;| \{)")
# Whatever else goes on below these is no work of ours, nor where bottom halves are on again:
# softirqs that have waited, and another process.
INTERRUPT = re.compile(r"^(a?sysvec_|asm_|irq_enter|irq_exit|__irq_exit|raw_irqentry_|irqentry_|"
                       r"common_interrupt|__hrtimer_|hrtimer_|tick_|idle_cpu|do_softirq|"
                       r"__do_softirq|handle_softirqs|schedule|preempt_schedule)")
ENABLES = "__local_bh_enable_ip"
# Another process had its turn within, as before bottom halves are off it may: which of the
# calls were the scheduler's cannot be told.
SCHEDULER = re.compile(r"^(pick_|put_prev_|update_rq_clock|update_curr|rcu_note_context_switch|"
                       r"finish_task_switch|dequeue_|psi_)")
CRYPTO = re.compile(r"^crypto_(skcipher|aead)_(en|de)crypt")
LOCK = re.compile(r"^_raw_(spin|read|write)_(try)?lock")
# Names, or what they begin with, of all that is expected, by what they are for.
EXPECTED = (
    # ours
    "mbsec_", "__mbsec_",
    # Bottom halves off and on, leaving a lock, sections of RCU.
    "__local_bh_", "_raw_spin_unlock", "__rcu_read_", "preempt_count_",
    # Registers of the vector unit: whoever had them saves them.
    "irq_fpu_usable", "kernel_fpu_", "save_fpregs_to_fpstate", "xfd_validate_state", "fpregs_",
    # The cipher and the MAC, and the crypto layer's way to them.
    "crypto_", "__crypto_", "skcipher_", "aesni_", "aes_", "ctr_", "gcm", "generic_gcmaes_",
    "sha1_", "__sha1_", "sha256_", "__sha256_", "shash_", "scatterwalk_", "sg_init_", "sg_next",
    "memcpy_to_sglist", "memcpy_from_sglist",
    # The MTU of the route, room in the packet, the checksum to come, a clock.
    "ipv4_mtu", "ip6_mtu", "skb_put", "skb_push", "skb_pull", "skb_trim", "udp_set_csum",
    "udp6_set_csum", "csum_ipv6_magic", "ktime_get_", "ipv6_skip_exthdr",
)


class Tracer:
    """The function_graph tracer, below some functions."""

    def __init__(self):
        self.folder = next((path for path in TRACING if os.path.isdir(path + "/options")), None)
        if not self.folder or "function_graph" not in self.read("available_tracers"):
            ktap.skip_all("the kernel has no function_graph tracer")
        functions = self.read("available_filter_functions").split()
        self.hooks = {side: [name for name in functions if name.startswith(prefix)]
                      for side, prefix in HOOKS.items()}
        for side, found in self.hooks.items():
            check(found, f"the tracer knows the hooks that {side}")
        self.write("tracing_on", "0")
        self.write("options/funcgraph-irqs", "0")
        self.write("buffer_size_kb", "8192")
        self.write("max_graph_depth", "0")
        self.write("set_graph_function", " ".join(sum(self.hooks.values(), [])))
        self.write("current_tracer", "function_graph")

    def close(self):
        self.write("tracing_on", "0")
        self.write("current_tracer", "nop")
        self.write("set_graph_function", "")

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="ascii") as file:
            return file.read()

    def write(self, name, value):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
            file.write(value)

    def record(self, function):
        """The calls while the function runs: a list for each call of a hook, in which a call is
        its name and those of its callers."""
        self.write("trace", "")
        self.write("tracing_on", "1")
        try:
            function()
        finally:
            self.write("tracing_on", "0")
        return calls(self.read("trace").splitlines())


def side_of(name):
    """Which hook it is; None if it is another function, which was left as tracing began."""
    return next((side for side, prefix in HOOKS.items() if name.startswith(prefix)), None)


def calls(lines):
    found, stack = [], []
    for line in lines:
        match = CALL.match(line)
        if not match:
            continue
        depth, name = len(match[1]) // 2, match[2]
        del stack[depth:]
        stack.append(name)
        if not side_of(stack[0]) or ENABLES in stack[:-1] or any(map(INTERRUPT.match, stack)):
            continue
        if depth == 0:
            found.append([])
        found[-1].append(tuple(stack))
    return found


def undisturbed(found):
    """The datagrams of which each call is ours: most of them."""
    clean = [one for one in found if not any(SCHEDULER.match(call[-1]) for call in one)]
    check(len(clean) > DATAGRAMS // 2, f"only {len(clean)} of {len(found)} were not disturbed")
    return clean


def expected(name):
    return name.startswith(EXPECTED)


class Pair(Topology):
    """Two hosts and a cable; nobody taps it, as a tap shares the datagrams."""

    def __init__(self, plan, random):
        super().__init__(plan, random)
        plan.before.append(self.wire.expect_nothing)
        self.sender, self.member = self.host("sender", 1), self.host("member", 2)
        self.sender.namespace.ip("link add name eth0 type veth peer name eth0 netns "
                                 f"{self.member.namespace.name}\n")
        for host in self.hosts:
            host.configure()
        for host in self.hosts:
            host.wait_ready()
        self.tracer = Tracer()

    def close(self):
        self.tracer.close()
        super().close()


def datagrams(kind, size):
    """What an application sends, one after the other."""
    if kind is Media:
        return (srtp.rtp(number, pattern_payload(size - 12, number), 7)
                for number in range(WARM_UP + DATAGRAMS))
    return (pattern_payload(size, number) for number in range(WARM_UP + DATAGRAMS))


def trace(net, session, payloads):
    """By side, the calls for each datagram."""
    def exchange(number):
        session.exchange(*(next(payloads) for _ in range(number)))
    exchange(WARM_UP)
    found = collections.defaultdict(list)
    for one in net.tracer.record(lambda: exchange(DATAGRAMS)):
        # A packet of another, such as a report of memberships, is let go at once.
        if len(one) > 1:
            found[side_of(one[0][0])].append(one)
    return found


def judge(found, locks):
    """All that was called was expected, and so many locks were taken for each datagram."""
    strange = collections.Counter(" < ".join(reversed(call)) for one in found for call in one
                                  if not (expected(call[-1]) or LOCK.match(call[-1])))
    check(not strange, "unexpected calls: " + "; ".join(
        f"{count} times {call}" for call, count in strange.most_common(5)))
    taken = {sum(bool(LOCK.match(call[-1])) for call in one) for one in found}
    equal(taken, {locks}, "locks for a datagram")


def fast_path(net, family, kind, size, locks, **options):
    """All datagrams of the steady state, at both ends."""
    session = kind(net, family, **options)
    found = trace(net, session, datagrams(kind, size))
    for side, wanted in locks.items():
        equal(len(found[side]), DATAGRAMS, f"datagrams to {side}")
        found[side] = undisturbed(found[side])
        check(all(any(CRYPTO.match(call[-1]) for call in one) for one in found[side]),
              "the cipher is seen at work for each datagram")
        judge(found[side], wanted)
        ktap.diagnostic(f"{side}: {len(found[side][0])} calls")


# Locks a datagram. A receiver takes that of its key's window; the senders of a group of SRTP,
# whose index the application chooses, have windows too.
CASES = (
    ("AES-CTR and HMAC", Session, {"send": 0, "receive": 1}, {"suite": sframe.AES_CTR_80}),
    ("AES-GCM", Session, {"send": 0, "receive": 1}, {"suite": sframe.AES_GCM}),
    ("SRTP", Media, {"send": 1, "receive": 1}, {}),
)


def build(plan):
    net = Pair(plan, ktap.seeded_random())
    for name, kind, locks, options in CASES:
        for size in SIZES:
            plan.families(f"{name}, {size} octets",
                          lambda family, kind=kind, size=size, locks=locks, options=options:
                          fast_path(net, family, kind, size, locks, **options))
    return net


if __name__ == "__main__":
    sys.exit(netns.run_plan(build))
