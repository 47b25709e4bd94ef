"""Binding a port to a host: what the API asks of a backend, and what it gets back.

Here: the question and the answer as types. Not here: how a backend decides (backends/<name>/binding.py).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import msgspec

from neutrino.model.agent import Agent
from neutrino.model.dhcp_option import DhcpOption
from neutrino.model.network import Network
from neutrino.model.port import BINDING_FAILED, UNBOUND
from neutrino.model.router import Router


class Binding(msgspec.Struct, frozen=True):
    """How an instance is to be plugged: the VIF type and details that Nova and os-vif act on."""

    vif_type: str
    vif_details: Mapping[str, object]


NO_PROFILE: Mapping[str, object] = MappingProxyType({})
NO_BINDING = Binding(UNBOUND, {})
CARRIED = Binding("ovs", {})  # a trunk's subport: it is wherever its parent is
FAILED = Binding(BINDING_FAILED, {})
DHCP_OPTIONS = "dhcp_options"
PARENT = "parent_name"  # in a profile: the port that carries this one


class Binder(Protocol):
    """What each backend offers to the API: pure functions of the model's values."""

    def bind(
        self,
        *,
        port_id: str,
        vnic_type: str,
        network: Network,
        agents: Sequence[Agent],
        profile: Mapping[str, object] = NO_PROFILE,
    ) -> Binding:
        """Return how a port of *vnic_type* on *network* binds to a host whose agents are *agents*, or `FAILED`.

        *profile* is what the host's compute service says of the device. Of a port that is managed remotely, *agents*
        are those of all hosts: one of them is the card that *profile* names.
        """
        ...

    def refused_option(self, option: DhcpOption, known: Mapping[str, object]) -> str:
        """Return why DHCP cannot give *option*; "" if it can.

        *known* is what the backend's controller observed of it under `DHCP_OPTIONS`; empty before it ever did.
        """
        ...

    def refused_profile(self, vnic_type: str, profile: Mapping[str, object]) -> str:
        """Return why a port of *vnic_type* cannot have *profile*; "" if it can."""
        ...

    def physical_networks(self, agents: Sequence[Agent]) -> frozenset[str]:
        """Return the physical networks that a host reaches whose agents are *agents*."""
        ...

    def gateways(self, *, router: Router, network: Network, agents: Sequence[Agent]) -> Mapping[str, int]:
        """Return which of *agents* the gateway of *router* on *network* may be on: priorities by id, highest first."""
        ...
