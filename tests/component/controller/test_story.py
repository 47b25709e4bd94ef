"""From the store to the Northbound: what is written, and that nothing is written twice."""

from uuid import UUID

from cloud import Cloud, until
from topology import network, port, reference, subnet

from neutrino.ovsdb.operations import Delete, Insert, Mutate, Update


async def test_a_full_pass_over_a_live_northbound_writes_nothing(cloud: Cloud) -> None:
    await cloud.put(*reference())
    async with cloud.controller() as first:
        assert first.written > 20
    async with cloud.controller() as second:
        assert second.written == 0
