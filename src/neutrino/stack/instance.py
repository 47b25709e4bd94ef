"""Instances: a network namespace with a veth into its host's integration bridge, and a DHCP client.

Here: plugging as Nova and os-vif do, the DHCP client's script, unplugging. Not here: the API's port (demo.py, cli).
"""

import asyncio
import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from neutrino.linux import device, namespace
from neutrino.stack import jsonrpc
from neutrino.stack.host import FABRIC, Host
from neutrino.stack.place import Place
from neutrino.stack.service import POLL_S, Exists, Service
from neutrino.stack.state import NAMESPACE, Instance

PLUGGED_WITHIN_S = 30.0

DHCP_SCRIPT = """\
#!/bin/sh
# What busybox's udhcpc tells, applied to the instance (udhcpc's README: variables of the script).
case "$1" in
deconfig)
    "$BUSYBOX" ip -4 address flush dev "$interface"
    ;;
bound | renew)
    if [ -n "${mtu:-}" ]; then "$BUSYBOX" ip link set dev "$interface" mtu "$mtu"; fi
    if [ "$("$BUSYBOX" cat "$FOLDER/lease" 2>/dev/null)" != "$ip/$mask" ] || [ "$1" = bound ]; then
        "$BUSYBOX" ip -4 address flush dev "$interface"
        "$BUSYBOX" ip address add "$ip/$mask" dev "$interface"
    fi
    if [ -n "${staticroutes:-}" ]; then # RFC 3442: where it is given, the router option does not count
        set -- $staticroutes
        while [ $# -ge 2 ]; do
            if [ "$2" = 0.0.0.0 ]; then
                "$BUSYBOX" ip route replace "$1" dev "$interface"
            else
                "$BUSYBOX" ip route replace "$1" via "$2" dev "$interface"
            fi
            shift 2
        done
    elif [ -n "${router:-}" ]; then
        "$BUSYBOX" ip route replace default via "${router%% *}" dev "$interface"
    fi
    {
        if [ -n "${domain:-}" ]; then echo "search $domain"; fi
        for server in ${dns:-}; do echo "nameserver $server"; done
    } >"$FOLDER/resolv.conf.new"
    # It is mounted over /etc/resolv.conf of what runs here, so it stays the same file; it is written when it differs.
    if ! "$BUSYBOX" cmp -s "$FOLDER/resolv.conf.new" "$FOLDER/resolv.conf"; then
        "$BUSYBOX" cat "$FOLDER/resolv.conf.new" >"$FOLDER/resolv.conf"
    fi
    echo "$ip/$mask" >"$FOLDER/lease.new"
    "$BUSYBOX" mv "$FOLDER/lease.new" "$FOLDER/lease"
    ;;
esac
"""


def dhcp_service(place: Place, instance: Instance) -> Service:
    """Return the service that keeps the lease of *instance*; ready means bound."""
    folder = place.instance(instance.name)
    script = folder / "udhcpc.script"
    busybox = place.programs.path("busybox")

    async def prepare() -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if not script.exists() or script.read_text() != DHCP_SCRIPT:
            script.write_text(DHCP_SCRIPT)
            script.chmod(0o755)

    return Service(
        name=f"{instance.name}.udhcpc",
        command=(
            *(busybox, "udhcpc", "-f", "-i", "eth0", "-s", str(script)),
            *("-t", "10", "-T", "1", "-A", "1", "-O", "mtu", "-O", "staticroutes", "-x", f"hostname:{instance.name}"),
        ),
        network=instance.network,
        environment={"BUSYBOX": busybox, "FOLDER": str(folder)},
        prepare=prepare,
        ready=Exists(folder / "lease"),
        stop_within_s=0.5,
    )


async def plug(instance: Instance, host: Host) -> None:
    """Make the namespace and the wire of *instance*, and its port in the switch of *host*.

    What is there already is left as it is.
    """
    if not (namespace.NETWORK_FOLDER / instance.network).exists():
        inside = f"netns {instance.network} address {instance.mac} mtu {instance.mtu}"
        outside = f"netns {host.name} mtu {instance.mtu}"
        namespace.add_network(instance.network)
        await device.ip_batch(
            (f"link add name eth0 {inside} type veth peer name {instance.tap} {outside}",),
            network=FABRIC,
        )
    device.bring_up(instance.network, "lo", "eth0")
    device.bring_up(host.name, instance.tap)
    about = {
        "iface-id": instance.port_id,
        "iface-status": "active",
        "attached-mac": instance.mac,
        "vm-uuid": instance.device_id,
    }
    await host.vsctl(
        *("--may-exist", "add-port", "br-int", instance.tap, "--", "set", "Interface", instance.tap),
        *(f'external_ids:{key}="{value}"' for key, value in about.items()),
    )
    if not instance.dhcp and instance.image == NAMESPACE:
        await _address_by_hand(instance)


def is_whole(instance: Instance, host: Host) -> bool:
    """Tell whether the namespace and both ends of the wire are there, or nothing at all."""
    if not (namespace.NETWORK_FOLDER / instance.network).exists():
        return not device.exists(host.name, instance.tap)
    return device.exists(instance.network, "eth0") and device.exists(host.name, instance.tap)


async def installed(instance: Instance, host: Host) -> None:
    """Wait until ovn-controller says that the flows of the port are in the switch; raises TimeoutError."""
    async with asyncio.timeout(PLUGGED_WITHIN_S):
        while True:
            with contextlib.suppress(OSError, jsonrpc.CallFailed):
                if "ovn-installed" in await _external_ids(instance, host):
                    return
            await asyncio.sleep(POLL_S)


async def unwire(instance: Instance, host: Host | None) -> None:
    """Remove what is left of the namespace and the wire of *instance*.

    The switch lets go of the device first: it would not look for a new one of the same name.
    """
    if host is not None:
        await host.vsctl("--if-exists", "del-port", "br-int", instance.tap, wait=True)
        with contextlib.suppress(device.IpFailed):  # a process left in the namespace would keep the wire
            await device.ip_batch((f"link delete dev {instance.tap}",), network=host.name)
    namespace.remove_network(instance.network)


async def unplug(instance: Instance, host: Host | None, place: Place) -> None:
    """Take *instance* off its host and remove its namespace."""
    await unwire(instance, host)
    shutil.rmtree(place.instance(instance.name), ignore_errors=True)


def lease(place: Place, instance: Instance) -> str:
    """Return the address that the DHCP client got, as ``ADDRESS/PREFIX``, or nothing."""
    file: Path = place.instance(instance.name) / "lease"
    with contextlib.suppress(OSError):
        return file.read_text().strip()
    return ""


async def _address_by_hand(instance: Instance) -> None:
    """Give the fixed addresses of a port without DHCP, as a configuration drive would."""
    lines = [f"address replace {address} dev eth0" for address in instance.addresses]
    if instance.gateway:
        lines.append(f"route replace default via {instance.gateway} dev eth0")
    await device.ip_batch(lines, network=instance.network)


async def _external_ids(instance: Instance, host: Host) -> Mapping[str, str]:
    question = {
        "op": "select",
        "table": "Interface",
        "where": [["name", "==", instance.tap]],
        "columns": ["external_ids"],
    }
    answer = await jsonrpc.call(host.switch, "transact", "Open_vSwitch", question)
    rows = answer[0]["rows"]
    return dict(rows[0]["external_ids"][1]) if rows else {}
