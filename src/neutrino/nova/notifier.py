"""Tells Nova what the journal says: batched, in order, again until it is taken, across restarts.

Here: reading, sending, remembering. Not here: which events follow (`events`), HTTP (`sender`).

The journal says which ports to look at; what Nova was told last is in the store, with the place in the journal up to
which it was told. Both are written after Nova answered: who dies in between tells again, and nothing is lost.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence

from neutrino.model.floating_ip import FloatingIp
from neutrino.model.port import Port
from neutrino.nova.events import OF_STATUS, Event, Told, of_floating_ip, of_port, told_of, told_of_floating_ip
from neutrino.nova.sender import NotTold, Sender
from neutrino.runtime.config import Nova
from neutrino.store.intent import Intent
from neutrino.store.records import STATUS
from neutrino.store.told import Line, Tellings

_log = logging.getLogger("neutrino.nova")
_LINES = 1000  # of the journal, taken at once
_BEHIND = 1000  # so many lines may pass until the place is written for its own sake: the journal is kept from there on
_IDLE_S = 1.0
_FIRST_DELAY_S, _LAST_DELAY_S = 0.5, 30.0
GIVE_UP_S = 600.0
"""How long an event is worth telling: twice as long as Nova waits for one (its vif_plugging_timeout)."""


class Notifier:
    """Tells Nova of ports and floating IPs while *leads*."""

    def __init__(self, config: Nova, tellings: Tellings[Told], intent: Intent, leads: Callable[[], bool]) -> None:
        self._config = config
        self._tellings = tellings
        self._intent = intent
        self._leads = leads
        self._sender = Sender(config)
        self._news = asyncio.Event()
        self._seq: int | None = None
        self._noted = 0

    def look_again(self) -> None:
        """Read anew how far Nova was told: another controller may have done so."""
        self._seq = None
        self._news.set()

    def wake(self) -> None:
        """Look at the journal now."""
        self._news.set()

    async def run(self) -> None:
        """Tell Nova until cancelled."""
        self._seq = None
        while True:
            is_more = self._leads() and await self._turn()
            if is_more:
                await asyncio.sleep(self._config.send_events_interval_s)  # what comes meanwhile goes together
                continue
            try:
                async with asyncio.timeout(_IDLE_S):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()

    async def _turn(self) -> bool:
        """Tell what the journal has; return whether anything was sent."""
        if self._seq is None:
            known = {port.id: told_of(port) for port in await self._intent.all(Port)}
            self._seq = self._noted = await self._tellings.start(known)
        head = await self._intent.head()
        lines = await self._tellings.lines(self._seq, _LINES)
        events, after = await self._events(lines)
        seq = lines[-1].seq if len(lines) == _LINES else max(head, lines[-1].seq if lines else 0)
        if events:
            await self._send(events)
        if after or seq - self._noted > _BEHIND:
            await self._tellings.told(after, seq)
            self._noted = seq
        self._seq = seq
        return bool(events) or len(lines) == _LINES

    async def _events(self, lines: Sequence[Line]) -> tuple[list[Event], dict[str, Told | None]]:
        """Return the events that follow from *lines*, and what Nova knows after them where it is something else."""
        flips = Counter(line.id for line in lines if line.collection == Port.collection and line.aspect == STATUS)
        port_ids = list(dict.fromkeys(line.id for line in lines if line.collection == Port.collection))
        ip_ids = list(dict.fromkeys(line.id for line in lines if line.collection == FloatingIp.collection))
        if not (port_ids or ip_ids):
            return [], {}
        before = await self._tellings.known([*port_ids, *ip_ids])
        floating_ips = await self._intent.get(FloatingIp, ip_ids)
        at = {one.port_id for one in floating_ips.values() if one.port_id}
        ports = await self._intent.get(Port, {*port_ids, *at})
        events: list[Event] = []
        after: dict[str, Told | None] = {}
        for one in port_ids:
            port = ports.get(one)
            after[one] = told_of(port) if port is not None else None
            events += of_port(one, port, before.get(one), flips[one])
        for one in ip_ids:
            ip = floating_ips.get(one)
            after[one] = told_of_floating_ip(ip, ports.get(ip.port_id) if ip is not None and ip.port_id else None)
            events += of_floating_ip(after[one], before.get(one))
        wanted = [event for event in dict.fromkeys(events) if self._is_wanted(event)]
        return wanted, {one: told for one, told in after.items() if told != before.get(one)}

    def _is_wanted(self, event: Event) -> bool:
        return self._config.of_status if event.name in OF_STATUS else self._config.of_data

    async def _send(self, events: Sequence[Event]) -> None:
        delay_s, said = _FIRST_DELAY_S, ""
        end_s = asyncio.get_running_loop().time() + GIVE_UP_S
        while True:
            try:
                await self._sender.send(events)
            except NotTold as error:
                if asyncio.get_running_loop().time() > end_s:
                    _log.error("%d events are too old to tell Nova: %s", len(events), error)
                    return
                if said != str(error):
                    said = str(error)
                    _log.warning("Nova is not told of %d events, trying again: %s", len(events), said)
            else:
                for event in events:
                    _log.info("Nova was told: %s of server %s, port %s", event.name, event.server_uuid, event.tag)
                return
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, _LAST_DELAY_S)
