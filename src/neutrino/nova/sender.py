"""Events on their way to Nova: one POST of its API, under a token where that is configured.

Here: the request, and what its answer means. Not here: when to send, and again (`notifier`).
"""

import asyncio
import logging
from collections.abc import Sequence

import msgspec
from keystoneauth1 import exceptions, noauth
from keystoneauth1.identity import v3
from keystoneauth1.session import Session

from neutrino.nova.events import Event
from neutrino.runtime.config import Nova

_log = logging.getLogger("neutrino.nova")
PATH = "/os-server-external-events"
_TAKEN = (200, 207)
_REFUSED = (400, 404, 422)  # asking again would not help: Nova does not know the instance, or not yet where it is


class NotTold(Exception):
    """Nova could not be told now; the text says why."""


class Sender:
    """Tells the Nova that *config* names."""

    def __init__(self, config: Nova) -> None:
        self._config = config
        auth = (
            noauth.NoAuth(endpoint=config.endpoint_override)
            if config.auth_type == "none"
            else v3.Password(
                auth_url=config.auth_url,
                username=config.username,
                password=config.password,
                project_name=config.project_name,
                user_domain_name=config.user_domain_name,
                project_domain_name=config.project_domain_name,
            )
        )
        self._session = Session(auth=auth, verify=config.verify, timeout=config.timeout_s)

    async def send(self, events: Sequence[Event]) -> None:
        """Tell *events*, in their order. What Nova answers of single ones is logged.

        Raises:
            NotTold: It does not answer, or refuses for the moment.
        """
        body = msgspec.json.encode({"events": events})
        await asyncio.to_thread(self._post, body, len(events))

    def _post(self, body: bytes, count: int) -> None:
        config = self._config
        try:
            answer = self._session.post(
                PATH,
                data=body,
                headers={"Content-Type": "application/json", "Accept": "application/json"},
                endpoint_override=config.endpoint_override,
                endpoint_filter={
                    "service_type": "compute",
                    "interface": config.endpoint_type,
                    "region_name": config.region_name,
                },
                raise_exc=False,
            )
        except exceptions.ClientException as error:
            raise NotTold(str(error).splitlines()[0] if str(error) else type(error).__name__) from error
        if answer.status_code in _REFUSED:
            _log.warning("Nova refuses %d events with %d: %s", count, answer.status_code, answer.text[:200])
            return
        if answer.status_code not in _TAKEN:
            raise NotTold(f"Nova answers {answer.status_code}")
        if answer.status_code != _TAKEN[0]:
            _log.warning("Nova took not all of %d events: %s", count, answer.text[:500])
