"""The supervisor of a lab: the process that holds the services and instances, and answers the control protocol.

Here: making the desired state true, and keeping it so. Not here: the sandbox it runs in (sandbox.py), what a host or
an instance consists of (host.py, instance.py).
"""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable

import msgspec

from neutrino.linux import device, namespace
from neutrino.stack import central, command, control, guest, instance, jsonrpc, outside, state
from neutrino.stack.fault import StackFault
from neutrino.stack.host import FABRIC, Host, number, usable_datapath
from neutrino.stack.place import Place
from neutrino.stack.questions import Questions
from neutrino.stack.service import Keeper, Service

LOG = logging.getLogger(__name__)
EXPECTED_TROUBLE = (
    StackFault, OSError, TimeoutError, RuntimeError, jsonrpc.CallFailed, device.IpFailed, msgspec.MsgspecError,
)  # fmt: skip
LEASE_WITHIN_S = 30.0
LOOK_S = 0.25
GIVE_UP_AFTER = 4
"""So many ends before it was ever ready, and a service is reported as broken instead of late."""


class Supervisor:
    """One lab."""

    def __init__(self, place: Place, listener: socket.socket, identity: tuple[Service, ...] = ()) -> None:
        self.place = place
        self.desired = state.load(place.run)
        self.datapath = usable_datapath(self.desired.datapath)
        self.hosts: dict[str, Host] = {}
        self.keepers: dict[str, Keeper] = {}
        self._listener = listener
        self._identity = identity
        self.desired.api_port = listener.getsockname()[1]
        state.save(place.run, self.desired)
        self._plugged: dict[str, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()
        self._changed = asyncio.Event()
        self._made = asyncio.Event()

    async def run(self, tell_listening: Callable[[], None]) -> None:
        """Bring everything up, serve until told to stop, and end everything; *tell_listening* once clients may ask."""
        loop = asyncio.get_running_loop()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, self._stopping.set)
        control.remove_stale(self.place.control)
        server = await asyncio.start_unix_server(self._serve, self.place.control)
        self.place.control.chmod(0o600)
        tell_listening()
        start = asyncio.create_task(self._start_or_stop(), name="start")
        await self._stopping.wait()
        server.close()
        start.cancel()
        await asyncio.gather(start, return_exceptions=True)
        await self._stop()
        control.remove_stale(self.place.control)

    async def _start_or_stop(self) -> None:
        try:
            await self._start()
        except EXPECTED_TROUBLE:
            LOG.exception("the lab could not be made")
            self._stopping.set()

    async def _start(self) -> None:
        for name in ("central", "notify"):
            self.place.private(name).mkdir(parents=True)
        self._questions = await Questions(self.place).listen()
        self._keep(central.services(self.place, self._listener.fileno(), self.desired.networking, self._identity))
        names = list(self.desired.hosts)
        for name in (FABRIC, *names):
            namespace.add_network(name)
        await device.ip_batch(("link add name underlay type bridge",), network=FABRIC)
        device.bring_up(FABRIC, "lo")
        await device.ip_batch(("link set dev underlay up",), network=FABRIC)
        if self.desired.outside:
            await self._open_outside()
        await asyncio.gather(*(self._adopt(self._host(name)) for name in names))
        for one in self.desired.instances:
            self._begin(one)
        self._made.set()

    async def _stop(self) -> None:
        """End each service before those that it needs."""
        for task in self._plugged.values():
            task.cancel()
        depths: dict[str, int] = {}
        for name in self.keepers:
            self._measure(name, depths)
        for depth in sorted(set(depths.values()), reverse=True):
            await asyncio.gather(*(self.keepers[name].stop() for name in depths if depths[name] == depth))

    def _measure(self, name: str, depths: dict[str, int]) -> int:
        """Return how many services are below *name*, one on the other, and note it in *depths*."""
        if name not in depths:
            below = [
                self._measure(other, depths) for other in self.keepers[name].service.needs if other in self.keepers
            ]
            depths[name] = 1 + max(below, default=0)
        return depths[name]

    def _keep(self, services: tuple[Service, ...]) -> None:
        for service in services:
            keeper = Keeper(
                service,
                self.place.log(service.name),
                self.place.private("notify") / service.name,
                self._service_ready,
            )
            self.keepers[service.name] = keeper
            keeper.start()
        self._changed.set()

    async def _service_ready(self, name: str) -> None:
        while name not in self.keepers:
            self._changed.clear()
            await self._changed.wait()
        await self.keepers[name].ready.wait()

    async def _adopt(self, host: Host) -> None:
        await host.make()
        self.hosts[host.name] = host
        self._keep(host.services())
        if self.desired.outside:
            await self._join(host)

    async def _join(self, host: Host) -> None:
        await self._service_ready(f"{host.name}.ovsdb-server")
        await outside.join(host)

    def _host(self, name: str) -> Host:
        return Host(name, self.datapath, self.place, self.desired.networking, self.desired.options(name))

    async def _make_outside(self, request: control.Outside) -> None:
        await self._made.wait()
        self.desired.outside, self.desired.outside_routes = request.addresses, request.routes
        state.save(self.place.run, self.desired)
        await self._open_outside()
        await asyncio.gather(*(self._join(host) for host in self.hosts.values()))

    async def _open_outside(self) -> None:
        await outside.make(self.desired.outside, self.desired.outside_routes)
        service = outside.service(self.place, self.desired.outside)
        if self.desired.networking.has_outside and service.name not in self.keepers:
            self._keep((service,))

    async def _add_host(self, name: str, zone: str, *, gateway: bool | None) -> None:
        number(name)  # refuses a wrong name before anything is made
        host = self.hosts.get(name)
        if host is None:
            self.desired.host_options[name] = state.HostOptions(zone, gateway)
            host = self._host(name)
            namespace.add_network(name)
            await self._adopt(host)
            self.desired.hosts = sorted({*self.desired.hosts, name}, key=lambda one: int(one[1:]))
            state.save(self.place.run, self.desired)
        ended = [self.keepers[service.name] for service in host.services() if self.keepers[service.name].is_stopped]
        for keeper in ended:
            keeper.start()
        await asyncio.gather(*(self._service_ready(service.name) for service in host.services()))
        others = [one for one in self.hosts.values() if self._is_ready(f"{one.name}.ovs-vswitchd")]
        if ended:
            await asyncio.gather(*(one.forget_flows() for one in others))

    def _known_host(self, name: str) -> Host:
        host = self.hosts.get(name)
        if host is None:
            raise StackFault(f"there is no host {name}: `./stack host list` lists them")
        return host

    async def _kill_host(self, name: str) -> None:
        keepers = [self.keepers[service.name] for service in self._known_host(name).services()]
        for keeper in keepers:
            keeper.strike()
        await asyncio.gather(*(keeper.bury() for keeper in keepers))

    async def _drain_host(self, name: str, *, undo: bool) -> None:
        host = self._known_host(name)
        if not undo and not any(one.takes_gateways for one in self.hosts.values() if one is not host):
            raise StackFault(f"gateways may be on no other host than {name}: `./stack host add` one first")
        host.options.drained = not undo
        state.save(self.place.run, self.desired)
        await self._service_ready(f"{name}.ovsdb-server")
        await host.announce()

    async def _remove_host(self, name: str) -> None:
        host = self._known_host(name)
        left = [one.name for one in self.desired.instances if one.host == name]
        if left:
            raise StackFault(f"{name} still runs {', '.join(left)}: delete them first with `./stack instance delete`")
        self.desired.hosts.remove(name)
        self.desired.host_options.pop(name, None)
        state.save(self.place.run, self.desired)
        if self.keepers[f"{name}.ovn-controller"].is_stopped:  # its chassis would stay for ever
            sbctl = self.place.programs.path("ovn-sbctl")
            await command.run(sbctl, f"--db=unix:{self.place.southbound}", "--if-exists", "chassis-del", name)
        for service in reversed(host.services()):
            # Asked by word, ovn-controller takes its chassis out of the Southbound; by a signal, it will be back.
            await self.keepers.pop(service.name).stop(goodbye="exit")
        del self.hosts[name]
        namespace.remove_network(name)

    def _begin(self, one: state.Instance) -> asyncio.Task[None]:
        """Begin to make *one*; the task ends when its port has flows and its DHCP client has begun."""
        task = asyncio.create_task(self._make(one), name=one.name)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._plugged[one.name] = task
        return task

    async def _make(self, one: state.Instance) -> None:
        host = self.hosts.get(one.host)
        if host is None:
            raise StackFault(f"there is no host {one.host}: `./stack host add {one.host}` adds it")
        await self._service_ready(f"{one.host}.ovsdb-server")
        if not instance.is_whole(one, host):
            await self._stop_inside(one)
            await instance.unwire(one, host)
        await instance.plug(one, host)
        await self._service_ready(f"{one.host}.ovn-controller")
        await instance.installed(one, host)
        self._keep(tuple(service for service in self._inside(one) if service.name not in self.keepers))

    def _inside(self, one: state.Instance) -> tuple[Service, ...]:
        """Return what is kept running for *one*: its machine, or its DHCP client."""
        if one.image == state.MACHINE:
            return (guest.service(self.place, one),)
        return (instance.dhcp_service(self.place, one),) if one.dhcp else ()

    async def _plug(self, one: state.Instance) -> None:
        known = self.desired.instance(one.name)
        if known is not None and known != one:
            await self._unplug(known.name)
            known = None
        if known is None:
            self.desired.instances.append(one)
            state.save(self.place.run, self.desired)
        task = self._plugged.get(one.name)
        if task is None or task.done():
            task = self._begin(one)
        try:
            await task
        except TimeoutError as error:
            raise StackFault(
                f"OVN did not take the port {one.port_id} on {one.host}: is it bound there? `./stack logs ovn-northd`,"
                f" `./stack logs {one.host}.ovn-controller`"
            ) from error
        within_s = guest.BOOT_WITHIN_S if one.image == state.MACHINE else LEASE_WITHIN_S
        for service in self._inside(one):
            await self._wait(control.Wait(services=[service.name], timeout_s=within_s))

    async def _stop_inside(self, one: state.Instance) -> None:
        for service in self._inside(one):
            keeper = self.keepers.pop(service.name, None)
            if keeper is not None:
                await keeper.stop()

    async def _unplug(self, name: str) -> None:
        one = self.desired.instance(name)
        if one is None:
            raise StackFault(f"there is no instance {name}: `./stack instance list` lists them")
        task = self._plugged.pop(name, None)
        if task is not None:
            task.cancel()
        await self._stop_inside(one)
        await instance.unplug(one, self.hosts.get(one.host), self.place)
        self.desired.instances.remove(one)
        state.save(self.place.run, self.desired)

    async def _status(self) -> control.Reply:
        services = await asyncio.gather(*(keeper.status() for keeper in self.keepers.values()))
        instances = [
            control.InstanceStatus(
                instance=one,
                address=self._address(one),
            )
            for one in self.desired.instances
        ]
        return control.Reply(
            services=list(services),
            instances=instances,
            hosts=[name for name in self.desired.hosts if name in self.hosts],
            desired_hosts=self.desired.hosts,
            api_port=self._listener.getsockname()[1],
            datapath=self.datapath,
            programs=str(self.place.programs.bin),
        )

    def _address(self, one: state.Instance) -> str:
        if one.image == state.MACHINE:
            return guest.address(self.place, one)
        return instance.lease(self.place, one) if one.dhcp else (one.addresses or ("",))[0]

    async def _wait(self, request: control.Wait) -> None:
        """Return when the services are ready; give up early on one that keeps ending before it is ready."""
        started = asyncio.create_task(self._names_ready(request.services), name="wait")
        until = asyncio.get_running_loop().time() + request.timeout_s
        try:
            while not started.done():
                await asyncio.wait((started,), timeout=LOOK_S)
                late = [name for name in request.services or self._kept() if not self._is_ready(name)]
                broken = [
                    name for name in late if name in self.keepers and self.keepers[name].failures >= GIVE_UP_AFTER
                ]
                if broken:
                    raise StackFault(f"{broken[0]} {self.keepers[broken[0]].trouble}: see `./stack logs {broken[0]}`")
                if late and asyncio.get_running_loop().time() > until:
                    raise StackFault(f"not ready within {request.timeout_s:.0f} s: {', '.join(late)}")
        finally:
            started.cancel()

    async def _names_ready(self, names: list[str]) -> None:
        await self._made.wait()
        await asyncio.gather(*(self._service_ready(name) for name in names or self._kept()))

    def _kept(self) -> list[str]:
        """Return the names of the services that are not ended on purpose."""
        return [name for name, keeper in self.keepers.items() if not keeper.is_stopped]

    def _is_ready(self, name: str) -> bool:
        return name in self.keepers and self.keepers[name].ready.is_set()

    async def _do(self, request: control.Request) -> control.Reply:
        match request:
            case control.Status():
                return await self._status()
            case control.Wait():
                await self._wait(request)
            case control.Plug():
                await self._plug(request.instance)
            case control.Unplug():
                await self._unplug(request.name)
            case control.AddHost():
                await self._add_host(request.name, request.zone, gateway=request.gateway)
            case control.KillHost():
                await self._kill_host(request.name)
            case control.DrainHost():
                await self._drain_host(request.name, undo=request.undo)
            case control.RemoveHost():
                await self._remove_host(request.name)
            case control.Outside():
                await self._make_outside(request)
            case control.Signal():
                if not await self._keeper(request.service).signal(request.number):
                    raise StackFault(f"{request.service} has no process at the moment: `./stack status` tells more")
            case control.Restart():
                keeper = self._keeper(request.service)
                if keeper.is_stopped:
                    host = request.service.partition(".")[0]
                    raise StackFault(f"{request.service} was ended with its host: `./stack host start {host}`")
                await keeper.restart()
            case control.Stop():
                self._stopping.set()
        return control.Reply()

    def _keeper(self, name: str) -> Keeper:
        keeper = self.keepers.get(name)
        if keeper is None:
            raise StackFault(f"there is no service {name}: `./stack status` lists them")
        return keeper

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; a client that goes away before its answer loses only the answer."""
        with contextlib.suppress(ConnectionError):
            line = await reader.readline()
            if line:
                writer.write(msgspec.json.encode(await self._answer(line)) + b"\n")
                await writer.drain()
        writer.close()

    async def _answer(self, line: bytes) -> control.Reply:
        try:
            return await self._do(msgspec.json.decode(line, type=control.Request))
        except EXPECTED_TROUBLE as error:
            LOG.warning(
                "%s: %s", line.decode(errors="replace").strip(), error, exc_info=not isinstance(error, StackFault)
            )
            return control.Reply(error=str(error) or type(error).__name__)
