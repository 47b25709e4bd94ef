"""Serves Keystone on a socket that it is given: ``serve.py SEED.json FD``, with the Python of its environment.

Here: tables and keys where there are none, the projects, users, roles and the catalogue that the seed names, the WSGI
server. Not here: which ones these are (seed.py), and anything of this project: it runs in another environment.
"""

import json
import os
import socket
import sys
import threading
import time
import traceback
import uuid
from pathlib import Path
from typing import Any

import keystone.conf
import waitress
from keystone.cmd import bootstrap
from keystone.common import driver_hints, fernet_utils, provider_api
from keystone.common.sql import upgrades
from keystone.credential.providers import fernet
from keystone.server import configure
from keystone.server.flask import core

DOMAIN = "default"
THREADS = 1
"""One at a time: SQLite has one writer, Python one running thread, and requests take some milliseconds."""
BEAT_S = 1.0
APIS = provider_api.ProviderAPIs


def prepare(wanted: dict[str, Any]) -> None:
    """Make tables and keys, and what the seed names, in a process of its own: the server loads Keystone once."""
    pid = os.fork()
    if pid:
        _, ended = os.waitpid(pid, 0)
        if ended:
            sys.exit("Keystone cannot be prepared: see above")
        return
    status = 1
    try:
        configure(config_files=[wanted["config"]])
        upgrades.offline_sync_database_to_version()
        conf = keystone.conf.CONF
        for folder, most, group in (
            (conf.fernet_tokens.key_repository, conf.fernet_tokens.max_active_keys, "fernet_tokens"),
            (conf.credential.key_repository, fernet.MAX_ACTIVE_KEYS, "credential"),
        ):
            keys = fernet_utils.FernetUtils(folder, most, group)
            keys.create_key_directory()
            if not any(Path(folder).iterdir()):
                keys.initialize_key_repository()
        seed(wanted)
        status = 0
    except BaseException:  # noqa: BLE001 - said, and the status tells
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def seed(wanted: dict[str, Any]) -> None:
    """Make what is missing of projects, users, roles and the catalogue, and put passwords and addresses right."""
    identity = wanted["identity_url"]
    first = bootstrap.Bootstrapper()
    first.admin_username, first.admin_password = "admin", wanted["users"]["admin"]["password"]
    first.project_name = first.admin_role_name = "admin"
    first.service_name, first.region_id = "keystone", wanted["region"]
    first.public_url = first.internal_url = first.admin_url = identity
    first.immutable_roles = True
    first.bootstrap()
    roles = {one["name"]: one["id"] for one in APIS.role_api.list_roles(driver_hints.Hints())}
    for name, user in wanted["users"].items():
        found = user_id(name, user["password"])
        for project, names in user["projects"].items():
            where = project_id(project)
            held = set(APIS.assignment_api.get_roles_for_user_and_project(found, where))
            for role in names:
                if roles[role] not in held:
                    APIS.assignment_api.add_role_to_user_and_project(found, where, roles[role])
    service = service_id("network", "neutrino")
    hints = driver_hints.Hints()
    hints.add_filter("service_id", service)
    known = {one["interface"]: one for one in APIS.catalog_api.list_endpoints(hints)}
    for interface in ("public", "internal", "admin"):
        url = wanted["network_url"]
        if interface not in known:
            made = {"service_id": service, "interface": interface, "url": url, "region_id": wanted["region"]}
            made |= {"id": uuid.uuid4().hex, "enabled": True}
            APIS.catalog_api.create_endpoint(made["id"], made)
        elif known[interface]["url"] != url:
            APIS.catalog_api.update_endpoint(known[interface]["id"], {"url": url})


def project_id(name: str) -> str:
    """Return the project *name*, made when missing."""
    hints = driver_hints.Hints()
    hints.add_filter("name", name)
    found = [one for one in APIS.resource_api.list_projects(hints) if one["name"] == name and not one["is_domain"]]
    if found:
        return str(found[0]["id"])
    made: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "name": name,
        "domain_id": DOMAIN,
        "enabled": True,
        "is_domain": False,
    }
    APIS.resource_api.create_project(made["id"], {**made, "description": ""})
    return str(made["id"])


def user_id(name: str, password: str) -> str:
    """Return the user *name*, made when missing, with this password."""
    hints = driver_hints.Hints()
    hints.add_filter("name", name)
    found = APIS.identity_api.list_users(domain_scope=DOMAIN, hints=hints)
    if not found:
        made = {"name": name, "domain_id": DOMAIN, "password": password, "enabled": True}
        return str(APIS.identity_api.create_user(made)["id"])
    try:
        APIS.identity_api.driver.authenticate(found[0]["id"], password)
    except AssertionError:
        APIS.identity_api.update_user(found[0]["id"], {"password": password})
    return str(found[0]["id"])


def service_id(kind: str, name: str) -> str:
    """Return the service of this kind, made when missing."""
    hints = driver_hints.Hints()
    hints.add_filter("type", kind)
    found = APIS.catalog_api.list_services(hints)
    if found:
        return str(found[0]["id"])
    made: dict[str, Any] = {"id": uuid.uuid4().hex, "type": kind, "name": name, "enabled": True}
    APIS.catalog_api.create_service(made["id"], made)
    return str(made["id"])


def tell(message: bytes) -> None:
    """Send *message* to the supervisor (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as channel:
            try:
                channel.sendto(message, address)
            except OSError:
                return


def beat() -> None:
    """Say that this process runs, for as long as it does."""
    while True:
        time.sleep(BEAT_S)
        tell(b"WATCHDOG=1")


def main() -> None:
    """Prepare, and serve until a signal ends it."""
    _, file, listener = sys.argv
    del sys.argv[1:]  # Keystone would read them
    text = Path(file).read_text()
    wanted = json.loads(text)
    done = Path(wanted["done"])
    if not done.exists() or done.read_text() != text:
        prepare(wanted)
        done.touch(0o600)
        done.write_text(text)
    application = core.initialize_application(name="public", config_files=[wanted["config"]])
    server = waitress.create_server(
        application, sockets=[socket.socket(fileno=int(listener))], threads=THREADS, ident=None
    )
    tell(b"READY=1")
    threading.Thread(target=beat, daemon=True).start()
    server.run()


if __name__ == "__main__":
    main()
