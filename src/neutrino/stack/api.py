"""A small client of the Networking API v2.0.

Here: requests, and a token for them where the lab has Keystone. Not here: openstacksdk, whose import alone takes
longer than the lab needs to start.
"""

import http.client
import json
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from neutrino.stack.fault import StackFault

TIMEOUT_S = 60.0

Resource = dict[str, Any]


class ApiRefused(StackFault):
    """The API answered with an error; *status* is the HTTP status and *kind* the error's type."""

    def __init__(self, what: str, status: int, kind: str, message: str) -> None:
        super().__init__(f"the API refused {what}: {status} {message or kind}")
        self.status = status
        self.kind = kind


@dataclass(frozen=True)
class Login:
    """A user of the Keystone at *url* (with its version), and the project in which to act."""

    url: str
    user: str
    password: str
    project: str

    def project_id(self, name: str, token: str) -> str:
        """Return the id of the project *name*; *token* is one that may list projects."""
        status, _, said = self._asked("GET", f"/projects?name={quote(name)}", {"X-Auth-Token": token})
        found = json.loads(said)["projects"] if status == http.HTTPStatus.OK else []
        if not found:
            raise StackFault(f"Keystone tells {self.user} of no project {name}: {status} {said}")
        return str(found[0]["id"])

    def token(self) -> str:
        """Return a new token."""
        domain = {"name": "Default"}
        user = {"name": self.user, "password": self.password, "domain": domain}
        scope = {"project": {"name": self.project, "domain": domain}}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
        kind = {"Content-Type": "application/json"}
        status, headers, said = self._asked("POST", "/auth/tokens?nocatalog", kind, json.dumps(body))
        token = headers["X-Subject-Token"]
        if token is None:
            raise StackFault(f"Keystone gives {self.user} no token: {status} {said}")
        return token

    def _asked(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Return status, headers and text of an answer."""
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT_S)
        try:
            connection.request(method, address.path + path, body, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise StackFault(f"no answer from {self.url} ({error}): `./stack logs keystone`") from error
        finally:
            connection.close()


class NetworkingApi:
    """The API at *endpoint*, for instance ``http://127.0.0.1:9696``; with *login*, under a token of Keystone."""

    def __init__(self, endpoint: str, login: Login | None = None) -> None:
        self.endpoint = endpoint
        self._login = login
        self._token = ""
        self._lock = threading.Lock()

    def list(self, plural: str, **filters: str) -> list[Resource]:
        """Return the resources of a collection that match *filters* (``name="demo"``)."""
        found: list[Resource] = self._call("GET", plural, query=filters)[plural.rpartition("/")[2].replace("-", "_")]
        return found

    def show(self, plural: str, identity: str) -> Resource:
        """Return one resource."""
        return self._one(self._call("GET", f"{plural}/{identity}"))

    def create(self, plural: str, singular: str, **values: object) -> Resource:
        """Create a resource and return it; a colon in an attribute's name is written as two underscores."""
        return self._one(self._call("POST", plural, {singular: _attributes(values)}))

    def update(self, plural: str, singular: str, identity: str, **values: object) -> Resource:
        """Update a resource and return it; None is null, which takes a value away."""
        return self._one(self._call("PUT", f"{plural}/{identity}", {singular: _attributes(values, nulls=True)}))

    def act(self, plural: str, identity: str, action: str, **values: object) -> Resource:
        """Do something to a resource (``add_router_interface``) and return the answer."""
        return self._call("PUT", f"{plural}/{identity}/{action}", _attributes(values))

    def delete(self, plural: str, identity: str) -> None:
        """Delete a resource."""
        self._call("DELETE", f"{plural}/{identity}")

    def by_name_or_id(self, plural: str, word: str) -> Resource:
        """Return the one resource with this name or id; raises StackFault when there is none, or more than one."""
        found = self.list(plural, name=word) or self.list(plural, id=word)
        if len(found) != 1:
            noun = plural.removesuffix("s").replace("-", " ")
            raise StackFault(
                f"{len(found) or 'no'} {noun}s are called {word}: `./stack openstack {noun} list` shows what there is"
            )
        return found[0]

    def project_id(self, name: str) -> str | None:
        """Return the id of the project *name*; None without Keystone, where requests name their project themselves."""
        return self._login.project_id(name, self._current_token()) if self._login else None

    def _current_token(self) -> str:
        with self._lock:
            if not self._token and self._login:
                self._token = self._login.token()
            return self._token

    def _forget_token(self, token: str) -> None:
        with self._lock:
            if self._token == token:
                self._token = ""

    @staticmethod
    def _one(body: Resource) -> Resource:
        (value,) = body.values()
        one: Resource = value
        return one

    def _call(
        self,
        method: str,
        path: str,
        body: Resource | None = None,
        query: dict[str, str] | None = None,
        fresh: bool = True,
    ) -> Resource:
        what = f"{method} /v2.0/{path}"
        token, headers = "", {"Content-Type": "application/json"}
        if self._login:
            token = self._current_token()
            headers["X-Auth-Token"] = token
        address = urlsplit(self.endpoint)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT_S)
        try:
            connection.request(
                method,
                f"/v2.0/{path}" + (f"?{urlencode(query)}" if query else ""),
                body=None if body is None else json.dumps(body),
                headers=headers,
            )
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise StackFault(
                f"no answer from {self.endpoint} to {what} ({error}): `./stack logs neutrino-api`"
            ) from error
        finally:
            connection.close()
        if response.status == http.HTTPStatus.UNAUTHORIZED and self._login and fresh:
            self._forget_token(token)
            return self._call(method, path, body, query, fresh=False)
        try:
            answer = json.loads(text) if text else {}
        except ValueError:
            answer = {}
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            fault = answer.get("NeutronError", {}) if isinstance(answer, dict) else {}
            raise ApiRefused(what, response.status, str(fault.get("type", "")), str(fault.get("message", "")))
        parsed: Resource = answer
        return parsed


def _attributes(values: dict[str, object], *, nulls: bool = False) -> Resource:
    return {name.replace("__", ":"): value for name, value in values.items() if nulls or value is not None}
