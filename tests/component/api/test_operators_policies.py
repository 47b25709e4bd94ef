"""The policies of docs/operators.md, as an operator would write them."""

import re
from pathlib import Path

import pytest
from tests.component.api.people import ACME, CLOUD, FORBIDDEN, OTHER, Person

GUIDE = (Path(__file__).parents[3] / "docs" / "operators.md").read_text()


@pytest.fixture
def ruled(serve, tmp_path):
    """An API beside whose configuration is the guide's policy.yaml."""
    (example,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "policy.yaml").write_text(example)
    return serve()


def test_each_rule_of_the_example_does_what_is_written_above_it(ruled):
    admin, manager, member = Person(ruled, "admin", CLOUD), Person(ruled, "manager"), Person(ruled, "member")
    assert member.refused("POST", "routers", {"router": {}}) == FORBIDDEN
    assert member.said("POST", "routers", {"router": {}}) in GUIDE
    assert manager.post("routers")["project_id"] == ACME
    assert admin.post("routers")["project_id"] == CLOUD

    network = member.post("networks")
    port = member.post("ports", network_id=network["id"])
    assert member.put(f"ports/{port['id']}", mac_address="fa:16:3e:00:00:99")["mac_address"] == "fa:16:3e:00:00:99"

    outer = admin.post("networks", **{"router:external": True})
    admin.post("subnets", network_id=outer["id"], cidr="203.0.113.0/24", ip_version=4)
    chosen = {"floating_network_id": outer["id"], "floating_ip_address": "203.0.113.77"}
    assert manager.refused("POST", "floatingips", {"floatingip": chosen}) == FORBIDDEN
    assert admin.post("floatingips", **chosen)["floating_ip_address"] == "203.0.113.77"

    engineer, stranger = Person(ruled, "network_admin", OTHER), Person(ruled, "member", OTHER)
    assert network["id"] in engineer.ids("networks")
    assert network["id"] not in stranger.ids("networks")
    assert engineer.put(f"networks/{network['id']}", description="seen")["description"] == "seen"
