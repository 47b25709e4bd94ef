"""The DNS names of ports: what a caller may set under the configured domain, and what follows for each address."""

from collections.abc import Iterable, Sequence

from neutrino.api.bodies import Given
from neutrino.api.request import Request
from neutrino.model.dns import Addressed, DnsAssignment, assignments, domain_of, fits, has_names
from neutrino.model.faults import HTTPBadRequest
from neutrino.model.port import FixedIp, Port
from neutrino.store.records import Transaction


def kept(request: Request, given: Given) -> Given:
    """Return what of a port's names in *given* is kept: nothing where no domain is configured, as upstream."""
    names: Given = {name: given[name] for name in ("dns_name", "dns_domain") if name in given}
    domain = domain_of(request.config.dns_domain)
    if not has_names(domain):
        return dict.fromkeys(names, "")
    if why := fits(str(names["dns_name"]), domain) if names.get("dns_name") else "":
        raise HTTPBadRequest(f"Invalid input for dns_name. Reason: {why}.")
    return names


def assigned(request: Request, fixed_ips: Iterable[Addressed], name: str) -> tuple[DnsAssignment, ...]:
    """Return the names of the addresses of a port called *name*."""
    return assignments(fixed_ips, name, domain_of(request.config.dns_domain))


def readdress(tx: Transaction, request: Request, port: Port, fixed_ips: Sequence[FixedIp]) -> Port:
    """Give *port* other addresses, with their names."""
    names = assigned(request, fixed_ips, port.dns_name)
    return tx.update(port, {"fixed_ips": tuple(fixed_ips), "dns_assignment": names})
