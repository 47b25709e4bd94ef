"""Which programs are taken, and that a folder is complete or absent."""

from pathlib import Path

import pytest

from neutrino.stack import programs
from neutrino.stack.fault import StackFault
from neutrino.stack.packages import complete_or_absent


def test_a_folder_given_by_name_must_be_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    for name in programs.NEEDED[1:]:
        (tmp_path / "bin" / name).touch()
    monkeypatch.setenv("NEUTRINO_PROGRAMS", str(tmp_path / "bin"))
    with pytest.raises(StackFault, match=programs.NEEDED[0]):
        programs.obtain()
    (tmp_path / "bin" / programs.NEEDED[0]).touch()
    assert programs.obtain().bin == tmp_path / "bin"


def test_complete(tmp_path: Path) -> None:
    with complete_or_absent(tmp_path / "folder") as fresh:
        (fresh / "file").touch()
        assert not (tmp_path / "folder").exists()
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["file"]


def test_or_absent(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), complete_or_absent(tmp_path / "folder") as fresh:
        (fresh / "file").touch()
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_the_first_of_two_wins(tmp_path: Path) -> None:
    with complete_or_absent(tmp_path / "folder") as slow:
        (slow / "slow").touch()
        with complete_or_absent(tmp_path / "folder") as quick:
            (quick / "quick").touch()
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["quick"]


def test_a_cache_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackFault, match="XDG_CACHE_HOME"), complete_or_absent(tmp_path / "file" / "folder"):
        pass
