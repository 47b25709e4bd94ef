"""Agents, zones, quotas, sharing, flavors, metering."""

from neutrino.api.policy.rules.words import ADMIN, ANY_READER, MANAGER, MEMBER, READER

RULES = {
    "create_agent": ADMIN,
    "get_agent": ADMIN,
    "update_agent": ADMIN,
    "delete_agent": ADMIN,
    "create_dhcp-network": ADMIN,
    "get_dhcp-networks": ADMIN,
    "delete_dhcp-network": ADMIN,
    "create_l3-router": ADMIN,
    "get_l3-routers": ADMIN,
    "update_l3-router": ADMIN,
    "delete_l3-router": ADMIN,
    "get_dhcp-agents": ADMIN,
    "get_l3-agents": ADMIN,
    "get_availability_zone": ANY_READER,
    "get_quota": MANAGER,
    "update_quota": ADMIN,
    "delete_quota": ADMIN,
    "restrict_wildcard": (
        "(not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*) or rule:admin_only"
    ),
    "create_rbac_policy": MEMBER,
    "create_rbac_policy:target_tenant": (
        "rule:admin_only or (not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*)"
    ),
    "create_rbac_policy:target_project": "rule:admin_only or not field:rbac_policy:target_project=*",
    "update_rbac_policy": MEMBER,
    "update_rbac_policy:target_tenant": (
        "rule:admin_only or (not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*)"
    ),
    "update_rbac_policy:target_project": "rule:admin_only or not field:rbac_policy:target_project=*",
    "get_rbac_policy": READER,
    "delete_rbac_policy": MEMBER,
    "create_flavor": ADMIN,
    "get_flavor": ANY_READER,
    "update_flavor": ADMIN,
    "delete_flavor": ADMIN,
    "create_service_profile": ADMIN,
    "get_service_profile": ADMIN,
    "update_service_profile": ADMIN,
    "delete_service_profile": ADMIN,
    "get_flavor_service_profile": READER,
    "create_flavor_service_profile": ADMIN,
    "delete_flavor_service_profile": ADMIN,
    "get_service_provider": ANY_READER,
    "create_metering_label": MANAGER,
    "get_metering_label": READER,
    "delete_metering_label": MANAGER,
    "create_metering_label_rule": MANAGER,
    "get_metering_label_rule": READER,
    "delete_metering_label_rule": MANAGER,
}
