"""What the operator chose of how resources are rendered."""

from collections.abc import Mapping

import msgspec


class Multicast(msgspec.Struct, frozen=True):
    """Whether networks look who asked for which group, and then where the rest goes; upstream's defaults."""

    snoops: bool = False
    floods_physical: bool = False
    floods_reports: bool = True
    floods_unregistered: bool = False


class Settings(msgspec.Struct, frozen=True):
    """Upstream's options: DEFAULT dns_domain; of [ovs] IGMP; of [ovn] what concerns DHCP, BFD, floating IPs."""

    dns_domain: str = ""
    dns_servers: tuple[str, ...] = ()
    has_metadata: bool = False
    has_resolvers: bool = True  # each host has one of its own, for subnets for which none is named
    lease_s: int = 43200  # upstream's default, dhcp_default_lease_time
    # For all subnets, by IP version, as OVN has them (dhcp_for_all.py).
    dhcp_options: Mapping[int, Mapping[str, str]] = {}
    bfd: tuple[int, int, int] = (1000, 100, 3)  # min-rx and min-tx in milliseconds, multiplier; upstream's default
    multicast: Multicast = Multicast()
    is_distributed: bool = False  # new routers, where nobody says


DEFAULTS = Settings()
