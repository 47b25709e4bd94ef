"""What `binding:profile` tells OVN of a port: which port carries it, or which switch of hardware it is of.

Source: upstream, common/ovn/utils.py, validate_and_get_data_from_binding_profile. Not here: what becomes of what Nova
says of cards (smart_nic.py).
"""

from collections.abc import Mapping

from neutrino.backends.ovn import smart_nic
from neutrino.model.kinds import shown
from neutrino.model.port import REMOTE_MANAGED, Port

_NEST = {"parent_name": str, "tag": int}
_GATEWAY = {"vtep-physical-switch": str, "vtep-logical-switch": str}
_MOST_TAG = 4095
_NAMES = {str: "a name", int: "an integer", type(None): "null"}


def refused(vnic_type: str, profile: Mapping[str, object]) -> str:
    """Return why *profile* makes no sense; "" if it does. Keys that say nothing to OVN may be anything."""
    sets: list[Mapping[str, type | tuple[type, ...]]] = [_NEST, _GATEWAY]
    for together in [*sets, smart_nic.KEYS] if vnic_type == REMOTE_MANAGED else sets:
        if not profile.keys() & together.keys():
            continue
        for name, kind in together.items():
            kinds = kind if isinstance(kind, tuple) else (kind,)
            if name not in profile:
                *others, last = together
                return f"{shown(name)} is missing: {', '.join(others)} and {last} go together"
            if type(profile[name]) not in kinds or profile[name] == "":
                return f"{name} {shown(profile[name])} is not {' or '.join(_NAMES[one] for one in kinds)}"
    tag = profile.get("tag", 0)
    if isinstance(tag, int) and not 0 <= tag <= _MOST_TAG:
        return f"tag {tag} is not between 0 and {_MOST_TAG}"
    return ""


def nest(port: Port) -> tuple[str, int] | None:
    """Return the port that carries *port*, and by which VLAN; None if none does."""
    parent, tag = port.binding_profile.get("parent_name"), port.binding_profile.get("tag")
    return (parent, tag) if isinstance(parent, str) and isinstance(tag, int) else None


def gateway(port: Port) -> Mapping[str, str] | None:
    """Return the switch of hardware, and its part, that *port* stands for (ovn-nb(5), Options for vtep ports)."""
    found = {name: value for name in _GATEWAY if isinstance(value := port.binding_profile.get(name), str) and value}
    return found if len(found) == len(_GATEWAY) and nest(port) is None else None
