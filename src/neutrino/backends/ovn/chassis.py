"""A chassis as an OVN row: what templates mean there (ovn-nb(5), Chassis_Template_Var).

Each chassis has its row as long as it is there, also while nothing has a variable. ovn-controller does not forget the
variables of a row that goes, and aborts when a row comes back then (`template_vars_update`, OVN 23.03 to 26.03).
"""

from neutrino.backends.ovn import nb, scheduling, uuids
from neutrino.model.agent import Agent
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Fragment, Key
from neutrino.reconcile.noun import See


def variables_key(chassis: str) -> Key:
    """Return the row of the variables of *chassis*."""
    return uuids.named("Chassis_Template_Var", chassis)


def fragment(agent: Agent, see: See) -> Fragment | None:  # noqa: ARG001 - a chassis sees nobody
    """Return what *agent* renders to: nothing, where it is no chassis's own."""
    facts = scheduling.facts(agent)
    if facts is None:
        return None
    row = nb.Chassis_Template_Var(chassis=facts.chassis, external_ids={"neutron:host": facts.host})
    return Fragment({variables_key(facts.chassis): columns(row)})
