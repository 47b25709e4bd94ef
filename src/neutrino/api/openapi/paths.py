"""The part of the OpenAPI document that no declaration of a noun says: versions, extensions, quotas, availability."""

from typing import Any

from neutrino.api.nouns.quotas import LIMITED, UNLIMITED
from neutrino.api.openapi.schemas import answer, array, body, fields, parameter, reference, refusals, schema_of
from neutrino.api.paths.quotas import PROJECT_PATHS
from neutrino.store.availability import FILTERS, NetworkAvailability, SubnetAvailability

Json = dict[str, Any]
_TEXT: Json = {"type": "string"}
_LIMIT: Json = {"type": "integer", "minimum": UNLIMITED, "maximum": 2**31 - 1}
_LINKS = array(fields({"rel": _TEXT, "href": _TEXT}))
_PROJECT = parameter("project_id", "path", {"type": "string", "minLength": 1, "maxLength": 255})
_ZONE = fields({"name": _TEXT, "resource": {"const": "router"}, "state": {"enum": ["available", "unavailable"]}})


def _reads(what: str, schema: Json, *statuses: int, queries: tuple[str, ...] = ()) -> Json:
    parameters = [parameter(name, "query", array(_TEXT)) for name in queries]
    return {
        "operationId": what,
        "parameters": parameters,
        "responses": {"200": answer(schema, what)} | refusals(*statuses),
    }


_limits = fields(dict.fromkeys(LIMITED, _LIMIT))
_quota = fields({"quota": _limits})
_whose = fields({"project_id": _TEXT, "tenant_id": _TEXT, **dict.fromkeys(LIMITED, _LIMIT)})
_flags = {"force": {"type": "boolean"}, "check_limit": {"type": "boolean"}}
_wanted = {"type": "object", "properties": dict.fromkeys(LIMITED, _LIMIT) | _flags, "additionalProperties": False}
_detail = fields({"limit": _LIMIT, "used": {"type": "integer"}, "reserved": {"type": "integer"}})

SCHEMAS: Json = {
    "SubnetAvailability": schema_of(SubnetAvailability),
    "NetworkAvailability": schema_of(NetworkAvailability),
    "Extension": fields({"alias": _TEXT, "name": _TEXT, "description": _TEXT, "updated": _TEXT, "links": array({})}),
}


def paths() -> Json:
    """Return what these paths take and answer."""
    return {
        "/": {
            "get": _reads(
                "list_versions", fields({"versions": array(fields({"id": _TEXT, "status": _TEXT, "links": _LINKS}))})
            )
        },
        "/v2.0": {
            "get": _reads(
                "list_resources",
                fields({"resources": array(fields({"name": _TEXT, "collection": _TEXT, "links": _LINKS}))}),
            )
        },
        "/v2.0/extensions": {"get": _reads("list_extensions", fields({"extensions": array(reference("Extension"))}))},
        "/v2.0/extensions/{alias}": {
            "parameters": [parameter("alias", "path", {"type": "string", "minLength": 1})],
            "get": _reads("show_extension", fields({"extension": reference("Extension")}), 404),
        },
        "/v2.0/quotas": {"get": _reads("list_quotas", fields({"quotas": array(_whose)}), 401, 403)},
        **{
            f"/v2.0/quotas/{key}": {
                "get": _reads(f"show_{key}_of_quotas", fields({key: fields({f"{key}_id": _TEXT})}), 400, 401)
            }
            for key in PROJECT_PATHS
        },
        "/v2.0/quotas/{project_id}": {
            "parameters": [_PROJECT],
            "get": _reads("show_quota", _quota, 400, 401, 403, 404),
            "put": body(fields({"quota": _wanted})) | _reads("update_quota", _quota, 400, 401, 403, 404, 413, 503),
            "delete": {
                "operationId": "reset_quota",
                "responses": {"204": {"description": "reset"}} | refusals(400, 401, 403, 404, 503),
            },
        },
        "/v2.0/quotas/{project_id}/default": {
            "parameters": [_PROJECT],
            "get": _reads("show_default_quota", _quota, 400, 401, 403, 404),
        },
        "/v2.0/quotas/{project_id}/details": {
            "parameters": [_PROJECT],
            "get": _reads(
                "show_quota_details", fields({"quota": fields(dict.fromkeys(LIMITED, _detail))}), 400, 401, 403, 404
            ),
        },
        "/v2.0/availability_zones": {
            "get": _reads(
                "list_availability_zones",
                fields({"availability_zones": array(_ZONE)}),
                400,
                401,
                queries=("name", "resource", "state"),
            )
        },
        "/v2.0/network-ip-availabilities": {
            "get": _reads(
                "list_network_ip_availabilities",
                fields({"network_ip_availabilities": array(reference("NetworkAvailability"))}),
                400,
                401,
                403,
                queries=tuple(FILTERS),
            )
        },
        "/v2.0/network-ip-availabilities/{network_id}": {
            "parameters": [parameter("network_id", "path", {"type": "string", "minLength": 1})],
            "get": _reads(
                "show_network_ip_availability",
                fields({"network_ip_availability": reference("NetworkAvailability")}),
                400,
                401,
                403,
                404,
            ),
        },
    }
