"""The walk: whatever the path by which a cloud came to be as it is, the Northbound is the same (style.md, rule 5).

A story is a list of clouds. It is told to a controller forwards, change by change, in pieces of any size, with or
without waiting in between; then everything is told a second time; then a full pass is made; then only the end is told,
to an empty Northbound. The rows must be identical each time; the second telling and the full pass must write nothing.
"""

import asyncio
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.component.controller.cloud import Observer, Server, rouse, until
from tests.topology import (
    address_group,
    agent,
    floating_ip,
    forwarding,
    group,
    label,
    least,
    limit,
    local_association,
    local_ip,
    log,
    mark,
    ndp_proxy,
    network,
    policy,
    port,
    router,
    router_port,
    rule,
    segment,
    subnet,
    with_forwardings,
)

from neutrino.backends.ovn.northbound import BACKEND, NOUNS
from neutrino.model.dhcp_option import DhcpOption
from neutrino.model.dns import assignments
from neutrino.model.metering import DIRECTIONS, MeteringLabel
from neutrino.model.network import Network
from neutrino.model.port import FLOATING_IP, AddressPair, FixedIp, HostBinding, Port
from neutrino.model.qos import QosPolicy
from neutrino.model.resource import Resource
from neutrino.model.router import Route
from neutrino.model.security_group import SecurityGroup
from neutrino.model.subnet import SLAAC, STATEFUL, STATELESS, Subnet
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.operations import Delete
from neutrino.reconcile.controller import Controller

EXAMPLES = int(os.environ.get("NEUTRINO_EXAMPLES", "40"))
TABLES = (
    *("Logical_Switch", "Logical_Switch_Port", "Port_Group", "ACL", "Address_Set", "DHCP_Options", "NB_Global"),
    "DNS",
    *("Logical_Router", "Logical_Router_Port", "Logical_Router_Static_Route", "Logical_Router_Policy", "NAT"),
    *("HA_Chassis_Group", "HA_Chassis"),
    *("Load_Balancer", "Chassis_Template_Var", "BFD", "QoS", "Meter", "Meter_Band"),
)
_ORDER = [noun.collection for noun in NOUNS]

STANDINGS = (
    *({"pvlan_type": one} for one in ("promiscuous", "isolated")),
    *({"pvlan_type": "community", "pvlan_community": name} for name in ("web", "db")),
)

Cloud = dict[tuple[str, str], Resource]


class Line(NamedTuple):
    seq: int
    collection: str
    id: str


class Memory:
    """An intent in memory, with a journal."""

    def __init__(self) -> None:
        self.cloud: Cloud = {}
        self.journal: list[Line] = []

    def tell(self, source: tuple[str, str], resource: Resource | None) -> None:
        if resource is None:
            self.cloud.pop(source, None)
        else:
            self.cloud[source] = resource
        self.journal.append(Line(len(self.journal) + 1, *source))

    async def head(self) -> int:
        return len(self.journal)

    async def changes(self, since: int, most: int = 10_000) -> Sequence[Line]:
        return self.journal[since : since + most]

    async def get(self, cls: type[Resource], ids: Collection[str]) -> dict[str, Resource]:
        return {i: self.cloud[cls.collection, i] for i in ids if (cls.collection, i) in self.cloud}

    async def all(self, cls: type[Resource]) -> Sequence[Resource]:
        return [one for (collection, _), one in self.cloud.items() if collection == cls.collection]

    async def ids_where(self, cls: type[Resource], field: str, value: str) -> Sequence[str]:
        name, _, part = field.partition(".")
        found = []
        for one in await self.all(cls):
            held = getattr(one, name)
            items = held if isinstance(held, tuple) else (held,)
            if value in ([getattr(item, part) for item in items] if part else items):
                found.append(one.id)
        return found

    async def realised(self, controller: str, seq: int, position: int) -> None:
        assert controller == "ovn"
        assert seq <= position <= len(self.journal)


def _named(addresses: Iterable[str], name: str) -> dict[str, object]:
    fixed = [FixedIp("", address) for address in addresses]
    return {"dns_name": name, "dns_assignment": assignments(fixed, name, "cloud.test.")}


