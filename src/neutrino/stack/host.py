"""A host of the lab: a network namespace with its own Open vSwitch and ovn-controller, on the underlay.

Here: its addresses, services and switch configuration, for both datapaths. Not here: instances (instance.py).

Two datapaths, both in user space: ``netdev`` where /dev/net/tun is usable, else ``dummy``, the same switch code with
devices that exist only inside ovs-vswitchd. The dummy one forgets its addresses, routes and flows when it restarts.
"""

import asyncio
import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from neutrino.linux import device, namespace
from neutrino.stack import command, jsonrpc
from neutrino.stack.central import QUIET
from neutrino.stack.fault import StackFault
from neutrino.stack.localconf.settings import Settings
from neutrino.stack.metadata import SECRET
from neutrino.stack.place import Place
from neutrino.stack.service import POLL_S, Answers, Exists, Notifies, Service
from neutrino.stack.state import HostOptions

FABRIC = "fabric"
"""The network namespace of the underlay bridge."""
UNDERLAY = "172.31.0"
MANAGEMENT = "172.31.1"
"""What hosts speak to besides each other: the world outside's resolver."""
RESOLVER = f"{MANAGEMENT}.254"
OWN_ADDRESSES_ONLY = Path("/proc/sys/net/ipv4/conf/all/arp_ignore")
"""With 1, a device answers ARP only for its own addresses, not for those of others here (kernel: ip-sysctl)."""
NAME = re.compile(r"h([1-9][0-9]{0,2})")
MOST_HOSTS = 250
CONFIGURED_WITHIN_S = 20.0
KEEPS_WHAT_IT_FREES = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=65000"}
"""For ovn-controller, which frees and allocates a flow for each address of a group whenever one of its ports changes.

glibc then takes back so many blocks of each size as they are, instead of seven: half the CPU (decision 0039).
"""


def number(name: str) -> int:
    """Return N of the host ``hN``; raises StackFault for another name."""
    match = NAME.fullmatch(name)
    if match is None or int(match[1]) > MOST_HOSTS:
        raise StackFault(f"{name} is no host name: hosts are h1 to h{MOST_HOSTS}")
    return int(match[1])


def usable_datapath(wanted: str) -> str:
    """Return ``netdev`` or ``dummy``: what was *wanted*, or for ``auto`` what this process may use."""
    if wanted != "auto":
        return wanted
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError:
        return "dummy"
    return "netdev"


