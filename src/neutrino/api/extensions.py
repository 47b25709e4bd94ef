"""The extensions: exactly what works, no alias more. Clients look here before they use a feature."""

import msgspec


class Extension(msgspec.Struct, frozen=True):
    """An extension as ``/v2.0/extensions`` shows it."""

    alias: str
    name: str
    description: str
    updated: str = "2026-11-23T00:00:00-00:00"
    links: tuple[str, ...] = ()


EXTENSIONS: tuple[Extension, ...] = (
    Extension("agent", "agent", "The agents of the hosts, as observed (read only)."),
    Extension("allowed-address-pairs", "Allowed Address Pairs", "Further sources that a port may send from."),
    Extension("binding", "Port Binding", "Where and how a port is plugged."),
    Extension("empty-string-filtering", "Empty String Filtering Extension", "Filters by empty values."),
    Extension("ext-gw-mode", "Neutron L3 Configurable external gateway mode", "A gateway with or without SNAT."),
    Extension("external-net", "Neutron external network", "Networks that routers may have their gateway on."),
    Extension("extraroute", "Neutron Extra Route", "Routes of a router."),
    Extension("extraroute-atomic", "Atomically add/remove extra routes", "Routes added and removed one by one."),
    Extension("filter-validation", "Filter parameters validation", "Unknown filters are refused."),
    Extension("fip-port-details", "Floating IP Port Details Extension", "What a floating IP tells of its port."),
    Extension("ip-substring-filtering", "IP address substring filtering", "Ports by a part of their address."),
    Extension("net-mtu", "Network MTU", "The MTU of a network."),
    Extension("net-mtu-writable", "Network MTU (writable)", "The MTU of a network may be set."),
    Extension("pagination", "Pagination support", "Lists in pages."),
    Extension("port-security", "Port Security", "Filtering and anti-spoofing may be switched off."),
    Extension("project-id", "project_id field enabled", "project_id beside tenant_id."),
    Extension("provider", "Provider Network", "How a network is realised: flat, vlan, geneve or local."),
    Extension("revision-if-match", "If-Match constraints based on revision_number", "Conditional changes."),
    Extension("router", "Neutron L3 Router", "Routers and floating IPs."),
    Extension("security-group", "security-group", "Security groups and their rules."),
    Extension("security-groups-normalized-cidr", "Normalized CIDR field", "normalized_cidr of a rule."),
    Extension("sorting", "Sorting support", "Sorted lists."),
    Extension("standard-attr-description", "standard-attr-description", "A description on each resource."),
    Extension("standard-attr-revisions", "Resource revision numbers", "A revision number on each resource."),
    Extension("standard-attr-tag", "Tag support for resources with standard attribute", "Tags."),
    Extension("standard-attr-timestamp", "Resource timestamps", "created_at and updated_at."),
    Extension("stateful-security-group", "Stateful security group", "Groups without connection tracking."),
)
BY_ALIAS = {extension.alias: extension for extension in EXTENSIONS}
