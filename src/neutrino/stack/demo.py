"""The demo: a network with DHCP and two instances on two hosts, made through the API.

Here: what ``up`` makes and proves. Not here: the lab below it (lab.py).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from neutrino.stack import state
from neutrino.stack.api import Resource
from neutrino.stack.fault import StackFault
from neutrino.stack.lab import Lab

NETWORK = "demo"
CIDR = "10.0.0.0/24"
PLACEMENT = {"a": "h1", "b": "h2"}
"""Instance by host."""
PING_WITHIN_S = 15.0

Progress = Callable[[str], None]


def make(lab: Lab, tell: Progress) -> None:
    """Make what is missing of the demo, wait until the API says ACTIVE, and send the first packets.

    Raises StackFault when packets do not flow.
    """
    lab.wait("neutrino-api", *lab.identity_services)
    tell("network demo")
    network = _network(lab)
    placement = {name: host for name, host in PLACEMENT.items() if host in lab.hosts}
    tell("instances: port, DHCP lease")
    with ThreadPoolExecutor(max_workers=len(placement)) as pool:
        ports = list(pool.map(lambda item: lab.instance(item[0], network["id"], item[1]), placement.items()))
    others(lab)
    tell("first packets")
    if len(ports) > 1:
        address = ports[1]["fixed_ips"][0]["ip_address"]
        if not lab.ping("a", address, PING_WITHIN_S):
            raise StackFault(f"no answer to a's pings from b ({address}): look at `./stack status` and `./stack logs`")


def others(lab: Lab) -> None:
    """Make the other instances of the lab again, where they are not there."""
    for one in state.load(lab.run).instances:
        if one.name not in PLACEMENT:
            lab.instance(one.name, one.network_id, one.host, active=False)


def _network(lab: Lab) -> Resource:
    """Return the demo's network with its subnet, made when missing."""
    found = lab.api.list("networks", name=NETWORK)
    network = found[0] if found else lab.api.create("networks", "network", name=NETWORK)
    if not lab.api.list("subnets", network_id=network["id"]):
        lab.api.create("subnets", "subnet", name=NETWORK, network_id=network["id"], ip_version=4, cidr=CIDR)
    return network
