"""The initial networks, as DevStack makes them: public with the world outside behind it, private, and a router between.

Here: making what is missing of them through the API, once. Not here: their names and ranges (localconf), instances
(demo.py). Once they have been made whole, they are the user's: what is deleted stays deleted.
"""

import contextlib
import ipaddress
import json
import secrets

from neutrino.stack import control
from neutrino.stack.api import ApiRefused, NetworkingApi, Resource
from neutrino.stack.identity.service import DEMO
from neutrino.stack.lab import Lab
from neutrino.stack.localconf.settings import Settings

FILE = "networks.json"
"""In the run folder, once the networks have been made whole: the id of the private one."""
POOL = "shared-default-subnetpool-v{version}"


def are_made(lab: Lab) -> bool:
    """Whether the networks have been made in this lab, whatever has become of them since."""
    return (lab.run / FILE).exists()


def made_private(lab: Lab) -> Resource | None:
    """Return the private network that was made, or None where it has been deleted."""
    identity = json.loads((lab.run / FILE).read_text())["private"]
    with contextlib.suppress(ApiRefused):
        return lab.api.show("networks", identity)
    return None


def public(lab: Lab) -> Resource:
    """Return the external network, made when missing, with its subnets and the world outside."""
    settings, api = lab.networking, lab.api
    if settings.has_outside:
        lab.client.ask(control.Outside(settings.public_gateways))
    network = _found(api, "networks", settings.public_network_name) or api.create(
        "networks",
        "network",
        name=settings.public_network_name,
        router__external=True,
        is_default=True,
        provider__network_type=settings.public_providernet_type,
        provider__physical_network=settings.public_physical_network,
    )
    for version in settings.versions:
        name, more = settings.public_subnet_name, _public_v4(settings)
        if version == 6:
            name = settings.ipv6_public_subnet_name
            more = {"cidr": settings.ipv6_public_range, "gateway_ip": settings.ipv6_public_network_gateway}
        if not _found(api, "subnets", name):
            dhcp = settings.public_subnet_enable_dhcp
            more |= {"network_id": network["id"], "ip_version": version, "enable_dhcp": dhcp}
            api.create("subnets", "subnet", name=name, **more)
    return network


def _public_v4(settings: Settings) -> Resource:
    more: Resource = {"cidr": settings.floating_range, "gateway_ip": settings.public_network_gateway or None}
    if settings.q_floating_allocation_pool:
        items = settings.q_floating_allocation_pool.split(",")
        more["allocation_pools"] = [dict(one.strip().partition("=")[::2] for one in items)]
    return more


def private(lab: Lab) -> Resource:
    """Return the network of project ``demo``, made when missing, with its subnets and the pools that they are of."""
    settings, api = lab.networking, lab.api
    owner = api.project_id(DEMO)
    network = _found(api, "networks", settings.private_network_name) or api.create(
        "networks", "network", name=settings.private_network_name, project_id=owner
    )
    for version in settings.versions:
        pool = _pool(lab, version) if settings.use_subnetpool else None
        name, more = settings.private_subnet_name, _private_v4(settings)
        if version == 6:
            name, more = settings.ipv6_private_subnet_name, _private_v6(settings)
        if not _found(api, "subnets", name):
            if pool is not None and more["cidr"] is None:
                more["subnetpool_id"] = pool["id"]
            elif more["cidr"] is None:
                more["cidr"] = _projects_prefix(settings, version)
            more |= {"network_id": network["id"], "project_id": owner}
            api.create("subnets", "subnet", name=name, ip_version=version, **more)
    return network


def _private_v4(settings: Settings) -> Resource:
    return {"cidr": settings.fixed_range or None, "gateway_ip": settings.network_gateway or None}


def _private_v6(settings: Settings) -> Resource:
    return {
        "cidr": settings.fixed_range_v6 or None,
        "gateway_ip": settings.ipv6_private_network_gateway or None,
        "ipv6_ra_mode": settings.ipv6_ra_mode,
        "ipv6_address_mode": settings.ipv6_address_mode,
    }


def _projects_prefix(settings: Settings, version: int) -> str:
    """Return the private subnet's prefix where there is no pool and none was asked for."""
    if version == 4:
        return settings.ipv4_addrs_safe_to_use
    addresses = ipaddress.IPv6Network(settings.ipv6_addrs_safe_to_use or _by_chance())
    return str(next(addresses.subnets(new_prefix=max(64, addresses.prefixlen))))


def _by_chance() -> str:
    """Return a unique local prefix: its global id is by chance (RFC 4193, 3.2)."""
    identity = secrets.token_hex(5)
    return f"fd{identity[:2]}:{identity[2:6]}:{identity[6:]}::/56"


def _pool(lab: Lab, version: int) -> Resource:
    """Return the shared default pool of this IP version, made when missing."""
    settings, name = lab.networking, POOL.format(version=version)
    prefix, length = settings.subnetpool_prefix_v4 or settings.ipv4_addrs_safe_to_use, settings.subnetpool_size_v4
    if version == 6:
        prefix = settings.subnetpool_prefix_v6 or settings.ipv6_addrs_safe_to_use or _by_chance()
        length = settings.subnetpool_size_v6
    more = {"prefixes": [prefix], "default_prefixlen": length, "shared": True, "is_default": True}
    return _found(lab.api, "subnetpools", name) or lab.api.create("subnetpools", "subnetpool", name=name, **more)


def router(lab: Lab, inside: Resource, outside: Resource) -> None:
    """Make what is missing of the router between the networks, tell the world outside, and note that all is made."""
    settings, api = lab.networking, lab.api
    owner = inside["project_id"] if settings.q_l3_router_per_tenant else None
    gateway = {"network_id": outside["id"]}
    made = _found(api, "routers", settings.q_router_name) or api.create(
        "routers", "router", name=settings.q_router_name, project_id=owner, external_gateway_info=gateway
    )
    ports = lab.api.list("ports", device_id=made["id"])
    joined = {fixed["subnet_id"] for port in ports for fixed in port["fixed_ips"]}
    subnets = lab.api.list("subnets", network_id=inside["id"])
    for subnet in subnets:
        if subnet["id"] not in joined:
            lab.api.act("routers", made["id"], "add_router_interface", subnet_id=subnet["id"])
    if settings.has_outside:
        made = lab.api.show("routers", made["id"])
        hops = [one["ip_address"] for one in made["external_gateway_info"]["external_fixed_ips"]]
        prefixes = [one["cidr"] for one in subnets]
        if settings.use_subnetpool and 6 in settings.versions:
            prefixes += _pool(lab, 6)["prefixes"]
        routes = tuple((one, hop) for one in dict.fromkeys(prefixes) for hop in hops if ":" in one and ":" in hop)
        lab.client.ask(control.Outside(settings.public_gateways, routes))
    (lab.run / FILE).write_text(json.dumps({"private": inside["id"]}))


def leads_outside(lab: Lab, network: Resource) -> bool:
    """Whether *network* is joined to a router that has a gateway."""
    ports = lab.api.list("ports", network_id=network["id"], device_owner="network:router_interface")
    routers = [lab.api.show("routers", identity) for identity in {port["device_id"] for port in ports}]
    return any(one["external_gateway_info"] for one in routers)


def _found(api: NetworkingApi, plural: str, name: str) -> Resource | None:
    return next(iter(api.list(plural, name=name)), None)
