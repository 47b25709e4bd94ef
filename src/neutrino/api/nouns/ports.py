"""Ports: what creating, changing and deleting one does: addresses, security, binding."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec
from sqlalchemy import bindparam, select

from neutrino.api.bodies import Given, defaults_of
from neutrino.api.nouns import (
    local_ip_ports,
    logs,
    ndp_proxies,
    networks,
    port_forwardings,
    port_names,
    port_options,
    qos,
    routed,
    tags,
    virtual_ports,
)
from neutrino.api.nouns.associations import disassociate
from neutrino.api.nouns.fixed_ips import allocate
from neutrino.api.nouns.security_groups import check_exist, ensure_default
from neutrino.api.nouns.trunks import check_may_go, parent_changed
from neutrino.api.request import Request
from neutrino.model.addressing import serving
from neutrino.model.agent import Agent
from neutrino.model.binding import NO_BINDING, PARENT, Binding
from neutrino.model.faults import InvalidInput
from neutrino.model.faults.port import (
    AddressPairAndPortSecurityRequired,
    DuplicateAddressPairInRequest,
    MacAddressInUse,
    NetworkMacAddressGenerationFailure,
    PortBound,
    PortInUse,
    PortNotFound,
    PortSecurityAndIPRequiredForSecurityGroups,
    PortSecurityPortHasSecurityGroup,
)
from neutrino.model.faults.router import ServicePortInUse
from neutrino.model.network import Network
from neutrino.model.port import (
    BINDING_FAILED,
    DEFERRED,
    IMMEDIATE,
    NETWORK_OWNER_PREFIX,
    NO_ADDRESS,
    NORMAL,
    REMOTE_MANAGED,
    SERVICE_OWNERS,
    UNBOUND,
    AddressPair,
    FixedIpRequest,
    Port,
)
from neutrino.model.pvlan import standing
from neutrino.model.router import Router
from neutrino.model.subnet import Subnet
from neutrino.store.columns import select_all, to_resource
from neutrino.store.records import Transaction
from neutrino.store.tables import TABLES

MAC_TRIES = 16
_WITH_MAC = select(TABLES[Port].c.id).where(
    TABLES[Port].c.network_id == bindparam("network_id"), TABLES[Port].c.mac_address == bindparam("mac")
)
_ALL_AGENTS = select_all(Agent)
_AGENTS_ON = select_all(Agent).where(TABLES[Agent].c.host == bindparam("host"))


def create(tx: Transaction, request: Request, given: Given) -> Port:
    """Create a port: MAC, addresses and default group are chosen where none are given; with a host it is bound."""
    if (owner := given["device_owner"]) in SERVICE_OWNERS:
        raise InvalidInput(f"device_owner '{owner}' is for ports that routers, floating IPs and local IPs make")
    return _create_with_mac(tx, request, given)


def make(tx: Transaction, request: Request, **values: object) -> Port:
    """Make a port for another noun: a router's, a floating IP's."""
    return _create_with_mac(tx, request, defaults_of(Port) | values)


def _create_with_mac(tx: Transaction, request: Request, given: Given) -> Port:
    if given.get("mac_address"):
        return _create(tx, request, given, str(given["mac_address"]))
    for _ in range(MAC_TRIES):
        with suppress(MacAddressInUse):
            return _create(tx, request, given, _random_mac(request))
    raise NetworkMacAddressGenerationFailure(str(given["network_id"]))


def _create(tx: Transaction, request: Request, given: Given, mac: str) -> Port:
    network = networks.get(tx, str(given["network_id"]))
    owner = str(given["device_owner"])
    project_id = str(given.get("project_id") or ("" if owner in SERVICE_OWNERS else request.project_id))
    trusted = owner.startswith(NETWORK_OWNER_PREFIX)
    secured = not trusted and given.get("port_security_enabled", network.port_security_enabled)
    groups = given.get("security_groups")
    if groups is None:
        groups = (ensure_default(tx, project_id),) if secured and not trusted else ()
    else:
        check_exist(tx, request, groups)  # type: ignore[arg-type]
    wanted: Sequence[FixedIpRequest] | None = given.get("fixed_ips")  # type: ignore[assignment]
    subnets = networks.subnets_of(tx, network.id)
    subnets = subnets if wanted == () else serving(network.id, subnets, owner)
    host = str(given["binding_host_id"])
    is_deferred = not host and wanted is None and routed.is_routed(subnets)
    if host and wanted != () and routed.is_routed(subnets):
        subnets = routed.on_host(tx, request, network, subnets, host)
    fixed_ips = () if is_deferred else routed.checked(subnets, allocate(tx, network, subnets, wanted, mac, trusted))
    given = given | port_names.kept(request, given) | {"binding_profile": _profile(given)}
    port_id, vnic_type = str(uuid.uuid4()), str(given["binding_vnic_type"])
    check_profile(tx, request, vnic_type, given["binding_profile"])  # type: ignore[arg-type]
    binding = bind(
        tx,
        request,
        network,
        port_id,
        host,
        vnic_type,
        given["binding_profile"],  # type: ignore[arg-type]
    )
    values = given | {
        **qos.of_new_port(tx, request, network, port_id, given.get("qos_policy_id"), vnic_type),
        "id": port_id,
        "project_id": project_id,
        "mac_address": mac,
        "fixed_ips": fixed_ips,
        "ip_allocation": DEFERRED if is_deferred else NO_ADDRESS if wanted == () else IMMEDIATE,
        "security_groups": groups,
        "port_security_enabled": secured,
        "binding_vif_type": binding.vif_type,
        "binding_vif_details": binding.vif_details,
        "tags": tags.parse(Port, given["tags"]),
        "extra_dhcp_opts": port_options.options(tx, request, (), given["extra_dhcp_opts"]),  # type: ignore[arg-type]
        "dns_assignment": port_names.assigned(request, fixed_ips, str(given["dns_name"])),
    }
    port = Port(**values, created_at=tx.now, updated_at=tx.now, revision_number=1)  # type: ignore[arg-type]
    port = _with_pair_macs(port)
    _check_security(port)
    port = msgspec.structs.replace(port, **standing(network, port), **virtual_ports.shared(tx, port))
    if not tx.insert_if_free(port, ("network_id", "mac_address")):
        raise MacAddressInUse(network.id, mac)
    virtual_ports.tell(tx, port, (pair.ip_address for pair in port.allowed_address_pairs))
    return port


def update(tx: Transaction, request: Request, old: Port, changes: Given) -> Port:
    """Change a port; a new host, VNIC type or profile binds it anew, an empty MAC asks for a new one."""
    if changes.get("mac_address", old.mac_address):
        return _update(tx, request, old, changes)
    for _ in range(MAC_TRIES):
        with suppress(MacAddressInUse):
            return _update(tx, request, old, changes | {"mac_address": _random_mac(request)})
    raise NetworkMacAddressGenerationFailure(old.network_id)


def _update(tx: Transaction, request: Request, old: Port, changes: Given) -> Port:
    network = networks.get(tx, old.network_id)
    values = changes | port_names.kept(request, changes)
    _check_service(old, changes)
    if {"binding_profile", "trusted"} & values.keys():
        values["binding_profile"] = _profile(
            {"binding_profile": old.binding_profile, "trusted": old.trusted, "hardware_offload_type": None} | values
        )
        vnic_type = str(values.get("binding_vnic_type", old.binding_vnic_type))
        check_profile(tx, request, vnic_type, values["binding_profile"])  # type: ignore[arg-type]
    if "extra_dhcp_opts" in values:
        values["extra_dhcp_opts"] = port_options.options(
            tx,
            request,
            old.extra_dhcp_opts,
            values["extra_dhcp_opts"],  # type: ignore[arg-type]
        )
    mac = str(values.get("mac_address", old.mac_address))
    _check_bound(old, mac, str(values.get("binding_vnic_type", old.binding_vnic_type)))
    host = str(values.get("binding_host_id") or "")
    arrives = bool(host) and host != old.binding_host_id
    if arrives and old.ip_allocation == DEFERRED and not old.fixed_ips and "fixed_ips" not in values:
        subnets = serving(network.id, networks.subnets_of(tx, network.id), old.device_owner)
        if routed.is_routed(subnets):  # it may have become one of plain subnets, or of none
            subnets = routed.on_host(tx, request, network, subnets, host)
        values["fixed_ips"] = routed.checked(subnets, allocate(tx, network, subnets, None, mac, old.is_trusted))
    elif "fixed_ips" in values or mac != old.mac_address:
        present = [ip.subnet_id for ip in old.fixed_ips]
        subnets = networks.subnets_of(tx, network.id)
        subnets = serving(network.id, subnets, old.device_owner, present) if values.get("fixed_ips") != () else subnets
        wanted = values.get("fixed_ips", _same_ips(old, subnets))
        on = host or old.binding_host_id
        if on and wanted and routed.is_routed(subnets):
            subnets = routed.on_host(tx, request, network, subnets, on)
        fixed_ips = allocate(tx, network, subnets, wanted, mac, old.is_trusted, old.fixed_ips)  # type: ignore[arg-type]
        values["fixed_ips"] = routed.checked(subnets, fixed_ips)
    elif arrives and not network.l2_adjacency:
        routed.check_move(tx, request, network, networks.subnets_of(tx, network.id), old, host)
    if values.get("security_groups") is not None and values["security_groups"] != old.security_groups:
        check_exist(tx, request, values["security_groups"])  # type: ignore[arg-type]
    new = _with_pair_macs(msgspec.structs.replace(old, **values))
    if "allowed_address_pairs" in values:
        values["allowed_address_pairs"] = new.allowed_address_pairs
    if values.keys() & {"port_security_enabled", "security_groups", "allowed_address_pairs", "fixed_ips"}:
        if changes.get("port_security_enabled") is False and new.security_groups and "security_groups" not in changes:
            raise PortSecurityPortHasSecurityGroup
        _check_security(new)
    if values.keys() & {"pvlan_type", "pvlan_community", "port_security_enabled", "device_owner"}:
        values |= standing(network, new, is_left="pvlan_community" not in values)
    virtual_ports.check_plugged(old, new)
    if _is_bound_anew(old, new):
        binding = bind(tx, request, network, old.id, new.binding_host_id, new.binding_vnic_type, new.binding_profile)
        values |= {"binding_vif_type": binding.vif_type, "binding_vif_details": binding.vif_details}
        # A binding that waited at that host is this one now.
        values["inactive_bindings"] = tuple(one for one in new.inactive_bindings if one.host != new.binding_host_id)
    if {"fixed_ips", "dns_name"} & values.keys():
        values["dns_assignment"] = port_names.assigned(request, new.fixed_ips, new.dns_name)
    if {"fixed_ips", "binding_host_id"} & values.keys():
        values |= virtual_ports.shared(tx, new)
    if values.keys() & {"qos_policy_id", "binding_vnic_type"}:
        values |= qos.of_changed_port(tx, request, network, old, changes)
    if mac != old.mac_address and tx.connection.execute(_WITH_MAC, {"network_id": network.id, "mac": mac}).first():
        raise MacAddressInUse(network.id, mac)
    updated = tx.update(old, values)
    parent_changed(tx, old, updated)
    if updated.allowed_address_pairs != old.allowed_address_pairs:
        pairs = (*old.allowed_address_pairs, *updated.allowed_address_pairs)
        virtual_ports.tell(tx, updated, (pair.ip_address for pair in pairs))
    if updated.security_groups != old.security_groups:
        logs.port_changes_groups(tx, old.id)
    if updated.fixed_ips != old.fixed_ips:
        disassociate(tx, request, old.id, kept=(ip.ip_address for ip in updated.fixed_ips))
        port_forwardings.forget(tx, old.id, kept=(ip.ip_address for ip in updated.fixed_ips))
        ndp_proxies.forget(tx, old.id, kept=(ip.ip_address for ip in updated.fixed_ips))
        local_ip_ports.check(tx, old, kept=(ip.ip_address for ip in updated.fixed_ips))
        local_ip_ports.forget(tx, old.id, kept=(ip.ip_address for ip in updated.fixed_ips))
        if updated.is_of_router and (router := tx.get(Router, updated.device_id)) is not None:
            tx.touch(router)
    return updated


def delete(tx: Transaction, request: Request, port: Port) -> None:
    """Delete a port; its floating IPs stand for nothing then."""
    if port.device_owner in SERVICE_OWNERS:
        raise ServicePortInUse(port.id, f"has device owner {port.device_owner}")
    check_may_go(tx, port)
    local_ip_ports.check(tx, port)
    disassociate(tx, request, port.id)
    port_forwardings.forget(tx, port.id)
    ndp_proxies.forget(tx, port.id)
    local_ip_ports.forget(tx, port.id)
    logs.port_goes(tx, port.id)
    tx.delete(port)
    virtual_ports.tell(tx, port, (pair.ip_address for pair in port.allowed_address_pairs))


def _check_service(port: Port, changes: Given) -> None:
    """Refuse to make a port one of a router or a floating IP by hand, or no longer one."""
    owner = changes.get("device_owner", port.device_owner)
    if owner != port.device_owner and {owner, port.device_owner} & {*SERVICE_OWNERS}:
        raise InvalidInput(f"device_owner '{port.device_owner}' of port {port.id} cannot become '{owner}'")
    if port.device_owner in SERVICE_OWNERS and changes.get("device_id", port.device_id) != port.device_id:
        raise ServicePortInUse(port.id, f"has device owner {port.device_owner}")
    if port.is_of_router and changes.get("fixed_ips") == ():
        raise ServicePortInUse(port.id, "a router port needs an address")


def _check_bound(port: Port, mac: str, vnic_type: str) -> None:
    """Refuse changes below a running instance."""
    if mac != port.mac_address and port.binding_vif_type not in (UNBOUND, BINDING_FAILED):
        raise PortBound(port.id, port.binding_vif_type, port.mac_address, mac)
    if vnic_type != port.binding_vnic_type and port.binding_vif_type != UNBOUND:
        raise PortInUse(port.id, port.network_id, port.device_id)


def _same_ips(port: Port, subnets: Sequence[Subnet]) -> list[FixedIpRequest]:
    """Return the request for the addresses that *port* has, except that those which follow from the MAC follow it."""
    by_mac = {subnet.id for subnet in subnets if subnet.is_auto_address}
    return [
        FixedIpRequest(subnet_id=ip.subnet_id, ip_address=None if ip.subnet_id in by_mac else ip.ip_address)
        for ip in port.fixed_ips
    ]


def _profile(given: Given) -> Mapping[str, object]:
    """Return the binding profile with what attributes of the port's own say: Nova reads all of it there."""
    profile: dict[str, object] = dict(given.get("binding_profile", {}))  # type: ignore[call-overload]
    offload = given["hardware_offload_type"]
    if offload is not None:
        capabilities = profile.get("capabilities")
        known = capabilities if isinstance(capabilities, list) else []
        profile["capabilities"] = [*(one for one in known if one != offload), offload]
    if given["trusted"] is not None:
        profile["trusted"] = given["trusted"]
    return profile


