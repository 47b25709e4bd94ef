"""A router's gateways where it has several: adding, replacing and removing them.

Here: the actions on ``external_gateways`` (extension external-gateway-multihoming). The first of them is the router's
``external_gateway_info``. Not here: a router's only gateway, as it is set with the router itself (routers.py).
"""

from collections.abc import Sequence

from neutrino.api.bodies import Given
from neutrino.api.nouns import ndp_proxies, qos, routers
from neutrino.api.request import Request
from neutrino.model.faults import HTTPBadRequest
from neutrino.model.faults.router import BadRequest, UnableToMatchGateways, UnableToRemoveGateways
from neutrino.model.port import ROUTER_GATEWAY, Port
from neutrino.model.router import MOST_GATEWAYS, Gateway, GatewayRequest, Router
from neutrino.store.records import Transaction


def add(tx: Transaction, request: Request, router: Router, wanted: Sequence[GatewayRequest]) -> Router:
    """Add gateways behind those that there are."""
    present = _gateways(tx, router)
    if len(present) + len(wanted) > MOST_GATEWAYS:
        raise HTTPBadRequest(f"Invalid input for external_gateways. Reason: a router has at most {MOST_GATEWAYS}.")
    made = [routers.make_gateway(tx, request, router, one) for one in wanted]
    enable_snat = router.enable_snat if present or not wanted else wanted[0].enable_snat
    policy_id = _policy(tx, request, router, wanted, has_first=bool(present))
    return _settle(tx, request, router, [*present, *made], [], enable_snat, policy_id)


def update(tx: Transaction, request: Request, router: Router, wanted: Sequence[GatewayRequest]) -> Router:
    """Make the gateways those that are asked for, in that order; a gateway that is among them stays."""
    left = _gateways(tx, router)
    matched: list[Port | None] = []
    for one in wanted:
        found = [port for port in left if _is(port, one)]
        matched.append(found[0] if found else None)
        left = [port for port in left if not found or port is not found[0]]
    kept = [
        routers.readdressed(tx, request, port, one.external_fixed_ips)
        if port is not None
        else routers.make_gateway(tx, request, router, one)
        for port, one in zip(matched, wanted, strict=True)
    ]
    policy_id = _policy(tx, request, router, wanted) if wanted else None
    return _settle(tx, request, router, kept, left, wanted[0].enable_snat if wanted else True, policy_id)


def remove(tx: Transaction, request: Request, router: Router, wanted: Sequence[GatewayRequest]) -> Router:
    """Remove gateways, each named by its network, and by an address of it where several are on that network."""
    present = _gateways(tx, router)
    if wanted and not present:
        raise UnableToRemoveGateways(router.id, "the router does not have any external gateways")
    left = present
    for one in wanted:
        found = [port for port in left if _is(port, one)]
        if not found:
            raise UnableToMatchGateways(router.id, f"no gateway port matches {_shown(one)}")
        if len(found) > 1:
            raise UnableToMatchGateways(router.id, f"several gateway ports match {_shown(one)}: name an address")
        left = [port for port in left if port is not found[0]]
    gone = [port for port in present if port not in left]
    policy_id = router.gateway_qos_policy_id if present[:1] == left[:1] else None
    return _settle(tx, request, router, left, gone, router.enable_snat or not left, policy_id)


def _gateways(tx: Transaction, router: Router) -> list[Port]:
    """Return the ports of the router's gateways, the first gateway's first."""
    found = [port for port in routers.ports_of(tx, router.id) if port.device_owner == ROUTER_GATEWAY]
    return sorted(found, key=lambda port: port.id != router.gw_port_id)


def _is(port: Port, wanted: GatewayRequest) -> bool:
    """Say whether *wanted* names *port*: its network, and if it names addresses, one of the port's."""
    asked = {ip.ip_address for ip in wanted.external_fixed_ips if ip.ip_address}
    return port.network_id == wanted.network_id and (not asked or any(ip.ip_address in asked for ip in port.fixed_ips))


def _policy(
    tx: Transaction, request: Request, router: Router, wanted: Sequence[GatewayRequest], *, has_first: bool = False
) -> str | None:
    """Return the QoS policy of the first gateway, which is the first of *wanted* unless there is one."""
    for one in wanted if has_first else wanted[1:]:
        if one.qos_policy_id:
            raise BadRequest("router", f"Only the first gateway has a QoS policy, not one of network {one.network_id}")
    if has_first or not wanted:
        return router.gateway_qos_policy_id
    return routers.gateway_policy(tx, request, router, wanted[0])


def _shown(wanted: GatewayRequest) -> str:
    return " ".join([wanted.network_id, *(str(ip.ip_address) for ip in wanted.external_fixed_ips)])


def _settle(
    tx: Transaction,
    request: Request,
    router: Router,
    kept: Sequence[Port],
    gone: Sequence[Port],
    enable_snat: bool,
    policy_id: str | None,
) -> Router:
    """Write that the router has the gateways *kept*, and delete the ports that are *gone*."""
    if policy_id is None:
        qos.put_under(tx, request, "router", router.id, None, router.gateway_qos_policy_id)
    policies = [policy_id, *(None for _ in kept[1:])]  # it is the first gateway's
    gateways = tuple(
        Gateway(port.network_id, enable_snat, port.fixed_ips, one)
        for port, one in zip(kept, policies[: len(kept)], strict=True)
    )
    routers.check_needed(tx, router, [port.network_id for port in kept])
    values: Given = {
        "external_gateways": gateways,
        "external_gateway_info": gateways[0] if gateways else None,
        "gw_port_id": kept[0].id if kept else None,
        "enable_snat": enable_snat,
        "gateway_qos_policy_id": policy_id,
        # Where a gateway is was chosen for the first one.
        "placement": router.placement if kept and kept[0].id == router.gw_port_id else None,
    }
    values = {**values, "enable_ndp_proxy": ndp_proxies.proxies(tx, request, router, values)}
    new = tx.update(router, values)
    for port in gone:
        tx.delete(port)
    routers.check_nexthops(tx, new)
    return routers.get(tx, router.id)  # all but the first are in the order in which they are kept
