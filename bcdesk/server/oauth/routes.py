"""The routes of the authorization server, plain Starlette; what goes wrong in them leaves as RFC 6749 §5.2 says."""

import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bcdesk.contract import app_routes
from bcdesk.contract.first_party import SETUP_PATH
from bcdesk.server import hop_notes as notes
from bcdesk.server import problems
from bcdesk.server.flow_trace import why
from bcdesk.server.flow_trace.traced import Endpoint, traced
from bcdesk.server.guard import BODY
from bcdesk.server.oauth import client_auth, lookups, pushed, register
from bcdesk.server.oauth.access import Access, find_access
from bcdesk.server.oauth.authorize import authorize
from bcdesk.server.oauth.core import Call, OAuthCore, check_token_form
from bcdesk.server.oauth.errors import (
    REALM,
    InvalidRequestError,
    InvalidTokenError,
    OAuth2Error,
    body_of,
    headers_of,
)
from bcdesk.server.oauth.forms import Parameters, read, read_form
from bcdesk.server.oauth.metadata import metadata
from bcdesk.server.oauth.setup import setup, setup_done
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState, state_of

_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


def told(endpoint: Endpoint) -> Endpoint:
    """Return ``endpoint`` with its errors told as OAuth tells them."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except OAuth2Error as error:
            notes.error(str(error.error))
            return reply(body_of(error), error.status_code, headers_of(error))
        except ProblemError as error:
            return reply({"error": "server_error" if error.status >= 500 else "invalid_request",
                          "error_description": error.detail}, error.status, error.headers)  # fmt: skip
        except Exception as error:  # noqa: BLE001 - the caller is told nothing but the request's id
            notes.error("server_error")
            problem = problems.internal(request.scope, error)
            return reply({"error": "server_error", "error_description": problem.detail}, 500)

    return answer


def reply(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON reply."""
    return Response(_encode(body), status, headers=headers, media_type="application/json")


async def token(request: Request) -> Response:
    """Answer the token endpoint (RFC 6749 §3.2)."""
    form, authorization = await _form(request)
    notes.of_type(form.get("grant_type"))
    if "grant_type" not in form:
        client_auth.claim(form, authorization)
    check_token_form(form)
    core: OAuthCore = request.app.state.oauth
    call = Call(form, authorization, state_of(request).now())
    answer = await run_in_threadpool(core.token, call)
    if (origin := request.headers.get("origin")) is not None and call.client is not None:
        why.foreign_page(call.client.type, call.client.redirect_uris, origin)
    return reply(answer.body, answer.status, answer.headers)


async def introspect(request: Request) -> Response:
    """Tell what a token is (RFC 7662)."""
    form, authorization = await _form(request)
    return reply(await lookups.introspect(state_of(request), form, authorization))


async def revoke(request: Request) -> Response:
    """End a token (RFC 7009)."""
    form, authorization = await _form(request)
    await run_in_threadpool(lookups.revoke, state_of(request), form, authorization)
    return Response(status_code=200)


async def par(request: Request) -> Response:
    """Take an authorization request beforehand (RFC 9126)."""
    form, authorization = await _form(request)

    def push(state: ServerState) -> dict[str, object]:
        now = state.now()
        client = client_auth.authenticate(state, form, authorization, now, client_auth.METHODS)
        state.usage.apps.record(client.id, client.secret_id, None, now)
        return pushed.push(state, client, Parameters(form, frozenset()), now)

    return reply(await run_in_threadpool(push, state_of(request)), 201)


async def registration(request: Request) -> Response:
    """Register a client (RFC 7591)."""
    body = _body(request)
    return reply(await run_in_threadpool(register.register, state_of(request), body, _authorization(request)), 201)


async def configuration(request: Request) -> Response:
    """Read, replace or delete a registration (RFC 7592)."""
    state, client_id, body = state_of(request), request.path_params["client_id"], _body(request)
    authorization = _authorization(request)
    if request.method == "DELETE":
        await run_in_threadpool(register.delete, state, client_id, authorization)
        return Response(status_code=204)
    if request.method == "PUT":
        return reply(await run_in_threadpool(register.update, state, client_id, body, authorization))
    return reply(await run_in_threadpool(register.read, state, client_id, authorization))


