"""The commands of docs/operators.md about PostgreSQL: making a database, a copy of it, and going back to the copy."""

import re
from pathlib import Path

import pytest

from neutrino.model.network import Network
from neutrino.store.database import open_database
from neutrino.store.intent import Intent

GUIDE = (Path(__file__).parents[3] / "docs" / "operators.md").read_text()
NAME = "restored"


@pytest.fixture
def kind():
    return "postgresql"


def command(beginning):
    """Return the guide's lines of shell that begin so, for a database and a user of the test's own."""
    (found,) = (one for one in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) if one.startswith(beginning))
    return re.sub(r"(?<=[ =])neutrino\b(?!\.)", NAME, found)


def test_a_dump_brings_back_what_was(postgresql, tmp_path, run, network):
    def told(*more):
        """Insert networks and return the names of all that there are."""
        database = open_database(postgresql.url(NAME))
        for one in more:
            run(database.write(lambda tx: tx.insert(network(one))))  # noqa: B023 - called at once
        found = run(Intent(database).all(Network))
        database.close()
        return sorted(one.name for one in found)

    tmp_path.chmod(0o777)
    postgresql.shell(command("createuser"), tmp_path)
    assert told("before") == ["before"]
    postgresql.shell(command("pg_dump"), tmp_path)
    assert told("later") == ["before", "later"]
    postgresql.shell(command("pg_restore"), tmp_path)
    assert told() == ["before"]
    assert told("again") == ["again", "before"]
    postgresql.drop(NAME)