@st.composite
def clouds(draw: st.DrawFn) -> Cloud:
    """A consistent cloud of two networks, four subnets, two groups, six rules and four ports, each perhaps there."""
    some = st.booleans
    blue = network(
        "blue",
        name=draw(st.sampled_from(["blue", "b"])),
        mtu=draw(st.sampled_from([1442, 1400])),
        dns_domain=draw(st.sampled_from(["", "blue.test."])),
        pvlan=draw(some()),
    )
    red = network(
        "red",
        provider_network_type="flat",
        provider_physical_network="physnet1",
        mtu=1500,
        router_external=draw(some()),
        pvlan=draw(some()),
    )
    policies = [one for one in (draw(rules_of("gold")), draw(rules_of("silver"))) if draw(some())]
    under = st.sampled_from([None, *(one.id for one in policies)])
    blue, red = (msgspec.structs.replace(one, qos_policy_id=draw(under)) for one in (blue, red))
    networks = [one for one in (blue, red) if draw(some())]
    segments = [segment(one) for one in networks if draw(some())]
    mode = draw(st.sampled_from([SLAAC, STATEFUL, STATELESS]))  # cannot change, so it is part of the name
    candidates = [
        subnet("v4", blue, "10.0.0.0/24", enable_dhcp=draw(some())),
        subnet("v4b", blue, "10.1.0.0/24", dns_nameservers=draw(st.sampled_from([(), ("192.0.2.1",)]))),
        subnet(f"v6-{mode}", blue, "fd00::/64", ipv6_address_mode=mode, enable_dhcp=draw(some())),
        subnet("red-v4", red, "203.0.113.0/24", gateway_ip=draw(st.sampled_from([None, "203.0.113.1"]))),
    ]
    subnets = [one for one in candidates if one.network_id in {n.id for n in networks} and draw(some())]
    groups = [group(name, stateful=draw(some())) for name in ("web", "ssh") if draw(some())]
    labs = [address_group("lab", *draw(st.sampled_from([(), ("192.0.2.0/24",), ("192.0.2.0/25", "fd99::/64")])))]
    labs = labs if draw(some()) else []
    rules = []
    for one in groups:
        for number, remote in enumerate([None, *groups, *labs]):
            if draw(some()):
                given = {"protocol": "tcp", "port_range_min": 22}
                if remote:
                    given = {"remote_address_group_id" if remote in labs else "remote_group_id": remote.id}
                rules.append(rule(f"{one.name}-{number}", one, "ingress", **given))
    ports = []
    for number in range(4 if networks else 0):
        if not draw(some()):
            continue
        there = draw(st.sampled_from(networks))
        own = [one for one in subnets if one.network_id == there.id]
        fixed = {}
        for chosen in draw(st.lists(st.sampled_from(own), unique_by=lambda one: one.id)) if own else ():
            fixed[chosen] = chosen.cidr.partition("/")[0].removesuffix("0") + str(number + 10)
        ports.append(
            port(
                f"port-{number}-{there.name if there is red else 'blue'}",
                there,
                fixed,
                name=draw(st.sampled_from(["p", "q"])),
                admin_state_up=draw(some()),
                security_groups=tuple(g.id for g in groups if draw(some())),
                port_security_enabled=draw(some()),
                binding_host_id=draw(st.sampled_from(["", "host-1", "host-2"])),
                device_owner=draw(st.sampled_from(["", "compute:nova", "network:dhcp"])),
                allowed_address_pairs=draw(st.sampled_from([(), (AddressPair("10.0.0.99"),)])),
                device_id="vm",
                extra_dhcp_opts=draw(
                    st.sampled_from([(), (DhcpOption("bootfile-name", "a"), DhcpOption("router", ""))])
                ),
                inactive_bindings=draw(st.sampled_from([(), (HostBinding("host-3", "normal", {}, "ovs", {}),)])),
                virtual_parents=draw(st.sampled_from([(), ("a", "b")])),
                **draw(st.sampled_from([{}, *(_named(fixed.values(), name) for name in ("web", "db"))])),
            )
        )
        stands = draw(st.sampled_from(STANDINGS)) if there.pvlan else {}
        ports[-1] = msgspec.structs.replace(ports[-1], qos_policy_id=draw(under), **stands)
    layer_3 = draw(routed(networks, subnets, ports, under))
    logs = draw(logged(groups, ports))
    labels = [one for one in (draw(labelled("own")), draw(labelled("other"))) if draw(some())]
    together = (*policies, *networks, *segments, *subnets, *labs, *groups, *rules, *ports, *labels, *layer_3, *logs)
    return {(one.collection, one.id): one for one in together}


@st.composite
def logged(draw: st.DrawFn, groups: list[SecurityGroup], ports: list[Port]) -> list[Resource]:
    """Logs of all, of a group and of a port, each perhaps there."""
    found: list[Resource] = []
    for name, groups_of, ports_of in (("all", [None], [None]), ("group", groups, [None]), ("port", [None], ports)):
        if groups_of and ports_of and draw(st.booleans()):
            about, target = draw(st.sampled_from(groups_of)), draw(st.sampled_from(ports_of))
            event = draw(st.sampled_from(["ALL", "ACCEPT", "DROP"]))
            given: dict[str, object] = {"event": event, "enabled": draw(st.booleans())}
            if about:
                given["resource_id"] = about.id
            if target:
                given |= {"target_id": target.id, "groups": target.security_groups}
            text = f"log of {name} {event} {about.id if about else ''} {target.id if target else ''}"  # cannot change
            found.append(log(text, **given))
    return found


