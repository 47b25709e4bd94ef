"""Rows that only ovn-northd can judge here, as nothing at hand would carry their packets: it makes bindings of them."""

import subprocess
from collections.abc import Iterator

import msgspec
import pytest
from tests.component.controller.cloud import Cloud, until
from tests.programs import program
from tests.topology import agent, network, port, subnet

from neutrino.ovsdb.client import Client
from neutrino.ovsdb.operations import Select


@pytest.fixture
def northd(cloud: Cloud) -> Iterator[None]:
    """Run ovn-northd between the cloud's databases."""
    words = [f"--ovnnb-db={cloud.nb.remote}", f"--ovnsb-db={cloud.sb.remote}", f"--unixctl={cloud.folder}/northd.ctl"]
    with (cloud.folder / "northd.log").open("wb") as log:
        process = subprocess.Popen([program("ovn-northd"), *words], stdout=log, stderr=log)
    yield
    process.kill()
    process.wait()


async def binding(cloud: Cloud, port_id: str) -> dict:
    """Return the row of Port_Binding of a port, once there is one."""
    async with Client(cloud.sb.remote, "OVN_Southbound") as southbound:
        await southbound.wait_connected(5)
        ask = Select("Port_Binding", (("logical_port", "==", port_id),))

        async def found() -> object:
            return (await southbound.transact([ask]))[0]

        await until(found)
        return (await southbound.transact([ask]))[0][0]


async def test_a_switch_of_hardware_and_a_health_monitor(cloud: Cloud, northd: None) -> None:
    blue = network("blue")
    v4 = subnet("v4", blue, "10.0.0.0/24")
    switch = {"vtep-physical-switch": "rack-1", "vtep-logical-switch": "ls-1"}
    hardware = port("hardware", blue, {v4: "10.0.0.5"}, binding_profile=switch)
    monitor = port("monitor", blue, {v4: "10.0.0.6"}, device_owner="ovn-lb-hm:distributed", device_id="ovn-lb-hm-1",
                   port_security_enabled=False)  # fmt: skip
    await cloud.put(blue, v4, hardware, monitor)
    async with cloud.controller():
        row = await binding(cloud, hardware.id)
        assert (row["type"], row["mac"]) == ("vtep", frozenset({"unknown"}))
        assert row["options"].items() >= switch.items()
        row = await binding(cloud, monitor.id)
        assert (row["type"], row["mac"]) == ("localport", frozenset({monitor.mac_address}))


async def test_the_port_of_a_card(cloud: Cloud, northd: None) -> None:
    blue = network("blue")
    told = {"pf_mac_address": "08:c0:eb:00:00:01", "vf_num": 3, "card_serial_number": "AB123"}
    managed = port("managed", blue, binding_vnic_type="remote-managed", binding_host_id="compute", binding_profile=told)
    card = agent("dpu")
    options = {**card.configurations, "ovn-cms-options": "card-serial-number=AB123"}
    await cloud.put(blue, managed, msgspec.structs.replace(card, configurations=options))
    async with cloud.controller():
        row = await binding(cloud, managed.id)
    assert (row["type"], row["options"]) == ("", {
        "requested-chassis": "dpu",
        "vif-plug-type": "representor",
        "vif-plug-mtu-request": "1442",
        "vif-plug:representor:pf-mac": "08:c0:eb:00:00:01",
        "vif-plug:representor:vf-num": "3",
    })  # fmt: skip
