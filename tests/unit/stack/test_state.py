"""What a lab should contain survives a round trip, and names follow from ids."""

from pathlib import Path

from neutrino.stack import state
from neutrino.stack.state import Desired, Instance

PORT = "3d2043cc-24f3-4a90-af00-3cbe4d52a1a0"


def an_instance(name: str) -> Instance:
    return Instance(name=name, port_id=PORT, mac="fa:16:3e:00:00:01", host="h1", network_id="n", device_id="d")


def test_round_trip(tmp_path: Path) -> None:
    desired = Desired(hosts=["h1", "h2"], api_port=9696, instances=[an_instance("a")])
    state.save(tmp_path, desired)
    assert state.load(tmp_path) == desired
    assert [path.name for path in tmp_path.iterdir()] == [state.FILE]


def test_a_new_folder_is_an_empty_lab(tmp_path: Path) -> None:
    assert state.load(tmp_path) == Desired()


def test_two_empty_labs_share_nothing() -> None:
    Desired().hosts.append("h1")
    assert Desired().hosts == []


def test_the_tap_is_named_as_by_nova() -> None:
    assert an_instance("a").tap == "tap3d2043cc-24"
    assert an_instance("a").network == "i-a"


def test_instances_by_name() -> None:
    desired = Desired(instances=[an_instance("a"), an_instance("b")])
    assert desired.instance("b") == an_instance("b")
    assert desired.instance("c") is None
