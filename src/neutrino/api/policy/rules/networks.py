"""Networks, segments, subnets and what subnets are cut from."""

from neutrino.api.policy.rules.words import ADMIN, ADMIN_OR_SERVICE, MEMBER, READER

RULES = {
    "external": "field:networks:router:external=True",
    "create_network": MEMBER,
    "create_network:shared": ADMIN,
    "create_network:router:external": ADMIN,
    "create_network:is_default": ADMIN,
    "create_network:port_security_enabled": MEMBER,
    "create_network:segments": ADMIN,
    "create_network:provider:network_type": ADMIN,
    "create_network:provider:physical_network": ADMIN,
    "create_network:provider:segmentation_id": ADMIN,
    "create_network:tags": MEMBER,
    "get_network": (
        "(rule:admin_only) or (role:reader and project_id:%(project_id)s) or rule:service_api or "
        "rule:shared or rule:external or rule:context_is_advsvc"
    ),
    "get_network:segments": ADMIN,
    "get_network:provider:network_type": ADMIN,
    "get_network:provider:physical_network": ADMIN,
    "get_network:provider:segmentation_id": ADMIN,
    "get_network:tags": (
        "(rule:admin_only) or (role:reader and project_id:%(project_id)s) or rule:shared or "
        "rule:external or rule:context_is_advsvc"
    ),
    "update_network": MEMBER,
    "update_network:segments": ADMIN,
    "update_network:shared": ADMIN,
    "update_network:provider:network_type": ADMIN,
    "update_network:provider:physical_network": ADMIN,
    "update_network:provider:segmentation_id": ADMIN,
    "update_network:router:external": ADMIN,
    "update_network:is_default": ADMIN,
    "update_network:port_security_enabled": MEMBER,
    "update_network:tags": MEMBER,
    "delete_network": MEMBER,
    "delete_network:tags": MEMBER,
    "get_network_ip_availability": ADMIN_OR_SERVICE,
    "create_network_segment_range": ADMIN,
    "create_network_segment_range:tags": ADMIN,
    "get_network_segment_range": ADMIN,
    "get_network_segment_range:tags": ADMIN,
    "update_network_segment_range": ADMIN,
    "update_network_segment_range:tags": ADMIN,
    "delete_network_segment_range": ADMIN,
    "delete_network_segment_range:tags": ADMIN,
    "create_segment": ADMIN,
    "create_segments_tags": ADMIN,
    "get_segment": ADMIN,
    "get_segments_tags": ADMIN,
    "update_segment": ADMIN,
    "update_segments_tags": ADMIN,
    "delete_segment": ADMIN,
    "delete_segments_tags": ADMIN,
    "external_network": "field:subnets:router:external=True",
    "create_subnet": "(rule:admin_only) or (role:member and rule:network_owner)",
    "create_subnet:segment_id": ADMIN,
    # Upstream writes ADMIN for service_types and never asks: neutron-lib does not mark the attribute for that.
    "create_subnet:service_types": "(rule:admin_only) or (role:member and rule:network_owner)",
    "create_subnet:tags": (
        "role:member and project_id:%(project_id)s or (rule:admin_only) or (role:member and rule:network_owner)"
    ),
    "get_subnet": (
        "role:reader and project_id:%(project_id)s or rule:shared or rule:external_network or "
        "(rule:admin_only) or (role:reader and rule:network_owner) or rule:service_api"
    ),
    "get_subnet:segment_id": ADMIN,
    "get_subnet:tags": (
        "role:reader and project_id:%(project_id)s or rule:shared or rule:external_network or "
        "(rule:admin_only) or (role:reader and rule:network_owner)"
    ),
    "update_subnet": (
        "role:member and project_id:%(project_id)s or (rule:admin_only) or (role:member and rule:network_owner)"
    ),
    "update_subnet:segment_id": ADMIN,
    "update_subnet:service_types": (
        "role:member and project_id:%(project_id)s or (rule:admin_only) or (role:member and rule:network_owner)"
    ),
    "update_subnet:leak_routes": ADMIN,
    "update_subnet:tags": (
        "role:member and project_id:%(project_id)s or (rule:admin_only) or (role:member and rule:network_owner)"
    ),
    "delete_subnet": (
        "role:member and project_id:%(project_id)s or (rule:admin_only) or (role:member and rule:network_owner)"
    ),
    "delete_subnet:tags": (
        "role:member and project_id:%(project_id)s or (rule:admin_only) or (role:member and rule:network_owner)"
    ),
    "shared_subnetpools": "field:subnetpools:shared=True",
    "create_subnetpool": MEMBER,
    "create_subnetpool:shared": ADMIN,
    "create_subnetpool:is_default": ADMIN,
    "create_subnetpool:tags": MEMBER,
    "get_subnetpool": "(rule:admin_only) or (role:reader and project_id:%(project_id)s) or rule:shared_subnetpools",
    "get_subnetpool:tags": (
        "(rule:admin_only) or (role:reader and project_id:%(project_id)s) or rule:shared_subnetpools"
    ),
    "update_subnetpool": MEMBER,
    "update_subnetpool:is_default": ADMIN,
    "update_subnetpool:tags": MEMBER,
    "delete_subnetpool": MEMBER,
    "delete_subnetpool:tags": MEMBER,
    "onboard_network_subnets": MEMBER,
    "add_prefixes": MEMBER,
    "remove_prefixes": MEMBER,
    "shared_address_scopes": "field:address_scopes:shared=True",
    "create_address_scope": MEMBER,
    "create_address_scope:shared": ADMIN,
    "get_address_scope": "rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared_address_scopes",
    "update_address_scope": MEMBER,
    "update_address_scope:shared": ADMIN,
    "delete_address_scope": MEMBER,
    "get_auto_allocated_topology": READER,
    "delete_auto_allocated_topology": MEMBER,
    "create_port:pvlan_type": MEMBER,
    "create_port:pvlan_community": MEMBER,
    "update_port:pvlan_type": MEMBER,
    "update_port:pvlan_community": MEMBER,
    "get_port:pvlan_type": READER,
    "get_port:pvlan_community": READER,
    "create_network:pvlan": MEMBER,
    "update_network:pvlan": MEMBER,
    "get_network:pvlan": READER,
}
