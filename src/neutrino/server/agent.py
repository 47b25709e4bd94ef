"""The agent daemon of a host: ``python -m neutrino.server.agent --config-file FILE``.

Here: wiring, signals, readiness. Not here: what any part does.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from neutrino.agent import proxy, switch
from neutrino.agent.heartbeat import Heartbeat
from neutrino.agent.metadata import Metadata
from neutrino.agent.metering import Metering
from neutrino.agent.plumbing import Plumbing
from neutrino.agent.southbound import Southbound
from neutrino.agent.zones import Telling
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.watch import Watch
from neutrino.runtime import logs, notify
from neutrino.runtime.agent_config import AgentConfig, load
from neutrino.runtime.config import ConfigError
from neutrino.runtime.supervisor import kept
from neutrino.server.ovsdb import credentials

_log = logging.getLogger("neutrino.agent")
DEFAULT_BRIDGE = "br-int"
RUN_FOLDER = Path("/run/openvswitch")


async def serve(config: AgentConfig) -> None:
    """Run the agent until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    files = proxy.Files(config.state_path)
    plumbing = Plumbing(config.namespace_suffix)
    upstream = proxy.Upstream(
        config.nova_metadata_host,
        config.nova_metadata_port,
        config.nova_metadata_protocol,
        config.metadata_proxy_shared_secret,
    )
    haproxy = proxy.Proxy(files, upstream, plumbing.namespace_of)
    haproxy.prepare()
    resolver = Telling(config.state_path, config.dns_servers)
    resolver.prepare()
    async with Client(config.ovsdb_connection, "Open_vSwitch", tls=credentials(config.ovs_tls)) as open_vswitch:
        rows = open_vswitch.watch(switch.WATCHED)
        about = await _introduced(rows)
        remote = config.ovn_sb_connection or about["ovn-remote"]
        async with Client(remote, "OVN_Southbound", tls=credentials(config.sb_tls)) as client:
            bridge = about.get("ovn-bridge", DEFAULT_BRIDGE)
            metadata = Metadata(open_vswitch, rows, bridge, plumbing, haproxy, resolver)
            metering = Metering(
                client,
                f"unix:{_run_folder(config.ovsdb_connection) / bridge}.mgmt",
                config.measure_interval_s,
                kept=config.state_path / "metering.json",
                told=config.metering_textfile,
            )
            southbound = Southbound(client, about["system-id"], metadata.look_again)
            heartbeat = Heartbeat(client, about["system-id"], config.report_interval_s)
            notify.ready()
            _log.info("ready: chassis %s", about["system-id"])
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(kept("Southbound", southbound.run)),
                    group.create_task(kept("Open vSwitch", lambda: _follow(rows, metadata))),
                    group.create_task(kept("metadata", lambda: metadata.run(southbound))),
                    group.create_task(kept("heartbeat", heartbeat.run)),
                    group.create_task(kept("metering", metering.run)),
                    group.create_task(notify.beat(), name="heartbeat"),
                ]
                await stopped.wait()
                for task in tasks:
                    task.cancel()
    _log.info("stopped")


async def _introduced(rows: Watch) -> dict[str, str]:
    """Wait until the host says who it is."""
    async for _ in rows:
        about = switch.about(rows.rows)
        if about.get("system-id"):
            return about
    raise AssertionError  # a watch ends only when it is closed


def _run_folder(connection: str) -> Path:
    """Return the folder of Open vSwitch's sockets: where its database's is, if that is one."""
    return Path(connection.removeprefix("unix:")).parent if connection.startswith("unix:") else RUN_FOLDER


async def _follow(rows: Watch, metadata: Metadata) -> None:
    metadata.look_again()
    async for _ in rows:
        metadata.look_again()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the daemon; return its exit status."""
    try:
        config = load(sys.argv[1:] if argv is None else argv)
    except ConfigError as error:
        sys.stderr.write(f"neutrino-agent: {error}\n")
        return 2
    logs.start(debug=config.debug)
    try:
        asyncio.run(serve(config))
    except (ValueError, OSError) as error:
        _log.error("cannot serve: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