async def userinfo(request: Request) -> Response:
    """Tell who consented, to an access token with the scope user.profile (after OpenID Connect Core §5.3)."""
    access = await _access(request)
    if "user.profile" not in access.scopes or access.user_id is None:
        notes.failed("token.scope", "insufficient", "user.profile", access.scope)
        error = OAuth2Error("This needs a user's token with the scope user.profile.", error="insufficient_scope")
        error.status_code = 403
        error.challenge = f'Bearer realm="{REALM}", error="insufficient_scope", scope="user.profile"'
        raise error
    return reply({"sub": access.user_id, "name": access.user_name})


async def describe(request: Request) -> Response:
    """Tell clients what this server can do (RFC 8414)."""
    return reply(metadata(state_of(request).issuer))


async def _access(request: Request) -> Access:
    state = state_of(request)
    given = _authorization(request)
    if not given:
        notes.failed("token.presented", "missing")
        error = InvalidTokenError("This takes an access token as a bearer token.")
        error.challenge = f'Bearer realm="{REALM}"'  # RFC 6750 §3.1: no error code where nothing was presented
        raise error
    scheme, _, value = given[0].partition(" ")
    now = state.now()
    access = None
    if len(given) == 1 and scheme.lower() == "bearer":
        access = await find_access(state, value.strip(), now)
        if access is None:
            await run_in_threadpool(why.no_access, state, value.strip(), now)
    if access is None:
        raise InvalidTokenError("The access token is unknown, expired or revoked.")
    notes.asked_by(access.client_id, access.app_id)
    notes.of_grant(access.grant_id)
    notes.passed("token.live")
    state.usage.apps.record(access.app_id, None, access.grant_id, now)
    return access


async def _form(request: Request) -> tuple[dict[str, str], list[str]]:
    authorization = _authorization(request)
    if request.scope["query_string"]:  # parameters belong into the body, where no log and no history has them
        client_auth.claim(read(request.scope["query_string"]).values, authorization)
        notes.failed("params.in_body", "in_query")
        raise InvalidRequestError("This takes its parameters in the body alone.")
    try:
        return read_form(_body(request)), authorization
    except OAuth2Error:
        client_auth.claim({}, authorization)
        raise


def _body(request: Request) -> bytes:
    """Return the body, which the guard has read already."""
    body: bytes = request.scope.get(BODY, b"")
    return body


def _authorization(request: Request) -> list[str]:
    return request.headers.getlist("authorization")


async def on_http(request: Request, error: Exception) -> Response:
    """Answer what no route took: 404 and 405."""
    if not isinstance(error, HTTPException):
        raise error
    description = "This address does not take that method." if error.status_code == 405 else "There is nothing here."
    return reply({"error": "invalid_request", "error_description": description}, error.status_code, error.headers)


class Shortcut:
    """Goes straight to what programs post all day long, and leaves all else to the router: that is half the way."""

    def __init__(self, app: Starlette) -> None:
        """Serve ``app``."""
        self._app = app
        self._endpoints = {
            app_routes.INTROSPECT.path: traced("introspect", told(introspect)),
            app_routes.TOKEN.path: traced("token", told(token)),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        endpoint = self._endpoints.get(scope["path"]) if scope["method"] == "POST" else None
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        scope["app"] = self._app
        response = await endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


def oauth_routes() -> list[Route]:
    """Return the routes of this file."""
    return [
        Route(app_routes.INTROSPECT.path, traced("introspect", told(introspect)), methods=["POST"]),
        Route(app_routes.TOKEN.path, traced("token", told(token)), methods=["POST"]),
        Route(app_routes.AUTHORIZE.path, traced("authorize", told(authorize)), methods=["GET", "POST"]),
        Route(app_routes.REVOKE.path, traced("revoke", told(revoke)), methods=["POST"]),
        Route(app_routes.PAR.path, traced("par", told(par)), methods=["POST"]),
        Route(app_routes.REGISTER.path, told(registration), methods=["POST"]),
        Route(app_routes.REGISTRATION_GET.path, told(configuration), methods=["GET", "PUT", "DELETE"]),
        Route(app_routes.USERINFO.path, traced("userinfo", told(userinfo)), methods=["GET", "POST"]),
        Route(app_routes.METADATA.path, told(describe)),
        Route(SETUP_PATH, told(setup), methods=["GET", "POST"]),
        Route(f"{SETUP_PATH}/done", told(setup_done)),
    ]
