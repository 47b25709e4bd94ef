"""Chassis as agents of the API.

Here: what an agent's value is made of, its signs of life, and writing it when it changed. Not here: binding to it.

Source: upstream, agent/neutron_agent.py. A probe raises NB_Global's nb_cfg; each ovn-controller that is alive answers
in Chassis_Private. A sign of life is the time that it wrote there, or the time at which we saw it change: clocks
differ. How long it is ago is counted on the loop's clock, because the time of day may be set.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid5

import msgspec

from neutrino.backends.ovn import wire_macs
from neutrino.model.agent import CONTROLLER_AGENT, GATEWAY_AGENT, METADATA_AGENT, Agent
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.errors import OvsdbError
from neutrino.ovsdb.operations import AssertLock, Delete, Mutate, Operation, Update, Wait
from neutrino.ovsdb.watch import Changes, Lost, Reload, Watch
from neutrino.reconcile.fragment import Columns
from neutrino.reconcile.intent import Intent

_log = logging.getLogger("neutrino.ovn.agents")
WATCHED = {
    "Chassis": ("name", "hostname", "other_config", "external_ids"),
    "Chassis_Private": ("name", "chassis", "nb_cfg_timestamp", "external_ids"),
}
BINARY, METADATA_BINARY = "ovn-controller", "neutron-ovn-metadata-agent"
METADATA_ID, METADATA_SEEN = "neutron:ovn-metadata-id", "neutron:ovn-metadata-sb-cfg"
"""Where the metadata agent of a chassis says who it is, and beats (upstream, common/ovn/constants.py)."""
_NAMESPACE = UUID("0b7a3f54-2d0e-5a86-8a6e-6e657574726f")
_CONFIGURATIONS = ("datapath-type", "iface-types", "ovn-cms-options", wire_macs.MAPPINGS)
_BRIDGE_KEYS = ("neutron:ovn-bridge", "ovn-bridge")
_BINARIES = (BINARY, METADATA_BINARY)
_NO_ROWS: Mapping[UUID, Columns] = {}


def agent_id(name: str) -> str:
    """Return the id of the agent of the chassis *name*: the name, where it is a uuid."""
    try:
        return str(UUID(name))
    except ValueError:
        return derived_id(name)


def derived_id(text: str) -> str:
    """Return the id that follows from *text*, for what has none of its own."""
    return str(uuid5(_NAMESPACE, text))


def written(at_s: float) -> str:
    """Return the time *at_s* (seconds since 1970) as the API writes an agent's times."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%S")


def agent(private: Columns, chassis: Columns | None, *, is_alive: bool, heard_s: float, known: Agent | None) -> Agent:
    """Return a chassis's agent. *chassis* is None when its ovn-controller signed off; then *known* tells the rest."""
    name = str(private["name"])
    if chassis is None:
        config, host = known.configurations if known else {"chassis_name": name}, known.host if known else name
        kind, zone = (known.agent_type, known.availability_zone) if known else (CONTROLLER_AGENT, "")
    else:
        host, other = str(chassis["hostname"]), _texts(chassis, "other_config")
        options = [option.strip() for option in other.get("ovn-cms-options", "").split(",")]
        kind = GATEWAY_AGENT if "enable-chassis-as-gw" in options else CONTROLLER_AGENT
        zone = _zones(options)
        config = _configurations(name, other, _texts(private, "external_ids") | _texts(chassis, "external_ids"))
    return Agent(
        id=agent_id(name),
        agent_type=kind,
        binary=BINARY,
        host=host,
        topic="n/a",
        availability_zone=zone,
        alive=is_alive and chassis is not None,
        configurations=config,
        description=known.description if known else "",
        created_at=known.created_at if known else written(heard_s),
        started_at=known.started_at if known else written(heard_s),
        heartbeat_timestamp=written(heard_s),
    )


def metadata_agent(of: Agent, private: Columns, *, is_alive: bool, heard_s: float, known: Agent | None) -> Agent:
    """Return the metadata agent beside the agent *of* a chassis, which has registered there."""
    return msgspec.structs.replace(
        of,
        id=_texts(private, "external_ids")[METADATA_ID],
        agent_type=METADATA_AGENT,
        binary=METADATA_BINARY,
        alive=is_alive,
        configurations={"chassis_name": private["name"]},
        description=known.description if known else "",
        admin_state_up=True,
        created_at=known.created_at if known else written(heard_s),
        started_at=known.started_at if known else written(heard_s),
        heartbeat_timestamp=written(heard_s),
    )


def _configurations(name: str, other: Mapping[str, str], ids: Mapping[str, str]) -> dict[str, object]:
    config: dict[str, object] = {"chassis_name": name, "bridge-mappings": other.get("ovn-bridge-mappings", "")}
    bridge = next((ids[key] for key in _BRIDGE_KEYS if ids.get(key)), None)
    if bridge:
        config["bridge-name"] = bridge
    return config | {key: other[key] for key in _CONFIGURATIONS if other.get(key)}


