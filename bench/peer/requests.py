"""Requests of a round, as functions of the side and the number of the round.

Here: builders by verb and noun, and the share server's story. Not here: which rows there are (work.py).
"""

import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from bench.load import Body, Call, Connection
from bench.peer.rounds import Request, State, Story

Requests = Callable[[State, int], list[Request]]
READS = 0.7


def posts(noun: str, count: int, values: Callable[[State, int], Body]) -> Requests:
    """Return the creation of *count* of *noun*, each with its *values*."""
    return lambda state, _: [("POST", f"/{noun}s", {noun: values(state, one)}) for one in range(state.many(count))]


def gets(noun: str, count: int) -> Requests:
    """Return the reading of *count* of *noun*, by id."""
    return lambda state, number: [("GET", f"/{noun}s/{one}", None) for one in _some(state, noun, number, count)]


def renames(noun: str, count: int) -> Requests:
    """Return the renaming of *count* of *noun*, with a name that is new in each round and at each size."""
    return lambda state, number: [
        ("PUT", f"/{noun}s/{one}", {noun: {"name": f"{len(state.made[noun])}-{number}"}})
        for one in _some(state, noun, number, count)
    ]


def deletes(noun: str, count: int) -> Requests:
    """Return the deletion of *count* of *noun*, the last made first."""
    return lambda state, _: [("DELETE", f"/{noun}s/{state.made[noun].pop()}", None) for _ in range(state.many(count))]


def same(count: int, request: Request) -> Requests:
    """Return *request*, *count* times."""
    return lambda state, _number: [request] * state.many(count)


def rules(count: int, group: str) -> Requests:
    """Return the adding of *count* rules to the group that is kept as *group*; no two are alike."""

    def made(state: State, _number: int) -> list[Request]:
        first, wanted = state.made.setdefault("ports of rules", [0]), state.many(count)
        first[0] += wanted
        return [
            ("POST", "/security-group-rules", {"security_group_rule": _rule(state.made[group][0], first[0] - one)})
            for one in range(wanted)
        ]

    return made


def subnet(network_id: str, number: int) -> Body:
    """Return the values of a subnet; another *number* is another network of addresses."""
    return {"network_id": network_id, "ip_version": 4, "cidr": f"10.{number}.0.0/24"}


def kept(noun: str) -> Callable[[State, Body], None]:
    """Return what keeps the ids of the answers."""

    def keep(state: State, answer: Body) -> None:
        made = answer[f"{noun}s"] if f"{noun}s" in answer else [answer[noun]]
        state.made.setdefault(noun, []).extend(one["id"] for one in made)

    return keep


def mixed(state: State, chance: random.Random) -> Call:
    """Return one request of a mixed load: 70 % read; else a port is made, renamed or deleted, a third each.

    Deleted is what was made before, so the number of ports stays about the same.
    """
    one, spare = chance.choice(state.made["port"]), state.made["spare"]
    if chance.random() < READS:
        network = state.made["home"][0]
        path = chance.choice((f"/ports/{one}", f"/networks/{network}", f"/ports?id={one}", "/ports?limit=20"))
        return lambda ask: ask.send("GET", path)
    kind = chance.randrange(3)
    if kind == 0 or (kind == 1 and not spare):

        async def make(ask: Connection) -> None:
            port = {"network_id": state.made["home"][0], "name": "mixed"}
            spare.append((await ask("POST", "/ports", {"port": port}))["port"]["id"])

        return make
    if kind == 1:
        gone = spare.pop()
        return lambda ask: ask.send("DELETE", f"/ports/{gone}")
    name = f"mixed-{chance.random()}"
    return lambda ask: ask.send("PUT", f"/ports/{one}", {"port": {"name": name}})


def share_server(state: State) -> Story:
    """Return the life of a share server's network, as Manila asks for it: made, looked at, two ports, all deleted.

    Manila looks the network and its subnet up, makes a port for each address of the server (``manila:share``), finds
    them again by the server's id, and deletes them with the server; its user made the network, and deletes it.
    """
    server = str(uuid.uuid4())
    del state  # nothing of what exists is needed

    async def life(ask: Connection) -> None:
        network = (await ask("POST", "/networks", {"network": {"name": f"share-{server}"}}))["network"]["id"]
        within = (await ask("POST", "/subnets", {"subnet": subnet(network, 254)}))["subnet"]["id"]
        await ask("GET", f"/networks/{network}")
        await ask("GET", f"/subnets/{within}")
        for number in range(2):
            values = {
                "network_id": network,
                "name": f"share-{number}",
                "fixed_ips": [{"subnet_id": within}],
                "device_owner": "manila:share",
                "device_id": server,
                "admin_state_up": True,
            }
            await ask("POST", "/ports", {"port": values})
        found = (await ask("GET", f"/ports?device_id={server}"))["ports"]
        for port in found:
            await ask("DELETE", f"/ports/{port['id']}")
        await ask("DELETE", f"/subnets/{within}")
        await ask("DELETE", f"/networks/{network}")

    return life


def _some(state: State, noun: str, number: int, count: int) -> Iterator[str]:
    """Yield *count* ids of *noun*, others in each round as long as there are others."""
    ids, wanted = state.made[noun], state.many(count)
    return (ids[(number * wanted + one) % len(ids)] for one in range(wanted))


def _rule(group_id: str, number: int) -> Body:
    return {
        "security_group_id": group_id,
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "port_range_min": number,
        "port_range_max": number,
        "remote_ip_prefix": "192.0.2.0/24",
    }


def any_of(state: State, values: list[Any], count: int, number: int) -> list[Any]:
    """Return the part of *values* that is of round *number*, as many for each round as *state* makes of *count*."""
    wanted = state.many(count)
    return values[number * wanted : (number + 1) * wanted]
