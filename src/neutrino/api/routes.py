"""The routes, as one table: what each noun's creation, change and deletion is done by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from neutrino.api import networks, ports, security_groups, subnets
from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.model.agent import Agent
from neutrino.model.faults import (
    AgentNotFound,
    NetworkNotFound,
    NotFound,
    PortNotFound,
    SecurityGroupNotFound,
    SecurityGroupRuleNotFound,
    SubnetNotFound,
)
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.resource import Resource
from neutrino.model.security_group import SecurityGroup, SecurityGroupRule
from neutrino.model.subnet import Subnet
from neutrino.store.records import Transaction

Create = Callable[[Transaction, Request, Given], Resource]
Update = Callable[[Transaction, Request, Any, Given], Resource]
Delete = Callable[[Transaction, Request, Any], None]


@dataclass(frozen=True, slots=True)
class Noun:
    """A resource that is served. What is None is not allowed."""

    cls: type[Resource]
    missing: Callable[[str], NotFound]
    create: Create | None = None
    update: Update | None = None
    delete: Delete | None = None
    path: str = ""  # where it differs from the collection's name

    @property
    def route(self) -> str:
        """The path below ``/v2.0/``; upstream writes words of a collection with dashes."""
        return self.path or self.cls.collection.replace("_", "-")


_groups = security_groups
NOUNS: tuple[Noun, ...] = (
    Noun(Network, NetworkNotFound, networks.create, networks.update, networks.delete),
    Noun(Subnet, SubnetNotFound, subnets.create, subnets.update, subnets.delete),
    Noun(Port, PortNotFound, ports.create, ports.update, ports.delete),
    Noun(SecurityGroup, SecurityGroupNotFound, _groups.create, _groups.update, _groups.delete),
    Noun(SecurityGroupRule, SecurityGroupRuleNotFound, _groups.create_rule, _groups.update_rule, _groups.delete_rule),
    Noun(Agent, AgentNotFound),
)
