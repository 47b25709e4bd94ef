"""What a measurement starts, it ends: real processes, their children too."""

import socket
import time
from pathlib import Path

import pytest
from bench import process
from bench.peer.daemons import Daemons
from bench.peer.side import held_port

from neutrino.stack.fault import StackFault

FORKS = "trap '' TERM; sleep 600 & echo forked; wait"
"""A daemon that ignores TERM, with a child."""


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def daemons(tmp_path):
    made = Daemons(tmp_path / "log", end_within_s=0.3)
    yield made
    made.end_all()


def test_a_daemon_ends_with_its_children_even_when_it_ignores_term(daemons, tmp_path):
    pid = daemons.start("stubborn", ("sh", "-c", FORKS), {})
    daemons.wait("stubborn", lambda: "forked" in (tmp_path / "log" / "stubborn.log").read_text(), 5)
    everything = process.tree(pid)
    assert len(everything) == 2
    daemons.end_all()
    deadline = time.monotonic() + 5
    while any(map(is_alive, everything)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not [one for one in everything if is_alive(one)]


def test_a_daemon_that_ends_too_early_is_told_with_its_last_words(daemons):
    daemons.start("brief", ("sh", "-c", "echo no such table; exit 3"), {})
    with pytest.raises(StackFault, match="brief ended before it answered: no such table"):
        daemons.wait("brief", lambda: False, 5)


def test_a_daemon_that_stays_silent_is_not_waited_for_without_end(daemons):
    daemons.start("silent", ("sleep", "600"), {})
    with pytest.raises(StackFault, match="silent did not answer within 0 s"):
        daemons.wait("silent", lambda: False, 0.1)


def test_cpu_time_counts_threads_that_have_ended(daemons, tmp_path):
    burn = "import threading, time\nt = threading.Thread(target=lambda: sum(range(9_000_000)))\nt.start(); t.join()\n"
    pid = daemons.start("busy", ("python3", "-c", f"{burn}print('done', flush=True)\ntime.sleep(600)"), {})
    log = tmp_path / "log" / "busy.log"
    daemons.wait("busy", lambda: "done" in log.read_text(), 20)
    alive_only = process.cpu_s(pid)
    assert process.whole_cpu_s(pid) > alive_only + 0.02


def test_a_held_port_is_for_the_server_that_reuses_the_address():
    with held_port() as holder:
        port = holder.getsockname()[1]
        with socket.create_server(("127.0.0.1", port)), pytest.raises(OSError, match="in use"):
            socket.create_server(("127.0.0.1", port))
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
