"""Bindings of a port: the active one, which is the port's own attributes, and those that wait at further hosts.

Here: what listing, making, changing, activating and deleting one does (extension binding-extended). Not here: paths.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from neutrino.api.bodies import Given
from neutrino.api.nouns import networks
from neutrino.api.nouns.ports import bind, check_profile
from neutrino.api.nouns.trunks import parent_changed
from neutrino.api.request import Request
from neutrino.model.faults import HTTPBadRequest
from neutrino.model.faults.port import (
    PortBindingAlreadyActive,
    PortBindingAlreadyExists,
    PortBindingError,
    PortBindingNotFound,
)
from neutrino.model.faults.router import BadRequest
from neutrino.model.kinds import JsonObject, Name, one_of, record, shown
from neutrino.model.port import ACTIVE, BINDING_FAILED, INACTIVE, UNBOUND, VNIC_TYPES, HostBinding, Port
from neutrino.store.records import Transaction

NAMES = ("host", "vif_type", "vnic_type", "status", "profile", "vif_details")
_OWNERS = ("compute:", "manila:")  # of ports that move between hosts


class Wanted(msgspec.Struct, frozen=True):
    """What a caller asks for; None is what there is, or the default."""

    host: Name | None = None
    vnic_type: Annotated[str, one_of(*VNIC_TYPES)] | None = None
    profile: JsonObject | None = None
    project_id: Name | None = None
    tenant_id: Name | None = None


_parse = record(Wanted)


def parse(body: Mapping[str, object]) -> Wanted:
    """Return what *body*, ``{"binding": {...}}``, asks for."""
    if "binding" not in body:
        raise HTTPBadRequest("Unable to find 'binding' in request body")
    try:
        wanted = _parse(body["binding"])
    except ValueError as error:
        raise HTTPBadRequest(f"Invalid input for binding. Reason: {error}.") from error
    assert isinstance(wanted, Wanted)  # noqa: S101 - parsed so
    if wanted.host == "":
        raise HTTPBadRequest("Invalid input for host. Reason: '' is no host.")
    return wanted


def check_movable(port: Port) -> None:
    """Refuse, unless *port* is of an instance or a share."""
    if not port.device_owner.startswith(_OWNERS):
        raise BadRequest("port", f"Invalid port {port.id}. Operation only valid on compute and shared filesystem ports")


def all_of(port: Port) -> list[Given]:
    """Return the bindings of *port* as the wire has them, the active one first."""
    active = HostBinding(
        port.binding_host_id,
        port.binding_vnic_type,
        port.binding_profile,
        port.binding_vif_type,
        port.binding_vif_details,
    )
    return [_wire(active, ACTIVE), *(_wire(one, INACTIVE) for one in port.inactive_bindings)]


def show(port: Port, host: str) -> Given:
    """Return the binding of *port* at *host*."""
    for one in all_of(port):
        if one["host"] == host:
            return one
    raise PortBindingNotFound(port.id, host[:255])


def create(tx: Transaction, request: Request, port: Port, wanted: Wanted) -> Given:
    """Bind *port* at a further host, where it waits to be activated."""
    if wanted.host is None:
        raise HTTPBadRequest("Failed to parse request. Required attribute 'host' not specified")
    if wanted.host == port.binding_host_id or _waiting(port, wanted.host) is not None:
        raise PortBindingAlreadyExists(port.id, wanted.host)
    made = _bound(tx, request, port, wanted.host, wanted.vnic_type or "normal", wanted.profile or {})
    tx.update(port, {"inactive_bindings": (*port.inactive_bindings, made)})
    return _wire(made, INACTIVE)


def update(tx: Transaction, request: Request, port: Port, host: str, wanted: Wanted) -> Given:
    """Change the binding of *port* at *host*, and bind it anew."""
    old = _waiting(port, host)
    if old is None and (not host or host != port.binding_host_id):
        raise PortBindingNotFound(port.id, host[:255])
    target = wanted.host or host
    others = {port.binding_host_id, *(one.host for one in port.inactive_bindings)} - {host}
    if target in others:
        raise PortBindingAlreadyExists(port.id, target)
    if old is None:
        vnic_type = wanted.vnic_type or port.binding_vnic_type
        profile = port.binding_profile if wanted.profile is None else wanted.profile
        made = _bound(tx, request, port, target, vnic_type, profile)
        parent_changed(tx, port, tx.update(port, _as_active(made)))
        return _wire(made, ACTIVE)
    profile = old.profile if wanted.profile is None else wanted.profile
    made = _bound(tx, request, port, target, wanted.vnic_type or old.vnic_type, profile)
    tx.update(port, {"inactive_bindings": tuple(made if one is old else one for one in port.inactive_bindings)})
    return _wire(made, INACTIVE)


def activate(tx: Transaction, port: Port, host: str) -> Given:
    """Make the binding at *host* the active one; the one that was active waits, unplugged."""
    if host and host == port.binding_host_id:
        raise PortBindingAlreadyActive(port.id, host)
    chosen = _waiting(port, host)
    if chosen is None:
        raise PortBindingNotFound(port.id, host[:255])
    left = [one for one in port.inactive_bindings if one is not chosen]
    if port.binding_host_id:
        left.append(HostBinding(port.binding_host_id, port.binding_vnic_type, port.binding_profile, UNBOUND, {}))
    parent_changed(tx, port, tx.update(port, _as_active(chosen) | {"inactive_bindings": tuple(left)}))
    return _wire(chosen, ACTIVE)


def delete(tx: Transaction, port: Port, host: str) -> None:
    """Delete the binding of *port* at *host*; without the active one it is plugged nowhere."""
    if host and host == port.binding_host_id:
        parent_changed(tx, port, tx.update(port, _as_active(HostBinding("", port.binding_vnic_type, {}, UNBOUND, {}))))
        return
    gone = _waiting(port, host)
    if gone is None:
        raise PortBindingNotFound(port.id, host[:255])
    tx.update(port, {"inactive_bindings": tuple(one for one in port.inactive_bindings if one is not gone)})


def selected(bindings: list[Given], pairs: list[tuple[str, str]]) -> list[Given]:
    """Return those of *bindings*, and those parts of them, that the query *pairs* ask for."""
    fields = [value for name, value in pairs if name == "fields"]
    filters: dict[str, set[str]] = {}
    for name, value in pairs:
        if name == "fields":
            continue
        if name not in ("host", "vif_type", "vnic_type", "status"):
            raise HTTPBadRequest(f"{shown(name)} is invalid attribute for filtering")
        filters.setdefault(name, set()).add(value)
    found = [one for one in bindings if all(one[name] in values for name, values in filters.items())]
    return [{name: one[name] for name in NAMES if name in fields} for one in found] if fields else found


def _waiting(port: Port, host: str) -> HostBinding | None:
    return next((one for one in port.inactive_bindings if one.host == host), None)


def _bound(
    tx: Transaction, request: Request, port: Port, host: str, vnic_type: str, profile: Mapping[str, object]
) -> HostBinding:
    if port.virtual_parents:
        raise BadRequest("port", "A virtual logical switch port cannot be bound to a host")
    check_profile(tx, request, vnic_type, profile)
    binding = bind(tx, request, networks.get(tx, port.network_id), port.id, host, vnic_type, profile)
    if binding.vif_type == BINDING_FAILED:
        raise PortBindingError(port.id, host)
    return HostBinding(host, vnic_type, profile, binding.vif_type, binding.vif_details)


def _as_active(binding: HostBinding) -> Given:
    return {
        "binding_host_id": binding.host,
        "binding_vnic_type": binding.vnic_type,
        "binding_profile": binding.profile,
        "binding_vif_type": binding.vif_type,
        "binding_vif_details": binding.vif_details,
    }


def _wire(binding: HostBinding, status: str) -> Given:
    return {name: status if name == "status" else getattr(binding, name) for name in NAMES}