@dataclass(frozen=True)
class Host:
    """One host; *name* is its namespace, its OVN system-id and its host name for the API."""

    name: str
    datapath: str
    place: Place
    settings: Settings = field(default_factory=Settings)
    options: HostOptions = field(default_factory=HostOptions, compare=False)  # they change while it runs

    @property
    def address(self) -> str:
        """The underlay address, end of its tunnels."""
        return f"{UNDERLAY}.{number(self.name)}"

    @property
    def management_address(self) -> str:
        """The address by which it asks the world outside for names."""
        return f"{MANAGEMENT}.{number(self.name)}"

    @property
    def mac(self) -> str:
        """The MAC address of br-phy."""
        return f"0a:00:ac:1f:00:{number(self.name):02x}"

    @property
    def wire_macs(self) -> dict[str, str]:
        """The MAC address with which it sends what routers route here, by physical network.

        With the routers' own, which other hosts send with too, the wire would look for a router where it is not.
        """
        return {
            network: f"0a:00:ac:20:{index:02x}:{number(self.name):02x}"
            for index, network in enumerate(self.settings.bridges)
        }

    @property
    def public_bridge(self) -> str:
        """The bridge that the world outside is joined to."""
        return self.settings.bridges[self.settings.public_physical_network]

    @property
    def takes_gateways(self) -> bool:
        """Whether gateways of routers may be here."""
        default = self.settings.enable_chassis_as_gw
        return not self.options.drained and (default if self.options.gateway is None else self.options.gateway)

    @property
    def cms_options(self) -> str:
        """The value of ``external_ids:ovn-cms-options``, as upstream reads it."""
        words = ["enable-chassis-as-gw"] if self.takes_gateways else []
        return ",".join([*words, *([f"availability-zones={self.options.zone}"] if self.options.zone else [])])

    @property
    def folder(self) -> Path:
        """Sockets and conf.db of this host."""
        return self.place.private(self.name)

    @property
    def switch(self) -> Path:
        """The socket of its Open_vSwitch database."""
        return self.folder / "db.sock"

    async def make(self) -> None:
        """Wire the host's namespace to the underlay."""
        port = f"p-{self.name}"
        await device.ip_batch(
            (
                f"link add name {port} type veth peer name phy0 netns {self.name}",
                f"link set dev {port} master underlay",
            ),
            network=FABRIC,
        )
        device.bring_up(FABRIC, port)
        device.bring_up(self.name, "lo", "phy0")
        # phy0 hears what is meant for br-phy, and must not answer for it: tunnels would lead to the wrong device.
        namespace.in_network(self.name, lambda: OWN_ADDRESSES_ONLY.write_text("1"))
        if self.datapath == "dummy":
            await self._make_stand_in()

    async def _make_stand_in(self) -> None:
        """Make a kernel device that is called as the dummy datapath's br-phy, and has its address.

        ovn-controller names the local address of each tunnel, and the switch takes an address for local only when it
        sees it in the kernel. No packet goes over this device; the switch reads addresses and routes from it.
        """
        await device.ip_batch(
            (
                f"link add name br-phy address {self.mac} type veth peer name br-phy-end",
                "link set dev br-phy-end up",
                "link set dev br-phy up",
                f"address add {self.address}/24 dev br-phy",
            ),
            network=self.name,
        )

    def services(self) -> tuple[Service, ...]:
        """Return the host's services."""
        environment = self.place.environment(self.name)
        return (
            Service(
                name=f"{self.name}.ovsdb-server",
                command=(
                    self.place.programs.path("ovsdb-server"),
                    str(self.folder / "conf.db"),
                    f"--remote=punix:{self.switch}",
                    f"--pidfile={self.folder}/ovsdb-server.pid",
                    *QUIET,
                ),
                network=self.name,
                environment=environment,
                ready=Answers(str(self.switch), "list_dbs"),
                prepare=self._make_database,
                apply=self._configure,
            ),
            Service(
                name=f"{self.name}.ovs-vswitchd",
                command=(
                    self.place.programs.path("ovs-vswitchd"),
                    f"unix:{self.switch}",
                    f"--pidfile={self.folder}/ovs-vswitchd.pid",
                    *(("--enable-dummy",) if self.datapath == "dummy" else ()),
                    *QUIET,
                ),
                needs=(f"{self.name}.ovsdb-server",),
                network=self.name,
                environment=environment,
                ready=Answers(f"{self.folder}/ovs-vswitchd.{{pid}}.ctl"),
                apply=self._address_underlay,
            ),
            Service(
                name=f"{self.name}.ovn-controller",
                command=(
                    self.place.programs.path("ovn-controller"),
                    f"unix:{self.switch}",
                    f"--pidfile={self.folder}/ovn-controller.pid",
                    *QUIET,
                ),
                needs=(f"{self.name}.ovs-vswitchd", "ovn-sb"),
                network=self.name,
                environment=environment | KEEPS_WHAT_IT_FREES,
                ready=Answers(f"{self.folder}/ovn-controller.{{pid}}.ctl", "connection-status", "connected"),
            ),
            *(self._metadata_services() if self.settings.has_metadata else ()),
        )

    def _metadata_services(self) -> tuple[Service, ...]:
        environment = self.place.environment(self.name)
        return (
            Service(
                name=f"{self.name}.neutrino-agent",
                command=(
                    *(sys.executable, "-m", "neutrino.server.agent"),
                    *("--config-file", str(self.folder / "agent.conf")),
                ),
                needs=(f"{self.name}.ovsdb-server", "ovn-sb"),
                network=self.name,
                environment=environment,
                ready=Notifies(),
                prepare=self._configure_agent,
            ),
            Service(
                name=f"{self.name}.haproxy",
                command=(
                    *(self.place.programs.path("haproxy"), "-W", "-S", f"{self.folder}/agent/master.sock,mode,600"),
                    *("-f", str(self.folder / "agent" / "haproxy.cfg")),
                ),
                needs=(f"{self.name}.neutrino-agent", "metadata"),
                environment=environment,
                ready=Exists(self.folder / "agent" / "master.sock"),
            ),
            Service(
                name=f"{self.name}.neutrino-dns",
                command=(sys.executable, "-m", "neutrino.server.dns", str(self.folder / "agent")),
                needs=(f"{self.name}.neutrino-agent",),
                network=self.name,
                environment=environment,
                ready=Notifies(),
            ),
        )

    async def _configure_agent(self) -> None:
        file = self.folder / "agent.conf"
        file.touch(0o600)
        file.write_text(
            f"""\
[DEFAULT]
state_path = {self.folder}/agent
nova_metadata_host = unix:{self.place.metadata}
measure_interval = 0.5
metadata_proxy_shared_secret = {(self.place.run / SECRET).read_text()}
namespace_suffix = .{self.name}

[ovs]
ovsdb_connection = unix:{self.switch}

[ovn]
dns_servers = {RESOLVER}

{self.settings.agent_post_config}"""
        )

    async def _make_database(self) -> None:
        file = self.folder / "conf.db"
        template = self.folder.parent / "conf.db"
        self.folder.mkdir(parents=True, exist_ok=True)
        if not template.exists():
            fresh = template.with_suffix(f".{self.name}")
            schema = str(self.place.programs.schema("vswitch"))
            await command.run(self.place.programs.path("ovsdb-tool"), "create", str(fresh), schema)
            fresh.replace(template)
        if not file.exists():
            shutil.copyfile(template, file)

    async def _configure(self) -> None:
        kind = f"datapath_type={self.datapath}"
        about = {
            "system-id": self.name,
            "hostname": self.name,
            "ovn-remote": f"unix:{self.place.southbound}",
            "ovn-encap-type": "geneve",
            "ovn-encap-ip": self.address,
            "ovn-bridge": "br-int",
            "ovn-bridge-datapath-type": self.datapath,
            "ovn-bridge-mappings": ",".join(":".join(one) for one in self.settings.bridges.items()),
            "ovn-chassis-mac-mappings": ",".join(":".join(one) for one in self.wire_macs.items()),
            "ovn-cms-options": self.cms_options,
            "ovn-monitor-all": "true",
        }
        await self.vsctl(
            "init",
            "--",
            *("set", "Open_vSwitch", "."),
            *(f'external_ids:{key}="{value}"' for key, value in about.items()),
            *("--", "--may-exist", "add-br", "br-phy", "--", "set", "Bridge", "br-phy", kind),
            f'other_config:hwaddr="{self.mac}"',
            *("--", "--may-exist", "add-port", "br-phy", "phy0"),
            *(
                word
                for bridge in dict.fromkeys(self.settings.bridges.values())
                for word in ("--", "--may-exist", "add-br", bridge, "--", "set", "Bridge", bridge, kind)
            ),
            *("--", "--may-exist", "add-br", "br-int", "--", "set", "Bridge", "br-int", kind),
            *("fail_mode=secure", "other_config:disable-in-band=true"),
        )

    async def forget_flows(self) -> None:
        """Let the switch decide anew about each packet.

        While packets come for the end of a tunnel that it asked for in vain, it would not ask for it again.
        """
        pid = (self.folder / "ovs-vswitchd.pid").read_text().strip()
        await jsonrpc.call(self.folder / f"ovs-vswitchd.{pid}.ctl", "revalidator/purge")

    async def announce(self) -> None:
        """Tell OVN what the host is for, after its options have changed."""
        value = f'external_ids:ovn-cms-options="{self.cms_options}"'
        await self.vsctl("set", "Open_vSwitch", ".", value)

    async def vsctl(self, *words: str, wait: bool = False) -> str:
        """Run one ``ovs-vsctl`` on this host's database; with *wait*, return when the switch has done it."""
        program = self.place.programs.path("ovs-vsctl")
        return await command.run(program, f"--db=unix:{self.switch}", "--timeout=10" if wait else "--no-wait", *words)

    async def _address_underlay(self) -> None:
        """Give br-phy its address: tunnels start there, so it comes before ovn-controller."""
        if self.datapath == "dummy":
            await self._address_dummy()
        else:
            await self._bridge_is_there()
            await device.ip_batch(
                (f"address replace {self.address}/24 dev br-phy", "link set dev br-phy up"), network=self.name
            )

    async def _bridge_is_there(self) -> None:
        """Wait until ovs-vswitchd has made what its database says, as ovs-vsctl does: cur_cfg reaches next_cfg."""
        everywhere: list[object] = []
        ask = {"op": "mutate", "table": "Open_vSwitch", "where": everywhere, "mutations": [["next_cfg", "+=", 1]]}
        look = {"op": "select", "table": "Open_vSwitch", "where": everywhere, "columns": ["next_cfg", "cur_cfg"]}
        answer = await jsonrpc.call(self.switch, "transact", "Open_vSwitch", ask, look)
        wanted = answer[1]["rows"][0]["next_cfg"]
        async with asyncio.timeout(CONFIGURED_WITHIN_S):
            while answer[-1]["rows"][0]["cur_cfg"] < wanted:
                await asyncio.sleep(POLL_S)
                answer = await jsonrpc.call(self.switch, "transact", "Open_vSwitch", look)

    async def _address_dummy(self) -> None:
        pid = (self.folder / "ovs-vswitchd.pid").read_text().strip()
        control = self.folder / f"ovs-vswitchd.{pid}.ctl"
        await self._bridge_is_there()
        await jsonrpc.call(control, "netdev-dummy/ip4addr", "br-phy", f"{self.address}/24")
        mac = f"0x{self.mac.replace(':', '')}"
        address = "0x" + "".join(f"{int(part):02x}" for part in self.address.split("."))
        answer_arp = (
            f"priority=100,arp,arp_op=1,arp_tpa={self.address},actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],"
            f"mod_dl_src:{self.mac},load:2->NXM_OF_ARP_OP[],move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],"
            f"move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],load:{mac}->NXM_NX_ARP_SHA[],load:{address}->NXM_OF_ARP_SPA[],in_port"
        )
        await command.run(
            self.place.programs.path("ovs-ofctl"), "add-flow", f"unix:{self.folder}/br-phy.mgmt", answer_arp
        )
