"""The reference page is what the declarations and a running API say.

Written anew by: NEUTRINO_GOLDEN=write pytest tests/component/api/test_reference.py
"""

import json
import os
import re
from pathlib import Path

import pytest

from neutrino.api.openapi.reference import page
from neutrino.api.routes import NOUNS

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
CHANCE = {  # what differs from one run to the next, with what the page has instead
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}": lambda n: f"00000000-0000-4000-8000-{n:012x}",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ": lambda n: "2030-01-01T00:00:00Z",
    r"fa:16:3e(?::[0-9a-f]{2}){3}": lambda n: f"fa:16:3e:00:00:{n:02x}",
}


VNIS = "vni_ranges = 1:8"  # few, since the example of a range lists those that are free


def _examples(api) -> dict[str, object]:
    """Return an answer for each collection that has any."""
    scope = api.post("address-scopes", name="campus", ip_version=4)
    api.post("subnetpools", name="campus", prefixes=["10.8.0.0/16"], address_scope_id=scope["id"])
    group = api.post("address-groups", name="offices", addresses=["192.0.2.0/24"])
    api.post("default-security-group-rules", direction="ingress", protocol="tcp", remote_address_group_id=group["id"])
    blue = api.network(name="blue", description="of the web servers")
    outer = api.network(name="outer", **{"router:external": True})
    api.subnet(outer, "203.0.113.0/24", name="outer", enable_dhcp=False)
    subnet = api.subnet(blue, "10.0.0.0/24", name="blue", dns_nameservers=["192.0.2.53"])
    port = api.port(blue, name="web-1")
    router = api.post("routers", name="edge", external_gateway_info={"network_id": outer["id"]})
    attached = api.send("PUT", f"routers/{router['id']}/add_router_interface", json={"subnet_id": subnet["id"]})
    assert attached.status_code == 200
    api.post("floatingips", floating_network_id=outer["id"], port_id=port["id"])
    api.host("host-1")
    found = {noun.cls.collection: api.get(noun.route) for noun in NOUNS if noun.parent is None}
    chosen = {name: min(rows, key=_order) for name, rows in found.items() if rows}
    return json.loads(_settled(json.dumps(chosen)))


def _order(row: dict[str, object]) -> str:
    """Return where *row* is among its like, whatever its id."""
    return re.sub("|".join(CHANCE), "", json.dumps(row | {"tags": []}))


def _settled(text: str) -> str:
    for pattern, written in CHANCE.items():
        seen = list(dict.fromkeys(re.findall(pattern, text)))
        for n, one in enumerate(seen, 1):
            text = text.replace(one, written(n))
    return text


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_page_is_what_the_declarations_say(serve) -> None:
    text = page(_examples(serve("[ml2_type_geneve]", VNIS)))
    if os.environ.get("NEUTRINO_GOLDEN") == "write":
        PAGE.write_text(text)
    assert text == PAGE.read_text()
