"""Reading ``local.conf``: what its lines come to, and what is said about those that come to nothing.

Here: from a file to Settings, passwords and warnings. Not here: the format (syntax.py), which variables there are
(settings.py), services' names (services.py).
"""

import fnmatch
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from neutrino.stack.fault import StackFault
from neutrino.stack.localconf import services, syntax
from neutrino.stack.localconf.settings import DECLARED, Settings
from neutrino.stack.localconf.syntax import Assignment, Command, Refused, Section

NAME = "local.conf"
LOCAL = ("local", "localrc")
POST_CONFIG = "post-config"

PASSWORDS = {"ADMIN_PASSWORD": ("admin", "demo"), "SERVICE_PASSWORD": ("neutron", "nova")}
"""Variables that are passwords, and whose: never kept but in the files that need them."""

FILES = {
    "NEUTRON_CONF_DIR": "/etc/neutron",
    "NEUTRON_CONF": "/etc/neutron/neutron.conf",
    "Q_PLUGIN_CONF_FILE": "etc/neutron/plugins/ml2/ml2_conf.ini",
    "NEUTRON_CORE_PLUGIN_CONF": "/etc/neutron/plugins/ml2/ml2_conf.ini",
    "OVN_META_CONF": "/etc/neutron/neutron_ovn_metadata_agent.ini",
    "OVN_AGENT_CONF": "/etc/neutron/plugins/ml2/ovn_agent.ini",
}
"""DevStack's variables for configuration files: names of sections, not places on this machine."""
SERVER_FILES = (FILES["NEUTRON_CONF"], FILES["NEUTRON_CORE_PLUGIN_CONF"])
AGENT_FILES = (FILES["OVN_META_CONF"], FILES["OVN_AGENT_CONF"])

WITHOUT_MEANING = {
    "DATABASE_*": "the database is SQLite's, or what [database] connection says",
    "MYSQL_*": "the database is SQLite's, or what [database] connection says",
    "RABBIT_*": "there is no message queue",
    "HOST_IP*": "everything listens on 127.0.0.1",
    "SERVICE_HOST": "everything listens on 127.0.0.1",
    "SERVICE_IP_VERSION": "everything listens on 127.0.0.1",
    "TUNNEL_*": "hosts are network namespaces with an underlay of their own",
    "MULTI_HOST": "`./stack up --hosts N` makes as many hosts",
    "PUBLIC_INTERFACE": "no device of this machine is touched: the world outside is a network namespace",
    "FLAT_INTERFACE": "no device of this machine is touched: the world outside is a network namespace",
    "Q_ASSIGN_GATEWAY_TO_PUBLIC_BRIDGE": "the world outside has the gateway's address",
    "Q_USE_PUBLIC_VETH": "the world outside is joined to PUBLIC_BRIDGE by itself",
    "ENABLE_TENANT_TUNNELS": "Q_ML2_TENANT_NETWORK_TYPE says which types there are",
    "ENABLE_TENANT_VLANS": "Q_ML2_TENANT_NETWORK_TYPE says which types there are",
    "Q_ML2_PLUGIN_EXT_DRIVERS": "every extension that the backend can do is there",
    "NETWORK_API_EXTENSIONS": "every extension that the backend can do is there",
    "Q_SERVICE_PLUGIN_CLASSES": "every extension that the backend can do is there",
    "ML2_L3_PLUGIN": "routers are the backend's",
    "NEUTRON_PORT_SECURITY": "port security is always there",
    "Q_USE_SECGROUP": "security groups are always there",
    "OVN_NEUTRON_SYNC_MODE": "the Northbound is always made equal to what the API was asked for",
    "OVN_GENEVE_OVERHEAD": "it follows from the encapsulation",
    "OVN_NB_REMOTE": "the databases are on sockets of the run folder",
    "OVN_SB_REMOTE": "the databases are on sockets of the run folder",
    "OVN_BUILD_*": "`NEUTRINO_PROGRAMS` names the folder of OVN's and Open vSwitch's programs",
    "OVS_BRANCH": "`NEUTRINO_PROGRAMS` names the folder of OVN's and Open vSwitch's programs",
    "OVN_BRANCH": "`NEUTRINO_PROGRAMS` names the folder of OVN's and Open vSwitch's programs",
    "*_BRANCH": "this checkout is what runs",
    "*_REPO": "this checkout is what runs",
    "LOG*": "logs are in the run folder: `./stack logs NAME`",
    "SCREEN_*": "logs are in the run folder: `./stack logs NAME`",
    "*": "it is no variable of networking",
}
"""Why a variable means nothing here: the first pattern that fits. Any other name has no meaning either."""


