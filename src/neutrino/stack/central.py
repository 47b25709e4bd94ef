"""The central services: Northbound, Southbound, northd, the API and the controller.

Here: their declarations and the files that they are given. Not here: keeping them running (service.py).
"""

import hashlib
import secrets
import shlex
import sys
from pathlib import Path

from neutrino.stack import command
from neutrino.stack.identity.service import DEMO, REGION, Identity, write_private
from neutrino.stack.localconf.settings import Settings
from neutrino.stack.metadata import SECRET
from neutrino.stack.place import Place
from neutrino.stack.service import Answers, Notifies, Service
from neutrino.stack.state import Desired

COMPACT_ABOVE_BYTES = 1 << 20
"""A database below this is read in a few milliseconds: compacting it would cost more than it saves."""

GLOBALS = {"OVN_Northbound": "NB_Global", "OVN_Southbound": "SB_Global"}
"""By database, the table whose row says where its server listens."""

QUIET = ("-vconsole:info", "-vsyslog:off", "-vfile:off")


def services(
    place: Place, listener: int, settings: Settings, identity: tuple[Service, ...] = ()
) -> tuple[Service, ...]:
    """Return the central services; *listener* is the API's listening socket, *identity* what it asks about callers."""
    return (
        *identity,
        _database(place, "ovn-nb", "OVN_Northbound", place.northbound, settings.ovn_dbs_log_level),
        _database(place, "ovn-sb", "OVN_Southbound", place.southbound, settings.ovn_dbs_log_level),
        Service(
            name="ovn-northd",
            command=(
                place.programs.path("ovn-northd"),
                f"--ovnnb-db=unix:{place.northbound}",
                f"--ovnsb-db=unix:{place.southbound}",
                f"--pidfile={place.private('central')}/ovn-northd.pid",
                *QUIET,
            ),
            needs=("ovn-nb", "ovn-sb"),
            environment=place.environment("central"),
            ready=Answers(f"{place.private('central')}/ovn-northd.{{pid}}.ctl", "status", "Status: active"),
        ),
        *_own_services(place, listener),
        *((_metadata(place),) if settings.has_metadata else ()),
    )


def _own_services(place: Place, listener: int) -> tuple[Service, ...]:
    arguments = ("--config-file", str(place.configuration))
    return (
        Service(
            name="neutrino-api",
            command=(sys.executable, "-m", "neutrino.server.api", *arguments, "--fd", str(listener)),
            environment=place.environment("central"),
            inherits=(listener,),
            ready=Notifies(),
        ),
        Service(
            name="neutrino-controller",
            command=(sys.executable, "-m", "neutrino.server.controller", *arguments),
            environment=place.environment("central"),
            ready=Notifies(),
        ),
    )


def _metadata(place: Place) -> Service:
    return Service(
        name="metadata",
        command=(sys.executable, "-m", "neutrino.stack.metadata", str(place.run), str(place.metadata)),
        environment=place.environment("central"),
        ready=Notifies(),
    )


def _database(place: Place, name: str, database: str, socket: Path, level: str) -> Service:
    """Return a database's server; beside its socket it listens as its own rows say (ovn-ctl(8) starts it so too)."""
    file = place.run / f"{socket.stem}.db"
    control = place.private("central") / f"{name.replace('-', '')}_db.ctl"

    async def prepare() -> None:
        step = _due_step(place, name, file)
        if step:
            await command.run(place.programs.path("ovsdb-tool"), *step, environment=place.environment("central"))
        _made_with(file).write_text(_digest(place, name))

    return Service(
        name=name,
        command=(
            place.programs.path("ovsdb-server"),
            str(file),
            f"--remote=punix:{socket}",
            f"--remote=db:{database},{GLOBALS[database]},connections",
            f"--private-key=db:{database},SSL,private_key",
            f"--certificate=db:{database},SSL,certificate",
            f"--ca-cert=db:{database},SSL,ca_cert",
            f"--unixctl={control}",
            f"--pidfile={place.private('central')}/{name}.pid",
            *QUIET,
            f"-vconsole:{level}",
        ),
        environment=place.environment("central"),
        prepare=prepare,
        ready=Answers(str(socket), "list_dbs"),
    )


def _due_step(place: Place, name: str, file: Path) -> tuple[str, ...]:
    """Return what ovsdb-tool has to do before *file* is served: create, convert to another schema, compact, nothing."""
    schema = str(place.programs.schema(name))
    if file.exists() and not file.stat().st_size:  # ended, or without power, while it was made
        file.unlink()
    if not file.exists():
        return ("create", str(file), schema)
    if not _made_with(file).exists() or _made_with(file).read_text() != _digest(place, name):
        return ("convert", str(file), schema)
    if file.stat().st_size > COMPACT_ABOVE_BYTES:
        return ("compact", str(file))
    return ()


def _made_with(file: Path) -> Path:
    """Return the file that tells which schema the database *file* has."""
    return file.with_suffix(".schema")


def _digest(place: Place, name: str) -> str:
    return hashlib.sha256(place.programs.schema(name).read_bytes()).hexdigest()


def write_configuration(place: Place, identity: Identity | None, desired: Desired) -> None:
    """Write the oslo.config file of the API and the controller."""
    write_private(
        place.configuration,
        f"""\
[DEFAULT]
state_path = {place.run}
auth_strategy = {"keystone" if identity else "noauth"}
dns_domain = cloud.test

[page]
trace_socket = {place.questions}

[database]
connection = sqlite:///{place.run}/neutrino.sqlite

[ovn]
ovn_nb_connection = unix:{place.northbound}
ovn_sb_connection = unix:{place.southbound}
{desired.networking.options()}
{desired.settings}
{identity.authtoken() if identity else ""}""",
    )


def write_secret(place: Place) -> None:
    """Write the secret that the agents and the metadata service share, once."""
    file = place.run / SECRET
    if not file.exists():
        write_private(file, secrets.token_hex(16))


def write_clouds(place: Place, api_port: int, identity: Identity | None) -> None:
    """Write clouds.yaml, with which openstackclient and openstacksdk find the API as cloud ``neutrino``.

    With Keystone, ``neutrino`` is the administrator, ``demo`` an ordinary member. ``openrc`` has the variables of the
    former, ``openrc-demo`` of the latter.
    """
    if identity:
        admin, demo = ("admin", "admin"), (DEMO, DEMO)
        entries = identity.cloud("neutrino", *admin) + identity.cloud("admin", *admin) + identity.cloud(DEMO, *demo)
        write_private(place.variables, identity.variables(*admin))
        write_private(place.variables_of(DEMO), identity.variables(*demo))
    else:
        names = f"export OS_CLIENT_CONFIG_FILE={shlex.quote(str(place.clouds))}\nexport OS_CLOUD=neutrino\n"
        write_private(place.variables, names)
        place.variables_of(DEMO).unlink(missing_ok=True)
        entries = f"""\
  neutrino:
    auth_type: none
    auth:
      endpoint: http://127.0.0.1:{api_port}
    network_endpoint_override: http://127.0.0.1:{api_port}
    region_name: {REGION}
"""
    write_private(place.clouds, f"clouds:\n{entries}")
