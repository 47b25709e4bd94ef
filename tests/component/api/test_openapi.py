"""The application beside its own description: whatever is sent, the answer is one that the document has."""

import random
import re

import pytest
import schemathesis
from falcon.inspect import inspect_routes
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from neutrino.api.openapi.document import document
from neutrino.api.routes import NOUNS
from neutrino.model.resource import attributes

EXAMPLES = {GenerationMode.POSITIVE: 7, GenerationMode.NEGATIVE: 2}  # of each operation
ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
PREFIXES = st.one_of(
    st.tuples(st.ip_addresses(v=4).map(str), st.integers(0, 32)),
    st.tuples(st.ip_addresses(v=6).map(str), st.integers(0, 128)),
).map(lambda pair: f"{pair[0]}/{pair[1]}")
MACS = st.binary(min_size=5, max_size=5).map(lambda octets: f"fa:{octets.hex(':')}")
FORMATS = {"ip": ADDRESSES, "cidr": PREFIXES, "ip-or-cidr": st.one_of(ADDRESSES, PREFIXES), "mac": MACS}
for _name, _strategy in FORMATS.items():
    schemathesis.openapi.format(_name, _strategy)
load_all_checks()
MISSING = "00000000-0000-0000-0000-000000000000"
CONFORMANCE = CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)
SCHEMA = schemathesis.openapi.from_dict(document())
# What deletes comes last, so that there is something to delete, and to do all else to.
OPERATIONS = sorted((found.ok() for found in SCHEMA.get_all_operations()), key=lambda one: one.method == "delete")
BY_PATH = {operation.label: operation for operation in OPERATIONS}


def _owner(label: str) -> str:
    return label.split("/")[2].replace("-", "_") if label.count("/") > 1 else ""


COLLECTIONS = sorted(set(map(_owner, BY_PATH)))
# Attributes whose values are ids, with the collection that they point into.
REFERS = {
    a.wire: a.attr.refers for noun in NOUNS for a in attributes(noun.cls).values() if a.attr.refers and a.attr.shown
} | {"security_groups": "security_groups", "subnet_id": "subnets"}


@pytest.fixture
def ids(api) -> dict[str, list[str]]:
    """What there is when anything is sent, by collection."""
    outer, inner = api.network(**{"router:external": True}), api.network()
    api.subnet(outer, "203.0.113.0/24")
    subnet = api.subnet(inner, "10.0.0.0/24")
    router = api.post("routers", external_gateway_info={"network_id": outer["id"]})
    api.send("PUT", f"routers/{router['id']}/add_router_interface", json={"subnet_id": subnet["id"]})
    port = api.port(inner)
    api.post("floatingips", floating_network_id=outer["id"], port_id=port["id"])
    api.post("subnetpools", name="pool", prefixes=["10.8.0.0/16"])
    api.post("address-groups", addresses=["192.0.2.0/24"])
    api.post("address-scopes", ip_version=4)
    api.post("default-security-group-rules", direction="ingress", protocol="tcp")
    api.host("h1")
    return {noun.cls.collection: [row["id"] for row in api.get(noun.route)] for noun in NOUNS if not noun.parent}


def _with_ids(value: object, ids: dict[str, list[str]], chance: random.Random) -> object:
    """Return *value* with most of the ids in it those of what there is."""
    if isinstance(value, list):
        return [_with_ids(one, ids, chance) for one in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, one in value.items():
        known = ids.get(REFERS.get(key, ""))
        if known and isinstance(one, str) and chance.random() < 0.9:
            out[key] = chance.choice(known)
        elif known and isinstance(one, list) and chance.random() < 0.9:
            out[key] = [chance.choice(known) if isinstance(item, str) else item for item in one[:1]]
        else:
            out[key] = _with_ids(one, ids, chance)
    return out


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_answers_are_as_described(api, ids, collection) -> None:
    for label, operation in BY_PATH.items():
        if _owner(label) == collection:
            for mode, examples in EXAMPLES.items():
                _send_many(api, ids, operation, mode, examples)


def _send_many(api, ids, operation, mode, examples) -> None:
    chance = random.Random(operation.label)

    @seed(20)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case) -> None:
        known = ids.get(_owner(operation.label))
        if known and "row_id" in (case.path_parameters or {}) and chance.random() < 0.9:
            case.path_parameters["row_id"] = chance.choice(known)
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            case.body = _with_ids(case.body, ids, chance)
        wanted = case.as_transport_kwargs(base_url="http://net")
        content, _ = wanted.pop("data", None), wanted.pop("cookies", None)
        answer = api.send(wanted.pop("method"), wanted.pop("url"), content=content, **wanted)
        case.validate_response(answer, checks=CONFORMANCE)

    try:
        send()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # an operation that takes whatever comes


BESIDE_THE_API = {"/", "/page/{name}", "/page/login", "/events", "/openapi.json"}  # the page's, and the document


def _plain(path: str) -> str:
    """Return *path* without what spellings differ in: names of parameters, dashes."""
    return re.sub(r"{[^}]*}", "{}", path).replace("-", "_")


def test_each_route_is_described(api) -> None:
    """What the document lacks of a route is refused as a method that there is not; what it has is routed."""
    # Upstream has tags under the collection's own name too, which is the path's in the document.
    own = {_plain(f"/v2.0/{noun.cls.collection}/"): _plain(f"/v2.0/{noun.route}/") for noun in NOUNS if not noun.parent}
    described = {
        (_plain(path), method.upper())
        for path, item in document()["paths"].items()
        for method in item
        if method != "parameters"
    }
    routed = set()
    for route in inspect_routes(api.application):
        if route.path in BESIDE_THE_API - {"/"}:
            continue
        path = _plain(route.path)
        if "/tags" in path:
            path = next((path.replace(a, b) for a, b in own.items() if path.startswith(a)), path)
        for method in (one.method for one in route.methods if not one.internal):
            if (path, method) in described:
                routed.add((path, method))
            else:
                answer = api.send(method, re.sub(r"{[^}]*}", MISSING, route.path), json={})
                assert answer.status_code == 405, f"{method} {route.path} is not described"
    assert described - routed == set()


def test_the_document_is_served(api) -> None:
    answer = api.send("GET", "/openapi.json")
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")
    assert f"/v2.0/{NOUNS[0].route}" in answer.json()["paths"]
