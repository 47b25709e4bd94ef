"""What upstream does for each request that costs work, what that buys, and whether ours has it today.

Here: sentences, written by people after reading upstream's code at the version that is pinned. Where an extension of
the API stands for a feature, both servers' lists decide what is said of ours; nothing else is computed.
"""

from dataclasses import dataclass

ABSENT = "no"


@dataclass(frozen=True)
class More:
    """One thing that the peer does: what, and what it buys; *alias* or *here* says what is true of ours."""

    work: str
    buys: str
    alias: str = ""
    here: str = ABSENT


DOES = (
    More(
        "Policy: the rules of oslo.policy decide on the request, on each item of a list and on each attribute of an "
        "answer.",
        "Roles and scopes; operators change who may do and see what, to the attribute, in a file.",
        here="yes, by the same rules: looked at once for each set of roles, then a condition in SQL",
    ),
    More(
        "Authentication middleware: each token is looked up; Keystone is asked for one that is not remembered.",
        "Keystone's tokens, service tokens, catalogue.",
        here="yes, the same (decision 0016)",
    ),
    More(
        "Quota: limits and use are read, and a reservation is made and committed in transactions of its own "
        "(less of it here, where limits are off).",
        "A limit holds also while several servers create at once.",
        alias="quotas",
    ),
    More(
        "RBAC: entries are joined to networks, subnets' networks, groups and others whenever these are read.",
        "Sharing of one resource with chosen projects.",
        alias="rbac-policies",
    ),
    More(
        "A row of standard attributes for each resource, and revision numbers that are bumped along relations.",
        "Description, timestamps, tags and `If-Match` on everything alike.",
        here="yes, as columns of the resource's own row",
    ),
    More(
        "Callbacks: before, in and after each transaction every subscriber is told of each change.",
        "Plugins of others (VPN, BGP, load balancers, SFC...) hang themselves in without a change to Neutron.",
    ),
    More(
        "ML2: type, mechanism and extension drivers are loaded by name and called in two phases; results are ORM "
        "objects made into dictionaries that each extension adds to.",
        "Several backends in one cloud, drivers of vendors.",
        here="no: one backend, chosen at start",
    ),
    More(
        "OVN's revision rows: each resource has one in SQL, and its number is written into the Northbound too.",
        "A maintenance worker finds rows that are behind and mends them.",
        here="otherwise: contents are compared, all the time (decision 0009)",
    ),
    More(
        "The Northbound is written before the request is answered, from a full replica in each API worker.",
        "A failure of OVN is an error of the request, and the resource is removed again.",
        here="otherwise: the answer says that the intent is durable; the controller writes, and retries, after it",
    ),
    More(
        "A database server, reached over a socket, with isolation between any number of clients.",
        "API servers on several machines, replication, backup while running.",
        here="SQLite here, on one machine; PostgreSQL where it is configured",
    ),
    More(
        "Notifications and RPC over a message broker (switched off here).",
        "Metering, DHCP and L3 agents, other services that listen.",
    ),
    More(
        "Routers, floating IPs and what belongs to them.",
        "Traffic between subnets and with the outside.",
        alias="router",
    ),
)
INTRO = """\
Part of the difference is work that Neutron does and Neutrino does not. Some of it buys what Neutrino lacks; a ratio
above is then no reproach to Neutron."""


def table(ours: list[str]) -> list[tuple[str, str, str]]:
    """Return rows: what the peer does, what it buys, and what is true of ours, which has the extensions *ours*."""
    return [(one.work, one.buys, _here(one, ours)) for one in DOES]


def missing(ours: list[str], peer: list[str]) -> list[str]:
    """Return the extensions that only the peer offers."""
    return sorted(set(peer) - set(ours))


def _here(one: More, ours: list[str]) -> str:
    if not one.alias:
        return one.here
    return "yes" if one.alias in ours else ABSENT
