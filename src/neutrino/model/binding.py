"""Binding a port to a host: what the API asks of a backend, and what it gets back.

Here: the question and the answer as types. Not here: how a backend decides (backends/<name>/binding.py).
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from neutrino.model.agent import Agent
from neutrino.model.network import Network
from neutrino.model.port import BINDING_FAILED, UNBOUND
from neutrino.model.router import Router


class Binding(msgspec.Struct, frozen=True):
    """How an instance is to be plugged: the VIF type and details that Nova and os-vif act on."""

    vif_type: str
    vif_details: Mapping[str, object]


NO_BINDING = Binding(UNBOUND, {})
FAILED = Binding(BINDING_FAILED, {})


class Binder(Protocol):
    """What each backend offers to the API: a pure function of the model's values."""

    def bind(self, *, vnic_type: str, network: Network, agents: Sequence[Agent]) -> Binding:
        """Return how a port of *vnic_type* on *network* binds to a host whose agents are *agents*, or `FAILED`."""
        ...

    def gateways(self, *, router: Router, network: Network, agents: Sequence[Agent]) -> Mapping[str, int]:
        """Return which of *agents* the gateway of *router* on *network* may be on: priorities by id, highest first."""
        ...
