"""The world outside: made on request, kept over restarts, on both datapaths."""

from pathlib import Path

import pytest

from neutrino.stack.lab import Lab


@pytest.mark.parametrize("datapath", ["auto", "dummy"])
def test_the_public_network_is_reached_and_stays(tmp_path: Path, datapath: str) -> None:
    lab = Lab(tmp_path / "lab", hosts=1, datapath=datapath)
    with lab:
        api, public = lab.api, lab.public()
        assert lab.public() == public
        network = api.create("networks", "network", name="inside")
        subnet = api.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.1.0.0/24")
        router = api.create("routers", "router", external_gateway_info={"network_id": public["id"]})
        api.act("routers", router["id"], "add_router_interface", subnet_id=subnet["id"])
        lab.instance("a", network["id"], "h1")
        assert lab.ping("a", "203.0.113.1", 15)
        assert "203.0.113.1/24" in lab.exec("outside", "ip", "address").stdout
    with lab:
        lab.instance("a", network["id"], "h1")
        assert lab.ping("a", "203.0.113.1", 15)
        lab.add_host("h2")
        lab.instance("b", network["id"], "h2")
        assert lab.ping("b", "203.0.113.1", 15)
