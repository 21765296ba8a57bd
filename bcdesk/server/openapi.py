"""The OpenAPI 3.1 document: FastAPI tells paths and forms, this adds every status, header and problem.

``/v1`` and health are plain routes; they are described by stand-ins that are never served.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from bcdesk.contract import app_routes, routes, wire
from bcdesk.contract.codes import Code, Fault
from bcdesk.contract.routes import Route
from bcdesk.server import openapi_oauth
from bcdesk.server.manage import Limit, Place
from bcdesk.server.openapi_data import (
    BY_ROUTE,
    HEADERS,
    MANAGEMENT,
    OF_REPLIES,
    SECRET_FORMS,
    SOMETIMES_SECRET,
    STATUS_OF,
    WITH_BODY,
)

_Json = dict[str, Any]
_JSON: Final = "application/json"
_PROBLEM: Final = "application/problem+json"
_BY_PLACE: Final = {(route.path, route.method.lower()): route for route in (*routes.ROUTES, *app_routes.APP_ROUTES)}

_TAILS: Final = (app_routes.FLOW_TRACE, routes.EVENTS)
"""What can also be followed."""


class _Document(wire.Wire):
    """An OpenAPI document."""

    openapi: str
    info: dict[str, str]
    paths: dict[str, dict[str, object]]
    components: dict[str, dict[str, object]]


def document(app: FastAPI) -> str:
    """Return the document of ``app`` as JSON text."""
    found = get_openapi(
        title="bcdesk",
        version=app.version,
        openapi_version="3.1.0",
        summary="Management of BeatConnect credentials, and the API that they open.",
        routes=[*app.routes, *_stand_ins().routes],
        separate_input_output_schemas=False,
    )
    schemas: _Json = found["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for model in (wire.Problem, wire.ErrorItem):
        schemas[model.__name__] = _plain(model.model_json_schema(ref_template="#/components/schemas/{model}"))
    schemas["Problem"]["properties"]["code"]["enum"] = sorted(Code)
    schemas["ErrorItem"]["properties"]["code"]["enum"] = sorted(Fault)
    for patch in (wire.KeyPatch, wire.MemberPatch, wire.AppPatch):
        for member in schemas[patch.__name__]["properties"].values():
            member.pop("default", None)  # what is left out stays as it is
    for name, pattern in SECRET_FORMS.items():
        schemas[f"{name}WithSecret"] = _with_secret(name, pattern)
    found["components"]["securitySchemes"] = {
        "member": {"type": "http", "scheme": "bearer", "description": "A member's token of the client bcdesk."},
        "key": {"type": "http", "scheme": "bearer", "description": "An API key."},
    }
    found["components"]["securitySchemes"] |= openapi_oauth.SECURITY
    found["components"]["headers"] = HEADERS
    schemas |= openapi_oauth.SCHEMAS
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            _complete(_BY_PLACE[path, method], operation)
    found["paths"] |= openapi_oauth.paths()
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _complete(route: Route, operation: _Json) -> None:
    for parameter in operation.get("parameters", []):
        parameter["schema"].pop("title", None)
    operation["security"] = (
        [{"member": []}] if route.role else [{"key": []}, {"access": []}] if route in OF_REPLIES else []
    )
    if route.role is not None:
        operation["description"] = f"{operation.get('description', '')} Least role: {route.role}.".strip()
    if route.makes_secret:
        _parameter(operation, "Idempotency-Key", {"type": "string", "pattern": routes.IDEMPOTENCY_KEY})
    if route in _TAILS:
        _parameter(operation, "Last-Event-ID", {"type": "string"}, required=False)
    if route.method == "PATCH":
        _parameter(operation, "If-Match", {"type": "string", "examples": ['"1"']})
        content = operation["requestBody"]["content"]
        content["application/merge-patch+json"] = content[_JSON]
    responses: _Json = {}
    for status, reply in operation["responses"].items():
        if not status.startswith("2"):
            continue  # FastAPI's own 422 has another form
        reply["description"] = "Made." if status == "201" else "Done."
        reply["headers"] = _headers(["X-Request-Id", *OF_REPLIES.get(route, ())])
        if route.makes_secret:
            schema = reply["content"][_JSON]["schema"]
            schema["$ref"] += "WithSecret"
        if route in _TAILS:
            reply["content"]["text/event-stream"] = {"schema": {"type": "string"}}
        responses[status] = reply
    for status, codes in _problems(route).items():
        responses[str(status)] = _problem(status, codes, route)
    operation["responses"] = responses


def _problems(route: Route) -> dict[int, list[Code]]:
    codes = [Code.WRONG_HOST, Code.UNSUPPORTED_MEDIA_TYPE, Code.BODY_TOO_LARGE, *BY_ROUTE.get(route, ())]
    if route.role is not None:
        codes += MANAGEMENT
        if route.method in ("POST", "PATCH"):
            codes += WITH_BODY
    if "{" in route.path:
        codes.append(Code.NOT_FOUND)
    found: dict[int, list[Code]] = {}
    for code in codes:
        found.setdefault(STATUS_OF[code], []).append(code)
    return dict(sorted(found.items()))


def _problem(status: int, codes: list[Code], route: Route) -> _Json:
    names = ["X-Request-Id"]
    if status in (401, 403):
        names.append("WWW-Authenticate")
    if status == 429:
        names += ["Retry-After", *OF_REPLIES[route]]
    if status == 412:
        names.append("ETag")
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "headers": _headers(names, sometimes={"WWW-Authenticate"} if status == 403 else set()),
        "content": {
            _PROBLEM: {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/Problem"},
                        {
                            "type": "object",
                            "properties": {
                                "status": {"const": status},
                                "code": {"enum": sorted(codes)},
                            },
                        },
                    ]
                }
            }
        },
    }


def _headers(names: list[str], sometimes: set[str] | None = None) -> _Json:
    return {
        name: {**HEADERS[name], "required": False}
        if name in (sometimes or ())
        else {"$ref": f"#/components/headers/{name}"}
        for name in dict.fromkeys(names)
    }


def _parameter(operation: _Json, name: str, schema: Mapping[str, object], *, required: bool = True) -> None:
    parameter = {"name": name, "in": "header", "required": required, "schema": schema}
    operation.setdefault("parameters", []).append(parameter)


def _with_secret(name: str, pattern: str) -> _Json:
    secret = {"type": "string", "format": "password", "pattern": pattern, "readOnly": True}
    return {
        "title": f"{name}WithSecret",
        "description": "The only kind of reply that holds a secret.",
        "allOf": [
            {"$ref": f"#/components/schemas/{name}"},
            {
                "type": "object",
                "required": [] if name in SOMETIMES_SECRET else ["secret"],
                "properties": {"secret": secret},
            },
        ],
    }


def _plain(schema: _Json) -> _Json:
    schema.pop("$defs", None)
    return schema


def _stand_ins() -> FastAPI:
    app = FastAPI(openapi_url=None)

    def add(route: Route, endpoint: Any, model: type[wire.Wire]) -> None:
        app.add_api_route(
            route.path,
            endpoint,
            methods=[route.method],
            response_model=model,
            name=route.name,
            operation_id=route.name,
            status_code=201 if route is app_routes.PURCHASES else 200,
        )

    add(routes.ME, _me, wire.Profile)
    add(routes.BEATS, _beats, wire.BeatList)
    add(app_routes.PURCHASES, _purchases, wire.Purchase)
    add(app_routes.SUBSCRIPTION, _subscription, wire.Subscription)
    add(routes.HEALTHZ, _healthz, wire.Health)
    add(routes.READYZ, _readyz, wire.Health)
    add(routes.OPENAPI, _openapi, _Document)
    return app


def _me() -> None:
    """Tell whose account the credential belongs to."""


def _beats(limit: Limit = routes.PAGE_DEFAULT, cursor: Place = None) -> None:
    """Browse the catalogue."""


def _purchases(body: wire.PurchaseNew) -> None:
    """Buy a licence of a beat."""


def _subscription() -> None:
    """Tell which subscription the account has."""


def _healthz() -> None:
    """Tell that the process runs."""


def _readyz() -> None:
    """Tell that the database answers."""


def _openapi() -> None:
    """Describe this server."""
