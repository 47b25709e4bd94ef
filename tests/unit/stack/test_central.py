"""What is done to a database's file before it is served."""

from pathlib import Path

from neutrino.stack.central import _due_step
from neutrino.stack.place import Place
from neutrino.stack.programs import Programs


def test_a_file_whose_making_was_broken_off_is_made_again(tmp_path: Path) -> None:
    place, file = Place(tmp_path, Programs(Path("/p"), "test")), tmp_path / "nb.db"
    made = _due_step(place, "ovn-nb", file)
    assert made[:2] == ("create", str(file))
    file.touch()
    assert _due_step(place, "ovn-nb", file) == made
    assert not file.exists()  # ovsdb-tool makes none where one is
