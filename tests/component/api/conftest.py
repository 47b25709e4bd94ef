"""The API in-process over a real database, and a client in which a story is one line a request."""

import asyncio
import json
import uuid

import httpx
import pytest

from neutrino.api.app import application
from neutrino.api.service import Service
from neutrino.backends.ovn.binding import OvnBinder
from neutrino.model.agent import CONTROLLER_AGENT, Agent
from neutrino.runtime.config import load
from neutrino.store.database import open_database
from neutrino.store.intent import Intent

PROJECT = "acme"


def singular(path):
    """Return the name of one of the collection *path*."""
    word = path.replace("-", "_")
    return f"{word.removesuffix('ies')}y" if word.endswith("ies") else word.removesuffix("s")


class Api:
    """A client of the application, and what its database holds."""

    def __init__(self, store, config, settings=()):
        self.store = store
        config.write_text("[DEFAULT]\n" + "".join(f"{line}\n" for line in settings))
        self.database = open_database(store.url)
        loaded = load(["--config-file", str(config)])
        self.service = Service(self.database, loaded, OvnBinder(loaded.vhost_sock_dir))
        self.intent = Intent(self.database)
        self._runner = asyncio.Runner()
        self.application = application(self.service)
        transport = httpx.ASGITransport(self.application)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://net", headers={"X-Project-Id": PROJECT})

    def close(self):
        self.run(self._client.aclose())
        self.database.close()
        self._runner.close()

    def run(self, awaitable):
        """Await, from a test that is not a coroutine."""
        return self._runner.run(awaitable)

    def send(self, method, path, **kwargs):
        """Send a request; *path* is below /v2.0 where it begins with a word."""
        url = path if path.startswith(("/", "http:")) else f"/v2.0/{path}"
        return self.run(self._client.request(method, url, **kwargs))

    def together(self, requests, headers=None):
        """Send (method, path, body) requests at once; return the answers in the same order."""

        async def send_all():
            return await asyncio.gather(
                *(
                    self._client.request(method, f"/v2.0/{path}", json=body, headers=headers)
                    for method, path, body in requests
                )
            )

        return self.run(send_all())

    def get(self, path, *pairs, **filters):
        """Show, or list, and return what is inside the answer."""
        answer = self.send("GET", path, params=[*pairs, *filters.items()])
        assert answer.status_code == 200, answer.text
        (inside,) = (value for key, value in answer.json().items() if not key.endswith("_links"))
        return inside

    def post(self, path, headers=None, **attributes):
        """Create one *path* (a collection, as in the URL)."""
        noun = singular(path)
        answer = self.send("POST", path, json={noun: attributes}, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()[noun]

    def put(self, path, headers=None, **attributes):
        """Change the resource *path*, collection/id."""
        noun = singular(path.partition("/")[0])
        answer = self.send("PUT", path, json={noun: attributes}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()[noun]

    def delete(self, path, headers=None):
        """Delete the resource *path*."""
        answer = self.send("DELETE", path, headers=headers)
        assert (answer.status_code, answer.content) == (204, b""), answer.text

    def refused(self, method, path, body=None, **kwargs):
        """Send what must be refused without a trace; return (status, type, message)."""
        before = self.rows()
        if isinstance(body, bytes):
            kwargs["content"] = body
        elif body is not None:
            kwargs["content"] = json.dumps(body)
        answer = self.send(method, path, **kwargs)
        assert answer.status_code >= 400, answer.text
        (fault,) = answer.json().values()
        assert sorted(fault) == ["detail", "message", "type"]
        assert self.rows() == before
        return answer.status_code, fault["type"], fault["message"]

    def rows(self):
        """Return every row of every table."""
        return {name: sorted(rows, key=repr) for name, rows in self.store.rows().items()}

    def journal(self):
        """Return (collection, id, aspect) of each line of the journal."""
        return [row[1:] for row in sorted(self.rows()["journal"])]

    def network(self, **attributes):
        """Create a network."""
        return self.post("networks", **attributes)

    def subnet(self, network, cidr, **attributes):
        """Create a subnet."""
        version = 6 if ":" in cidr else 4
        return self.post("subnets", network_id=network["id"], cidr=cidr, ip_version=version, **attributes)

    def port(self, network, **attributes):
        """Create a port."""
        return self.post("ports", network_id=network["id"], **attributes)

    def host(self, name, **configurations):
        """Have the backend observe a live chassis."""
        times = dict.fromkeys(("created_at", "started_at", "heartbeat_timestamp"), "2030-01-01 00:00:00")
        agent = Agent(
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
            agent_type=CONTROLLER_AGENT,
            binary="ovn-controller",
            host=name,
            alive=True,
            configurations=configurations,
            **times,
        )
        self.run(self.intent.put_agents([agent]))


@pytest.fixture
def serve(make_store, tmp_path):
    """Serve the API with the given lines of [DEFAULT]."""
    opened = []

    def start(*settings):
        opened.append(Api(make_store(), tmp_path / f"{len(opened)}.conf", settings))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.fixture
def api(serve):
    """The API with its default settings."""
    return serve()


@pytest.fixture
def beside(api, tmp_path):
    """Another process's worth of the API on the same database: it shares nothing else with `api`."""
    made = Api(api.store, tmp_path / "beside.conf")
    yield made
    made.close()
