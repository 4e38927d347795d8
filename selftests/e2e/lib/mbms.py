# SPDX-License-Identifier: GPL-2.0-or-later
"""A network with MBMS: one host with HSS, BSF, BM-SC and sender, and hosts with a UE each."""

import os

import ktap
import scenario
import yaml
from control import Control, Monitor

BSF, BMSC = "bsf.mnc001.mcc001.pub.3gppnetwork.org", "bmsc.example"
BSF_PORT, BMSC_PORT, MIKEY_PORT = 8081, 8080, 2269
IMSI = 1010000000001
SERVICE = "urn:example:news"
GROUP, PORT = "239.9.7.1", 5004

MIKEY_T, MIKEY_EXT, MIKEY_COUNTER = 5, 21, 2

# Short lives, so that a scenario sees them end.
TIMES = {"msk-lifetime": "1h", "msk-lead": "5s", "msk-overlap": "2s", "mtk-lifetime": "30m",
         "mtk-lead": "500ms", "mtk-overlap": "1s", "mtk-repeat": "500ms", "batch": "200ms",
         "retry-first": "500ms", "retry-most": "2s"}


def dashed(options):
    return {name.replace("_", "-"): value for name, value in options.items()}


class Daemon:
    """An mbsecd on a host of its own."""

    def __init__(self, lab, name, *aliases):
        self.lab, self.name = lab, name
        self.host = lab.host(name, *aliases)
        self.process = None
        # Short enough for a socket's path, whatever the scenario's folder is.
        self.control = Control(f"/run/mbsec-{name}.sock")
        self.options = {}
        self.database = lab.path(name + ".db")
        self.key_file = lab.write(name + ".kek", lab.secret(os.urandom(32)).hex() + "\n", 0o600)

    def configuration(self):
        """The sections of the roles, as an object."""
        raise NotImplementedError

    def write(self):
        sections = self.configuration()
        common = {"control-socket": self.control.path, "database": self.database,
                  "key-file": self.key_file, "log-level": "debug"}
        return self.lab.write(self.name + ".yaml", yaml.safe_dump(
            {"daemon": common, "roles": list(sections)} | sections, sort_keys=False))

    def start(self):
        self.process = self.host.start("mbsecd", "mbsecd", "-c", self.write())
        self.process.wait_ready()
        return self

    def kill(self):
        self.process.kill()

    def restart(self):
        """kill -9, and it begins again with what it has stored."""
        self.kill()
        return self.start()

    def monitor(self):
        return self.lab.kept(Monitor(self.control.path))


class Core(Daemon):
    """HSS, BSF, BM-SC and MBSTF in one process."""

    def __init__(self, lab, name="core", **bmsc):
        super().__init__(lab, name, BSF, BMSC)
        self.options = TIMES | dashed(bmsc)
        self.bsf = {}
        self.mbstf = {}

    def configuration(self):
        address = self.host.address
        return {
            "hss": {"network": "001-01"},
            "bsf": {"listen": f"{address}:{BSF_PORT}", "name": BSF,
                    "nafs": [{"name": BMSC}]} | self.bsf,
            "mbstf": {"name": self.name} | self.mbstf,
            "bmsc": {"listen": f"{address}:{BMSC_PORT}", "fqdn": BMSC,
                     "key-domain": "001-01"} | self.options,
        }

    def subscribe(self, ue, **options):
        """The USIM becomes known to the HSS."""
        self.control.command("ue add", imsi=ue.imsi, k=ue.k.hex(), opc=ue.opc.hex(), **options)

    def service_add(self, service=SERVICE, group=GROUP, port=PORT, **options):
        return self.control.command("service add", service=service, group=f"{group}:{port}",
                                    **options)

    def keys(self, service=SERVICE):
        """MSKs and MTKs of the only key group of the service."""
        groups = self.control.command("msk show", service=service)["key-groups"]
        ktap.equal(len(groups), 1, "key groups")
        return groups[0]

    def msk(self, state="in-use", service=SERVICE):
        """The ID of an MSK, None if there is none in that state."""
        return next((msk["msk-id"] for msk in self.keys(service)["msks"]
                     if msk["state"] == state), None)

    def mtk(self, state="active", service=SERVICE):
        """(MSK ID, MTK ID), None if there is none in that state."""
        return next(((mtk["msk-id"], mtk["mtk-id"]) for mtk in self.keys(service)["mtks"]
                     if mtk["state"] == state), None)

    def members(self, service=SERVICE):
        """State by IMPI."""
        members = self.control.command("member list", service=service)["members"]
        return {member["ue"]: member for member in members}

    def impi_absent(self, ue, service=SERVICE):
        return ue.impi not in self.members(service)

    def evict(self, ue, service=SERVICE):
        return self.control.command("member evict", ue=ue.imsi, service=service)


