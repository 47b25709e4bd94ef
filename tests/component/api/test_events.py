"""The stream of events: what it says first, what it says of changes, to whom, and how it is gone on with."""

import asyncio
import contextlib
import json
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from tests.component.api.conftest import singular
from tests.component.api.people import ACME, CLOUD, OTHER, ROLES

from neutrino.api.app import application
from neutrino.api.identity.authentication import NoAuth
from neutrino.api.page.feed import Feed
from neutrino.api.service import Service
from neutrino.model.faults.identity import Unauthenticated
from neutrino.store.database import open_database

COLLECTIONS = ["agents", "floatingips", "networks", "ports", "routers", "subnets"]


class Doorkeeper(NoAuth):
    """Believes everybody until it is closed."""

    is_closed = False

    async def caller(self, req):
        if self.is_closed:
            raise Unauthenticated("http://keystone")
        return await super().caller(req)


class Reader:
    """What one stream has said."""

    def __init__(self, queue):
        self._queue = queue

    async def next(self):
        """Return the next event that is no mere sign of life: (name, id, content)."""
        while True:
            block = await self._queue.get()
            fields = dict(line.split(": ", 1) for line in block.decode().splitlines() if line[:2] not in ("", ": "))
            if fields:
                return fields["event"], fields.get("id"), json.loads(fields["data"])

    async def next_raw(self):
        """Return what is sent next, None for the end."""
        block = await self._queue.get()
        return None if block is None else block.decode()