def _zones(options: list[str]) -> str:
    for option in options:
        key, _, value = option.partition("=")
        if key == "availability-zones":
            return ", ".join(zone.strip() for zone in value.split(":") if zone.strip())
    return ""


def _texts(row: Columns, column: str) -> dict[str, str]:
    value = row.get(column)
    return dict(value) if isinstance(value, Mapping) else {}


class Agents:
    """Keeps the store's agents as the Southbound's chassis are, while *leads*, and probes them.

    *globals_* returns the Northbound's NB_Global rows, *lock* is the controller's.
    """

    def __init__(
        self,
        southbound: Client,
        northbound: Client,
        intent: Intent,
        *,
        globals_: Callable[[], Mapping[UUID, Columns]],
        leads: Callable[[], bool],
        lock: str,
        down_time_s: float,
        probe_interval_s: float,
    ) -> None:
        self._southbound = southbound
        self._northbound = northbound
        self._intent = intent
        self._globals = globals_
        self._leads = leads
        self._lock = lock
        self._down_time_s = down_time_s
        self._probe_interval_s = probe_interval_s
        self._known: dict[str, Agent] | None = None
        self._forgotten: set[UUID] = set()  # rows of deleted agents, on their way out
        self._left: set[str] = set()  # ids of agents whose chassis was deleted before our eyes
        self._heard_s: dict[str, float] = {}  # by chassis name, on the loop's clock
        self._beaten_s: dict[str, float] = {}  # likewise, by metadata agents
        self._stamps: dict[str, int] = {}  # what a chassis last wrote of the time
        self._since_s: float | None = None  # since when, on the loop's clock, we probe and hear
        self._probed_at_s = float("-inf")
        self._is_live = False
        self._news = asyncio.Event()

    def look_again(self) -> None:
        """Read the store's agents anew: another controller may have written them."""
        self._known = None
        self._news.set()

    async def run(self) -> None:
        """Follow the Southbound and probe until cancelled."""
        watch = self._southbound.watch(WATCHED)
        self._known, self._is_live = None, False
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow(watch), name="follow Chassis")
                while True:
                    await self._wait()
                    self._news.clear()
                    if not (self._leads() and self._is_live):
                        self._since_s = None
                    else:
                        self._since_s = self._since_s or asyncio.get_running_loop().time()
                        await self._forget(watch)
                        await self._write(watch)
                        await self._probe(watch)
        finally:
            watch.close()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(min(self._probe_interval_s, self._down_time_s / 4)):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _follow(self, watch: Watch) -> None:
        async for event in watch:
            match event:
                case Reload():
                    self._is_live = True
                case Changes(changes=changes):
                    self._is_live = True
                    for change in changes:
                        if change.table == "Chassis_Private":
                            self._take(change.old, change.new)
                case Lost():
                    self._is_live = False
            self._news.set()

    def _take(self, old: Columns | None, new: Columns | None) -> None:
        """Take in that a row of Chassis_Private is no longer as *old* but as *new*; None: there is none."""
        if new is None:
            self._left.update(() if old is None else [agent_id(str(old["name"]))])
            return
        name, now_s = str(new["name"]), asyncio.get_running_loop().time()
        self._left.discard(agent_id(name))
        self._heard_s[name] = now_s
        if old is not None and _beat(old) != _beat(new):
            self._beaten_s[name] = now_s

    async def _forget(self, watch: Watch) -> None:
        """Delete the chassis of agents that the API deleted; an ovn-controller that is alive makes its own again."""
        if self._known is None:
            return
        stored = [one for name in _BINARIES for one in await self._intent.ids_where(Agent, "binary", name)]
        deleted = self._known.keys() - set(stored)
        operations: list[Operation] = []
        for uuid, private in watch.rows.get("Chassis_Private", _NO_ROWS).items():
            if agent_id(str(private["name"])) in deleted:
                operations.append(Delete("Chassis_Private", uuid))
                self._forgotten.add(uuid)
            elif _texts(private, "external_ids").get(METADATA_ID) in deleted:
                gone = frozenset((METADATA_ID, METADATA_SEEN))
                operations.append(Mutate("Chassis_Private", uuid, (("external_ids", "delete", gone),)))
        for uuid, chassis in watch.rows.get("Chassis", _NO_ROWS).items():
            if agent_id(str(chassis["name"])) in deleted:
                operations.append(Delete("Chassis", uuid))
        for one in deleted:
            del self._known[one]
        if operations:
            try:
                await self._southbound.transact(operations)
            except OvsdbError as error:
                self._forgotten.clear()  # they show as agents again, to be deleted again
                _log.warning("chassis of deleted agents were not deleted: %s", error)

    async def _write(self, watch: Watch) -> None:
        if self._known is None:
            self._known = {one.id: one for one in await self._intent.all(Agent) if one.binary in _BINARIES}
        now_s = asyncio.get_running_loop().time()
        chassis = watch.rows.get("Chassis", _NO_ROWS)
        changed: list[Agent] = []
        present: set[str] = set()
        rows = watch.rows.get("Chassis_Private", _NO_ROWS)
        self._forgotten &= rows.keys()
        for uuid, private in rows.items():
            if uuid in self._forgotten:
                continue
            name = str(private["name"])
            reference = private["chassis"]
            heard_s = self._heard(private, now_s)
            known = self._known.get(agent_id(name))
            is_alive = self._is_alive(heard_s, known, now_s)
            row = chassis.get(reference) if isinstance(reference, UUID) else None
            new = agent(private, row, is_alive=is_alive, heard_s=_of_day(heard_s, now_s), known=known)
            both = [new, *self._metadata(new, private, now_s)]
            present.update(now.id for now in both)
            for now in both:
                before = self._known.get(now.id)
                if before is None or self._is_worth_writing(before, now):
                    changed.append(now)
        gone: set[str] = set()
        here = {agent_id(str(private["name"])) for private in rows.values()}
        for ident in self._known.keys() - present:
            missing = self._known[ident]
            of = ident if missing.binary == BINARY else agent_id(str(missing.configurations.get("chassis_name", "")))
            if of in here or of in self._left:
                gone.add(ident)
            elif missing.alive:  # a Southbound made anew is empty until its chassis come: that moves no gateway
                changed.append(msgspec.structs.replace(missing, alive=False))
        if changed:
            await self._intent.put_agents(changed)
            self._known.update({one.id: one for one in changed})
        if gone:
            await self._intent.delete_agents(gone)
            for one in gone:
                del self._known[one]

    def _metadata(self, of: Agent, private: Columns, now_s: float) -> list[Agent]:
        """Return the metadata agent that has registered on the chassis, if any."""
        assert self._known is not None  # noqa: S101 - read before
        ident = _texts(private, "external_ids").get(METADATA_ID)
        if not ident:
            return []
        known, name = self._known.get(ident), str(private["name"])
        if known is None:
            self._beaten_s[name] = now_s
        elif name not in self._beaten_s:
            self._beaten_s[name] = now_s - max(0.0, time.time() - _seconds(known.heartbeat_timestamp))
        heard_s = self._beaten_s[name]
        is_alive = self._is_alive(heard_s, known, now_s)
        return [metadata_agent(of, private, is_alive=is_alive, heard_s=_of_day(heard_s, now_s), known=known)]

    def _heard(self, private: Columns, now_s: float) -> float:
        name, stamp = str(private["name"]), private["nb_cfg_timestamp"]
        if isinstance(stamp, int) and self._stamps.get(name) != stamp:
            self._stamps[name] = stamp
            told_s = now_s - max(0.0, time.time() - stamp / 1000)
            self._heard_s[name] = max(told_s, self._heard_s.get(name, told_s))
        return self._heard_s[name]

    def _is_alive(self, heard_s: float, known: Agent | None, now_s: float) -> bool:
        """Say whether it was heard lately. Who was alive when we were not there has as long to answer from then on."""
        if known is not None and known.alive and self._since_s is not None:
            heard_s = max(heard_s, self._since_s)
        return now_s - heard_s < self._down_time_s

    def _is_worth_writing(self, known: Agent, new: Agent) -> bool:
        """Say whether more than the heartbeat changed, or it by a third of the time until the agent is down."""
        if msgspec.structs.replace(known, heartbeat_timestamp=new.heartbeat_timestamp) != new:
            return True
        moved_s = _seconds(new.heartbeat_timestamp) - _seconds(known.heartbeat_timestamp)
        return abs(moved_s) >= self._down_time_s / 3

    async def _probe(self, watch: Watch) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._probed_at_s < self._probe_interval_s or not watch.rows.get("Chassis_Private"):
            return
        self._probed_at_s = now_s
        for uuid, row in self._globals().items():
            number = row["nb_cfg"]
            if not isinstance(number, int):
                continue
            here = Wait("NB_Global", uuid, {"nb_cfg": number})
            try:
                await self._northbound.transact(
                    [AssertLock(self._lock), here, Update("NB_Global", uuid, {"nb_cfg": number + 1})]
                )
            except OvsdbError as error:
                _log.info("a probe of the chassis was not sent: %s", error)


def _beat(private: Columns) -> str | None:
    return _texts(private, "external_ids").get(METADATA_SEEN)


def _of_day(at_s: float, now_s: float) -> float:
    """Return the time of day (seconds since 1970) of *at_s* on the loop's clock, which shows *now_s*."""
    return time.time() - (now_s - at_s)


def _seconds(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
