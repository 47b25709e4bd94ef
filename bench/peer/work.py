"""The work that is measured, over HTTP only: it knows no server, and runs on whatever answers the Networking API v2.0.

Here: which rows, in which order, and how many requests. Not here: the requests (requests.py), how a round is taken
(rounds.py), what needs more than HTTP (wire.py).
"""

import functools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.load import Body
from bench.peer.requests import (
    any_of,
    deletes,
    gets,
    kept,
    mixed,
    posts,
    renames,
    rules,
    same,
    share_server,
    subnet,
)
from bench.peer.rounds import Request, State, alternated, come_to_rest, in_slices, settle
from bench.spread import EACH, SIZES, TOGETHER, spread

Samples = dict[str, list[dict[str, Any]]]
BULK = 100
BULK_ROUNDS = 3
FILL = 500
ROUTERS = "router"
GROUP = 500
"""Ports of the smaller group."""
MANY_CLIENTS = (8, 32)
LARGE = 1_000
"""The size at which everything is measured."""
GROWTH_ROUNDS = 3
MIXED_ROUNDS = 5
NAMED = 10
"""Ports that a filter by name finds."""


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds of a row, requests of a round (multiplied by *scale*), numbers of ports."""

    rounds: int = 5
    scale: float = 1.0
    ports: tuple[int, ...] = SIZES
    large: int = LARGE
    mixed_s: float = 300.0

    def times(self, count: int) -> int:
        """Return *count* scaled, at least one."""
        return max(1, round(count * self.scale))


class Work:
    """Everything, by parts; each row's samples are given to *tell* when it is done."""

    def __init__(self, states: Sequence[State], size: Size, tell: Callable[[str, Samples], None]) -> None:
        self._states = states
        self._size = size
        self._tell = tell
        self._chance = random.Random(1)
        self.with_routers = all(ROUTERS in aliases(state) for state in states)

    def warm_up(self) -> None:
        """Use each kind of request a few times, so that no row pays for what is loaded or made at first use."""
        for state in self._states:
            for _ in range(4):
                network = _made(state, "network", {"name": "warm"})
                within = _made(state, "subnet", subnet(network, 0))
                port = _made(state, "port", {"network_id": network})
                for path in (f"/ports/{port}", f"/subnets/{within}", f"/networks/{network}"):
                    noun = path.split("/")[1][:-1]
                    state.ask("GET", path)
                    state.ask("GET", f"/{noun}s?limit=2")
                    state.ask("PUT", path, {noun: {"name": "warmer"}})
                    state.ask("DELETE", path)

    def few(self) -> None:
        """Measure the four verbs on networks, subnets and ports while little exists."""
        times = self._size.times
        self._row("POST network", posts("network", times(6), lambda _, n: {"name": f"n{n}"}), keep=kept("network"))
        self._row("GET network", gets("network", times(40)))
        self._row("PUT network name", renames("network", times(6)))
        self._row("POST subnet", self._subnets(times(6)), keep=kept("subnet"))
        self._row("GET subnet", gets("subnet", times(40)))
        self._row("PUT subnet name", renames("subnet", times(6)))
        self._row("DELETE subnet", deletes("subnet", times(6)))
        self._row("DELETE network", deletes("network", times(6)))
        for state in self._states:
            network = _made(state, "network", {"name": "small"})
            _made(state, "subnet", {"network_id": network, "ip_version": 4, "cidr": "10.0.0.0/20"})
            state.made["home"] = [network]
        self._row("POST port", posts("port", times(10), _port), keep=kept("port"))
        for state in self._states:
            for port in state.made.pop("port"):
                state.ask("DELETE", f"/ports/{port}")
            settle(state.side)

    def begin_to_fill(self) -> None:
        """Make the network, and the two groups, of the large cases: one of all ports, one of the first 500."""
        for state in self._states:
            network = _made(state, "network", {"name": "large"})
            _made(state, "subnet", {"network_id": network, "ip_version": 4, "cidr": "10.128.0.0/16"})
            state.made |= {"home": [network], "port": []}
            for name in ("all", "first"):
                state.made[name] = [_made(state, "security_group", {"name": name})]

    def fill(self, size: int) -> None:
        """Make ports until there are *size*: by copies where a side has such, else by the API."""
        for state in self._states:
            # Of the first 500 each is like the first, of all after them like the next.
            for target in (min(size, GROUP), min(size, TOGETHER)):
                have = len(state.made["port"])
                if (missing := target - have) > 0:
                    state.made["port"] += _alike(state, missing, have < GROUP)
            if (missing := size - len(state.made["port"])) > 0:
                state.made["port"] += _spread(state, missing)
            come_to_rest(state.side)

    def grown(self) -> None:
        """Measure what a client asks for most, in the same way at each size."""
        how = {"rounds": min(GROWTH_ROUNDS, self._size.rounds)}
        times = self._size.times
        self._row("GET port", gets("port", times(40)), **how)
        self._row("GET list, limit=100", same(times(3), ("GET", "/ports?limit=100", None)), **how)
        self._row("PUT port name", renames("port", times(8)), **how)
        self._row("POST port", posts("port", times(8), _port), keep=kept("port"), **how)
        self._row("DELETE port", deletes("port", times(8)), **how)
        self._row(f"POST rule, group with all ports, {TOGETHER:,} at most", rules(times(6), "all"), **how)
        if self.with_routers:
            count = times(2)
            fresh = {id(state): self._attachable(state, state.many(count * how["rounds"])) for state in self._states}
            self._row(
                "router: add interface",
                lambda state, number: any_of(state, fresh[id(state)], count, number),
                **how,
            )

    def lists(self, size: int) -> None:
        """Measure lists of *size* ports; ten of them are called ``p7``."""
        times, have = self._size.times, f"{size:,}"
        for state in self._states:
            if "named" not in state.made:
                state.made["named"] = state.made["port"][-NAMED:]
                for port in state.made["named"]:
                    state.ask("PUT", f"/ports/{port}", {"port": {"name": "p7"}})
        # The larger the list, the fewer are needed.
        count, rounds = (times(3), self._size.rounds) if size <= LARGE else (1, min(self._size.rounds, 3))
        for name, query in (
            (f"GET list of {have} ports", ""),
            (f"GET list of {have} ports, two fields", "?fields=id&fields=name"),
            (f"GET list, name filter, {NAMED} of {have}", "?name=p7"),
            (f"GET list, limit=100 of {have}", "?limit=100"),
        ):
            self._row(name, same(count, ("GET", f"/ports{query}", None)), rounds=rounds)

    def large(self) -> None:
        """Measure, at the size at which everything is measured, what is not measured at each size."""
        times = self._size.times
        self._row("GET port", gets("port", times(40)))
        for clients in MANY_CLIENTS:
            self._row(f"GET port, {clients} clients", gets("port", times(10 * clients)), clients=clients)
        self._row("PUT port name", renames("port", times(8)))
        self._row(f"POST port, {self._size.large:,} exist", posts("port", times(8), _port), keep=kept("port"))
        self._row("DELETE port", deletes("port", times(8)))
        self._row(f"POST rule, group with {GROUP} ports", rules(times(8), "first"))
        self._row(
            "life of a share server (11 requests)",
            lambda state, _: [share_server(state) for _ in range(state.many(times(2)))],
            rounds=min(self._size.rounds, BULK_ROUNDS),
        )

    def many_clients(self) -> None:
        """Measure creation by many clients, and by bulk requests; what was made stays."""
        rounds = min(self._size.rounds, BULK_ROUNDS)
        for clients in MANY_CLIENTS:
            count = max(clients, self._size.times(2 * clients))
            self._row(
                f"POST port, {clients} clients",
                posts("port", count, _port),
                clients=clients,
                keep=kept("port"),
                rounds=rounds,
            )

        def bulk(state: State, _number: int) -> list[Request]:
            request = ("POST", "/ports", {"ports": [_port(state, one) for one in range(BULK)]})
            return [request] * state.many(1)

        self._row(f"POST {BULK} ports at once, per port", bulk, rounds=rounds, per=BULK, keep=kept("port"))

    def mixed(self) -> None:
        """Measure a mixed load of 8 clients for a while."""
        rounds = min(self._size.rounds, MIXED_ROUNDS)
        for state in self._states:
            state.made["spare"] = []
        name = f"mixed load, 70 % read, {MANY_CLIENTS[0]} clients"
        draw = functools.partial(mixed, chance=self._chance)
        self._tell(name, in_slices(self._states, draw, rounds, MANY_CLIENTS[0], self._size.mixed_s))
        for state in self._states:
            state.made["port"] += state.made.pop("spare")

    def routers(self) -> None:
        """Measure routers and floating IPs; only when both sides have them."""
        count = max(2, self._size.times(3))
        for state in self._states:
            total = state.many(count * self._size.rounds)
            outside = {
                "name": "outside",
                "router:external": True,
                "provider:network_type": "flat",
                "provider:physical_network": "outside",
            }
            state.made["outside"] = [_made(state, "network", outside)]
            far = {"network_id": state.made["outside"][0], "ip_version": 4, "cidr": "198.18.0.0/20"}
            _made(state, "subnet", {**far, "enable_dhcp": False})
            networks = [_made(state, "network", {"name": f"r{number}"}) for number in range(total)]
            state.made["inside"] = [_made(state, "subnet", subnet(one, n % 250 + 1)) for n, one in enumerate(networks)]
            state.made["behind"] = [_made(state, "port", {"network_id": one}) for one in networks]

        def mine(state: State, name: str, number: int) -> list[Any]:
            return any_of(state, state.made[name], count, number)

        self._row("POST router", posts("router", count, lambda _, n: {"name": f"r{n}"}), keep=kept("router"))
        self._row(
            "router: add interface",
            lambda state, number: [
                ("PUT", f"/routers/{router}/add_router_interface", {"subnet_id": within})
                for router, within in zip(mine(state, "router", number), mine(state, "inside", number), strict=True)
            ],
        )
        self._row(
            "router: set gateway",
            lambda state, number: [
                ("PUT", f"/routers/{router}", {"router": {"external_gateway_info": {"network_id": net}}})
                for router in mine(state, "router", number)
                for net in state.made["outside"]
            ],
        )
        self._row(
            "POST floating IP",
            posts("floatingip", count, lambda state, _: {"floating_network_id": state.made["outside"][0]}),
            keep=kept("floatingip"),
        )
        self._row(
            "floating IP: associate",
            lambda state, number: [
                ("PUT", f"/floatingips/{address}", {"floatingip": {"port_id": port}})
                for address, port in zip(mine(state, "floatingip", number), mine(state, "behind", number), strict=True)
            ],
        )
        self._row("DELETE floating IP", deletes("floatingip", count))

    def _row(self, name: str, requests: Callable[[State, int], Sequence[Any]], **how: Any) -> None:
        how = {"rounds": self._size.rounds, **how}
        self._tell(name, alternated(self._states, requests, **how))

    def _subnets(self, count: int) -> Callable[[State, int], list[Request]]:
        def requests(state: State, number: int) -> list[Request]:
            networks = any_of(state, state.made["network"], count, number)
            return [("POST", "/subnets", {"subnet": subnet(one, n % 250)}) for n, one in enumerate(networks)]

        return requests

    def _attachable(self, state: State, count: int) -> list[Request]:
        """Make routers and networks; return the requests that bring each pair together."""
        requests: list[Request] = []
        for _ in range(count):
            within = _made(state, "subnet", subnet(_made(state, "network", {}), 253))
            router = _made(state, "router", {})
            requests.append(("PUT", f"/routers/{router}/add_router_interface", {"subnet_id": within}))
        settle(state.side)
        return requests


