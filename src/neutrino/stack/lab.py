"""A lab: the Python interface to one whole network on this machine, for the command line and for tests.

Here: starting and ending a supervisor, hosts, instances with their API ports, commands inside. Not here: the demo
(demo.py), the terminal (neutrino.cli).
"""

import contextlib
import fcntl
import os
import select
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from neutrino.linux import process
from neutrino.stack import control, environments, guest, launch, programs, sandbox, state
from neutrino.stack import image as images
from neutrino.stack.api import ApiRefused, Login, NetworkingApi, Resource
from neutrino.stack.fault import StackFault
from neutrino.stack.identity import service as keystone
from neutrino.stack.localconf.reading import differences
from neutrino.stack.localconf.settings import Settings
from neutrino.stack.outside import OUTSIDE
from neutrino.stack.place import Place
from neutrino.stack.service import STOPPED
from neutrino.stack.state import Instance

LAUNCH_WITHIN_S = 20.0
END_WITHIN_S = 30.0
ACTIVE_WITHIN_S = 30.0
POLL_S = 0.02
LOCK = "lock"
DATAPATHS = ("auto", "netdev", "dummy")
PUBLIC_NAME = "public"
PUBLIC = (
    ("public-v4", "203.0.113.0", "203.0.113.1", 24),
    ("public-v6", "2001:db8:113::", "2001:db8:113::1", 64),
)
"""The public network's subnets: name, prefix, gateway, length. The ranges are for documentation (RFC 5737, 3849)."""
PING_EVERY_S = 0.1
TOOLS = {"nsenter": "util-linux", "unshare": "util-linux", "mount": "mount"}
"""What is needed of the host, and Debian's package of it."""


