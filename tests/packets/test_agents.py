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
