"""What a machine's console has said, and what it is saying."""

from pathlib import Path

from neutrino.stack import guest
from neutrino.stack.place import Place
from neutrino.stack.programs import Programs
from neutrino.stack.state import Instance


def test_an_address_is_not_read_before_all_of_it_is_said(tmp_path: Path) -> None:
    place = Place(tmp_path, Programs(tmp_path, "test"))
    machine = Instance(name="v", port_id="p", mac="fa:16:3e:00:00:01", host="h1", network_id="n", device_id="d")
    console = guest.log(place, machine)
    console.parent.mkdir()
    assert guest.address(place, machine) == ""
    for said in ("Linux\r\nguest: addr", "ess 1", "0.0.0.12/2", "4,fd00::2/64"):
        _say(console, said)
        assert guest.address(place, machine) == ""
    _say(console, "\r\n$ ")
    assert guest.address(place, machine) == "10.0.0.12/24"


def _say(console: Path, text: str) -> None:
    with console.open("a") as file:
        file.write(text)
