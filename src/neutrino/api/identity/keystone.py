"""Who asks, by Keystone: tokens are checked there, and remembered for a while.

Here: the headers, the cache, the question to Keystone. Not here: what a caller may do.
"""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import falcon.asgi
import msgspec
from keystoneauth1 import exceptions
from keystoneauth1.identity import v3
from keystoneauth1.session import Session
from msgspec.structs import replace

from neutrino.api.identity.caller import Caller
from neutrino.model.faults.identity import IdentityUnavailable, Unauthenticated
from neutrino.runtime.config import Identity

MOST_REMEMBERED = 10_000
"""Tokens, good and bad ones each: some 5 MB at most."""
THREADS = 8


class _Known(msgspec.Struct, frozen=True):
    """What Keystone said of a token: who (nobody, when it is not good), and until when that may be believed."""

    caller: Caller | None
    until_s: float


class Said(msgspec.Struct, frozen=True):
    """What Keystone says of a token, and when the token ends (seconds since the epoch)."""

    caller: Caller
    expires_s: float


class KeystoneAuthenticator:
    """Believes what Keystone says of the tokens in X-Auth-Token and X-Service-Token."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._known: dict[bytes, _Known] = {}
        self._asked: dict[bytes, asyncio.Future[_Known]] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="keystone")
        self._keystone = Keystone(identity)

    async def caller(self, req: falcon.asgi.Request) -> Caller:
        """Return who sends *req*.

        Raises:
            Unauthenticated: There is no token, or not a good one.
            IdentityUnavailable: Keystone does not answer.
        """
        service_token = req.get_header("X-SERVICE-TOKEN")
        if service_token is None:
            return await self._holder(req.get_header("X-AUTH-TOKEN"))
        service = await self._holder(service_token)
        is_service = not service.roles.isdisjoint(self._identity.service_token_roles)
        if not is_service and self._identity.service_token_roles_required:
            raise Unauthenticated(self._identity.www_authenticate_uri)
        # A service finishes a long task of its user with the user's token, even one that has ended meanwhile.
        user = await self._holder(req.get_header("X-AUTH-TOKEN"), allow_expired=is_service)
        return replace(user, service_roles=service.roles)

    async def _holder(self, token: str | None, *, allow_expired: bool = False) -> Caller:
        """Return whose *token* it is."""
        if not token:
            raise Unauthenticated(self._identity.www_authenticate_uri)
        key = hashlib.sha256(token.encode() + b"+" * allow_expired).digest()
        known = self._known.get(key)
        if known is None or known.until_s <= time.time():
            known = await self._ask_once(key, token, allow_expired)
        if known.caller is None:
            raise Unauthenticated(self._identity.www_authenticate_uri)
        return known.caller

    async def _ask_once(self, key: bytes, token: str, allow_expired: bool) -> _Known:
        """Ask Keystone, or wait with whoever is asking the same already."""
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = asyncio.ensure_future(self._ask(key, token, allow_expired))
            asked.add_done_callback(lambda done: (self._asked.pop(key, None), done.cancelled() or done.exception()))
        return await asyncio.shield(asked)

    async def _ask(self, key: bytes, token: str, allow_expired: bool) -> _Known:
        loop = asyncio.get_running_loop()
        until_s = time.time() + self._identity.token_cache_time_s
        said = await loop.run_in_executor(self._threads, self._keystone.validate, token, allow_expired)
        if said is None:
            known = _Known(None, until_s)
        else:
            known = _Known(said.caller, until_s if allow_expired else min(until_s, said.expires_s))
        self._known.pop(key, None)
        while len(self._known) >= MOST_REMEMBERED:
            del self._known[next(iter(self._known))]
        if self._identity.token_cache_time_s:
            self._known[key] = known
        return known


class Keystone:
    """Keystone, asked as the service's own user; blocks."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._session = Session(
            auth=v3.Password(
                auth_url=identity.auth_url,
                username=identity.username,
                password=identity.password,
                project_name=identity.project_name,
                user_domain_name=identity.user_domain_name,
                project_domain_name=identity.project_domain_name,
            ),
            verify=identity.verify,
            timeout=identity.timeout_s,
            user_agent="neutrino",
        )

    def validate(self, token: str, allow_expired: bool) -> Said | None:
        """Return what Keystone says of *token*, None when it is not good."""
        try:
            answer = self._session.get(
                "/auth/tokens?nocatalog=1" + ("&allow_expired=1" if allow_expired else ""),
                endpoint_override=self._identity.auth_url,
                headers={"X-Subject-Token": token},
            )
            return _said(answer.json()["token"])
        except (exceptions.NotFound, exceptions.BadRequest):
            return None
        except exceptions.Unauthorized as error:
            raise IdentityUnavailable(self._identity.auth_url, "it refuses this service's own user") from error
        except exceptions.ClientException as error:
            raise IdentityUnavailable(self._identity.auth_url, type(error).__name__) from error
        except (ValueError, KeyError, TypeError) as error:
            raise IdentityUnavailable(self._identity.auth_url, "its answer is not understood") from error


def _said(token: Mapping[str, Any]) -> Said:
    system = token.get("system") or {}
    # Roles in a domain say nothing of projects and their networks: else who administrates one domain would do all.
    roles = () if token.get("domain") else token.get("roles", ())
    return Said(
        Caller(
            project_id=(token.get("project") or {}).get("id", ""),
            user_id=token["user"]["id"],
            roles=frozenset(role["name"].lower() for role in roles),
            system_scope="all" if system.get("all") else "",
        ),
        datetime.fromisoformat(f"{token['expires_at'][:19]}+00:00").timestamp(),
    )
