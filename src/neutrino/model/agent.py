"""Agents: what runs on the hosts, as the backend observes it (Networking API v2.0, extension agent)."""

from typing import Annotated, ClassVar

import msgspec

from neutrino.model.kinds import Boolean, JsonObject, Name, NullableName, Timestamp
from neutrino.model.resource import Attr, Resource

CONTROLLER_AGENT = "OVN Controller agent"
GATEWAY_AGENT = "OVN Controller Gateway agent"
METADATA_AGENT = "OVN Metadata agent"


class Agent(Resource, frozen=True, kw_only=True):
    """A program on a host that realises ports there. Written by the controller, read by the API."""

    collection: ClassVar[str] = "agents"
    singular: ClassVar[str] = "agent"
    human: ClassVar[str] = "Agent"

    agent_type: Annotated[Name, Attr(post=False, put=False)]
    binary: Annotated[Name, Attr(post=False, put=False)]
    host: Annotated[Name, Attr(post=False, put=False, indexed=True)]
    topic: Annotated[Name, Attr(post=False, put=False)] = ""
    availability_zone: Annotated[Name, Attr(post=False, put=False)] = ""
    alive: Annotated[Boolean, Attr(post=False, put=False)]
    admin_state_up: Annotated[Boolean, Attr(post=False)] = True
    description: Annotated[NullableName, Attr(post=False)] = ""
    configurations: Annotated[JsonObject, Attr(post=False, put=False)] = msgspec.field(default_factory=dict)
    created_at: Annotated[Timestamp, Attr(post=False, put=False)]
    started_at: Annotated[Timestamp, Attr(post=False, put=False)]
    heartbeat_timestamp: Annotated[Timestamp, Attr(post=False, put=False)]
