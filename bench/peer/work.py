"""The work that is measured, over HTTP only: it knows no server, and runs on whatever answers the Networking API v2.0.

Here: which requests, in which order, and how many. Not here: how a round is taken (rounds.py).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.load import Body
from bench.peer.rounds import Request, State, alternated

Samples = dict[str, list[dict[str, Any]]]
BULK = 100
ROUTERS = "router"


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds of a row, requests of a round (multiplied by *scale*), ports in the large case."""

    rounds: int = 5
    scale: float = 1.0
    ports: int = 1000

    def times(self, count: int) -> int:
        """Return *count* scaled, at least one."""
        return max(1, round(count * self.scale))


class Work:
    """Everything, in order; each row's samples are given to *tell* when it is done."""

    def __init__(self, states: Sequence[State], size: Size, tell: Callable[[str, Samples], None]) -> None:
        self._states = states
        self._size = size
        self._tell = tell
        self.with_routers = all(ROUTERS in aliases(state) for state in states)

    def warm_up(self) -> None:
        """Use each kind of request a few times, so that no row pays for what is loaded or made at first use."""
        for state in self._states:
            for _ in range(4):
                network = _made(state, "network", {"name": "warm"})
                subnet = _made(state, "subnet", _subnet(network, 0))
                port = _made(state, "port", {"network_id": network})
                for path in (f"/ports/{port}", f"/subnets/{subnet}", f"/networks/{network}"):
                    noun = path.split("/")[1][:-1]
                    state.ask("GET", path)
                    state.ask("GET", f"/{noun}s?limit=2")
                    state.ask("PUT", path, {noun: {"name": "warmer"}})
                    state.ask("DELETE", path)

    def few(self) -> None:
        """Measure the four verbs on networks, subnets and ports while little exists."""
        times = self._size.times
        self._row("POST network", _posts("network", times(6), lambda _, n: {"name": f"n{n}"}), keep=_kept("network"))
        self._row("GET network", _gets("network", times(40)))
        self._row("PUT network name", _renames("network", times(6)))
        self._row("POST subnet", self._subnets(times(6)), keep=_kept("subnet"))
        self._row("GET subnet", _gets("subnet", times(40)))
        self._row("PUT subnet name", _renames("subnet", times(6)))
        self._row("DELETE subnet", _deletes("subnet", times(6)))
        self._row("DELETE network", _deletes("network", times(6)))
        for state in self._states:
            network = _made(state, "network", {"name": "small"})
            _made(state, "subnet", _subnet(network, 0))
            state.made["home"] = [network]
        self._row("POST port", _posts("port", times(10), _port), keep=_kept("port"))
        self._row("POST port, 8 clients", _posts("port", times(24), _port), clients=8, keep=_kept("port"))
        for state in self._states:
            _empty(state)

    def many(self) -> None:
        """Make the large case by bulk requests, the first half of the ports in a group of their own."""
        requests = -(-self._size.ports // BULK)
        for state in self._states:
            network = _made(state, "network", {"name": "large"})
            _made(state, "subnet", {"network_id": network, "ip_version": 4, "cidr": "10.128.0.0/16"})
            state.made["home"] = [network]
            state.made["group"] = [_made(state, "security_group", {"name": "half"})]

        def bulk(state: State, number: int) -> list[Request]:
            own = {"security_groups": state.made["group"]} if number < requests // 2 else {}
            ports = [{**_port(state, one), **own} for one in range(BULK)]
            return [("POST", "/ports", {"ports": ports})]

        self._row(f"POST {BULK} ports at once, per port", bulk, rounds=requests, per=BULK, keep=_kept("port"))

    def reads(self) -> None:
        """Measure reading with the large case in place."""
        times, have = self._size.times, f"{self._size.ports:,}"
        self._row("GET port", _gets("port", times(40)))
        self._row("GET port, 8 clients", _gets("port", times(80)), clients=8)
        for name, query in (
            (f"GET list of {have} ports", ""),
            (f"GET list of {have} ports, two fields", "?fields=id&fields=name"),
            (f"GET list, name filter, {self._size.ports // BULK} of {have}", "?name=p7"),
            (f"GET list, limit=100 of {have}", "?limit=100"),
        ):
            self._row(name, _same(times(3), ("GET", f"/ports{query}", None)))

    def writes(self) -> None:
        """Measure writing with the large case in place."""
        times = self._size.times
        self._row("PUT port name", _renames("port", times(8)))
        self._row(f"POST rule, group with {self._size.ports // 2} ports", self._rules(times(8)))
        self._row(f"POST port, {self._size.ports:,} exist", _posts("port", times(8), _port), keep=_kept("port"))
        self._row("DELETE port", _deletes("port", times(8)))

    def routers(self) -> None:
        """Measure routers and floating IPs; only when both sides have them."""
        count = max(2, self._size.times(3))
        total = count * self._size.rounds
        for state in self._states:
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
            state.made["inside"] = [_made(state, "subnet", _subnet(one, n + 1)) for n, one in enumerate(networks)]
            state.made["behind"] = [_made(state, "port", {"network_id": one}) for one in networks]

        def mine(state: State, name: str, number: int) -> list[Any]:
            return state.made[name][number * count : (number + 1) * count]

        self._row("POST router", _posts("router", count, lambda _, n: {"name": f"r{n}"}), keep=_kept("router"))
        self._row(
            "router: add interface",
            lambda state, number: [
                ("PUT", f"/routers/{router}/add_router_interface", {"subnet_id": subnet})
                for router, subnet in zip(mine(state, "router", number), mine(state, "inside", number), strict=True)
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
            _posts("floatingip", count, lambda state, _: {"floating_network_id": state.made["outside"][0]}),
            keep=_kept("floatingip"),
        )
        self._row(
            "floating IP: associate",
            lambda state, number: [
                ("PUT", f"/floatingips/{address}", {"floatingip": {"port_id": port}})
                for address, port in zip(mine(state, "floatingip", number), mine(state, "behind", number), strict=True)
            ],
        )

    def _row(self, name: str, requests: Callable[[State, int], list[Request]], **how: Any) -> None:
        how = {"rounds": self._size.rounds, **how}
        self._tell(name, alternated(self._states, requests, **how))

    def _subnets(self, count: int) -> Callable[[State, int], list[Request]]:
        def requests(state: State, number: int) -> list[Request]:
            networks = state.made["network"][number * count : (number + 1) * count]
            return [("POST", "/subnets", {"subnet": _subnet(one, n)}) for n, one in enumerate(networks)]

        return requests

    def _rules(self, count: int) -> Callable[[State, int], list[Request]]:
        def requests(state: State, number: int) -> list[Request]:
            return [
                ("POST", "/security-group-rules", {"security_group_rule": _rule(state, one)})
                for one in range(1000 + number * count, 1000 + (number + 1) * count)
            ]

        return requests


def aliases(state: State) -> set[str]:
    """Return the aliases of the extensions that a side offers."""
    return {one["alias"] for one in state.ask("GET", "/extensions")["extensions"]}


def _made(state: State, noun: str, values: Body) -> str:
    path = f"/{noun.replace('_', '-')}s"
    return str(state.ask("POST", path, {noun: values})[noun]["id"])


def _subnet(network_id: str, number: int) -> Body:
    return {"network_id": network_id, "ip_version": 4, "cidr": f"10.{number}.0.0/24"}


def _port(state: State, number: int) -> Body:
    return {"network_id": state.made["home"][0], "name": f"p{number}"}


def _rule(state: State, number: int) -> Body:
    return {
        "security_group_id": state.made["group"][0],
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "port_range_min": number,
        "port_range_max": number,
        "remote_ip_prefix": "192.0.2.0/24",
    }


def _empty(state: State) -> None:
    """Remove the ports of the small case, so that the large one has exactly its own."""
    for port in state.made.pop("port"):
        state.ask("DELETE", f"/ports/{port}")


def _kept(noun: str) -> Callable[[State, Body], None]:
    def keep(state: State, answer: Body) -> None:
        made = answer[f"{noun}s"] if f"{noun}s" in answer else [answer[noun]]
        state.made.setdefault(noun, []).extend(one["id"] for one in made)

    return keep


def _posts(noun: str, count: int, values: Callable[[State, int], Body]) -> Callable[[State, int], list[Request]]:
    return lambda state, _: [("POST", f"/{noun}s", {noun: values(state, one)}) for one in range(count)]


def _some(state: State, noun: str, number: int, count: int) -> Iterator[str]:
    """Yield *count* ids of *noun*, others in each round as long as there are others."""
    ids = state.made[noun]
    return (ids[(number * count + one) % len(ids)] for one in range(count))


def _gets(noun: str, count: int) -> Callable[[State, int], list[Request]]:
    return lambda state, number: [("GET", f"/{noun}s/{one}", None) for one in _some(state, noun, number, count)]


def _renames(noun: str, count: int) -> Callable[[State, int], list[Request]]:
    return lambda state, number: [
        ("PUT", f"/{noun}s/{one}", {noun: {"name": f"renamed-{number}"}}) for one in _some(state, noun, number, count)
    ]


def _deletes(noun: str, count: int) -> Callable[[State, int], list[Request]]:
    return lambda state, _: [("DELETE", f"/{noun}s/{state.made[noun].pop()}", None) for _ in range(count)]


def _same(count: int, request: Request) -> Callable[[State, int], list[Request]]:
    return lambda _state, _number: [request] * count