@st.composite
def labelled(draw: st.DrawFn, name: str) -> MeteringLabel:
    """A metering label with some of these rules."""
    ends = ({"remote_ip_prefix": "10.0.0.0/24"}, {"source_ip_prefix": "10.0.0.0/16"}, {"destination_ip_prefix": "::/0"})
    ways = st.sampled_from([{"direction": way, "excluded": out} for way in DIRECTIONS for out in (False, True)])
    rules = [end | draw(ways) for end in ends if draw(st.booleans())]
    return label(name, *rules, **({} if name == "own" else {"shared": True, "project_id": "another"}))


@st.composite
def rules_of(draw: st.DrawFn, name: str) -> QosPolicy:
    rules = (limit(100), limit(200, 150, "ingress"), mark(8), mark(0), least(50))
    return policy(name, *draw(st.lists(st.sampled_from(rules), unique_by=lambda one: (one.kind, one.way))))


@st.composite
def routed(
    draw: st.DrawFn,
    networks: list[Network],
    subnets: list[Subnet],
    ports: list[Port],
    under: st.SearchStrategy[str | None],
) -> list[Resource]:
    """Three chassis, two routers with their ports, and two floating IPs, each perhaps there."""
    some = st.booleans
    protocols = st.sampled_from(["tcp", "udp"])
    mappings = st.sampled_from(["physnet1:br-ex", "physnet2:br-2", ""])
    made: list[Resource] = [agent(f"host-{n}", draw(mappings), draw(some())) for n in range(3) if draw(some())]
    routers = []
    for number in range(2):
        name = f"router-{number}"
        interfaces = []
        gateway = None
        further = []
        for one in subnets:
            there = next(n for n in networks if n.id == one.network_id)
            base = one.cidr.partition("/")[0].removesuffix("0")
            if there.name == "red" and draw(some()):
                gateway = router_port(f"{name}-gw", name, there, {one: f"{base}{number + 200}"}, is_gateway=True)
                if draw(some()):
                    fixed = {one: f"{base}{number + 210}"}
                    further.append(router_port(f"{name}-gw-2", name, there, fixed, is_gateway=True))
            elif there.name != "red" and draw(some()):
                up = draw(some())
                text = f"{name}-{one.name}"
                interfaces.append(router_port(text, name, there, {one: f"{base}{number + 1}"}, admin_state_up=up))
        if draw(some()):
            routes = draw(
                st.sampled_from([(), (Route("192.0.2.0/24", "10.0.0.9"),), (Route("192.0.2.0/24", "10.0.0.8"),)])
            )
            ways = ("distributed", "enable_default_route_ecmp", "enable_default_route_bfd", "enable_ndp_proxy")
            given = {flag: draw(some()) for flag in ("admin_state_up", *ways)} | {"gateway_qos_policy_id": draw(under)}
            others = [*interfaces, *further]
            routers.append(router(name, gateway, draw(some()), others, routes=routes, **given))
            made += [*others, *([gateway] if gateway else [])]
    made += routers
    proxied = [(p, ip.ip_address) for p in ports for ip in p.fixed_ips if ":" in ip.ip_address]
    for one in routers:
        if proxied and draw(some()):
            to, address = draw(st.sampled_from(proxied))
            made.append(ndp_proxy(f"proxy of {one.name} for {address} of {to.name}", one, to, address))
    able = [p for p in ports if p.fixed_ips and ":" not in p.fixed_ips[0].ip_address]
    if able and draw(some()):
        own = ports.index(able[0])
        ports[own] = msgspec.structs.replace(able[0], is_local_ip=True)
        local = local_ip("local", ports[own])
        near = [to for to in able if to.network_id == local.network_id]
        made += [local, *(local_association(local, to) for to in near if draw(some()))]
    for number, one in enumerate(s for s in subnets if s.cidr == "203.0.113.0/24"):
        there = next(n for n in networks if n.id == one.network_id)
        for count in range(2):
            text = f"floating-{number}-{count}"
            holder = port(f"{text}-port", there, {one: f"203.0.113.{100 + count}"}, device_owner=FLOATING_IP)
            able = [p for p in ports if p.fixed_ips]
            to = draw(st.sampled_from([None, *able]))
            by = draw(st.sampled_from([None, *routers]))
            if not draw(some()):
                continue
            made += [holder, floating_ip(text, holder, to, by, draw(under))]
            if to is None and by is not None and able:
                ways = [forwarding(f"{text}-80", made[-1], able[0], "80:80", "8080:8080")]
                ways += [forwarding(f"{text}-90", made[-1], able[-1], "90:92", "90:92", draw(protocols))]
                made[-1] = with_forwardings(made[-1], by, *ways[: draw(st.integers(1, 2))])
    return made


