"""What upstream declares of each attribute: neutron-lib's definitions, merged as upstream's API merges them.

Here: `upstream()`. Definitions that upstream keeps in its own tree instead (security groups, the standard attributes)
are stated by their flags in `FURTHER`.
"""

import importlib
import pkgutil
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from neutron_lib import constants
    from neutron_lib.api import definitions as _definitions
    from neutron_lib.api.attributes import AttributeInfo
    from oslo_config import cfg

CORE = ("network", "subnet", "port", "subnetpool")  # aliases that upstream's list of extensions does not have
_TAGGED = (
    "networks", "subnets", "ports", "subnetpools", "routers", "floatingips", "security_groups", "trunks", "policies",
    "network_segment_ranges",
)  # fmt: skip
_STANDARD = (*_TAGGED, "security_group_rules", "address_groups", "segments", "logs", "ndp_proxies", "local_ips")
NOTHING = object()
for _option in (cfg.IntOpt("max_allowed_address_pair", default=10), cfg.StrOpt("dns_domain", default="openstacklocal")):
    cfg.CONF.register_opt(_option)  # which validators read


@dataclass(frozen=True)
class Theirs:
    """An attribute as upstream declares it."""

    post: bool
    put: bool
    shown: bool
    filtered: bool
    sorted: bool
    default: object = NOTHING  # nothing: must be given, or is decided by the server
    required: bool = False
    accepts: Callable[[object], bool] | None = field(default=None, compare=False)


def _flags(text: str, default: object = NOTHING) -> Theirs:
    """Return an attribute by letters: c(reated), u(pdated), v(isible), f(ilter), s(ort key), r(equired)."""
    return Theirs(*(letter in text for letter in "cuvfs"), default=default, required="r" in text)


_RULE = {
    "id": _flags("vfs"),
    "tenant_id": _flags("cvfs"),
    "remote_group_id": _flags("cvfs", None),
    "direction": _flags("cvfsr"),
    "protocol": _flags("cvfs", None),
    "port_range_min": _flags("cvfs", None),
    "port_range_max": _flags("cvfs", None),
    "ethertype": _flags("cvfs", "IPv4"),
    "remote_ip_prefix": _flags("cvfs", None),
}
FURTHER: dict[str, dict[str, dict[str, Theirs]]] = {
    "security-group": {
        "security_groups": {
            "id": _flags("vfs"),
            "name": _flags("cuvfs", ""),
            "tenant_id": _flags("cvfs"),
            "security_group_rules": _flags("v"),
        },
        "security_group_rules": {"security_group_id": _flags("cvfsr"), **_RULE},
        "ports": {"security_groups": _flags("cuvf")},
    },
    "security-groups-default-rules": {
        "default_security_group_rules": {
            **{name: one for name, one in _RULE.items() if name != "tenant_id"},
            "description": _flags("cvf", ""),
            "remote_address_group_id": _flags("cvfs", None),
            "used_in_default_sg": _flags("cvfr"),
            "used_in_non_default_sg": _flags("cvfr"),
        }
    },
    "rbac-policies": {
        "rbac_policies": {
            "id": _flags("vf"),
            "object_type": _flags("cvf", None),
            "object_id": _flags("cvfr"),
            "target_tenant": _flags("cuvfr"),
            "tenant_id": _flags("cvf"),
            "action": _flags("cvfr"),
        }
    },
    "standard-attr-description": {name: {"description": _flags("cuvf", "")} for name in _STANDARD},
    "standard-attr-timestamp": {name: {"created_at": _flags("v"), "updated_at": _flags("v")} for name in _STANDARD},
    "standard-attr-revisions": {name: {"revision_number": _flags("vf")} for name in _STANDARD},
    "standard-attr-tag": {name: {"tags": _flags("vf")} for name in _TAGGED},
}


@cache
def modules() -> dict[str, Any]:
    """Return neutron-lib's definitions by alias."""
    found = {}
    for info in pkgutil.iter_modules(_definitions.__path__):
        module = importlib.import_module(f"{_definitions.__name__}.{info.name}")
        if hasattr(module, "ALIAS"):
            found[module.ALIAS] = module
    return found


def actions(aliases: Iterable[str]) -> set[str]:
    """Return what else may be done to resources, as ``routers add_router_interface``."""
    return {
        f"{noun}s {name}"
        for alias in aliases
        if (module := modules().get(alias))
        for noun, found in (module.ACTION_MAP or {}).items()
        for name in found
    }


def upstream(aliases: Iterable[str]) -> dict[str, dict[str, Theirs]]:
    """Return the attributes of all collections, by name; those of sub-resources under their own collection."""
    out: dict[str, dict[str, Theirs]] = {}
    for alias in _in_order({*CORE, *aliases}):
        module = modules().get(alias)
        for collection, found in (module.RESOURCE_ATTRIBUTE_MAP if module else {}).items():
            out.setdefault(collection, {}).update({name: _theirs(name, one) for name, one in found.items()})
        for collection, sub in ((module.SUB_RESOURCE_ATTRIBUTE_MAP if module else None) or {}).items():
            found = sub.get("parameters", {})
            out.setdefault(collection, {}).update({name: _theirs(name, one) for name, one in found.items()})
        for collection, further in FURTHER.get(alias, {}).items():
            out.setdefault(collection, {}).update(further)
    # What only the standard attributes say is of a noun whose alias is not among those asked for.
    return {name: found for name, found in out.items() if "id" in found or name in _WITHOUT_ID}


_WITHOUT_ID = ("availability_zones", "network_ip_availabilities", "rule_types", "floatingip_pools")


def _in_order(aliases: set[str]) -> list[str]:
    """Return *aliases*, each after those that it extends."""
    done: list[str] = []
    seen: set[str] = set()  # some extend each other

    def visit(alias: str) -> None:
        if alias in seen or alias not in aliases:
            return
        seen.add(alias)
        module = modules().get(alias)
        for needed in [*(module.REQUIRED_EXTENSIONS or []), *(module.OPTIONAL_EXTENSIONS or [])] if module else []:
            visit(needed)
        done.append(alias)

    for alias in [*CORE, *(sorted(a for a in aliases if a in FURTHER)), *sorted(aliases)]:
        visit(alias)
    return done


def _theirs(name: str, spec: dict[str, Any]) -> Theirs:
    default = spec.get("default", NOTHING)
    is_given = default is not NOTHING and default is not constants.ATTR_NOT_SPECIFIED
    if is_given and "convert_to" in spec:
        default = spec["convert_to"](default)
    return Theirs(
        post=spec.get("allow_post", False),
        put=spec.get("allow_put", False),
        shown=spec.get("is_visible", False),
        filtered=spec.get("is_filter", False),
        sorted=spec.get("is_sort_key", False),
        default=default if is_given else NOTHING,
        required=spec.get("allow_post", False) and "default" not in spec and name not in ("tenant_id", "project_id"),
        accepts=_accepts(name, spec),
    )


def _accepts(name: str, spec: dict[str, Any]) -> Callable[[object], bool] | None:
    if not spec.keys() & {"validate", "convert_to"} or not (spec.get("allow_post") or spec.get("allow_put")):
        return None

    def accepts(value: object) -> bool:
        try:
            AttributeInfo({name: spec}).convert_values({name: value})
        except Exception:  # noqa: BLE001 - validators fail on values in every way, and an answer 500 is no acceptance
            return False
        return True

    return accepts
