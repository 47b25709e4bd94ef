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
    Extension("default-subnetpools", "Default Subnetpools", "A pool for subnets that name none."),
    Extension("dvr", "Distributed Virtual Router", "Floating IPs that leave from the instance's own host."),
    Extension("empty-string-filtering", "Empty String Filtering Extension", "Filters by empty values."),
    Extension("enable-default-route-bfd", "Enable Default Route BFD", "BFD on default routes."),
    Extension("enable-default-route-ecmp", "Enable Default Route ECMP", "Default routes by all gateways."),
    Extension("expose-port-forwarding-in-fip", "Expose Floating IP port forwardings", "In the floating IP."),
    Extension("ext-gw-mode", "Neutron L3 Configurable external gateway mode", "A gateway with or without SNAT."),
    Extension("external-gateway-multihoming", "Neutron L3 External Gateway Multihoming", "Several gateways."),
    Extension("external-net", "Neutron external network", "Networks that routers may have their gateway on."),
    Extension("extraroute", "Neutron Extra Route", "Routes of a router."),
    Extension("extraroute-atomic", "Atomically add/remove extra routes", "Routes added and removed one by one."),
    Extension("filter-validation", "Filter parameters validation", "Unknown filters are refused."),
    Extension("fip-port-details", "Floating IP Port Details Extension", "What a floating IP tells of its port."),
    Extension("floating-ip-port-forwarding", "Floating IP Port Forwarding", "Ports of a floating IP."),
    Extension("floating-ip-port-forwarding-description", "Floating IP Port Forwarding description", "Its text."),
    Extension("floating-ip-port-forwarding-detail", "Floating IP Port Forwarding detail", "Ids in the floating IP."),
    Extension("floating-ip-port-forwarding-port-ranges", "Floating IP Port Forwarding port ranges", "Ranges."),
    Extension("floatingip-pools", "Floating IP Pools Extension", "Where floating IPs are taken from."),
    Extension("ip-substring-filtering", "IP address substring filtering", "Ports by a part of their address."),
    Extension("ip_allocation", "IP allocation", "When a port gets its addresses."),
    Extension("l3-ha", "HA Router extension", "Each router's gateway is on several chassis."),
    Extension("net-mtu", "Network MTU", "The MTU of a network."),
    Extension("net-mtu-writable", "Network MTU (writable)", "The MTU of a network may be set."),
    Extension("network-ip-availability", "Network IP Availability", "How many addresses networks have and use."),
    Extension("network_availability_zone", "Network Availability Zone", "Zones in which a network is wanted."),
    Extension("pagination", "Pagination support", "Lists in pages."),
    Extension("port-device-profile", "Port device profile", "A profile of accelerators, for Nova."),
    Extension("port-mac-address-regenerate", "Neutron Port MAC address regenerate", "A new MAC address by null."),
    Extension("port-numa-affinity-policy", "Port NUMA affinity policy", "A NUMA affinity policy, for Nova."),
    Extension("port-numa-affinity-policy-socket", "Port NUMA affinity policy socket", "The policy socket."),
    Extension("port-resource-request", "Port Resource Request", "What a port asks of Placement."),
    Extension("port-resource-request-groups", "Port Resource Request Groups", "Each kind of it in a group of its own."),
    Extension("port-security", "Port Security", "Filtering and anti-spoofing may be switched off."),
    Extension("project-id", "project_id field enabled", "project_id beside tenant_id."),
    Extension("provider", "Provider Network", "How a network is realised: flat, vlan, geneve or local."),
    Extension("qos", "Quality of Service", "Policies of rules for networks and ports."),
    Extension("qos-bw-limit-direction", "Direction for QoS bandwidth limit rule", "Limits of what comes in."),
    Extension(
        "qos-bw-minimum-ingress", "Ingress direction for QoS minimum bandwidth rule", "Guarantees of what comes in."
    ),
    Extension("qos-default", "QoS default policy", "A policy for the networks of a project that name none."),
    Extension("qos-fip", "Floating IP QoS", "A policy for a floating IP."),
    Extension("qos-gateway-ip", "Router gateway IP QoS", "A policy for a gateway."),
    Extension("qos-port-network-policy", "QoS port network policy ID", "The network's policy, shown at its ports."),
    Extension("qos-pps", "QoS Rule Type Packet per Second Extension", "Rules that limit packets."),
    Extension("qos-pps-minimum", "QoS minimum packet rate rule", "Rules that guarantee packets."),
    Extension("qos-pps-minimum-rule-alias", "QoS minimum packet rate rule alias", "Those by their own id."),
    Extension("qos-rule-type-details", "Details of QoS rule types", "Which values rules may have."),
    Extension("qos-rule-type-filter", "Allow to filter the list of QoS rule types", "All types, or those that work."),
    Extension("qos-rules-alias", "Quality of Service rules alias API", "Rules by their own id."),
    Extension("quota-check-limit", "Quota engine limit check", "check_limit of a change of quotas."),
    Extension("quota-check-limit-default", "Quota engine limit check by default", "Limits below use need force."),
    Extension("quota_details", "Quota details management support", "What is used of each limit."),
    Extension("quotas", "Quota management support", "How many of each resource a project may have."),
    Extension("revision-if-match", "If-Match constraints based on revision_number", "Conditional changes."),
    Extension("router", "Neutron L3 Router", "Routers and floating IPs."),
    Extension("router-enable-snat", "Router enable_snat flag", "enable_snat beside the gateway."),
    Extension("router_availability_zone", "Router Availability Zone", "Zones in which a gateway is wanted."),
    Extension("security-group", "security-group", "Security groups and their rules."),
    Extension("security-groups-default-rules", "Default rules for security groups", "What new groups get."),
    Extension("security-groups-normalized-cidr", "Normalized CIDR field", "normalized_cidr of a rule."),
    Extension("security-groups-remote-address-group", "Remote address group", "An address group as a rule's remote."),
    Extension("security-groups-shared-filtering", "Security group filtering on the shared field", "A filter."),
    Extension("sorting", "Sorting support", "Sorted lists."),
    Extension("standard-attr-description", "standard-attr-description", "A description on each resource."),
    Extension("standard-attr-revisions", "Resource revision numbers", "A revision number on each resource."),
    Extension("standard-attr-tag", "Tag support for resources with standard attribute", "Tags."),
    Extension("standard-attr-timestamp", "Resource timestamps", "created_at and updated_at."),
    Extension("stateful-security-group", "Stateful security group", "Groups without connection tracking."),
    Extension("subnet-service-types", "Subnet service types", "Subnets for ports of certain device owners."),
    Extension("subnet_allocation", "Subnet Allocation", "Subnets cut from pools of prefixes."),
    Extension("subnetpool-prefix-ops", "Subnet Pool Prefix Operations", "Prefixes added to and taken from a pool."),
    Extension("uplink-status-propagation", "Port Uplink Status Propagation", "propagate_uplink_status of a port."),
    Extension("uplink-status-propagation-updatable", "Ability to update uplink status", "It may be changed."),
)
BY_ALIAS = {extension.alias: extension for extension in EXTENSIONS}
