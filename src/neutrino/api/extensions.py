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
    Extension("address-group", "Address group", "Prefixes that rules name together."),
    Extension("address-scope", "Address scope", "Subnet pools that share no address."),
    Extension("agent", "agent", "The agents of the hosts, as observed (read only)."),
    Extension("allowed-address-pairs", "Allowed Address Pairs", "Further sources that a port may send from."),
    Extension("availability_zone", "Availability Zone", "The zones of the gateways."),
    Extension("binding", "Port Binding", "Where and how a port is plugged."),
    Extension("binding-extended", "Port Bindings Extended", "Bindings of a port at further hosts."),
    Extension("data-plane-status", "Port data plane status extension", "What operators say of a port's data plane."),
    Extension("default-subnetpools", "Default Subnetpools", "A pool for subnets that name none."),
    Extension("dns-domain-ports", "dns_domain for ports", "A DNS domain of each port."),
    Extension("dns-integration", "DNS Integration", "Names of ports, told by OVN's DNS and DHCP."),
    Extension("dns-integration-domain-keywords", "DNS domain names with keywords", "The project's id in a domain."),
    Extension("empty-string-filtering", "Empty String Filtering Extension", "Filters by empty values."),
    Extension("ext-gw-mode", "Neutron L3 Configurable external gateway mode", "A gateway with or without SNAT."),
    Extension("external-net", "Neutron external network", "Networks that routers may have their gateway on."),
    Extension("extra_dhcp_opt", "Neutron Extra DHCP options", "DHCP options of each port, those that OVN knows."),
    Extension("extraroute", "Neutron Extra Route", "Routes of a router."),
    Extension("extraroute-atomic", "Atomically add/remove extra routes", "Routes added and removed one by one."),
    Extension("filter-validation", "Filter parameters validation", "Unknown filters are refused."),
    Extension("fip-port-details", "Floating IP Port Details Extension", "What a floating IP tells of its port."),
    Extension("ip-substring-filtering", "IP address substring filtering", "Ports by a part of their address."),
    Extension("ip_allocation", "IP Allocation", "When a port gets its addresses."),
    Extension("l2_adjacency", "L2 Adjacency", "Whether a network is one layer-2 domain."),
    Extension("multi-provider", "Multi Provider Network", "Networks of several segments."),
    Extension("net-mtu", "Network MTU", "The MTU of a network."),
    Extension("net-mtu-writable", "Network MTU (writable)", "The MTU of a network may be set."),
    Extension("network-ip-availability", "Network IP Availability", "How many addresses networks have and use."),
    Extension("network-segment-range", "Neutron Network Segment Range", "Which ids new networks are given."),
    Extension("network_availability_zone", "Network Availability Zone", "Zones in which a network is wanted."),
    Extension("pagination", "Pagination support", "Lists in pages."),
    Extension("port-device-profile", "Port device profile", "A profile of accelerators, for Nova."),
    Extension("port-hardware-offload-type", "Port hardware offload", "How a card forwards for a port."),
    Extension("port-mac-address-regenerate", "Neutron Port MAC address regenerate", "A new MAC address by null."),
    Extension("port-numa-affinity-policy", "Port NUMA affinity policy", "A NUMA affinity policy, for Nova."),
    Extension("port-numa-affinity-policy-socket", 'Port NUMA affinity policy "socket"', "The policy socket."),
    Extension("port-security", "Port Security", "Filtering and anti-spoofing may be switched off."),
    Extension("port-trusted-vif", "Port trusted vif", "Whether a virtual function is trusted, for Nova."),
    Extension("project-id", "project_id field enabled", "project_id beside tenant_id."),
    Extension("provider", "Provider Network", "How a network is realised: flat, vlan, geneve, vxlan or local."),
    Extension("qinq", "QinQ networks", "VLANs inside of VLANs of a network."),
    Extension("quota-check-limit", "Quota engine limit check", "check_limit of a change of quotas."),
    Extension("quota-check-limit-default", "Quota engine limit check by default", "Limits below use need force."),
    Extension("quota_details", "Quota details management support", "What is used of each limit."),
    Extension("quotas", "Quota management support", "How many of each resource a project may have."),
    Extension("rbac-address-group", "Add address_group type to RBAC", "Address groups shared by RBAC policies."),
    Extension("rbac-address-scope", "Add address_scope type to RBAC", "Address scopes shared by RBAC policies."),
    Extension("rbac-policies", "RBAC Policies", "Who else may see and use a resource."),
    Extension("rbac-security-groups", "Add security_group type to network RBAC", "Groups shared by RBAC policies."),
    Extension("rbac-subnetpool", "Add subnetpool type to RBAC", "Subnet pools shared by RBAC policies."),
    Extension("revision-if-match", "If-Match constraints based on revision_number", "Conditional changes."),
    Extension("router", "Neutron L3 Router", "Routers and floating IPs."),
    Extension("security-group", "security-group", "Security groups and their rules."),
    Extension("security-groups-default-rules", "Default rules for security groups", "What new groups get."),
    Extension("security-groups-normalized-cidr", "Normalized CIDR field for security group rules", "Of a remote."),
    Extension(
        "security-groups-remote-address-group",
        "Remote address group id field for security group rules",
        "An address group as a rule's remote.",
    ),
    Extension("security-groups-shared-filtering", "Security group filtering on the shared field", "A filter."),
    Extension("segment", "Segment", "The segments of networks."),
    Extension(
        "segments-peer-subnet-host-routes",
        "Segments peer-subnet host routes",
        "Routes from each segment to the others.",
    ),
    Extension("sorting", "Sorting support", "Sorted lists."),
    Extension("standard-attr-description", "standard-attr-description", "A description on each resource."),
    Extension("standard-attr-revisions", "Resource revision numbers", "A revision number on each resource."),
    Extension(
        "standard-attr-segment", "Segment with standard attributes", "Times, revisions and descriptions of segments."
    ),
    Extension("standard-attr-tag", "Tag support for resources with standard attribute", "Tags."),
    Extension("standard-attr-timestamp", "Resource timestamps", "created_at and updated_at."),
    Extension("stateful-security-group", "Stateful security group", "Groups without connection tracking."),
    Extension("subnet-dns-publish-fixed-ip", "Subnet DNS publish fixed IP", "Which fixed IPs an external DNS gets."),
    Extension("subnet-external-network", "Subnet belongs to external network", "router:external of a subnet."),
    Extension("subnet-segmentid-writable", "Subnet SegmentID (writable)", "A subnet may be brought to a segment."),
    Extension("subnet-service-types", "Subnet service types", "Subnets for ports of certain device owners."),
    Extension("subnet_allocation", "Subnet Allocation", "Subnets cut from pools of prefixes."),
    Extension("subnetpool-prefix-ops", "Subnet Pool Prefix Operations", "Prefixes added to and taken from a pool."),
    Extension("tag-creation", "Tag creation extension", "Many tags added at once."),
    Extension("tag-ports-during-bulk-creation", "Tag Ports During Bulk Creation", "Tags at the creation of ports."),
    Extension("trunk", "Trunk Extension", "Ports that carry others, each as a VLAN."),
    Extension("trunk-details", "Trunk port details", "What a port carries."),
    Extension("uplink-status-propagation", "Uplink status propagation extension", "propagate_uplink_status of a port."),
    Extension(
        "uplink-status-propagation-updatable", "Uplink status propagation updatable extension", "It may be changed."
    ),
    Extension("vlan-transparent", "Vlantransparent", "Networks whose instances send VLANs of their own."),
)
BY_ALIAS = {extension.alias: extension for extension in EXTENSIONS}
