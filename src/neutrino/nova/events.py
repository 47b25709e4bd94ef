"""Which events follow from what Nova was told last, what is now, and how often the status changed in between.

Here: pure functions. Not here: where the three come from (`notifier`), sending (`sender`).

Source: Nova's API, "Create external events (os-server-external-events)"; which changes are told is as upstream,
notifiers/nova.py: of ports of instances only, of their floating IPs, never of a port that merely came to be.
"""

from uuid import UUID

import msgspec

from neutrino.model.floating_ip import FloatingIp
from neutrino.model.port import ACTIVE, Port

CHANGED, PLUGGED, UNPLUGGED, DELETED = (
    "network-changed",
    "network-vif-plugged",
    "network-vif-unplugged",
    "network-vif-deleted",
)
OF_STATUS = frozenset((PLUGGED, UNPLUGGED))
COMPUTE_OWNER = "compute:"


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event as Nova's API has it; *tag* is a port."""

    name: str
    server_uuid: str
    status: str | None = None
    tag: str | None = None


class Told(msgspec.Struct, frozen=True):
    """What Nova knows of a port, or floating IP: its server, whether it was told that it is *active*, its revision."""

    server: str
    revision: int
    active: bool = False


def server_of(port: Port | None) -> str:
    """Return the instance that *port* is of; an empty text for none."""
    if port is None or not port.device_owner.startswith(COMPUTE_OWNER):
        return ""
    try:
        return str(UUID(port.device_id))
    except ValueError:
        return ""


def told_of(port: Port) -> Told | None:
    """Return what there is to know of *port*; nothing where it is of no instance."""
    server = server_of(port)
    return Told(server, port.revision_number, port.status == ACTIVE) if server else None


def of_port(port_id: str, port: Port | None, told: Told | None, flips: int) -> list[Event]:
    """Return the events of a port, given how often its status changed (*flips*) since Nova was *told*."""
    if port is None:
        return [Event(DELETED, told.server, tag=port_id)] if told else []
    now = told_of(port)
    if now is None:
        return []
    events = []
    if told is not None and told.revision != now.revision:
        events.append(Event(CHANGED, now.server))
    # An instance that was unplugged and plugged again within a moment waits for the second event all the same.
    was = told.active if told is not None else False
    if was != now.active:
        turns = [now.active]
    elif flips > 1:
        turns = [not now.active, now.active]
    else:
        turns = []
    if flips == 0 and told is None:
        turns = []  # it was plugged before it was of an instance
    names = (PLUGGED if is_active else UNPLUGGED for is_active in turns)
    return events + [Event(name, now.server, status="completed", tag=port_id) for name in names]


def of_floating_ip(now: Told | None, told: Told | None) -> list[Event]:
    """Return the events of a floating IP: whose instance it was, and whose it is."""
    if now == told:
        return []
    servers = [one.server for one in (told, now) if one is not None]
    return [Event(CHANGED, server) for server in dict.fromkeys(servers)]


def told_of_floating_ip(floating_ip: FloatingIp | None, port: Port | None) -> Told | None:
    """Return what there is to know of a floating IP at *port*; nothing where it is at no instance."""
    server = server_of(port) if floating_ip is not None else ""
    return Told(server, floating_ip.revision_number) if floating_ip is not None and server else None
