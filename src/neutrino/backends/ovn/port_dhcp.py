"""DHCP of a port: its subnets' options, or a row of its own where the port has extra ones.

Source: upstream, ovn_client.py, _get_port_dhcp_options, and common/ovn/utils.py, get_lsp_dhcp_opts.
"""

from collections.abc import Sequence
from uuid import UUID

from neutrino.backends.ovn import dhcp_option, nb, uuids
from neutrino.backends.ovn.network import NetworkFacts
from neutrino.backends.ovn.subnet import SubnetFacts, full_options
from neutrino.model.port import Port
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Key

DEVICES = ("network:", "neutron:")  # owners that need no DHCP (neutron-lib, DEVICE_OWNER_PREFIXES)

Subnets = Sequence[tuple[str, SubnetFacts]]
"""Addresses of a port, each with what the port sees of its subnet."""


def options_of(
    port: Port, subnets: Subnets, network: NetworkFacts | None, version: int
) -> tuple[UUID | None, dict[Key, Columns]]:
    """Return the DHCP_Options that *port* refers to, and the row if it is the port's own.

    They are its first subnet's that has any; for IPv6 rather one that gives addresses.
    """
    if port.device_owner.startswith(DEVICES) or dhcp_option.is_off(port.extra_dhcp_opts, version):
        return None, {}
    found = [facts for _, facts in subnets if facts.ip_version == version and facts.dhcp]
    if not found:
        return None, {}
    facts = min(found, key=lambda one: one.is_stateless)
    extra = dhcp_option.expressions(port.extra_dhcp_opts, version)
    if not extra or network is None:
        return facts.dhcp, {}
    options = full_options(facts, network.mtu)
    for name, value in extra.items():
        if value is None:
            options.pop(name, None)
        else:
            options[name] = value
    row = nb.DHCP_Options(
        cidr=facts.cidr,
        options=options,
        external_ids={
            "subnet_id": str(facts.dhcp),
            "port_id": port.id,
            "neutron:network_id": port.network_id,
        },
    )
    key = uuids.named("DHCP_Options", f"{port.id} {version}")
    return key.uuid, {key: columns(row)}