@dataclass(frozen=True)
class LocalConf:
    """What a file says: *passwords* by user, *warnings* as whole lines."""

    settings: Settings = field(default_factory=Settings)
    passwords: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read(path: Path, environment: Mapping[str, str]) -> LocalConf:
    """Return what the file at *path* says; raises StackFault with file and line for what cannot be used.

    *environment* gives values to names that the file itself does not set.
    """
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise StackFault(f"{path} cannot be read: {error}") from error
    try:
        reader = _Reader(environment)
        return reader.read(text, path)
    except Refused as refused:
        raise StackFault(f"{path}:{refused.line}: {refused}") from refused


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._texts: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        self._used: set[str] = set()
        self._services = services.Services()
        self._warnings: list[tuple[int, str]] = []

    def read(self, text: str, path: Path) -> LocalConf:
        found = syntax.sections(text)
        for section in found:
            if (section.phase, section.file) == LOCAL:
                self._localrc(section)
        values = {name.lower(): self._parsed(name) for name in self._texts if name in DECLARED}
        server: list[str] = []
        agent: list[str] = []
        for section in found:
            if section.phase == POST_CONFIG:
                kept = self._post_config(section)
                (agent if self._file(section) in AGENT_FILES else server).append(kept)
            elif (section.phase, section.file) != LOCAL:
                self._warn(section.line, f"[[{section.phase}|{section.file}]] has no meaning here")
        self._note_services(values)
        values["has_metadata"] = self._services.has_metadata
        values |= {"post_config": "".join(server), "agent_post_config": "".join(agent)}
        settings = msgspec.structs.replace(Settings(), **values)
        self._check(settings)
        self._note_variables()
        passwords = {
            user: self._texts[name] for name, users in PASSWORDS.items() if self._texts.get(name) for user in users
        }
        warnings = tuple(f"{path}:{line}: {why}" for line, why in sorted(self._warnings))
        return LocalConf(settings, passwords, warnings)

    def _localrc(self, section: Section) -> None:
        for one in syntax.statements(section, self._look_up):
            if isinstance(one, Command):
                self._command(one)
            elif one.name == "ENABLED_SERVICES":
                self._services.replace(one.line, self._whole(one))
            else:
                self._texts[one.name] = self._whole(one)
                self._lines[one.name] = one.line

    def _whole(self, one: Assignment) -> str:
        return (self._look_up(one.name) or "") + one.value if one.appends else one.value

    def _look_up(self, name: str) -> str | None:
        """Return what is set while [[local|localrc]] is read: as in DevStack, defaults come later."""
        self._used.add(name)
        if name == "ENABLED_SERVICES":
            return self._services.text
        return self._texts.get(name, self._environment.get(name))

    def _look_up_later(self, name: str) -> str | None:
        found = self._look_up(name)
        if found is None and name in DECLARED:
            return str(getattr(Settings(), name.lower()))
        return FILES.get(name) if found is None else found

    def _command(self, one: Command) -> None:
        name, *words = one.words
        match name:
            case "enable_service":
                self._services.enable(one.line, services.names_in(words))
            case "disable_service":
                self._services.disable(one.line, services.names_in(words))
            case "disable_all_services":
                self._services.disable_all(one.line)
            case "enable_plugin":
                plugin = words[0] if words else "?"
                self._warn(one.line, f"the plugin {plugin} is not loaded: what the backend can do needs none")
            case _:
                known = "NAME=value, enable_service, disable_service and disable_all_services"
                raise Refused(one.line, f"{name} is not understood here; {known} are")

    def _parsed(self, name: str) -> object:
        try:
            return DECLARED[name].kind(self._texts[name])
        except ValueError as error:
            raise Refused(self._lines[name], f"{name}={self._texts[name]}: {error}") from error

    def _file(self, section: Section) -> str:
        return "/" + syntax.expanded(section.file, self._look_up_later).lstrip("/")

    def _post_config(self, section: Section) -> str:
        """Return what of a section is for a program of this stack, one line an option."""
        file = self._file(section)
        if file not in SERVER_FILES + AGENT_FILES:
            self._warn(section.line, f"[[{POST_CONFIG}|{section.file}]] is for a program that is not here")
            return ""
        from neutrino.stack.localconf import options  # oslo.config takes a while

        kept: list[str] = []
        group = "DEFAULT"
        for number, raw in enumerate(section.text.splitlines(), section.line + 1):
            line = raw.strip()
            if line.startswith("[") and line.endswith("]"):
                group = line[1:-1].strip()
                continue
            if not line or line[0] in "#;":
                continue
            name, equals, value = line.partition("=")
            name, value = name.strip(), syntax.expanded(value.strip(), self._look_up_later)
            if not equals:
                raise Refused(number, f"{line} is no option: expected NAME = VALUE")
            try:
                is_known = options.check("agent" if file in AGENT_FILES else "server", group, name, value)
            except ValueError as error:
                raise Refused(number, f"[{group}] {name} = {value}: {error}") from error
            if is_known:
                kept.append(f"[{group}]\n{name} = {value}\n")
            else:
                self._warn(number, f"[{group}] {name} is no option of this service")
        return "".join(kept)

    def _note_services(self, values: dict[str, object]) -> None:
        self._warnings += self._services.without_meaning()
        if not self._services.has_keystone:
            values.setdefault("q_auth_strategy", "noauth")
            if values["q_auth_strategy"] != "noauth":
                line = self._lines["Q_AUTH_STRATEGY"]
                raise Refused(line, "Q_AUTH_STRATEGY=keystone: Keystone is not enabled (enable_service key)")

    def _note_variables(self) -> None:
        for name, line in self._lines.items():
            if name in DECLARED or name in PASSWORDS:
                continue
            why = next(why for pattern, why in WITHOUT_MEANING.items() if fnmatch.fnmatchcase(name, pattern))
            if name not in self._used or why != WITHOUT_MEANING["*"]:
                self._warn(line, f"{name} has no meaning here: {why}")

    def _warn(self, line: int, why: str) -> None:
        self._warnings.append((line, why))

    def _check(self, settings: Settings) -> None:
        """Refuse values that are wrong beside each other."""
        self._check_gateway("PUBLIC_NETWORK_GATEWAY", "FLOATING_RANGE", settings)
        self._check_gateway("IPV6_PUBLIC_NETWORK_GATEWAY", "IPV6_PUBLIC_RANGE", settings)
        if settings.fixed_range:
            self._check_gateway("NETWORK_GATEWAY", "FIXED_RANGE", settings)
        if settings.fixed_range_v6:
            self._check_gateway("IPV6_PRIVATE_NETWORK_GATEWAY", "FIXED_RANGE_V6", settings)
        private = settings.fixed_range or settings.subnetpool_prefix_v4 or settings.ipv4_addrs_safe_to_use
        floating = ipaddress.IPv4Network(settings.floating_range)
        if ipaddress.IPv4Network(private).overlaps(floating):
            line = self._line("FLOATING_RANGE", "FIXED_RANGE", "SUBNETPOOL_PREFIX_V4", "IPV4_ADDRS_SAFE_TO_USE")
            raise Refused(line, f"the floating range {floating} and the projects' addresses {private} overlap")
        if settings.public_physical_network not in settings.bridges:
            line = self._line("PUBLIC_PHYSICAL_NETWORK", "OVN_BRIDGE_MAPPINGS", "PHYSICAL_NETWORK")
            known = ", ".join(settings.bridges)
            raise Refused(line, f"{settings.public_physical_network} has no bridge: OVN_BRIDGE_MAPPINGS names {known}")

    def _check_gateway(self, name: str, prefix: str, settings: Settings) -> None:
        gateway, network = getattr(settings, name.lower()), ipaddress.ip_network(getattr(settings, prefix.lower()))
        if gateway and ipaddress.ip_address(gateway) not in network:
            raise Refused(self._line(name, prefix), f"{name}={gateway} is not in {prefix}={network}")

    def _line(self, *names: str) -> int:
        """Return the last line on which one of these variables was set."""
        return max(self._lines.get(name, 0) for name in names)


def differences(before: Settings, after: Settings) -> list[str]:
    """Return the names of what differs."""
    old, new = msgspec.structs.asdict(before), msgspec.structs.asdict(after)
    return [name.upper() for name in old if old[name] != new[name]]
