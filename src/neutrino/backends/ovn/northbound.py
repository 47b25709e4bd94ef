"""The OVN backend as the controller drives it: what each resource renders to, in order of who sees whom."""

from neutrino.backends.ovn import (
    address_group,
    floating_ip,
    foundation,
    gateway,
    log,
    network,
    port,
    qos,
    router,
    security_group,
    subnet,
)
from neutrino.backends.ovn.territory import NORTHBOUND
from neutrino.model.address_group import AddressGroup
from neutrino.model.agent import Agent
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.log import Log
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.qos import QosPolicy
from neutrino.model.router import Router
from neutrino.model.security_group import SecurityGroup, SecurityGroupRule
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.reconcile.noun import Backend, Noun

NOUNS = (
    Noun(SubnetPool, subnet.pool_fragment, subnet.pool_facts),
    Noun(QosPolicy, qos.fragment, qos.facts),
    Noun(Network, network.fragment, network.facts, ((Subnet, "network_id"), (Port, "network_id"))),
    Noun(Subnet, subnet.fragment, subnet.facts, ((Port, "fixed_ips.subnet_id"),)),
    Noun(AddressGroup, address_group.fragment),
    Noun(SecurityGroup, security_group.fragment, security_group.facts, ((SecurityGroupRule, "security_group_id"),)),
    Noun(Log, log.fragment, log.facts),
    Noun(SecurityGroupRule, security_group.rule_fragment),
    Noun(Agent, gateway.agent_fragment, gateway.facts),
    Noun(Router, router.fragment, router.facts, ((Port, "device_id"), (FloatingIp, "router_id"))),
    Noun(Port, port.fragment, port.facts, ((FloatingIp, "floating_port_id"), (FloatingIp, "port_id"))),
    Noun(FloatingIp, floating_ip.fragment),
)

BACKEND = Backend(
    name="ovn",
    database="OVN_Northbound",
    lock="neutrino_controller",
    territory=NORTHBOUND,
    nouns=NOUNS,
    foundation=foundation.fragment,
    foundation_tables=frozenset({"NB_Global"}),
    also_watched={"NB_Global": ("nb_cfg",)},
)
