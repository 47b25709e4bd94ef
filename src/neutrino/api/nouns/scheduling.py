"""On which agents a router's gateway may be: as the backend chooses, or by hand. Not here: HTTP (paths/agents.py)."""

from collections.abc import Mapping
from typing import NamedTuple

from neutrino.api.request import Request
from neutrino.model.agent import GATEWAY_AGENT, Agent
from neutrino.model.faults.agent import (
    AgentNotFound,
    HAChassisPriorityAlreadyAssigned,
    InvalidDHCPAgent,
    InvalidHAChassisPriority,
    InvalidL3Agent,
    NetworkNotHostedByDhcpAgent,
    RouterHostedByL3Agent,
    RouterNotHostedByL3Agent,
    RouterSchedulingFailed,
)
from neutrino.model.faults.network import NetworkNotFound
from neutrino.model.faults.router import RouterNotFound
from neutrino.model.network import Network
from neutrino.model.router import MOST_PRIORITY, Router
from neutrino.store.columns import expression_of, select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

_agents, _routers = TABLES[Agent], TABLES[Router]
_GATEWAYS = select_all(Agent).where(_agents.c.agent_type == GATEWAY_AGENT).order_by(_agents.c.id)
_WITH_GATEWAY = select_all(Router).where(_routers.c.gw_port_id.is_not(None)).order_by(_routers.c.id)
_NETWORKS = select_all(Network).where(expression_of(Network, "router_external"))


class Gateways(NamedTuple):
    """What scheduling depends on, read at once."""

    agents: Mapping[str, Agent]
    networks: Mapping[str, Network]


def agents_of_router(tx: Transaction, request: Request, router_id: str) -> list[tuple[Agent, int]]:
    """Return the agents that a router's gateway may be on, each with its priority."""
    router = _router(tx, router_id)
    seen = _seen(tx)
    return [(seen.agents[one], priority) for one, priority in _priorities(request, router, seen).items()]


def routers_of_agent(tx: Transaction, request: Request, agent_id: str) -> list[Router]:
    """Return the routers whose gateway may be on the agent."""
    _agent(tx, agent_id)
    seen = _seen(tx)
    found = [to_resource(Router, row) for row in tx.connection.execute(_WITH_GATEWAY).all()]
    return [router for router in found if agent_id in _priorities(request, router, seen)]


def add(tx: Transaction, request: Request, agent_id: str, router_id: str, priority: int | None) -> None:
    """Let a router's gateway be on an agent's host, from now on chosen by hand; without *priority*, as the last one."""
    _check_priority(priority)
    router, agent = _router(tx, router_id), _agent(tx, agent_id)
    seen = _seen(tx)
    present = _priorities(request, router, seen)
    if agent.id in present:
        raise RouterHostedByL3Agent(router.id, agent.id)
    if priority in present.values():
        raise HAChassisPriorityAlreadyAssigned(int(priority or 0))
    if router.external_gateway_info is None:
        raise RouterSchedulingFailed(router.id, agent.id)
    if priority is None:
        last = max(0, min(present.values(), default=2) - 1)
        priority = next(one for one in range(last, MOST_PRIORITY) if one not in present.values())
    wanted = {**present, agent.id: priority}
    changed = tx.update(router, {"placement": wanted})
    if agent.id not in _priorities(request, changed, seen):
        raise InvalidL3Agent(agent.id)


def change(tx: Transaction, request: Request, agent_id: str, router_id: str, priority: int | None) -> None:
    """Give an agent another priority for a router's gateway."""
    _check_priority(priority)
    router, agent = _router(tx, router_id), _agent(tx, agent_id)
    present = _priorities(request, router, _seen(tx))
    if agent.id not in present:
        raise RouterNotHostedByL3Agent(router.id, agent.id)
    if priority is None:
        return
    if priority in present.values():
        raise HAChassisPriorityAlreadyAssigned(priority)
    tx.update(router, {"placement": {**present, agent.id: priority}})


def remove(tx: Transaction, request: Request, agent_id: str, router_id: str) -> None:
    """Let a router's gateway no longer be on an agent's host."""
    router, agent = _router(tx, router_id), _agent(tx, agent_id)
    present = _priorities(request, router, _seen(tx))
    if agent.id not in present:
        raise RouterNotHostedByL3Agent(router.id, agent.id)
    tx.update(router, {"placement": {one: rank for one, rank in present.items() if one != agent.id}})


def check_network(tx: Transaction, network_id: str) -> None:
    """Refuse if there is no such network."""
    if tx.get(Network, network_id) is None:
        raise NetworkNotFound(network_id[:255])


def check_agent(tx: Transaction, agent_id: str) -> None:
    """Refuse if there is no such agent."""
    if tx.get(Agent, agent_id) is None:
        raise AgentNotFound(agent_id[:255])


def add_network(tx: Transaction, agent_id: str) -> None:
    """Refuse: every host answers DHCP, of each network that it has ports on."""
    check_agent(tx, agent_id)
    raise InvalidDHCPAgent(agent_id)


def remove_network(tx: Transaction, agent_id: str, network_id: str) -> None:
    """Refuse, for the same reason."""
    check_agent(tx, agent_id)
    check_network(tx, network_id)
    raise NetworkNotHostedByDhcpAgent(network_id, agent_id)


def _priorities(request: Request, router: Router, seen: Gateways) -> Mapping[str, int]:
    gateway = router.external_gateway_info
    network = seen.networks.get(gateway.network_id) if gateway else None
    if network is None:
        return {}
    return request.binder.gateways(router=router, network=network, agents=list(seen.agents.values()))


def _seen(tx: Transaction) -> Gateways:
    agents = [to_resource(Agent, row) for row in tx.connection.execute(_GATEWAYS).all()]
    networks = [to_resource(Network, row) for row in tx.connection.execute(_NETWORKS).all()]
    return Gateways({one.id: one for one in agents}, {one.id: one for one in networks})


def _router(tx: Transaction, router_id: str) -> Router:
    found = tx.get(Router, router_id)
    if found is None:
        raise RouterNotFound(router_id[:255])
    return found


def _agent(tx: Transaction, agent_id: str) -> Agent:
    found = tx.get(Agent, agent_id)
    if found is None:
        raise InvalidL3Agent(agent_id[:255])
    return found


def _check_priority(priority: int | None) -> None:
    if priority is not None and not 0 <= priority <= MOST_PRIORITY:
        raise InvalidHAChassisPriority
