"""Instances that are virtual machines: QEMU without KVM, with one network card and a console.

Here: the service that runs one, and what its console has said. Not here: what it boots (image.py), how frames get in
and out (wire.py).
"""

import contextlib
import sys
from pathlib import Path

from neutrino.stack import image
from neutrino.stack.place import Place
from neutrino.stack.service import Prints, Service
from neutrino.stack.state import Instance

MEMORY_MIB = 96
BOOT_WITHIN_S = 120.0
"""An emulated processor on a busy machine takes its time; an idle one boots within 5 s."""


def service(place: Place, instance: Instance) -> Service:
    """Return the service that runs the machine of *instance*; ready means that it has its address."""
    what = image.place()
    console = socket(place, instance.name)

    async def prepare() -> None:
        console.parent.mkdir(parents=True, exist_ok=True)

    return Service(
        name=f"{instance.name}.qemu",
        command=(
            *(sys.executable, "-m", "neutrino.stack.wire", "eth0", "wire"),
            *what.emulator,
            *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-accel", "tcg,tb-size=32"),
            *("-name", _quoted(instance.name), "-m", str(MEMORY_MIB)),
            *("-kernel", str(what.kernel), "-initrd", str(what.initramfs), "-append", _command_line(instance)),
            *(
                "-chardev",
                f"socket,id=console,path={_quoted(console)},server=on,wait=off,logfile={_quoted(log(place, instance))}",
            ),
            *("-serial", "chardev:console"),
            *("-device", f"virtio-net-pci,netdev=wire,mac={instance.mac},host_mtu={instance.mtu},romfile="),
        ),
        network=instance.network,
        environment=place.environment(instance.host),
        prepare=prepare,
        ready=Prints(log(place, instance), image.ADDRESS),
    )


def log(place: Place, instance: Instance) -> Path:
    """Return the file with what the console has said since the machine was started."""
    return place.log(f"{instance.name}.console")


def socket(place: Place, name: str) -> Path:
    """Return the socket of the console of the instance *name*, in the lab's own /run."""
    return place.private("consoles") / name


def address(place: Place, instance: Instance) -> str:
    """Return the first address that the machine says it has, as ``ADDRESS/PREFIX``, or nothing."""
    with contextlib.suppress(OSError):
        *lines, _ = log(place, instance).read_text(errors="replace").split("\n")  # it may be saying the last one now
        for line in lines:
            if line.startswith(image.ADDRESS):
                return line.removeprefix(image.ADDRESS).partition(",")[0].strip()
    return ""


def _command_line(instance: Instance) -> str:
    """Return the kernel's command line; words that the kernel does not know become variables of process 1."""
    told = {
        "NAME": instance.name,
        "DHCP": str(int(instance.dhcp)),
        "ADDRESSES": "" if instance.dhcp else ",".join(instance.addresses),
        "GATEWAY": "" if instance.dhcp else instance.gateway,
    }
    return " ".join(("console=ttyS0 quiet loglevel=3 panic=-1", *(f'{key}="{value}"' for key, value in told.items())))


def _quoted(value: object) -> str:
    """Return *value* as QEMU's options want it: a comma would end it."""
    return str(value).replace(",", ",,")
