"""Which events follow: from what Nova was told, what is now, and how often the status changed in between."""

import msgspec
import pytest
from tests.topology import an_id, network, port

from neutrino.nova.events import Event, Told, of_floating_ip, of_port

SERVER, OTHER = an_id("server"), an_id("other server")
PORT = port("one", network("blue"), device_owner="compute:nova", device_id=SERVER)
UP = msgspec.structs.replace(PORT, status="ACTIVE")
DOWN = msgspec.structs.replace(PORT, status="DOWN")
NOW = Told(SERVER, PORT.revision_number)
NOW_UP = Told(SERVER, PORT.revision_number, active=True)
PLUGGED, UNPLUGGED, DELETED, CHANGED = "vif-plugged", "vif-unplugged", "vif-deleted", "changed"


@pytest.mark.parametrize(
    ("port", "told", "flips", "expected"),
    [
        (DOWN, None, 0, []),  # it came to be
        (UP, None, 1, [PLUGGED]),
        (UP, None, 0, []),  # it was up before it was an instance's
        (UP, NOW, 1, [PLUGGED]),
        (DOWN, NOW_UP, 1, [UNPLUGGED]),
        (UP, NOW_UP, 0, []),
        (UP, NOW_UP, 2, [UNPLUGGED, PLUGGED]),  # faster than we looked
        (DOWN, NOW, 2, [PLUGGED, UNPLUGGED]),
        (UP, NOW, 3, [PLUGGED]),
        (UP, Told(SERVER, -1), 1, [CHANGED, PLUGGED]),
        (None, NOW_UP, 0, [DELETED]),
        (None, None, 0, []),  # Nova never heard of it
        (msgspec.structs.replace(UP, device_id="no uuid"), None, 1, []),
        (msgspec.structs.replace(UP, device_owner="network:dhcp"), None, 1, []),
        (msgspec.structs.replace(UP, device_owner="", device_id=""), NOW_UP, 0, []),  # detached: Nova did that
    ],
)
def test_events_of_a_port(port: object, told: Told | None, flips: int, expected: list[str]) -> None:
    events = of_port(PORT.id, port, told, flips)  # type: ignore[arg-type]
    assert [event.name.removeprefix("network-") for event in events] == expected
    assert {event.server_uuid for event in events} <= {SERVER}
    assert all((event.tag, event.status) == (PORT.id, "completed") for event in events if "plugged" in event.name)


def test_events_of_a_floating_ip_go_to_both_instances() -> None:
    here, there = Told(SERVER, 1), Told(OTHER, 2)
    assert of_floating_ip(here, None) == of_floating_ip(None, here) == [Event("network-changed", SERVER)]
    assert of_floating_ip(there, here) == [Event("network-changed", SERVER), Event("network-changed", OTHER)]
    assert of_floating_ip(here, here) == []
