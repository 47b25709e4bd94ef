"""The OVN backend as the controller drives it: what each resource renders to, in order of who sees whom."""

from functools import partial

from neutrino.backends.ovn import (
    address_group,
    chassis,
    floating_ip,
    foundation,
    local_ip,
    log,
    metering,
    ndp_proxy,
    network,
    port,
    qos,
    router,
    scheduling,
    security_group,
    segment,
    subnet,
)
from neutrino.backends.ovn.balanced import BALANCED
from neutrino.backends.ovn.settings import DEFAULTS, Settings
from neutrino.backends.ovn.territory import NORTHBOUND
from neutrino.model.address_group import AddressGroup
from neutrino.model.agent import Agent
from neutrino.model.floating_ip import FloatingIp
from neutrino.model.local_ip import LocalIp, LocalIpAssociation
from neutrino.model.log import Log
from neutrino.model.metering import MeteringLabel
from neutrino.model.ndp_proxy import NdpProxy
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.qos import QosPolicy
from neutrino.model.router import Router
from neutrino.model.security_group import SecurityGroup, SecurityGroupRule
from neutrino.model.segment import Segment
from neutrino.model.subnet import Subnet
from neutrino.model.subnetpool import SubnetPool
from neutrino.reconcile.noun import Backend, Noun


def nouns(settings: Settings) -> tuple[Noun, ...]:
    """Return what each resource renders to under *settings*."""
    subnet_fragment = partial(subnet.fragment, settings=settings)
    subnet_facts = partial(subnet.facts, settings=settings)
    return (
        Noun(SubnetPool, subnet.pool_fragment, subnet.pool_facts),
        Noun(QosPolicy, qos.fragment, qos.facts),
        Noun(
            Network,
            partial(network.fragment, settings=settings),
            network.facts,
            ((Subnet, "network_id"), (Port, "network_id")),
        ),
        Noun(Segment, partial(segment.fragment, settings=settings)),
        Noun(Subnet, subnet_fragment, subnet_facts, ((Port, "fixed_ips.subnet_id"),)),
        Noun(AddressGroup, address_group.fragment),
        Noun(SecurityGroup, security_group.fragment, security_group.facts, ((SecurityGroupRule, "security_group_id"),)),
        Noun(Log, log.fragment, log.facts),
        Noun(SecurityGroupRule, security_group.rule_fragment),
        Noun(MeteringLabel, metering.fragment, metering.facts),
        Noun(Agent, chassis.fragment, scheduling.facts),
        Noun(
            Router,
            router.fragment,
            router.facts,
            ((Port, "device_id"), (FloatingIp, "router_id"), (NdpProxy, "router_id")),
        ),
        Noun(
            Port,
            port.fragment,
            port.facts,
            ((FloatingIp, "floating_port_id"), (FloatingIp, "port_id"), (LocalIpAssociation, "fixed_port_id")),
        ),
        Noun(FloatingIp, floating_ip.fragment),
        Noun(NdpProxy, ndp_proxy.fragment),
        Noun(LocalIp, local_ip.fragment),
        Noun(LocalIpAssociation, local_ip.association_fragment),
    )


def backend(settings: Settings) -> Backend:
    """Return the backend under *settings*."""
    return Backend(
        name="ovn",
        database="OVN_Northbound",
        lock="neutrino_controller",
        territory=NORTHBOUND,
        nouns=nouns(settings),
        foundation=partial(foundation.fragment, settings=settings),
        foundation_tables=frozenset({"NB_Global"}),
        others=(BALANCED,),
        also_watched={"NB_Global": ("nb_cfg",)},
    )


NOUNS = nouns(DEFAULTS)
BACKEND = backend(DEFAULTS)
