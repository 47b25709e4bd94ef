"""The demo: the initial networks, two instances on two hosts, and packets between them and to the world outside.

Here: what ``up`` makes and proves. Not here: the lab below it (lab.py), the networks (initial.py).
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from neutrino.stack import initial, state
from neutrino.stack.api import Resource
from neutrino.stack.fault import StackFault
from neutrino.stack.lab import Lab

PLACEMENT = {"a": "h1", "b": "h2"}
"""Instance by host."""
PING_WITHIN_S = 15.0

Progress = Callable[[str], None]


def make(lab: Lab, tell: Progress, *, with_instances: bool = True) -> list[str]:
    """Make what is missing of the demo, and send the first packets; return what answered, one sentence each.

    Without initial networks, or with the private one deleted, there is no demo: nothing is returned. Raises StackFault
    when packets do not flow.
    """
    lab.wait("neutrino-api", *lab.identity_services)
    if not lab.networking.neutron_create_initial_networks:
        others(lab)
        return []
    with ThreadPoolExecutor() as pool:
        ports: list[Resource] = []
        if initial.are_made(lab):
            private = initial.made_private(lab)
            if private is not None and with_instances:
                ports = _instances(lab, tell, private, pool)
        else:
            with lab.alone():
                tell("initial networks")
                public = pool.submit(initial.public, lab)
                private = initial.private(lab)
                router = pool.submit(_router, lab, private, public)
                if with_instances:
                    ports = _instances(lab, tell, private, pool)
                router.result()
        others(lab)
        if private is None or not ports:
            return []
        tell("first packets")
        return list(pool.map(lambda way: _ping(lab, *way), _ways(lab, private, ports)))


def others(lab: Lab) -> None:
    """Make the other instances of the lab again, where they are not there."""
    for one in state.load(lab.run).instances:
        if one.name not in PLACEMENT:
            lab.instance(one.name, one.network_id, one.host, active=False, image=one.image)


def _router(lab: Lab, private: Resource, public: Future[Resource]) -> None:
    initial.router(lab, private, public.result())


def _instances(lab: Lab, tell: Progress, network: Resource, pool: ThreadPoolExecutor) -> list[Resource]:
    tell("instances: port, DHCP lease")
    placement = {name: host for name, host in PLACEMENT.items() if host in lab.hosts}
    return list(pool.map(lambda item: lab.instance(item[0], network["id"], item[1]), placement.items()))


def _ways(lab: Lab, private: Resource, ports: list[Resource]) -> list[tuple[str, str]]:
    """Return what a shall reach, name and address: the world outside only while a router leads there."""
    found = []
    for port in ports[1:]:
        addresses = sorted((one["ip_address"] for one in port["fixed_ips"]), key=lambda one: ":" in one)
        found.append((f"b ({port['binding:host_id']})", addresses[0]))
    if lab.networking.has_outside and initial.leads_outside(lab, private):
        found.append(("the world outside", lab.networking.public_gateways[0].partition("/")[0]))
    return found


def _ping(lab: Lab, name: str, address: str) -> str:
    if not lab.ping("a", address, PING_WITHIN_S):
        raise StackFault(f"no answer to a's pings from {name}, {address}: look at `./stack status` and `./stack logs`")
    return f"a (h1) to {name}, {address}"
