"""What a daemon does not load: what its configuration may never ask for."""

import subprocess
import sys

import pytest

HTTP_CLIENTS = ("requests", "urllib3", "keystoneauth1")
OTHER_DATABASE = ("psycopg", "sqlalchemy.dialects.postgresql")
ABSENT = {
    "serving": (
        *HTTP_CLIENTS,
        *OTHER_DATABASE,
        *("alembic", "sqlalchemy.orm", "oslo_policy.policy", "oslo_utils.strutils", "yaml", "ctypes"),
        *("neutrino.ovsdb", "neutrino.backends.ovn.nb", "neutrino.api.openapi", "neutrino.nova.notifier"),
    ),
    "controller": (
        *HTTP_CLIENTS,
        *OTHER_DATABASE,
        "alembic",
        "sqlalchemy.orm",
        "oslo_policy",
        "falcon",
        "uvicorn",
        "ctypes",
    ),
    "agent": (*HTTP_CLIENTS, "sqlalchemy", "falcon", "uvicorn", "dns", "prometheus_client"),
    "dns": (*HTTP_CLIENTS, "sqlalchemy", "falcon", "uvicorn", "oslo_config", "neutrino.ovsdb"),
}


@pytest.mark.parametrize("daemon", ABSENT)
def test_a_daemon_does_not_load(daemon: str) -> None:
    says = f"import sys, neutrino.server.{daemon}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", says], capture_output=True, text=True, check=True).stdout.split()
    assert not {name for name in loaded if name.startswith(tuple(f"{one}." for one in ABSENT[daemon]))}
    assert not set(ABSENT[daemon]).intersection(loaded)
