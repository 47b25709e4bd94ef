"""Questions about packets that come from the page: ``python -m neutrino.stack.questions RUN SOURCE TARGET PACKET``.

The API hands them to a socket of the lab, knowing neither OVN nor the stack; the supervisor listens there and starts
this program for each. Here: the socket, the limits, the program. Not here: who may ask (neutrino.api.page.trace),
finding out (inquiry.py).
"""

import asyncio
import contextlib
import logging
import os
import sys
from pathlib import Path

import msgspec

from neutrino.diagnosis import packet
from neutrino.stack import command
from neutrino.stack.fault import StackFault
from neutrino.stack.place import Place

LOG = logging.getLogger(__name__)
AT_ONCE = 2
"""So many are answered beside each other; each is a process, and sends a packet."""
WITHIN_S = 30.0
LONGEST_BYTES = 64 * 1024


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of *packet* (``tcp/80``) from *source*, the id of a port, to *target*, as `inquiry.end` has it."""

    source: str
    target: str
    packet: str


class Questions:
    """The socket: a line of JSON asks, a line answers, with what `inquiry.Trace.document` has, or ``error``."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def listen(self) -> asyncio.Server:
        """Begin to answer; only this user's processes may ask."""
        path = self._place.questions
        server = await asyncio.start_unix_server(self._serve, path, limit=LONGEST_BYTES)
        path.chmod(0o600)
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            try:
                question = msgspec.json.decode(await reader.readline(), type=Question)
                async with self._turn:
                    said = await self._answer(question)
            except (ValueError, msgspec.MsgspecError, command.CommandFailed, TimeoutError, OSError) as error:
                LOG.warning("a question about a packet: %s", error)
                said = _refusal(str(error) or f"no answer within {WITHIN_S:.0f} s")
            writer.write(said)
            await writer.drain()
        writer.close()

    async def _answer(self, question: Question) -> bytes:
        words = (str(self._place.run), question.source, question.target, question.packet)
        found = {"NEUTRINO_PROGRAMS": str(self._place.programs.bin)}
        said = await command.run(
            sys.executable, "-m", "neutrino.stack.questions", *words, environment=found, timeout_s=WITHIN_S
        )
        return said.encode()


def answer(run: Path, question: Question) -> bytes:
    """Return the answer to *question* about the lab in *run*, as a line of JSON."""
    from neutrino.stack import inquiry
    from neutrino.stack.lab import Lab

    try:
        found = inquiry.trace(Lab(run), question.source, question.target, packet.kind(question.packet))
    except (StackFault, packet.PacketRefused) as fault:
        return _refusal(str(fault))
    return msgspec.json.encode(found.document()) + b"\n"


def _refusal(sentence: str) -> bytes:
    return msgspec.json.encode({"error": sentence}) + b"\n"


def main() -> None:
    """Answer one question."""
    run, *words = sys.argv[1:]
    os.write(sys.stdout.fileno(), answer(Path(run), Question(*words)))


if __name__ == "__main__":
    main()
