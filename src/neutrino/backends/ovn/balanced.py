"""Which addresses behind a router are members of another service's load balancers that are reached by floating IPs.

ovn-octavia-provider writes load balancers beside our rows. What comes to one by its floating IP is translated at the
gateway, so the answers of its members have to pass there, too: a member's own floating IP may not be translated at the
member's host. The provider itself takes the MAC away from such a translation, once; here that follows from its rows for
as long as they are there. Source: ovn-octavia-provider, helper.py, handle_member_dvr, and its common/constants.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from ipaddress import ip_address

from neutrino.reconcile.fragment import Columns
from neutrino.reconcile.noun import Others

_ROUTER = "lr_ref"
_FLOATING = ("neutron:vip_fip", "neutron:additional_vip_fips")
_PREFIX = "neutron-"  # of a router's name


def members(rows: Iterable[Columns]) -> Mapping[str, frozenset[str]]:
    """Return the members' addresses by the id of the router that they are behind, from all load balancers."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        ids, vips = row["external_ids"], row["vips"]
        if not isinstance(ids, Mapping) or not isinstance(vips, Mapping):
            continue
        router = str(ids.get(_ROUTER, ""))
        if not router.startswith(_PREFIX) or not any(ids.get(name) for name in _FLOATING):
            continue
        backends = {one for value in vips.values() for one in str(value).split(",")}
        found[router.removeprefix(_PREFIX)].update(filter(None, map(_address, backends)))
    return {router: frozenset(addresses) for router, addresses in found.items()}


def _address(backend: str) -> str:
    """Return the address of *backend*, ``10.0.0.5:80`` or ``[fd00::5]:80``; "" if it has none."""
    text = backend.strip().rpartition(":")[0].strip("[]")
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


BALANCED = Others("members of others' load balancers", "Load_Balancer", members)
