"""The names of a port in the DNS row of its network (ovn-nb(5), DNS).

Source: upstream, ovn_client.py, get_port_dns_records. The row is there as long as some port of the network has a name,
and each port gives it its own records.
"""

import ipaddress

from neutrino.backends.ovn import nb, uuids
from neutrino.model.dns import PROJECT_KEYWORD
from neutrino.model.port import Port
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place


def records(port: Port, network_domain: str) -> dict[str, str]:
    """Return the records of *port*: addresses by name, and the name by address (RFC 1035, RFC 3596)."""
    addresses: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    domain = network_domain.replace(PROJECT_KEYWORD, port.project_id).removesuffix(".")
    for one in port.dns_assignment:
        fqdn = one.fqdn.removesuffix(".")
        known = [one.hostname.removesuffix("."), fqdn]
        if domain and "<" not in domain:  # a keyword that says who asked: nobody does here
            known.append(f"{one.hostname.removesuffix('.')}.{domain}")
        for name in dict.fromkeys(known):
            addresses.setdefault(name, []).append(one.ip_address)
        names[ipaddress.ip_address(one.ip_address).reverse_pointer] = fqdn
    return {name: " ".join(found) for name, found in addresses.items()} | names


def fragment(port: Port, network_domain: str) -> Fragment:
    """Return what the names of *port* render to: nothing where it has none, or is no device's."""
    if not (port.dns_name and port.dns_assignment and port.device_id):
        return Fragment()
    key = uuids.named("DNS", port.network_id)
    row = nb.DNS(external_ids={"ls_name": uuids.switch_name(port.network_id)}, records={})
    rows: dict[Key, Columns] = {key: columns(row)}
    elements: dict[Place, Elements] = {
        Place(*key, "records"): records(port, network_domain),
        Place(*uuids.switch(port.network_id), "dns_records"): frozenset({key.uuid}),
    }
    return Fragment(rows, elements)