class Lab:
    """One lab in the folder *run*; several may run at once, nothing is shared but the programs.

    ``hosts``: how many hosts ``h1`` .. ``hN`` there shall be at least. ``api_port``: where the API listens on
    127.0.0.1; 0 takes a free one (the same as last time when it is still free). ``datapath``: ``auto``, ``netdev``
    or ``dummy``, for a lab that is not yet there. ``auth``: ``noauth`` or ``keystone``, for a lab that is not running;
    without it, as last time, at first noauth. ``settings``: more sections of the services' configuration.
    ``networking``: what ``local.conf`` says, for a lab that is not running; without it, as last time, at first OVN and
    no initial networks. ``passwords``: of Keystone's users by name; without them, as last time, at first by chance.

    with Lab(tmp_path / "lab", hosts=2) as lab:            # up() and, at the end, down()
        network = lab.api.create("networks", "network", name="n")
        lab.api.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.1.0.0/24")
        a = lab.instance("a", network=network["id"], host="h1")     # port made and bound, DHCP lease got, ACTIVE
        b = lab.instance("b", network=network["id"], host="h2")
        assert lab.ping("a", lab.address("b"))
        lab.exec("a", "ip", "address")                               # subprocess.CompletedProcess[str]
    """

    def __init__(
        self,
        run: Path,
        hosts: int = 2,
        api_port: int = 0,
        datapath: str = "auto",
        auth: str = "",
        settings: str = "",
        networking: Settings | None = None,
        passwords: Mapping[str, str] | None = None,
    ) -> None:
        self.run = run.absolute()
        self._hosts = hosts
        self._wanted_port = api_port
        self._wanted_datapath = datapath
        self._wanted_auth = auth
        self._wanted_settings = settings
        self._wanted_networking = networking
        self._wanted_passwords = dict(passwords or {})
        self._place: Place | None = None
        self._port = 0
        self._api: NetworkingApi | None = None

    @property
    def place(self) -> Place:
        """The lab's files; obtains the programs the first time."""
        if self._place is None:
            self._place = Place(self.run, programs.obtain())
        return self._place

    @property
    def client(self) -> control.Client:
        """The supervisor's client."""
        return control.Client(self.run / "control.sock")

    @property
    def endpoint(self) -> str:
        """The address of the API, without the version."""
        if not self._port:
            self._port = state.load(self.run).api_port
        return f"http://{launch.ADDRESS}:{self._port}"

    @property
    def api(self) -> NetworkingApi:
        """A client of the lab's API, as the administrator."""
        self.supervisor()
        if self._api is None or self._api.endpoint != self.endpoint:
            self._api = self.api_of("admin", "admin")
        return self._api

    def api_of(self, user: str, project: str) -> NetworkingApi:
        """Return a client of the lab's API as this user of Keystone; without Keystone, as anybody."""
        return NetworkingApi(self.endpoint, self.login(user, project))

    def login(self, user: str, project: str) -> Login | None:
        """Return how this user of Keystone gets a token; None where callers need none."""
        identity = self.identity
        return Login(identity.url, user, identity.passwords()[user], project) if identity else None

    @property
    def networking(self) -> Settings:
        """What the lab was told of networking."""
        return state.load(self.run).networking

    @property
    def identity(self) -> keystone.Identity | None:
        """The lab's Keystone, or None where callers need no token."""
        desired = state.load(self.run)
        return keystone.Identity(self.place, desired.identity_port) if desired.auth == keystone.NAME else None

    @property
    def identity_services(self) -> tuple[str, ...]:
        """The services that must be ready before a token can be had."""
        return (keystone.NAME,) if self.identity else ()

    @property
    def last_port(self) -> int:
        """The port on which the API listens, or did when the lab was last there; 0 when it never was."""
        return state.load(self.run).api_port

    @property
    def hosts(self) -> list[str]:
        """The names of the hosts that there shall be."""
        return state.load(self.run).hosts

    @property
    def is_known(self) -> bool:
        """Whether there has been a lab in this folder."""
        return (self.run / state.FILE).exists()

    @property
    def is_running(self) -> bool:
        """Whether a supervisor answers."""
        return self.client.supervisor() != 0

    def supervisor(self) -> int:
        """Return the process id of the supervisor; raises StackFault when there is none."""
        pid = self.client.supervisor()
        if not pid:
            raise StackFault(control.NOT_RUNNING)
        return pid

    def __enter__(self) -> Self:
        try:
            self.up()
        except BaseException:
            self.down()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def up(self, wait: bool = True, timeout_s: float = 60.0) -> None:
        """Start the lab, or repair what is missing of a running one; with *wait*, return when every service is ready.

        Raises StackFault with one sentence that says what is missing, refused, in use or late.
        """
        if self._wanted_auth not in ("", keystone.NAME, "noauth"):
            raise StackFault(f"there is no authentication {self._wanted_auth}: choose noauth or keystone")
        if self._wanted_datapath not in DATAPATHS:
            raise StackFault(f"there is no datapath {self._wanted_datapath}: choose {', '.join(DATAPATHS)}")
        try:
            self.run.mkdir(parents=True, exist_ok=True)
            (self.run / LOCK).touch()
        except OSError as error:
            raise StackFault(
                f"{self.run} cannot be the run folder ({error.strerror}): choose another with --dir"
            ) from error
        with self.alone():
            if not self.is_running:
                self._launch()
        status = self.client.ask(control.Status())
        self._port = status.api_port
        if self._wanted_auth not in ("", state.load(self.run).auth):
            raise StackFault(f"the lab runs without {self._wanted_auth}: `./stack down` before another one")
        if self._wanted_datapath not in ("auto", status.datapath):
            raise StackFault(f"the lab's datapath is {status.datapath}: `./stack down` before another one")
        self._refuse_other_settings()
        if self._wanted_port not in (0, status.api_port):
            raise StackFault(f"the lab's API listens on port {status.api_port}: `./stack down` before another one")
        for number in range(1, self._hosts + 1):
            if f"h{number}" not in status.desired_hosts:
                self.add_host(f"h{number}")
        for name in {one.name.partition(".")[0] for one in status.services if one.state == STOPPED}:
            self.add_host(name)
        if wait:
            self.wait(timeout_s=timeout_s)

    def wait(self, *services: str, timeout_s: float = 60.0) -> None:
        """Return when these services (none: all) are ready; raises StackFault that names the late ones."""
        self.client.ask(control.Wait(services=list(services), timeout_s=timeout_s), timeout_s=timeout_s + 5)

    def down(self) -> None:
        """End the lab: no process, namespace, device or mount of it stays. Databases and desired state do."""
        pid = self.client.supervisor()
        if pid:
            reaper = parent(pid)
            with contextlib.suppress(StackFault):
                self.client.ask(control.Stop())
            for one in (pid, reaper):
                if one > 1 and not process.wait_for_end(one, END_WITHIN_S):
                    raise StackFault(f"process {one} does not end: `kill -9 {one}` ends the lab at once")

    def clean(self) -> None:
        """End the lab and remove its data."""
        self.down()
        for path in self.run.iterdir() if self.run.is_dir() else ():
            if path.name.startswith("venv"):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def status(self) -> control.Reply:
        """Probe everything; process ids are as seen by the caller."""
        return self.client.status()

    def add_host(self, name: str, zone: str = "", gateway: bool | None = None) -> None:
        """Add the host *name* (``h3``), or start what was killed of it, and return when it is ready.

        A new one is in the availability zone *zone*; *gateway* says whether gateways of routers may be on it.
        """
        self.client.ask(control.AddHost(name, zone, gateway))

    def kill_host(self, name: str) -> None:
        """End all daemons of a host at once, as a power cut does; `add_host` or `up` starts them again."""
        self.client.ask(control.KillHost(name))

    def drain_host(self, name: str, undo: bool = False) -> None:
        """Take gateways away from a host, or with *undo* let it have them again; OVN moves them afterwards."""
        self.client.ask(control.DrainHost(name, undo))

    def remove_host(self, name: str) -> None:
        """Remove a host that has no instance."""
        self.client.ask(control.RemoveHost(name))

    def restart(self, service: str) -> None:
        """Restart a service and return when it is ready."""
        self.client.ask(control.Restart(service))

    def kill(self, service: str, number: int = 9) -> None:
        """Send a signal to a service's process (which is then restarted)."""
        self.client.ask(control.Signal(service, number))

    def instance(
        self,
        name: str,
        network: str,
        host: str,
        security_groups: Sequence[str] | None = None,
        active: bool = True,
        image: str = state.NAMESPACE,
        **port: Any,
    ) -> Resource:
        """Make the instance *name* on *host* with one port on *network* (an id) and return the port.

        The port is made through the API unless there is one for this instance; *port* are more attributes of it
        (``fixed_ips=[...]``, ``binding__vnic_type=...``). *image* is what it is: ``ns``, a network namespace, or
        ``vm``, a virtual machine. Returns when it has its address by DHCP and, with *active*, the API says ACTIVE.
        """
        _refuse_image(image)
        made = self.port(name, network, host, security_groups, **port)
        self.plug(name, made, image)
        return self.wait_active(made["id"]) if active else made

    def port(
        self,
        name: str,
        network: str,
        host: str,
        security_groups: Sequence[str] | None = None,
        **port: Any,
    ) -> Resource:
        """Return the API port of the instance *name*, made when there is none, as one of the network's project."""
        _refuse_name(name)
        known = state.load(self.run).instance(name)
        if known is not None and known.host == host:
            with contextlib.suppress(ApiRefused):
                return self.api.show("ports", known.port_id)
        port.setdefault("project_id", self.api.show("networks", network)["project_id"])
        return self.api.create(
            "ports",
            "port",
            name=name,
            network_id=network,
            device_id=known.device_id if known else _device_id(name),
            device_owner="compute:nova",
            binding__host_id=host,
            security_groups=None if security_groups is None else list(security_groups),
            **port,
        )

    def plug(self, name: str, port: Resource, image: str = state.NAMESPACE) -> None:
        """Make the instance *name*, of *image*, around the API's *port*."""
        _refuse_name(name)
        _refuse_image(image)
        if image == state.MACHINE:
            images.obtain()
        network = self.api.show("networks", port["network_id"])
        subnets = {one["id"]: one for one in self.api.list("subnets", network_id=port["network_id"])}
        addresses, six, gateway, dhcp = [], [], "", False
        for fixed in port["fixed_ips"]:
            subnet = subnets[fixed["subnet_id"]]
            if subnet["ip_version"] == 4:
                addresses.append(f"{fixed['ip_address']}/{subnet['cidr'].partition('/')[2]}")
                gateway = gateway or subnet["gateway_ip"] or ""
                dhcp = dhcp or bool(subnet["enable_dhcp"])
            else:
                six.append(f"{fixed['ip_address']}/{subnet['cidr'].partition('/')[2]}")
        one = Instance(
            name=name,
            port_id=port["id"],
            mac=port["mac_address"],
            host=port["binding:host_id"],
            network_id=port["network_id"],
            device_id=port["device_id"],
            mtu=network.get("mtu") or 1442,
            addresses=tuple(addresses or six),
            gateway=gateway,
            dhcp=dhcp,
            image=image,
        )
        self.client.ask(control.Plug(one), timeout_s=guest.BOOT_WITHIN_S + 30)

    def public(self) -> Resource:
        """Return the public network, made when missing: flat on the provider fabric, the namespace ``outside`` on it.

        ``outside`` has the addresses of its subnets' gateways: what is sent there arrives, and it reaches what has an
        address of these subnets. It has no route to anything behind routers.
        """
        self.client.ask(control.Outside(tuple(f"{gateway}/{length}" for _, _, gateway, length in PUBLIC)))
        found = self.api.list("networks", name=PUBLIC_NAME)
        network = (
            found[0]
            if found
            else self.api.create(
                "networks",
                "network",
                name=PUBLIC_NAME,
                router__external=True,
                provider__network_type="flat",
                provider__physical_network=self.networking.public_physical_network,
            )
        )
        present = {one["name"] for one in self.api.list("subnets", network_id=network["id"])}
        for name, prefix, gateway, length in PUBLIC:
            if name not in present:
                self.api.create(
                    "subnets",
                    "subnet",
                    name=name,
                    network_id=network["id"],
                    ip_version=6 if ":" in prefix else 4,
                    cidr=f"{prefix}/{length}",
                    gateway_ip=gateway,
                    enable_dhcp=False,
                )
        return self.api.show("networks", network["id"])

    def wait_active(self, port_id: str, timeout_s: float = ACTIVE_WITHIN_S) -> Resource:
        """Return the port when the API says that it is ACTIVE; raises StackFault when it does not in time."""
        until = time.monotonic() + timeout_s
        while True:
            port = self.api.show("ports", port_id)
            if port["status"] == "ACTIVE":
                return port
            if time.monotonic() > until:
                raise StackFault(
                    f"port {port_id} is {port['status']} after {timeout_s:.0f} s: `./stack logs neutrino-controller`"
                )
            time.sleep(POLL_S)

    def delete_instance(self, name: str, port: bool = True) -> None:
        """Remove the instance and, with *port*, its port."""
        known = state.load(self.run).instance(name)
        self.client.ask(control.Unplug(name))
        if port and known is not None:
            with contextlib.suppress(ApiRefused):
                self.api.delete("ports", known.port_id)

    def address(self, name: str) -> str:
        """Return the IPv4 address that the instance *name* has, without the prefix length."""
        with contextlib.suppress(KeyError):
            return self.addresses()[name]
        raise StackFault(f"there is no instance {name}: `./stack instance list` lists them")

    def addresses(self) -> dict[str, str]:
        """Return the IPv4 address of each instance, without the prefix length, '' where it has none yet."""
        found = self.client.ask(control.Status()).instances
        return {one.instance.name: one.address.partition("/")[0] for one in found}

    def command(self, where: str, *command: str) -> tuple[list[str], dict[str, str]]:
        """Return the words and the environment with which *command* runs in an instance, a host, or ``central``."""
        pid = self.supervisor()
        desired = state.load(self.run)
        one = desired.instance(where)
        if one is not None:
            if one.image == state.MACHINE:
                raise StackFault(f"{where} is a virtual machine: `./stack instance shell {where}` opens its console")
            network: str | None = one.network
            resolver: Path | None = self.place.instance(where) / "resolv.conf"
            owner = one.host
        elif where in desired.hosts:
            network, resolver, owner = where, None, where
        elif where == OUTSIDE and desired.outside:
            network, resolver, owner = OUTSIDE, None, "central"
        elif where == "central":
            network, resolver, owner = None, None, "central"
        else:
            raise StackFault(f"there is no instance or host {where}: `./stack status` lists them")
        environment = {**os.environ, **self.place.environment(owner)}
        return sandbox.inside(pid, command, network, resolver), environment

    def console(self, name: str) -> tuple[list[str], dict[str, str]]:
        """Return the words and the environment of what carries between its standard streams and a machine's console."""
        return self.command(
            "central", sys.executable, "-m", "neutrino.stack.console", str(guest.socket(self.place, name))
        )

    def is_machine(self, name: str) -> bool:
        """Tell whether the instance *name* is a virtual machine."""
        known = state.load(self.run).instance(name)
        return known is not None and known.image == state.MACHINE

    def exec(
        self, where: str, *command: str, check: bool = True, timeout_s: float = 30.0, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run *command* in an instance (``a``), a host (``h1``) or ``central`` and return what it said.

        OVS and OVN programs find that host's daemons. With *check*, another status than 0 raises CalledProcessError.
        """
        with self.popen(
            where,
            *command,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as child:
            try:
                said, errors = child.communicate(stdin, timeout_s)
            except BaseException:
                self.end(child)
                raise
        done = subprocess.CompletedProcess(command, child.returncode, said, errors)
        if check:
            done.check_returncode()
        return done

    def popen(self, where: str, *command: str, **options: Any) -> subprocess.Popen[str]:
        """Start *command* as exec() does, without waiting; *options* go to subprocess.Popen. end() ends it."""
        words, environment = self.command(where, *command)
        return subprocess.Popen(words, env=environment, text=True, **options)

    @staticmethod
    def end(child: subprocess.Popen[Any]) -> None:
        """Kill what popen() started, and bury it."""
        if child.poll() is None:
            process.kill_below(child.pid)
            child.wait()

    def ping(self, name: str, address: str, timeout_s: float = 5.0) -> bool:
        """Tell whether *address* answers an echo request of the instance *name* within *timeout_s*.

        A request every 0.1 s, and the first answer counts: the one that makes a switch look for its neighbour is lost.
        """
        words, environment = self.command(
            name, self.place.programs.path("busybox"), "ping", "-c", "1", "-W", "2", address
        )
        until = time.monotonic() + timeout_s
        started = 0.0
        sent: list[subprocess.Popen[bytes]] = []
        try:
            while time.monotonic() < until:
                if time.monotonic() - started > PING_EVERY_S:
                    started = time.monotonic()
                    sent.append(subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL))
                if any(one.poll() == 0 for one in sent):
                    return True
                time.sleep(POLL_S / 4)
        finally:
            for one in sent:
                self.end(one)
        return False

    def _refuse_other_settings(self) -> None:
        """Raise StackFault when the running lab was told other things than this one shall be."""
        wanted = self._wanted_networking
        different = [] if wanted is None else differences(self.networking, wanted)
        identity = self.identity
        if identity is not None and self._wanted_passwords.items() - identity.passwords().items():
            different.append("passwords")
        if different:
            raise StackFault(
                f"local.conf is not as it was when the lab was started ({', '.join(different)}): `./stack down` first"
            )

    def _launch(self) -> None:
        for tool, package in TOOLS.items():
            if shutil.which(tool) is None:
                raise StackFault(f"the program {tool} is missing: `apt install {package}`")
        place = self.place
        place.logs.mkdir(exist_ok=True)
        desired = state.load(self.run)
        fallback = "exact" if self._wanted_port else "any"
        port = self._wanted_port or desired.api_port
        desired.hosts = desired.hosts or [f"h{number}" for number in range(1, self._hosts + 1)]
        if self._wanted_datapath != "auto":
            desired.datapath = self._wanted_datapath
        desired.auth = self._wanted_auth or desired.auth
        desired.settings = self._wanted_settings or desired.settings
        desired.networking = self._wanted_networking or desired.networking
        if desired.networking.has_outside and not desired.outside:
            desired.outside = desired.networking.public_gateways
        if any(one.image == state.MACHINE for one in desired.instances):
            images.obtain()
        if desired.auth == keystone.NAME:
            environments.obtain(keystone.NAME)
            keystone.Identity(place, desired.identity_port).change_passwords(self._wanted_passwords)
        state.save(self.run, desired)
        read, write = os.pipe()
        arguments = (str(self.run), str(port), fallback, str(write), str(place.programs.folder))
        with place.log("launch").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "neutrino.stack.launch", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(write,),
                env={**os.environ, "PATH": f"{os.environ.get('PATH', os.defpath)}:{place.programs.bin}"},
                start_new_session=True,
                cwd="/",
            )
        os.close(write)
        said = _first_words(read)
        child.wait(timeout=LAUNCH_WITHIN_S)
        if said != launch.READY:
            words = place.log("launch").read_text(errors="replace").strip().splitlines() or ["no message"]
            raise StackFault(said or f"the supervisor did not start ({words[-1]}): look at {place.log('launch')}")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock under which a lab is started and first filled, so that of two callers one does it."""
        with (self.run / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _first_words(fd: int) -> str:
    """Return what comes first from a pipe (one write is one read), or nothing when nothing comes in time."""
    with os.fdopen(fd, "rb", buffering=0) as pipe:
        there, _, _ = select.select([pipe], [], [], LAUNCH_WITHIN_S)
        return pipe.read(select.PIPE_BUF).decode() if there else ""


def _refuse_name(name: str) -> None:
    if not state.NAME.fullmatch(name):
        raise StackFault(f"{name!r} is no name for an instance: letters, digits, and - _ . after the first, 60 at most")
    if state.PLACES.fullmatch(name):
        raise StackFault(f"{name} is the name of another place in a lab: choose another for the instance")


def _refuse_image(image: str) -> None:
    if image not in state.IMAGES:
        raise StackFault(f"there is no image {image}: choose {' or '.join(state.IMAGES)}")


def parent(pid: int) -> int:
    """Return the parent of the process *pid*, 0 when it is gone."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _device_id(name: str) -> str:
    """Return an id for an instance, as Nova would give one: the same for the same name."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.instance.neutrino"))
