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
    Extension("agent", "agent", "The agents of the hosts, as observed."),
    Extension("allowed-address-pairs", "Allowed Address Pairs", "Further sources that a port may send from."),
    Extension("auto-allocated-topology", "Auto Allocated Topology Services", "A network made of defaults."),
    Extension("availability_zone", "Availability Zone", "The zones of the gateways."),
    Extension("binding", "Port Binding", "Where and how a port is plugged."),
    Extension("default-subnetpools", "Default Subnetpools", "A pool for subnets that name none."),
    Extension("dhcp_agent_scheduler", "DHCP Agent Scheduler", "Which networks an agent serves: with OVN, none."),
    Extension("empty-string-filtering", "Empty String Filtering Extension", "Filters by empty values."),
    Extension("ext-gw-mode", "Neutron L3 Configurable external gateway mode", "A gateway with or without SNAT."),
    Extension("external-net", "Neutron external network", "Networks that routers may have their gateway on."),
    Extension("extraroute", "Neutron Extra Route", "Routes of a router."),
    Extension("extraroute-atomic", "Atomically add/remove extra routes", "Routes added and removed one by one."),
    Extension("filter-validation", "Filter parameters validation", "Unknown filters are refused."),
    Extension("fip-port-details", "Floating IP Port Details Extension", "What a floating IP tells of its port."),
    Extension("flavors", "Neutron Service Flavors", "Which provider realises a service."),
    Extension("ip-substring-filtering", "IP address substring filtering", "Ports by a part of their address."),
    Extension("ip_allocation", "IP allocation", "When a port gets its addresses."),
    Extension("l3-agent-scheduler-ha-chassis-priority", "L3 Agent Scheduler HA Chassis Priority", "Its priorities."),
    Extension("l3-flavors", "Router Flavor Extension", "The flavor of a router."),
    Extension("l3_agent_scheduler", "L3 Agent Scheduler", "Which agents a router's gateway may be on."),
    Extension("logging", "Logging API Extension", "What security groups accept and drop, written down."),
    Extension("net-mtu", "Network MTU", "The MTU of a network."),
    Extension("net-mtu-writable", "Network MTU (writable)", "The MTU of a network may be set."),
    Extension("network-ip-availability", "Network IP Availability", "How many addresses networks have and use."),
    Extension("network-ip-availability-details", "Network IP Availability Details Extension", "And in pools."),
    Extension("network_availability_zone", "Network Availability Zone", "Zones in which a network is wanted."),
    Extension("pagination", "Pagination support", "Lists in pages."),
    Extension("port-device-profile", "Port device profile", "A profile of accelerators, for Nova."),
    Extension("port-mac-address-regenerate", "Neutron Port MAC address regenerate", "A new MAC address by null."),
    Extension("port-numa-affinity-policy", "Port NUMA affinity policy", "A NUMA affinity policy, for Nova."),
    Extension("port-numa-affinity-policy-socket", "Port NUMA affinity policy socket", "The policy socket."),
    Extension("port-security", "Port Security", "Filtering and anti-spoofing may be switched off."),
    Extension("port-security-groups-filtering", "Port filtering on security groups", "Ports by their groups."),
    Extension("project-id", "project_id field enabled", "project_id beside tenant_id."),
    Extension("provider", "Provider Network", "How a network is realised: flat, vlan, geneve or local."),
    Extension("quota-check-limit", "Quota engine limit check", "check_limit of a change of quotas."),
    Extension("quota-check-limit-default", "Quota engine limit check by default", "Limits below use need force."),
    Extension("quota_details", "Quota details management support", "What is used of each limit."),
    Extension("quotas", "Quota management support", "How many of each resource a project may have."),
    Extension("revision-if-match", "If-Match constraints based on revision_number", "Conditional changes."),
    Extension("router", "Neutron L3 Router", "Routers and floating IPs."),
    Extension("security-group", "security-group", "Security groups and their rules."),
    Extension("security-groups-default-rules", "Default rules for security groups", "What new groups get."),
    Extension("security-groups-default-statefulness", "Security Groups Default Statefulness", "Of new groups."),
    Extension("security-groups-normalized-cidr", "Normalized CIDR field", "normalized_cidr of a rule."),
    Extension("security-groups-remote-address-group", "Remote address group", "An address group as a rule's remote."),
    Extension("security-groups-rules-belongs-to-default-sg", "Security group rule of a default group", "A flag."),
    Extension("security-groups-shared-filtering", "Security group filtering on the shared field", "A filter."),
    Extension("service-type", "Neutron Service Type Management", "Who realises services."),
    Extension("sorting", "Sorting support", "Sorted lists."),
    Extension("standard-attr-description", "standard-attr-description", "A description on each resource."),
    Extension("standard-attr-revisions", "Resource revision numbers", "A revision number on each resource."),
    Extension("standard-attr-tag", "Tag support for resources with standard attribute", "Tags."),
    Extension("standard-attr-timestamp", "Resource timestamps", "created_at and updated_at."),
    Extension("stateful-security-group", "Stateful security group", "Groups without connection tracking."),
    Extension("subnet-external-network", "Subnet belongs to an external network", "router:external of a subnet."),
    Extension("subnet-service-types", "Subnet service types", "Subnets for ports of certain device owners."),
    Extension("subnet_allocation", "Subnet Allocation", "Subnets cut from pools of prefixes."),
    Extension("subnet_onboard", "Subnet Onboard", "A network's subnets made ones of a pool."),
    Extension("subnetpool-prefix-ops", "Subnet Pool Prefix Operations", "Prefixes added to and taken from a pool."),
    Extension("uplink-status-propagation", "Port Uplink Status Propagation", "propagate_uplink_status of a port."),
    Extension("uplink-status-propagation-updatable", "Ability to update uplink status", "It may be changed."),
)
BY_ALIAS = {extension.alias: extension for extension in EXTENSIONS}
