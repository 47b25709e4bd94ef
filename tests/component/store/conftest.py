"""Real database files."""

import asyncio

import pytest

from neutrino.model.network import Network
from neutrino.store.database import open_database


@pytest.fixture
def path(tmp_path):
    """Where the database file is."""
    return tmp_path / "db.sqlite"


@pytest.fixture
def database(store):
    """An open, empty database, of each kind."""
    one = open_database(store.url)
    yield one
    one.close()


@pytest.fixture
def run():
    """Run a coroutine."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def network():
    """Make values of networks."""

    def make(name, **values):
        base = {"project_id": "p", "mtu": 1442}
        stamps = {"created_at": "2030-01-01T00:00:00Z", "updated_at": "2030-01-01T00:00:00Z", "revision_number": 1}
        return Network(**({"id": name, "name": name} | base | stamps | values))

    return make