def aliases(state: State) -> set[str]:
    """Return the aliases of the extensions that a side offers."""
    return {one["alias"] for one in state.ask("GET", "/extensions")["extensions"]}


def _made(state: State, noun: str, values: Body) -> str:
    path = f"/{noun.replace('_', '-')}s"
    return str(state.ask("POST", path, {noun: values})[noun]["id"])


def _port(state: State, number: int) -> Body:
    return {"network_id": state.made["home"][0], "name": f"p{number}"}


def _alike(state: State, count: int, is_first: bool) -> list[str]:
    """Make *count* ports in the group of all, and of the first ones in theirs too; return their ids."""
    values = _port(state, 0) | {"security_groups": state.made["all"] + (state.made["first"] if is_first else [])}
    made = [_made(state, "port", values)]
    made += state.side.copy(made, count - 1)
    while (missing := count - len(made)) > 0:
        answer = state.ask("POST", "/ports", {"ports": [values] * min(FILL, missing)})
        made += [one["id"] for one in answer["ports"]]
    return made


def _spread(state: State, count: int) -> list[str]:
    """Make *count* ports on networks of their own, of which all are like the first; return their ids."""
    made = spread(state, min(EACH, count))
    like = state.ask("GET", f"/ports/{made[0]}")["port"]
    made += state.side.copy([like["network_id"], *like["security_groups"]], count // EACH - 1)
    return made + spread(state, count - len(made))
