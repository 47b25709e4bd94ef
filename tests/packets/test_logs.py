"""What security groups accept and drop is written to the log of the host's ovn-controller, while it is asked for."""

import pytest
from tests.packets.scenario import Site, eventually


@pytest.mark.proves("log")
def test_what_is_dropped_and_what_is_accepted_is_written_down(site: Site) -> None:
    network = site.network()
    group = site.group(name="server")
    a = site.instance("a", network, "h1")
    b = site.instance("b", network, "h2", [group])

    def lines(log_id: str, verdict: str) -> int:
        """Count what the host of *b* has written."""
        text = (site.lab.place.logs / "h2.ovn-controller.log").read_text()
        mark = f'name="neutron-{log_id}", verdict={verdict},'
        return sum(mark in line for line in text.splitlines())

    def is_written(log_id: str, verdict: str) -> bool:
        a.pings(b.address)
        return lines(log_id, verdict) > 0

    given = {"resource_type": "security_group", "resource_id": group["id"]}
    log = site.create("log/logs", "log", **given)["id"]
    assert eventually(lambda: is_written(log, "drop"))
    assert not lines(log, "allow")
    site.rule(group, protocol="icmp")
    assert eventually(lambda: is_written(log, "allow"))
    site.api.update("log/logs", "log", log, enabled=False)
    other = site.create("log/logs", "log", **given, event="ACCEPT")["id"]
    assert eventually(lambda: is_written(other, "allow"))
    written = lines(log, "allow"), lines(log, "drop")
    assert a.pings(b.address)
    assert not a.connects(b.address, 8000)
    assert (lines(log, "allow"), lines(log, "drop")) == written
    assert lines(other, "drop") == 0