def changes(before: Cloud, after: Cloud) -> Iterator[tuple[tuple[str, str], Resource | None]]:
    """Yield what leads from one cloud to the other, as an API would do it: what is referred to is always there."""
    rank = {source: _ORDER.index(source[0]) for source in before.keys() | after.keys()}
    for source in sorted(after, key=lambda one: (rank[one], one)):
        if before.get(source) != after[source]:
            yield source, after[source]
    for source in sorted(before.keys() - after.keys(), key=lambda one: (-rank[one], one)):
        yield source, None


class Walk:
    """One ovsdb-server, and controllers that come and go."""

    def __init__(self, folder: Path) -> None:
        self.nb = Server(folder, "nb")
        self.nb.start()
        self.nb.transact('{"op":"insert","table":"NB_Global","row":{}}')
        self.wake = folder / "wake"

    async def tell(self, stories: list[Cloud], pieces: list[int]) -> None:
        memory = Memory()
        async with Client(self.nb.remote, "OVN_Northbound") as client:
            await client.wait_connected(5)
            seen = Observer(client)
            await self.clear(seen)
            async with self.controller(client, memory) as controller:
                sizes = iter(pieces * 1000)
                left = next(sizes)
                for before, after in zip([{}, *stories], stories, strict=False):
                    for source, resource in changes(before, after):
                        memory.tell(source, resource)
                        left -= 1
                        if left <= 0:
                            left = next(sizes)
                            rouse(self.wake)
                            if left % 2:
                                await self.settled(controller, memory)
                            else:
                                await asyncio.sleep(0)
                await self.settled(controller, memory)
                walked = await self.everything(seen)
                written = controller.written
                for source in [(line.collection, line.id) for line in memory.journal]:
                    memory.tell(source, memory.cloud.get(source))
                await self.settled(controller, memory)
                assert controller.written == written, "the second telling wrote"
            async with self.controller(client, memory) as controller:
                assert controller.written == 0, "a full pass wrote"
            await self.clear(seen)
            async with self.controller(client, memory) as controller:
                await self.settled(controller, memory)
                scratch = await self.everything(seen)
        for table in TABLES:
            was, should = walked[table], scratch[table]
            different = {uuid for uuid in was.keys() | should.keys() if was.get(uuid) != should.get(uuid)}
            assert not different, {uuid: (was.get(uuid), should.get(uuid)) for uuid in different}

    def controller(self, client: Client, memory: Memory) -> "Running":
        return Running(Controller(BACKEND, client, memory, self.wake), client)

    async def settled(self, controller: Controller, memory: Memory) -> None:
        rouse(self.wake)
        await until(lambda: controller.position == len(memory.journal) and controller.is_settled, pause_s=0.002)

    async def clear(self, seen: Observer) -> None:
        for table in (
            *("Logical_Switch", "Port_Group", "Address_Set", "DHCP_Options"),
            *("Logical_Router", "HA_Chassis_Group", "Load_Balancer", "BFD", "Chassis_Template_Var"),
        ):
            await seen.transact(*[Delete(table, uuid) for uuid in await seen.rows(table)])

    async def everything(self, seen: Observer) -> dict:
        return {table: await seen.rows(table) for table in TABLES}


class Running:
    """A controller that runs while used as a context; it has made its first full pass when it is entered."""

    def __init__(self, controller: Controller, client: Client) -> None:
        self._controller = controller
        self._lock = client.lock(BACKEND.lock)

    async def __aenter__(self) -> Controller:
        self._task = asyncio.create_task(self._controller.run())
        await until(lambda: self._task.done() or self._controller.passes, pause_s=0.002)
        return self._controller

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.wait((self._task,))
        if not self._task.cancelled():
            self._task.result()


@pytest.mark.timeout(600)
def test_the_path_does_not_matter(tmp_path_factory: pytest.TempPathFactory) -> None:
    walk = Walk(tmp_path_factory.mktemp("walk"))

    @given(st.lists(clouds(), min_size=1, max_size=4), st.lists(st.integers(1, 9), min_size=1, max_size=5))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def told(stories: list[Cloud], pieces: list[int]) -> None:
        asyncio.run(walk.tell(stories, pieces))

    try:
        told()
    finally:
        walk.nb.kill()