def check_profile(tx: Transaction, request: Request, vnic_type: str, profile: Mapping[str, object]) -> None:
    """Refuse a binding profile that the backend can make nothing of, or that names a port that is not there."""
    if why := request.binder.refused_profile(vnic_type, profile):
        raise InvalidInput(f"Invalid binding:profile. {why}")
    if (parent := profile.get(PARENT)) is not None and tx.get(Port, str(parent)) is None:
        raise PortNotFound(str(parent)[:255])


def _is_bound_anew(old: Port, new: Port) -> bool:
    """Return whether where or how the port is plugged has changed; of ordinary ones a profile says nothing of that."""
    if (new.binding_host_id, new.binding_vnic_type) != (old.binding_host_id, old.binding_vnic_type):
        return True
    return new.binding_vnic_type != NORMAL and new.binding_profile != old.binding_profile


def bind(
    tx: Transaction,
    request: Request,
    network: Network,
    port_id: str,
    host: str,
    vnic_type: str,
    profile: Mapping[str, object],
) -> Binding:
    """Return how a port of *network* is plugged at *host*; where there is none, it is not."""
    if not host:
        return NO_BINDING
    found = _ALL_AGENTS if vnic_type == REMOTE_MANAGED else _AGENTS_ON
    agents = [to_resource(Agent, row) for row in tx.connection.execute(found, {"host": host})]
    return request.binder.bind(port_id=port_id, vnic_type=vnic_type, network=network, agents=agents, profile=profile)


def _random_mac(request: Request) -> str:
    """Return a MAC address of the configured vendor part, three octets or four where the fourth is not 00."""
    octets = request.config.base_mac.split(":")
    fixed = octets[: 3 if octets[3] == "00" else 4]
    return ":".join([*fixed, *(f"{octet:02x}" for octet in secrets.token_bytes(6 - len(fixed)))])


def _with_pair_macs(port: Port) -> Port:
    """Return *port* with the port's own MAC in each address pair that names none."""
    if not port.allowed_address_pairs:
        return port
    pairs = tuple(
        pair if pair.mac_address else AddressPair(ip_address=pair.ip_address, mac_address=port.mac_address)
        for pair in port.allowed_address_pairs
    )
    seen = set()
    for pair in pairs:
        if pair in seen:
            raise DuplicateAddressPairInRequest(str(pair.mac_address), pair.ip_address)
        seen.add(pair)
    return msgspec.structs.replace(port, allowed_address_pairs=pairs)


def _check_security(port: Port) -> None:
    if port.port_security_enabled:
        return
    if port.security_groups:
        raise PortSecurityAndIPRequiredForSecurityGroups
    if port.allowed_address_pairs:
        raise AddressPairAndPortSecurityRequired
