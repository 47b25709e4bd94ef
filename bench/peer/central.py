"""An OVN central (Northbound, Southbound, northd) in a folder, on unix sockets only; the same for both sides."""

import subprocess
from pathlib import Path

from bench.peer.daemons import Daemons
from neutrino.stack.programs import Programs

QUIET = ("-vconsole:info", "-vsyslog:off", "-vfile:off")


def start(daemons: Daemons, programs: Programs, folder: Path) -> dict[str, int]:
    """Start it; return the pids by name. The sockets are ``nb.sock`` and ``sb.sock`` in *folder*."""
    where = {f"{kind}_{name}": str(folder) for kind in ("OVN", "OVS") for name in ("RUNDIR", "LOGDIR", "DBDIR")}
    pids: dict[str, int] = {}
    for name in ("nb", "sb"):
        file = folder / f"{name}.db"
        tool = programs.path("ovsdb-tool")
        subprocess.run([tool, "create", str(file), str(programs.schema(f"ovn-{name}"))], check=True, env=where)
        socket = folder / f"{name}.sock"
        command = (programs.path("ovsdb-server"), str(file), f"--remote=punix:{socket}", *QUIET)
        pids[name] = daemons.start(f"ovn-{name}", (*command, f"--unixctl={folder}/{name}.ctl"), where)
        daemons.wait(f"ovn-{name}", socket.exists, 20)
    command = (programs.path("ovn-northd"), f"--ovnnb-db=unix:{folder}/nb.sock", f"--ovnsb-db=unix:{folder}/sb.sock")
    pids["northd"] = daemons.start("ovn-northd", (*command, f"--unixctl={folder}/northd.ctl", *QUIET), where)
    return pids