class UE(Daemon):
    """A host with one UE."""

    def __init__(self, lab, number, name=None, **options):
        super().__init__(lab, name or f"ue{number}")
        self.imsi = f"00{IMSI + number}"
        self.impi = f"{self.imsi}@ims.mnc001.mcc001.3gppnetwork.org"
        self.k, self.opc = lab.secret(os.urandom(16)), lab.secret(os.urandom(16))
        self.options = {"bsf": f"http://{BSF}:{BSF_PORT}", "device": "eth0",
                        "mtk-overlap": "3s", "msk-timeout": "3s", "retry-first": "500ms",
                        "retry-most": "2s"} | dashed(options)

    def configuration(self):
        return {"ue": self.options}

    def usim_add(self, **options):
        keys = {"imsi": self.imsi, "k": self.k.hex(), "opc": self.opc.hex()} | options
        self.control.command("usim add", **keys)

    def join(self, service=SERVICE, imsi=None):
        """It asks for the service and waits until it is a member, or not; its state, and why."""
        joined = self.control.command(
            "service join", service=service, imsi=imsi or self.imsi, bm_sc=BMSC,
            announcement=f"http://{BMSC}:{BMSC_PORT}/announcement/{service}")
        return joined["state"], joined.get("reason")

    def joined(self, service=SERVICE):
        """What it knows of a service, None if nothing."""
        return next(iter(self.control.command("service joined", service=service)["services"]),
                    None)

    def state(self, service=SERVICE):
        ues = (self.joined(service) or {}).get("ues", [])
        return next((one["state"] for one in ues if one["imsi"] == self.imsi), None)

    def mtks(self, service=SERVICE):
        """(MSK ID, MTK ID) of all, the newest first."""
        return [(mtk["msk-id"], mtk["mtk-id"]) for mtk in (self.joined(service) or {})["mtks"]]

    def msks(self):
        usims = self.control.command("usim show", imsi=self.imsi)["usims"]
        return [msk["msk-id"] for msk in usims[0]["msks"]]


class Scene:
    """Core and UEs of one service, its traffic, who reads it, and the wire. A scenario derives its
    own, with the steps after begin() that it names."""

    steps = ()
    count = 3
    bmsc = {}
    rate = 100

    def __init__(self, lab):
        self.lab = lab
        self.core = Core(lab, **self.bmsc)
        self.ues = [UE(lab, number) for number in range(1, self.count + 1)]
        self.wire = self.stream = self.first = None
        self.listeners = {}

    def start(self):
        """All daemons run, all UEs are subscribers, and the service is there."""
        self.wire = self.lab.record()
        self.core.start()
        self.core.service_add()
        for ue in self.ues:
            ue.start().usim_add()
            self.core.subscribe(ue)

    def flow(self):
        """The traffic starts, and all listen."""
        for ue in self.ues:
            self.listeners[ue] = self.lab.listener(ue.host, GROUP, PORT)
        self.stream = self.lab.stream(self.core.host, GROUP, PORT, rate=self.rate)

    def join(self, *ues):
        for ue in ues or self.ues:
            ktap.equal(ue.join(), ("ready", None), f"what became of {ue.name}'s wish")

    def begin(self):
        """All are members and read."""
        self.start()
        self.flow()
        self.join()
        self.first = max(listener.wait_after(-1) for listener in self.listeners.values())
        for listener in self.listeners.values():
            # Until it joined, a host got what it could not read.
            listener.noise = 0

    def all_read(self, more=20, ues=None):
        """So many more datagrams are sent and everybody gets the last; its number."""
        last = self.stream.wait_more(more)
        for ue in ues or self.ues:
            self.listeners[ue].wait_number(last)
        return last

    def check_all(self, first=None, last=None, ues=None):
        """Nobody has lost anything; says how much that is."""
        last = self.all_read(1, ues) if last is None else last
        first = self.first if first is None else first
        for ue in ues or self.ues:
            count = self.listeners[ue].check_all(self.stream, first, last)
            ktap.diagnostic(f"{ue.name} has read all {count} datagrams")

    def wait_rekeyed(self, old):
        """Another MSK than that is in use, and traffic is protected under it; its ID."""
        def rekeyed():
            mtk = self.core.mtk()
            return mtk and mtk[0] != old and mtk[0]
        return ktap.wait_for(rekeyed, f"another MSK than {old} is in use")

    def protected(self):
        """(number, KID, CTR) of the datagrams on the wire, in the order of their protection."""
        found = [protection(one.payload) for one in self.wire.datagrams(PORT, GROUP)]
        order = {kid: index for index, kid in reversed(list(enumerate(kid for kid, _ in found)))}
        found.sort(key=lambda one: (order[one[0]], one[1]))
        return [(number, kid, ctr) for number, (kid, ctr) in zip(list(self.stream.sent), found)]

    def mikey(self, ue):
        """MIKEY datagrams to the UE until now."""
        return self.wire.datagrams(MIKEY_PORT, ue.host.address)

    def mtk_messages(self):
        return self.wire.datagrams(MIKEY_PORT, GROUP)


def protection(payload):
    """(KID, CTR) of a protected datagram with the header that the kernel writes."""
    ktap.equal(payload[0], 0xFC, "first octet of a protected datagram")
    return payload[1:9], int.from_bytes(payload[9:14], "big")


def key_ids(kid):
    """(MSK ID, MTK ID) as the commands show them."""
    return kid[2:6].hex(), int.from_bytes(kid[6:8], "big")


def mikey_counter(payload):
    """The TS value of a MIKEY message: it has the empty map, and may have extensions before."""
    ktap.equal((payload[8], payload[9]), (0, 1), "#CS and map type")
    kind, place = payload[2], 10
    while kind == MIKEY_EXT:
        kind = payload[place]
        place += 4 + int.from_bytes(payload[place + 2:place + 4], "big")
    ktap.equal((kind, payload[place + 1]), (MIKEY_T, MIKEY_COUNTER), "payload and TS type")
    return int.from_bytes(payload[place + 2:place + 6], "big")


def run(scene):
    """The main program of a scenario whose steps are methods of a Scene."""
    def build(lab):
        made = scene(lab)
        for step in ("begin", *made.steps):
            lab.step(step, getattr(made, step))
    return scenario.run(build)