class Streams:
    """The application's ``/events``, by ASGI itself: httpx waits for the end of an answer before it gives any of it."""

    def __init__(self, api):
        self.api = api
        self.feed = Feed(api.database)
        self.doorkeeper = Doorkeeper("noauth")
        self.app = application(api.service, self.doorkeeper, self.feed)
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(application(api.service)), base_url="http://net")

    @asynccontextmanager
    async def open(self, role="admin", project=CLOUD, last=None):
        headers = [(b"x-roles", ROLES[role].encode()), (b"x-project-id", project.encode())]
        headers += [(b"last-event-id", last.encode())] if last is not None else []
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": "/events"}
        scope |= {
            "raw_path": b"/events",
            "query_string": b"",
            "headers": headers,
            "server": ("net", 80),
            "scheme": "http",
        }
        queue, left, began = asyncio.Queue(), asyncio.Event(), asyncio.Future()

        async def receive():
            if not began.done():
                return {"type": "http.request", "body": b"", "more_body": False}
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.start":
                began.set_result(message)
            elif message.get("body"):
                queue.put_nowait(message["body"])
            elif not message.get("more_body"):
                queue.put_nowait(None)

        serving = asyncio.create_task(self.app(scope, receive, send))
        try:
            assert (await began)["status"] == 200
            yield Reader(queue)
        finally:
            left.set()
            serving.cancel()
            await asyncio.wait([serving])

    async def send(self, method, path, body=None, role="admin", project=CLOUD):
        headers = {"X-Roles": ROLES[role], "X-Project-Id": project}
        answer = await self._client.request(method, f"/v2.0/{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def post(self, path, role="admin", project=CLOUD, **attributes):
        """Create one *path*."""
        noun = singular(path)
        return (await self.send("POST", path, {noun: attributes}, role, project))[noun]

    def run(self, story):
        async def bounded():
            async with asyncio.timeout(60):
                await story()

        self.api.run(bounded())


@pytest.fixture
def streams(api):
    return Streams(api)


def names(content):
    """Return the names of what an event tells, by collection; empty ones left out."""
    return {collection: sorted(one.get("name", "") for one in found) for collection, found in content.items() if found}


def test_it_begins_with_what_is_there_and_goes_on_with_what_changes(streams):
    async def story():
        network = await streams.post("networks", name="one")
        async with streams.open() as reader:
            event, position, content = await reader.next()
            assert (event, sorted(content), names(content)) == ("all", COLLECTIONS, {"networks": ["one"]})
            subnet = await streams.post("subnets", network_id=network["id"], cidr="10.0.0.0/24", ip_version=4)
            port = await streams.post("ports", network_id=network["id"], name="web")
            told, last = {}, int(position)
            while "ports" not in told:
                event, position, content = await reader.next()
                assert (event, content["gone"], int(position) > last) == ("some", {}, True)
                told |= content["changed"]
                last = int(position)
            assert {name: told["ports"][0][name] for name in ("id", "mac_address", "fixed_ips", "status")} == {
                "id": port["id"],
                "mac_address": port["mac_address"],
                "fixed_ips": [{"subnet_id": subnet["id"], "ip_address": "10.0.0.2"}],
                "status": "DOWN",
            }
            await streams.send("DELETE", f"ports/{port['id']}")
            assert (await reader.next())[2] == {"changed": {}, "gone": {"ports": [port["id"]]}}

    streams.run(story)


def test_status_that_a_controller_observes_is_told(streams):
    async def story():
        network = await streams.post("networks")
        port = await streams.post("ports", network_id=network["id"])
        async with streams.open() as reader:
            await reader.next()
            for status in ("ACTIVE", "DOWN"):
                await streams.api.intent.set_port_status({port["id"]: status})
                (told,) = (await reader.next())[2]["changed"]["ports"]
                assert (told["id"], told["status"]) == (port["id"], status)

    streams.run(story)


def test_what_another_process_writes_is_told(streams):
    async def story():
        async with streams.open() as reader:
            await reader.next()
            with contextlib.closing(open_database(streams.api.store.url)) as other:
                service = Service(other, streams.api.service.config, streams.api.service.binder)
                async with httpx.AsyncClient(
                    transport=httpx.ASGITransport(application(service)), base_url="http://b"
                ) as b:
                    made = (await b.post("/v2.0/networks", json={"network": {"name": "theirs"}})).json()["network"]
            assert (await reader.next())[2]["changed"]["networks"][0]["id"] == made["id"]

    streams.run(story)


def test_each_is_told_what_they_may_see_and_nothing_else(streams):
    async def story():
        async with streams.open("member", ACME) as mine, streams.open("member", OTHER) as theirs:
            assert (await mine.next())[0] == (await theirs.next())[0] == "all"
            secret = await streams.post("networks", "member", ACME, name="secret")
            told = (await mine.next())[2]["changed"]["networks"]
            assert [one["id"] for one in told] == [secret["id"]]
            assert "provider:network_type" not in told[0]
            await streams.send("DELETE", f"networks/{secret['id']}", role="member", project=ACME)
            assert (await mine.next())[2]["gone"] == {"networks": [secret["id"]]}
            own = await streams.post("networks", "member", OTHER, name="own")
            event, _, content = await theirs.next()  # the first that they hear of since "all"
            assert (event, [one["id"] for one in content["changed"]["networks"]], content["gone"]) == (
                *("some", [own["id"]]),
                {},
            )

    streams.run(story)


def test_what_becomes_shared_is_seen_at_once_and_what_is_shared_no_more_is_gone(streams):
    async def story():
        network = await streams.post("networks", "member", ACME, name="shared soon")
        async with streams.open("member", OTHER) as theirs:
            assert names((await theirs.next())[2]) == {}
            entry = {"object_type": "network", "object_id": network["id"], "action": "access_as_shared"}
            made = await streams.post("rbac-policies", "admin", CLOUD, target_tenant=OTHER, **entry)
            event, _, content = await theirs.next()
            assert (event, names(content)) == ("all", {"networks": ["shared soon"]})
            await streams.send("DELETE", f"rbac-policies/{made['id']}")
            event, _, content = await theirs.next()
            assert (event, names(content)) == ("all", {})

    streams.run(story)


def test_it_is_gone_on_with_from_the_last_event(streams):
    async def story():
        async with streams.open() as reader:
            _, position, _ = await reader.next()
        network = await streams.post("networks", name="meanwhile")
        async with streams.open(last=position) as reader:
            event, position, content = await reader.next()
            assert (event, names(content["changed"]), content["gone"]) == ("some", {"networks": ["meanwhile"]}, {})
        async with streams.open(last=position) as reader:
            assert await reader.next_raw() == ": here\n\n"  # nothing was missed
            await streams.send("DELETE", f"networks/{network['id']}")
            assert (await reader.next())[2]["gone"] == {"networks": [network["id"]]}

    streams.run(story)


@pytest.mark.parametrize("last", ["999999", "gone"])
def test_what_the_journal_cannot_tell_is_told_anew(streams, last):
    async def story():
        network = await streams.post("networks", name="one")
        async with streams.open("member", OTHER) as reader:
            _, position, _ = await reader.next()
        await streams.send("DELETE", f"networks/{network['id']}")
        # Whether this reader knew of the network, nobody remembers; its id is not given away.
        async with streams.open("member", OTHER, last=position if last == "gone" else last) as reader:
            event, _, content = await reader.next()
            assert (event, names(content)) == ("all", {})

    streams.run(story)


def test_it_ends_with_the_token(streams):
    async def story():
        async with streams.open() as reader:
            await reader.next()
            streams.doorkeeper.is_closed = True
            await streams.post("networks", name="unseen")
            assert (await reader.next())[0] == "unauthenticated"
            assert await reader.next_raw() is None

    streams.run(story)


def test_it_ends_with_the_service_and_none_begins_after(streams):
    async def story():
        async with streams.open() as reader:
            await reader.next()
            streams.feed.close()
            assert await reader.next_raw() is None

    streams.run(story)


def test_many_readers_share_one_look_at_the_journal(streams):
    async def story():
        async with AsyncExitStack() as stack:
            readers = [await stack.enter_async_context(streams.open()) for _ in range(5)]
            for reader in readers:
                await reader.next()
            following = [task for task in asyncio.all_tasks() if task.get_name() == "follow the journal"]
            assert len(following) == 1
            network = await streams.post("networks")
            for reader in readers:
                assert (await reader.next())[2]["changed"]["networks"][0]["id"] == network["id"]
        await asyncio.wait(following)  # nobody watches: nobody looks

    streams.run(story)


def test_a_position_that_is_none_is_refused(api):
    answer = api.send("GET", "/events", headers={"Last-Event-ID": "-1"})
    assert (answer.status_code, answer.json()["NeutronError"]["message"]) == (
        *(400,),
        "Last-Event-ID: '-1' is not the id of an event",
    )
