"""Agents: changing and deleting one. Not here: observing them (the controller does)."""

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.model.agent import Agent
from neutrino.model.faults.router import BadRequest
from neutrino.store.records import Transaction


def update(tx: Transaction, _request: Request, old: Agent, changes: Given) -> Agent:
    """Change an agent's description; refuse to switch it off, which OVN's cannot be."""
    if changes.get("admin_state_up") is False:
        raise BadRequest("agent", "OVN agent status cannot be updated")
    return tx.update(old, changes)


def delete(tx: Transaction, _request: Request, agent: Agent) -> None:
    """Delete an agent, and with it what the backend has of its host. One that is alive comes back."""
    tx.delete(agent)
