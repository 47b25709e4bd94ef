"""What OVN needs for all networks and belongs to no resource.

Here: the port group whose ACLs drop what no rule allows, the meters of logs, and options of NB_Global. Not here: who
is in the group (`port`).
"""

from collections.abc import Sequence

from neutrino.backends.ovn import nb, uuids
from neutrino.backends.ovn.log import METER, METER_STATELESS
from neutrino.backends.ovn.security_group import ALLOW
from neutrino.backends.ovn.settings import DEFAULTS, Settings
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.diff import Observed
from neutrino.reconcile.fragment import Columns, Elements, Fragment, Key, Place

DROP = 1000  # upstream, ACL_PRIORITY_DROP
OPTIONS = {"ignore_lsp_down": "false"}  # no answers to ARP for ports that are not up (upstream since 21.12)
DISTRIBUTED = "neutron:fip-distributed"  # ovn-bgp-agent reads it: where floating IPs are announced
RATE, BURST = 100, 25  # packets a second that are written of one ACL
_GROUP = uuids.DROP_GROUP


def acls() -> Sequence[tuple[str, nb.ACL]]:
    """Return the ACLs of the group that drops, each with the key of its uuid.

    A guest may ask for an address whatever its groups say, as upstream's other firewalls allow (LP#1926515).
    """
    return (
        (
            "drop from-lport",
            nb.ACL(priority=DROP, direction="from-lport", match=f"inport == @{_GROUP} && ip", action="drop"),
        ),
        (
            "drop to-lport",
            nb.ACL(priority=DROP, direction="to-lport", match=f"outport == @{_GROUP} && ip", action="drop"),
        ),
        ("dhcp v4", _guest_dhcp("ip4", 68, 67)),
        ("dhcp v6", _guest_dhcp("ip6", 546, 547)),
    )


def _guest_dhcp(ip: str, source: int, target: int) -> nb.ACL:
    match = f"inport == @{_GROUP} && {ip} && udp.src == {source} && udp.dst == {target}"
    return nb.ACL(priority=ALLOW, direction="from-lport", match=match, action="allow")


def meters() -> dict[Key, Columns]:
    """Return what bounds how much ACLs write, each on its own: upstream's defaults of ``[network_log]``.

    Of stateless groups half, because the kernel counts there differently (upstream, create_ovn_fair_meter).
    """
    rows: dict[Key, Columns] = {}
    for name, rate, burst in ((METER, RATE, BURST), (METER_STATELESS, RATE // 2, BURST // 2)):
        band = uuids.named("Meter_Band", name)
        mark = {"neutron:device_owner": "logging-plugin"}
        rows[band] = columns(nb.Meter_Band(action="drop", rate=rate, burst_size=burst, external_ids=mark))
        meter = nb.Meter(name=name, unit="pktps", fair=True, bands=frozenset({band.uuid}), external_ids=mark)
        rows[uuids.named("Meter", name)] = columns(meter)
    return rows


def options(settings: Settings) -> dict[str, str]:
    """Return the options of NB_Global (ovn-nb(5)); BFD's times decide how soon a gateway is taken over."""
    rx_ms, tx_ms, multiplier = settings.bfd
    return OPTIONS | {"bfd-min-rx": str(rx_ms), "bfd-min-tx": str(tx_ms), "bfd-mult": str(multiplier)}


def fragment(observed: Observed, settings: Settings = DEFAULTS) -> Fragment:
    """Return the foundation, given the row of NB_Global that is there: the server chose its uuid."""
    group = uuids.port_group(_GROUP)
    rows: dict[Key, Columns] = {group: columns(nb.Port_Group(name=_GROUP)), **meters()}
    members = set()
    for key, acl in acls():
        row = uuids.named("ACL", f"{_GROUP} {key}")
        rows[row] = columns(acl)
        members.add(row.uuid)
    elements: dict[Place, Elements] = {Place(*group, "acls"): frozenset(members)}
    for uuid in observed.get("NB_Global", {}):
        elements[Place("NB_Global", uuid, "options")] = options(settings)
        elements[Place("NB_Global", uuid, "external_ids")] = {DISTRIBUTED: str(settings.is_distributed)}
    return Fragment(rows, elements)
