"""The default rules: upstream's names and check strings (29.0.0, new defaults), a table for each area."""

from collections.abc import Mapping

from neutrino.api.policy.rules import base, networks, operations, ports, qos, routers, security

_AREAS = (networks, ports, routers, security, qos, operations)
DEFAULTS: Mapping[str, str] = base.RULES | {name: check for area in _AREAS for name, check in area.RULES.items()}
# What other rules are made of is of no scope, wherever it stands; all else is for tokens of a project.
_PARTS = (
    "admin_",
    "baremetal_",
    "compute_",
    "external",
    "manila_",
    "network_device",
    "restrict_wildcard",
    "rule_default_sg",
    "shared_",
)
SCOPED = frozenset(name for name in DEFAULTS if name not in base.RULES and not name.startswith(_PARTS))
