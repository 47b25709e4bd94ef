"""What the API says of hosts and of what it makes by itself."""

import pytest
from tests.packets.scenario import Site, eventually


@pytest.mark.proves("agents", "agents-paged")
def test_agents_live_and_are_listed_by_pages(site: Site) -> None:
    def hosts(**query: str) -> list[str]:
        return [one["host"] for one in site.api.list("agents", binary="ovn-controller", **query)]

    assert eventually(lambda: {"h1", "h2"} <= set(hosts(alive="true")))
    ascending = hosts(sort_key="host", sort_dir="asc")
    assert ascending == sorted(ascending)
    assert hosts(sort_key="host", sort_dir="desc") == ascending[::-1]
    first, *_ = site.api.list("agents", binary="ovn-controller", sort_key="host", sort_dir="asc", limit="1")
    assert hosts(sort_key="host", sort_dir="asc", limit="1", marker=first["id"]) == ascending[1:2]


@pytest.mark.proves("agents")
def test_an_agent_says_which_addresses_its_host_has_on_the_wire(site: Site) -> None:
    def told() -> dict[str, str]:
        agents = site.api.list("agents", binary="ovn-controller")
        return {one["host"]: one["configurations"].get("ovn-chassis-mac-mappings", "") for one in agents}

    words = ("ovs-vsctl", "get", "Open_vSwitch", ".", "external_ids:ovn-chassis-mac-mappings")
    given = {host: site.lab.exec(host, *words).stdout.strip().strip('"') for host in ("h1", "h2")}
    assert all(given.values())
    assert eventually(lambda: given.items() <= told().items())
