"""The part of the OpenAPI document for further paths of nouns: agents' networks and routers, bindings, flavors, QoS.

Here: what has handlers of its own beside the declarations. Not here: versions, quotas, availability (paths.py).
"""

from typing import Any

from neutrino.api.nouns.port_bindings import NAMES
from neutrino.api.openapi.schemas import answer, array, body, fields, parameter, reference, refusals

Json = dict[str, Any]
_TEXT: Json = {"type": "string"}
_OBJECT: Json = {"type": "object"}
_ANY: Json = {}
_READING, _WRITING = (400, 401, 403, 404, 409), (400, 401, 403, 404, 409, 413, 500, 503)


def _path(name: str) -> Json:
    return parameter(name, "path", {"type": "string", "minLength": 1})


def _get(what: str, schema: Json, *queries: str) -> Json:
    parameters = [parameter(name, "query", array(_TEXT)) for name in (*queries, "fields")]
    done = {"200": answer(schema, what)} | refusals(*_READING)
    return {"get": {"operationId": what, "parameters": parameters, "responses": done}}


def _write(method: str, what: str, status: int, schema: Json | None = None, given: Json | None = None) -> Json:
    done = answer(schema, what) if schema else {"description": what}
    out = {"operationId": what, "responses": {str(status): done} | refusals(*_WRITING)}
    return {method: out | (body(given) if given else {})}


def _many(name: str, item: Json) -> Json:
    return fields({name: array(item)})


def paths() -> Json:
    """Return what these paths take and answer."""
    return {f"/v2.0/{path}": item for path, item in (_bindings() | _agents() | _flavors() | _qos() | _lists()).items()}


def _bindings() -> Json:
    binding = fields({"binding": fields(dict.fromkeys(NAMES, _ANY))})
    given, port, one = fields({"binding": _OBJECT}), "ports/{row_id}/bindings", [_path("row_id"), _path("host")]
    return {
        port: {"parameters": one[:1]}
        | _get("list_bindings", _many("bindings", _OBJECT), "host", "vif_type", "vnic_type", "status")
        | _write("post", "create_binding", 201, binding, given),
        f"{port}/{{host}}": {"parameters": one}
        | _get("show_binding", binding)
        | _write("put", "update_binding", 200, binding, given)
        | _write("delete", "delete_binding", 204),
        f"{port}/{{host}}/activate": {"parameters": one}
        | _write("put", "activate_binding", 200, fields(dict.fromkeys(NAMES, _ANY))),
    }


def _agents() -> Json:
    agent, network, router = _path("row_id"), _path("network_id"), _path("router_id")
    null: Json = {"type": "null"}
    networks, routers = "agents/{row_id}/dhcp-networks", "agents/{row_id}/l3-routers"
    return {
        "networks/{row_id}/dhcp-agents": {"parameters": [agent]}
        | _get("list_dhcp_agents_of_network", _many("agents", _OBJECT)),
        networks: {"parameters": [agent]}
        | _get("list_networks_of_agent", _many("networks", _OBJECT))
        | _write("post", "add_network_to_agent", 201, null, fields({"network_id": _TEXT})),
        f"{networks}/{{network_id}}": {"parameters": [agent, network]}
        | _write("delete", "remove_network_from_agent", 204),
        "routers/{row_id}/l3-agents": {"parameters": [agent]} | _get("list_agents_of_router", _many("agents", _OBJECT)),
        routers: {"parameters": [agent]}
        | _get("list_routers_of_agent", _many("routers", reference("RouterFields")))
        | _write("post", "add_router_to_agent", 201, null, fields({"router_id": _TEXT})),
        f"{routers}/{{router_id}}": {"parameters": [agent, router]}
        | _write("put", "update_router_of_agent", 200, null, _OBJECT)
        | _write("delete", "remove_router_from_agent", 204),
    }


def _flavors() -> Json:
    flavor, profile = _path("row_id"), fields({"service_profile": fields({"id": _TEXT})})
    under = "flavors/{row_id}/service_profiles"
    return {
        under: {"parameters": [flavor]}
        | _get("list_profiles_of_flavor", _many("service_profiles", fields({"id": _TEXT})))
        | _write("post", "add_profile_to_flavor", 201, profile, profile),
        f"{under}/{{profile_id}}": {"parameters": [flavor, _path("profile_id")]}
        | _get("show_profile_of_flavor", profile)
        | _write("delete", "remove_profile_from_flavor", 204),
        "flavors/{row_id}/next_providers": {"parameters": [flavor]}
        | _get("list_next_providers", _many("next_providers", fields({"provider": _TEXT, "driver": _TEXT}))),
        "service-providers": _get(
            "list_service_providers", _many("service_providers", _OBJECT), "service_type", "name", "default"
        ),
    }


def _qos() -> Json:
    out: Json = {
        "qos/rule-types": _get("list_rule_types", _many("rule_types", fields({"type": _TEXT})), "all_rules"),
        "qos/rule-types/{rule_type}": {"parameters": [_path("rule_type")]}
        | _get("show_rule_type", fields({"rule_type": fields({"type": _TEXT, "drivers": array(_OBJECT)})})),
    }
    for kind in ("bandwidth_limit", "dscp_marking", "minimum_bandwidth", "minimum_packet_rate", "packet_rate_limit"):
        name = f"alias_{kind}_rule"
        rule = fields({name: _OBJECT})
        out[f"qos/{name}s/{{row_id}}"] = (
            {"parameters": [_path("row_id")]}
            | _get(f"show_{name}", rule)
            | _write("put", f"update_{name}", 200, rule, rule)
            | _write("delete", f"delete_{name}", 204)
        )
    return out


def _lists() -> Json:
    topology = fields({"id": _TEXT, "project_id": _TEXT, "tenant_id": _TEXT})
    return {
        "log/loggable-resources": _get(
            "list_loggable_resources", _many("loggable_resources", {"type": "object"}), "type"
        ),
        "floatingip_pools": _get("list_floatingip_pools", _many("floatingip_pools", _OBJECT)),
        "auto-allocated-topology/{project_id}": {"parameters": [_path("project_id")]}
        | _get("show_auto_allocated_topology", fields({"auto_allocated_topology": topology}))
        | _write("delete", "delete_auto_allocated_topology", 204),
    }
