"""DHCP options of ports: those that the backend knows, and no others."""

from collections.abc import Sequence

from neutrino.api.request import Request
from neutrino.model.binding import DHCP_OPTIONS
from neutrino.model.dhcp_option import DhcpOption, merged
from neutrino.model.faults.port import ExtraDhcpOptBadData
from neutrino.store.observed import observation
from neutrino.store.records import Transaction


def options(
    tx: Transaction, request: Request, present: Sequence[DhcpOption], wanted: Sequence[DhcpOption]
) -> tuple[DhcpOption, ...]:
    """Return the options of a port that had *present*; refuse what the backend's DHCP cannot give."""
    set_anew = [option for option in wanted if option.opt_value is not None]
    if set_anew:
        known = observation(tx.connection, DHCP_OPTIONS)
        for option in set_anew:
            if why := request.binder.refused_option(option, known):
                raise ExtraDhcpOptBadData(why)
    return merged(present, wanted)
