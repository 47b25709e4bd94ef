"""Security groups, address groups and logs."""

from neutrino.api.policy.rules.words import ADMIN, ANY_READER, MANAGER, MEMBER, READER

RULES = {
    "admin_or_sg_owner": "rule:context_is_admin or project_id:%(security_group:project_id)s",
    "admin_owner_or_sg_owner": "rule:owner or rule:admin_or_sg_owner",
    "shared_security_group": "field:security_groups:shared=True",
    "rule_default_sg": "field:security_group_rules:belongs_to_default_sg=True",
    "create_default_security_group": (
        "(rule:admin_only) or (rule:service_api) or role:reader and project_id:%(project_id)s"
    ),
    "create_security_group": MEMBER,
    "create_security_group:tags": MEMBER,
    "get_security_group": (
        "(rule:admin_only) or (role:reader and project_id:%(project_id)s) or rule:shared_security_group"
    ),
    "get_security_group:tags": (
        "(rule:admin_only) or (role:reader and project_id:%(project_id)s) or rule:shared_security_group"
    ),
    "update_security_group": MEMBER,
    "update_security_group:tags": MEMBER,
    "delete_security_group": MEMBER,
    "delete_security_group:tags": MEMBER,
    "create_security_group_rule": "(rule:admin_only) or (role:member and rule:sg_owner)",
    "get_security_group_rule": "(rule:admin_only) or (role:reader and rule:sg_owner)",
    "delete_security_group_rule": "(rule:admin_only) or (role:member and rule:sg_owner)",
    "create_default_security_group_rule": ADMIN,
    "get_default_security_group_rule": ANY_READER,
    "delete_default_security_group_rule": ADMIN,
    "create_security_groups_default_statefulness": MANAGER,
    "get_security_groups_default_statefulness": READER,
    "update_security_groups_default_statefulness": MANAGER,
    "delete_security_groups_default_statefulness": MANAGER,
    "shared_address_groups": "field:address_groups:shared=True",
    "create_address_group": MEMBER,
    "get_address_group": (
        "(rule:admin_only) or (role:reader and project_id:%(project_id)s) or rule:shared_address_groups"
    ),
    "update_address_group": MEMBER,
    "delete_address_group": MEMBER,
    "add_addresses": MEMBER,
    "remove_addresses": MEMBER,
    "get_loggable_resource": MANAGER,
    "create_log": MANAGER,
    "get_log": MANAGER,
    "update_log": MANAGER,
    "delete_log": MANAGER,
}
