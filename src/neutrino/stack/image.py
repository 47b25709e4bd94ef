"""What virtual machines boot: QEMU, a kernel and a small root, made once from Debian's packages.

Here: fetching them, and making the initramfs (cpio's newc format). Not here: a machine that runs (guest.py).
"""

import hashlib
import lzma
import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from neutrino.stack import packages, programs
from neutrino.stack.fault import StackFault
from neutrino.stack.instance import DHCP_SCRIPT

MACHINE = "x86_64"
"""The one processor for which there is an image."""
PACKAGES = ("qemu-system-x86", "qemu-system-data", "seabios", "linux-image-cloud-amd64", "busybox-static")
EMULATOR = "usr/bin/qemu-system-x86_64"
FIRMWARE = ("usr/share/qemu", "usr/share/seabios")
MODULES = ("virtio_net", "8021q")
"""The kernel modules that are loaded, with those that they need."""
KEPT = (*FIRMWARE, EMULATOR, "usr/lib64", "usr/lib/*-linux-gnu")
"""What of the packages stays once the initramfs is made."""
ADDRESS = "guest: address "
"""How the line on the console begins that says which address the machine has."""
IDENTITY = "guest: instance-id "
"""How the line begins that says what the metadata service answered."""

INIT = f"""\
#!/bin/busybox sh
# The machine's process 1. NAME, DHCP, ADDRESSES and GATEWAY come with the kernel's command line.
/bin/busybox --install -s /bin
export PATH=/bin HOME=/ BUSYBOX=/bin/busybox FOLDER=/etc
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in /lib/modules/*; do insmod "$module"; done
hostname "$NAME"
ip link set dev lo up
ip link set dev eth0 up
for address in $(echo "$ADDRESSES" | tr , ' '); do ip address add "$address" dev eth0; done
if [ -n "$GATEWAY" ]; then ip route add default via "$GATEWAY"; fi
if [ "$DHCP" = 1 ]; then # returns with a lease, and keeps it
    udhcpc -i eth0 -s /etc/dhcp.script -t 10 -T 1 -A 1 -O mtu -O staticroutes -x "hostname:$NAME" >/dev/null 2>&1
    ADDRESSES=$(cat /etc/lease)
fi
echo "{ADDRESS}$ADDRESSES"
for _ in $(seq 60); do
    sleep 1
    if id=$(wget -q -T 5 -O - http://169.254.169.254/latest/meta-data/instance-id 2>/dev/null); then
        printf '\\n%s\\n' "{IDENTITY}$id" # the prompt of the shell may be before it
        break
    fi
done &
while :; do setsid cttyhack sh; done
"""
RECIPE = "2"
"""Raise this when what is in the folder changes, so that older folders are left alone."""


@dataclass(frozen=True)
class Image:
    """One folder with ``root/`` (QEMU, its libraries and firmware), ``kernel`` and ``initramfs``."""

    folder: Path

    @property
    def kernel(self) -> Path:
        """The kernel."""
        return self.folder / "kernel"

    @property
    def initramfs(self) -> Path:
        """The whole of the machine's files."""
        return self.folder / "initramfs"

    @property
    def emulator(self) -> tuple[str, ...]:
        """The words with which QEMU starts, by the loader that came with it, and where its firmware is."""
        root = self.folder / "root"
        firmware = (word for name in FIRMWARE for word in ("-L", str(root / name)))
        return (*programs.foreign(root, root / EMULATOR), *firmware)


def place() -> Image:
    """Return the image of this user, which may not be there yet."""
    parts = "\n".join((RECIPE, *PACKAGES, INIT, DHCP_SCRIPT))
    digest = hashlib.sha256(parts.encode()).hexdigest()[:8]
    return Image(programs.cache_folder().parent / "images" / f"{packages.DEBIAN_SUITE}-{digest}")


def obtain() -> Image:
    """Return the image, made when it is not in the cache; raises StackFault where it cannot be."""
    image = place()
    if not image.folder.is_dir():
        if os.uname().machine != MACHINE:
            raise StackFault(f"virtual machines need a host of {MACHINE}, this is {os.uname().machine}: use --image ns")
        with packages.complete_or_absent(image.folder) as fresh:
            _make(fresh)
    return image


def _make(fresh: Path) -> None:
    root = fresh / "packages"
    packages.unpack(packages.chosen_release(), PACKAGES, root)
    (kernel,) = (root / "boot").glob("vmlinuz-*")
    shutil.copyfile(kernel, fresh / "kernel")
    (fresh / "initramfs").write_bytes(b"".join(_archive(root)))
    for pattern in KEPT:
        for path in root.glob(pattern):
            kept = fresh / "root" / path.relative_to(root)
            kept.parent.mkdir(parents=True, exist_ok=True)
            path.rename(kept)
    shutil.rmtree(root)


def _archive(root: Path) -> Iterator[bytes]:
    """Yield the initramfs piece by piece: busybox, the scripts, and the modules in the order of loading."""
    for name in ("bin", "dev", "etc", "lib", "lib/modules", "proc", "sys", "tmp"):
        yield _entry(name, stat.S_IFDIR | 0o755)
    yield _entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    yield _entry("bin/busybox", stat.S_IFREG | 0o755, (root / "usr/bin/busybox").read_bytes())
    yield _entry("init", stat.S_IFREG | 0o755, INIT.encode())
    yield _entry(
        "etc/dhcp.script", stat.S_IFREG | 0o755, DHCP_SCRIPT.replace("#!/bin/sh", "#!/bin/busybox sh").encode()
    )
    for number, data in enumerate(_modules(root)):
        yield _entry(f"lib/modules/{number:02}.ko", stat.S_IFREG | 0o644, data)
    yield _entry("TRAILER!!!", 0)


def _modules(root: Path) -> list[bytes]:
    """Return the modules, each after those that its ``depends=`` names."""
    files = {path.name.partition(".")[0].replace("-", "_"): path for path in (root / "usr/lib/modules").rglob("*.ko*")}
    loaded: dict[str, bytes] = {}

    def load(name: str) -> None:
        if name in loaded:
            return
        data = files[name].read_bytes()
        if files[name].suffix == ".xz":
            data = lzma.decompress(data)
        found = re.search(rb"\0depends=([^\0]*)\0", data)
        for other in found[1].decode().split(",") if found and found[1] else ():
            load(other.replace("-", "_"))
        loaded[name] = data

    for name in MODULES:
        load(name)
    return list(loaded.values())


def _entry(name: str, mode: int, data: bytes = b"", device: tuple[int, int] = (0, 0)) -> bytes:
    """Return one file of a cpio archive, in the form that begins with 070701."""
    links, no_time, owner = 1, 0, (0, 0)
    fields = (0, mode, *owner, links, no_time, len(data), 0, 0, *device, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
