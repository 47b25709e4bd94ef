"""Why a port is not ACTIVE: the chain from the API to the switch, link by link.

Here: the links, what each says, and what to do where it is broken. Not here: observing them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from neutrino.diagnosis.intent import Resource

DISTRIBUTED = "network:"
"""Owners of ports that are on no host: routers' and metadata's."""


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What was seen of the port, from the API down.

    *services*: state by service of the lab. *journal*: how many lines the controller has not realised, None unknown.
    *northbound*, *southbound*, *interface*: the rows, None where there is none; the Port_Binding's ``chassis`` and
    ``requested_chassis`` are names. *plugged*: the instance that the lab has for this port, or nothing.
    """

    port: Resource
    hosts: tuple[str, ...]
    services: Mapping[str, str]
    journal: int | None
    northbound: Mapping[str, Any] | None
    southbound: Mapping[str, Any] | None
    interface: Mapping[str, Any] | None
    plugged: str


@dataclass(frozen=True)
class Link:
    """One link: *is_whole*, what was *found*, and where it is broken the *remedy*."""

    name: str
    is_whole: bool
    found: str
    remedy: str = ""


def chain(seen: Observed) -> tuple[Link, ...]:
    """Return the links from the API to the switch, in the order in which they depend on each other."""
    links = [_admin(seen), _running(seen, "neutrino-controller"), _journal(seen), _northbound(seen)]
    links += [_running(seen, "ovn-northd"), _southbound(seen)]
    if not seen.port["device_owner"].startswith(DISTRIBUTED):
        links[1:1] = [_host(seen), *_daemons(seen)]
        links += [_requested(seen), _interface(seen), _installed(seen), _claimed(seen)]
    return (*links, _status(seen))


def sentence(seen: Observed, links: tuple[Link, ...]) -> str:
    """Return the answer in one sentence: the first broken link and what to do, or that all is well."""
    label = seen.port["name"] or seen.port["id"]
    broken = next((one for one in links if not one.is_whole), None)
    if broken is None:
        return f"{label} is {seen.port['status']}, and every link of its chain is whole"
    return f"{label} is {seen.port['status']}: {broken.name}: {broken.found}; {broken.remedy}"


def _admin(seen: Observed) -> Link:
    if seen.port["admin_state_up"]:
        return Link("admin state", True, "UP")
    return Link(
        "admin state", False, "administratively DOWN", f"`./stack openstack port set --enable {seen.port['id']}`"
    )


def _host(seen: Observed) -> Link:
    host = seen.port["binding:host_id"]
    if not host:
        remedy = f"`./stack openstack port set --host HOST {seen.port['id']}`, as Nova does when it starts an instance"
        return Link("binding", False, "bound to no host", remedy)
    if host not in seen.hosts:
        known = ", ".join(seen.hosts)
        return Link(
            "binding", False, f"bound to {host}, which is no host of the lab ({known})", f"`./stack host add {host}`"
        )
    kind = seen.port["binding:vif_type"]
    if kind in ("binding_failed", "unbound"):
        remedy = f"is its chassis alive? `./stack openstack network agent list --host {host}`"
        return Link("binding", False, f"{kind} on {host}", remedy)
    return Link("binding", True, f"bound to {host} ({kind})")


def _daemons(seen: Observed) -> list[Link]:
    host = seen.port["binding:host_id"]
    return [
        _running(seen, f"{host}.{name}")
        for name in ("ovsdb-server", "ovs-vswitchd", "ovn-controller")
        if host in seen.hosts
    ]


def _running(seen: Observed, service: str) -> Link:
    state = seen.services.get(service, "not there")
    if state == "ready":
        return Link(service, True, "runs and answers")
    host, dot, _ = service.partition(".")
    if dot and state in ("not there", "stopped"):
        return Link(service, False, state, f"`./stack host start {host}`")
    return Link(service, False, state, f"`./stack logs {service}`; `./stack restart {service}`")


def _journal(seen: Observed) -> Link:
    if seen.journal is None:
        return Link("journal", True, "is not in this lab's SQLite file, and was not looked at")
    if seen.journal:
        found = f"{seen.journal} lines are not in the Northbound yet"
        return Link("journal", False, found, "wait, or `./stack logs neutrino-controller` where it does not go down")
    return Link("journal", True, "all of it is in the Northbound")


def _northbound(seen: Observed) -> Link:
    row = seen.northbound
    if row is None:
        return Link("Northbound", False, "no Logical_Switch_Port", "`./stack logs neutrino-controller`")
    if row.get("enabled") is False and seen.port["admin_state_up"]:
        return Link(
            "Northbound", False, "its row is disabled", "`./stack restart neutrino-controller` compares everything"
        )
    return Link("Northbound", True, f"Logical_Switch_Port {row['_uuid']}")


def _southbound(seen: Observed) -> Link:
    if seen.southbound is None:
        return Link("Southbound", False, "no Port_Binding", "`./stack logs ovn-northd`")
    return Link("Southbound", True, f"Port_Binding {seen.southbound['_uuid']}")


def _requested(seen: Observed) -> Link:
    host = seen.port["binding:host_id"]
    wanted = (seen.southbound or {}).get("requested_chassis", "")
    if wanted and wanted == host:
        return Link("chassis", True, f"{host} is asked for")
    if not host:
        return Link("chassis", False, "none is asked for", "see binding")
    remedy = f"is {host} in `./stack exec central -- ovn-sbctl show`?"
    return Link("chassis", False, f"{wanted or 'none'} is asked for, not {host}", remedy)


def _interface(seen: Observed) -> Link:
    host = seen.port["binding:host_id"] or "its host"
    row = seen.interface
    if row is None:
        remedy = (
            f"`./stack up` plugs {seen.plugged} again"
            if seen.plugged
            else f"plug an instance: set external_ids:iface-id={seen.port['id']} on an Interface of br-int"
        )
        return Link("interface", False, f"no Interface on {host} has its id as iface-id", remedy)
    if row["error"] or row["ofport"] in (-1, []):
        return Link(
            "interface", False, f"{row['name']}: {row['error'] or 'no OpenFlow port'}", "`./stack up` plugs it again"
        )
    return Link("interface", True, f"{row['name']} on {host}, OpenFlow port {row['ofport']}")


def _installed(seen: Observed) -> Link:
    if (seen.interface or {}).get("external_ids", {}).get("ovn-installed") == "true":
        return Link("flows", True, "ovn-installed is set")
    host = seen.port["binding:host_id"] or "HOST"
    return Link("flows", False, "ovn-installed is not set", f"`./stack logs {host}.ovn-controller`")


def _claimed(seen: Observed) -> Link:
    row = seen.southbound or {}
    if row.get("chassis") and row.get("up") is True:
        return Link("claim", True, f"claimed by {row['chassis']}, and up")
    found = f"claimed by {row['chassis']}, not up" if row.get("chassis") else "claimed by no chassis"
    return Link("claim", False, found, "`./stack top` shows which chassis lag")


def _status(seen: Observed) -> Link:
    status = seen.port["status"]
    if status == "ACTIVE":
        return Link("status", True, status)
    if status == "N/A" or seen.port["device_owner"].startswith(DISTRIBUTED):
        return Link("status", True, f"{status}: ports of {seen.port['device_owner']} are on no host")
    remedy = "the controller writes ACTIVE when all above is whole: `./stack logs neutrino-controller`"
    return Link("status", False, status, remedy)
