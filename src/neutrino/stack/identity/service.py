"""Keystone as a service of the lab: its declaration, and the files that it and its clients are given.

Here: who exists in a lab, and under which passwords. Not here: how they are made (serve.py), clouds.yaml's other
entries (central.py).
"""

import json
import os
import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from neutrino.stack.place import Place
from neutrino.stack.service import Notifies, Service

NAME = "keystone"
ADDRESS = "127.0.0.1"
REGION = "RegionOne"
DEMO = "demo"
USERS: dict[str, dict[str, tuple[str, ...]]] = {
    "admin": {"admin": ("admin",)},
    DEMO: {DEMO: ("member",)},
    "neutron": {"service": ("service", "admin")},
    "nova": {"service": ("service", "admin")},
}
"""User, project, roles there."""


@dataclass(frozen=True)
class Identity:
    """Keystone of the lab at *place*, listening on *port*."""

    place: Place
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{ADDRESS}:{self.port}/v3"

    @property
    def folder(self) -> Path:
        """Its database, keys and configuration."""
        return self.place.run / NAME

    def passwords(self) -> dict[str, str]:
        """Return the passwords by user, made at the first call."""
        if not self._passwords_file.exists():
            self._write_passwords({name: secrets.token_urlsafe(16) for name in USERS})
        found: dict[str, str] = json.loads(self._passwords_file.read_text())
        return found

    def change_passwords(self, passwords: Mapping[str, str]) -> None:
        """Let these users have these passwords from the next start on."""
        before = self.passwords()
        after = {**before, **passwords}
        if after != before:
            self._write_passwords(after)

    def _write_passwords(self, passwords: Mapping[str, str]) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        write_private(self._passwords_file, json.dumps(passwords, indent=2))

    @property
    def _passwords_file(self) -> Path:
        return self.folder / "passwords.json"

    def write(self, network_url: str) -> None:
        """Write Keystone's configuration, and what it shall contain."""
        passwords = self.passwords()
        write_private(self.folder / "keystone.conf", _CONFIGURATION.format(folder=self.folder))
        users = {
            name: {"password": passwords[name], "projects": {project: list(roles) for project, roles in where.items()}}
            for name, where in USERS.items()
        }
        wanted = {
            "config": str(self.folder / "keystone.conf"),
            "done": str(self.folder / "done.json"),
            "identity_url": self.url,
            "network_url": network_url,
            "region": REGION,
            "users": users,
        }
        write_private(self.folder / "seed.json", json.dumps(wanted, indent=2))

    def service(self, environment: Path, listener: int) -> Service:
        """Return the service; *environment* is the Python that has Keystone, *listener* its listening socket."""
        return Service(
            name=NAME,
            command=(
                str(environment / "bin" / "python"),
                "-P",  # the folder of serve.py is no place to import from
                str(Path(__file__).with_name("serve.py")),
                str(self.folder / "seed.json"),
                str(listener),
            ),
            environment={"PYTHONWARNINGS": "ignore"},
            inherits=(listener,),
            ready=Notifies(),
        )

    def authtoken(self) -> str:
        """Return the section of the API's configuration that lets it ask Keystone."""
        return f"""
[keystone_authtoken]
www_authenticate_uri = {self.url}
auth_url = {self.url}
username = neutron
password = {self.passwords()["neutron"].replace("$", "$$")}
project_name = service
user_domain_name = Default
project_domain_name = Default
service_token_roles_required = true
"""

    def cloud(self, name: str, user: str, project: str) -> str:
        """Return an entry of clouds.yaml."""
        return f"""\
  {name}:
    auth:
      auth_url: {self.url}
      username: {user}
      password: {json.dumps(self.passwords()[user])}
      project_name: {project}
      user_domain_name: Default
      project_domain_name: Default
    region_name: {REGION}
"""

    def variables(self, user: str, project: str) -> str:
        """Return the lines of an ``openrc``."""
        values = {
            "OS_AUTH_URL": self.url,
            "OS_USERNAME": user,
            "OS_PASSWORD": self.passwords()[user],
            "OS_PROJECT_NAME": project,
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_REGION_NAME": REGION,
            "OS_IDENTITY_API_VERSION": "3",
        }
        return "".join(f"export {key}={shlex.quote(value)}\n" for key, value in values.items())


def write_private(path: Path, text: str) -> None:
    """Replace *path* by a file that only its owner reads."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123 - with a mode
        file.write(text)
    fresh.replace(path)


_CONFIGURATION = """\
[DEFAULT]
use_stderr = true
default_log_levels = keystone=WARN,keystone.common.password_hashing=ERROR,stevedore=CRITICAL

[database]
connection = sqlite:///{folder}/keystone.sqlite
sqlite_synchronous = false

[token]
provider = fernet
expiration = 14400

[fernet_tokens]
key_repository = {folder}/fernet-keys

[fernet_receipts]
key_repository = {folder}/fernet-keys

[credential]
key_repository = {folder}/credential-keys

# One process serves, so that its memory is the cache, and what is revoked is gone at once.
[cache]
enabled = true
backend = oslo_cache.dict

# The passwords are random, long and only of this lab: the cheapest hash is enough.
[identity]
password_hash_rounds = 4

[oslo_policy]
enforce_scope = true
enforce_new_defaults = true
"""
