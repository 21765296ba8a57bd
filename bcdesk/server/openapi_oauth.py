"""The part of the OpenAPI document that tells the authorization server: its routes, forms and errors, as data."""

from collections.abc import Mapping
from typing import Final

from bcdesk.contract import app_routes
from bcdesk.contract.routes import Route
from bcdesk.server.openapi_oauth_data import (
    AUTHORIZATION,
    CREDENTIALS,
    GRANTS,
    SCHEMAS,
    TEXT,
    Json,
    object_of,
    token_of,
)

__all__ = ["SCHEMAS", "SECURITY", "paths"]

_FORM: Final = "application/x-www-form-urlencoded"
SECURITY: Final[dict[str, Json]] = {
    "access": {"type": "http", "scheme": "bearer", "description": "An access token of an application."},
    "client": {"type": "http", "scheme": "basic", "description": "A client id and its secret."},
    "registration": {"type": "http", "scheme": "bearer", "description": "The token of one registration (RFC 7592)."},
}


class _Told:
    """What is told of one route."""

    def __init__(
        self,
        summary: str,
        good: dict[str, str | None],
        bad: str,
        *,
        security: tuple[str, ...] = (),
        form: Mapping[str, Json] | None = None,
        required: str = "",
        body: str | None = None,
    ) -> None:
        self.summary = summary
        self.good = good
        self.bad = bad.split()
        self.security = security
        self.form = form
        self.required = required.split()
        self.body = body


_TOLD: Final[dict[Route, _Told]] = {
    app_routes.AUTHORIZE: _Told("Ask a user to allow an application something (RFC 6749 §3.1).", {}, "403 415 421"),
    app_routes.TOKEN: _Told(
        "Redeem a code, refresh, or act for itself (RFC 6749 §3.2).",
        {"200": "TokenReply"},
        "400 401 413 415 421",
        security=("client", ""),
        form={
            "grant_type": {"type": "string", "enum": GRANTS},
            "code": token_of("bco"),
            "redirect_uri": TEXT,
            "code_verifier": {"type": "string", "pattern": "^[A-Za-z0-9._~-]{43,128}$"},
            "refresh_token": token_of("bcr"),
            "scope": TEXT,
            **CREDENTIALS,
        },
        required="grant_type",
    ),
    app_routes.REVOKE: _Told(
        "End a token (RFC 7009).",
        {"200": None},
        "400 401 413 415 421",
        security=("client", ""),
        form={"token": TEXT, "token_type_hint": TEXT, **CREDENTIALS},
        required="token",
    ),
    app_routes.INTROSPECT: _Told(
        "Tell what a token is (RFC 7662).",
        {"200": "Introspection"},
        "400 401 403 413 415 421",
        security=("client", "member", ""),
        form={"token": TEXT, "token_type_hint": TEXT, **CREDENTIALS},
        required="token",
    ),
    app_routes.PAR: _Told(
        "Take an authorization request beforehand (RFC 9126).",
        {"201": "PushedReply"},
        "400 401 403 413 415 421",
        security=("client", ""),
        form={**AUTHORIZATION, **CREDENTIALS},
        required="response_type",
    ),
    app_routes.REGISTER: _Told(
        "Register a client (RFC 7591).",
        {"201": "ClientInformation"},
        "400 401 403 413 415 421",
        security=("member",),
        body="ClientMetadata",
    ),
    app_routes.REGISTRATION_GET: _Told(
        "Read a registration (RFC 7592).",
        {"200": "ClientInformation"},
        "401 403 413 415 421",
        security=("registration",),
    ),
    app_routes.REGISTRATION_PUT: _Told(
        "Replace a registration (RFC 7592).",
        {"200": "ClientInformation"},
        "400 401 403 413 415 421",
        security=("registration",),
        body="ClientUpdate",
    ),
    app_routes.REGISTRATION_DELETE: _Told(
        "Delete a registration (RFC 7592).", {"204": None}, "401 403 413 415 421", security=("registration",)
    ),
    app_routes.USERINFO: _Told("Tell who consented.", {"200": "UserInfo"}, "401 403 413 415 421", security=("access",)),
    app_routes.METADATA: _Told("Tell what this server can do (RFC 8414).", {"200": "ServerMetadata"}, "413 415 421"),
}


def paths() -> dict[str, dict[str, Json]]:
    """Return the operations of the authorization server by path and method."""
    found: dict[str, dict[str, Json]] = {}
    for route, told in _TOLD.items():
        found.setdefault(route.path, {})[route.method.lower()] = _operation(route, told)
    return found


def _operation(route: Route, told: _Told) -> Json:
    operation: Json = {
        "operationId": route.name,
        "summary": told.summary,
        "description": told.summary,
        "security": [{name: []} if name else {} for name in told.security],
        "responses": {status: _reply(schema) for status, schema in told.good.items()}
        | {status: _error(status) for status in told.bad},
    }
    if "{client_id}" in route.path:
        operation["parameters"] = [{"name": "client_id", "in": "path", "required": True, "schema": TEXT}]
    if route is app_routes.AUTHORIZE:
        operation["parameters"] = [
            {"name": name, "in": "query", "required": name == "client_id", "schema": schema}
            for name, schema in {**AUTHORIZATION, "request_uri": TEXT}.items()
        ]
        operation["responses"] |= {
            "200": _page("The page on which a user signs in."),
            "303": {
                "description": "An answer to the application: an error of RFC 6749 §4.1.2.1, with `iss`.",
                "headers": {**_HEADERS, "Location": {"required": True, "schema": TEXT}},
            },
            "400": _page("A page that says what is wrong, where nothing may be sent to the application."),
        }
    if told.form is not None:
        schema = object_of(" ".join(told.required), **told.form)
        operation["requestBody"] = {"required": True, "content": {_FORM: {"schema": schema}}}
    if told.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(told.body)}}}
    return operation


_HEADERS: Final[Json] = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}


def _ref(schema: str) -> Json:
    return {"$ref": f"#/components/schemas/{schema}"}


def _reply(schema: str | None) -> Json:
    told: Json = {"description": "Done.", "headers": _HEADERS}
    if schema is not None:
        told["content"] = {"application/json": {"schema": _ref(schema)}}
    return told


def _error(status: str) -> Json:
    headers = dict(_HEADERS)
    if status == "401":
        headers["WWW-Authenticate"] = {"$ref": "#/components/headers/WWW-Authenticate"}
    return {
        "description": "An error as RFC 6749 §5.2 or RFC 7591 §3.2.2 tells it.",
        "headers": headers,
        "content": {"application/json": {"schema": _ref("OAuthError")}},
    }


def _page(description: str) -> Json:
    return {"description": description, "headers": _HEADERS, "content": {"text/html": {"schema": TEXT}}}
