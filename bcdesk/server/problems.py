"""Problem documents (RFC 9457): the one way in which management and `/v1` say that something is wrong.

Whoever finds fault raises `ProblemError`; what leaves is JSON of `bcdesk.contract.wire.Problem` with no
input of the caller in it. ``type`` is ``about:blank``: ``code`` tells kinds apart.
"""

import json
import logging
from collections.abc import Iterable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from ulid import ULID

from bcdesk.contract.codes import Code
from bcdesk.contract.key_rules import FieldFault
from bcdesk.server.faults import SENTENCES, faults_of

MEDIA_TYPE: Final = "application/problem+json"
_STATE: Final = "bcdesk.request_id"
_FAILED: Final = "bcdesk.failed"
_log = logging.getLogger(__name__)

_HTTP_CODES: Final = {
    404: (Code.NOT_FOUND, "There is nothing at this address."),
    405: (Code.METHOD_NOT_ALLOWED, "This address does not take that method."),
    413: (Code.BODY_TOO_LARGE, "The body is larger than this server takes."),
    415: (Code.UNSUPPORTED_MEDIA_TYPE, "This address takes application/json."),
    503: (Code.UNAVAILABLE, "The server cannot answer just now."),
}


class ProblemError(Exception):
    """Ends a request with a problem document; ``extensions`` become members of it (RFC 9457 §3.2)."""

    def __init__(
        self,
        status: int,
        code: Code,
        detail: str,
        errors: Iterable[FieldFault] = (),
        headers: Mapping[str, str] | None = None,
        **extensions: object,
    ) -> None:
        """Say what is wrong: ``detail`` is a whole sentence without any input of the caller."""
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extensions = extensions


def invalid(errors: Iterable[FieldFault]) -> ProblemError:
    """Return the 422 that names every faulty field."""
    return ProblemError(422, Code.INVALID_VALUES, "Some of the values cannot be taken.", errors)


def challenge(realm: str, error: str | None = None, scope: str | None = None) -> dict[str, str]:
    """Return the ``WWW-Authenticate`` header of a bearer realm (RFC 6750 §3)."""
    parts = [f'realm="{realm}"']
    if error is not None:
        parts.append(f'error="{error}"')
    if scope is not None:
        parts.append(f'scope="{scope}"')
    return {"WWW-Authenticate": "Bearer " + ", ".join(parts)}


def request_id(scope: MutableMapping[str, Any]) -> str:
    """Return the id of this request, drawn at the first call; one that the caller sends is never taken."""
    found: str | None = scope.get(_STATE)
    if found is None:
        found = scope[_STATE] = f"req_{ULID()}"
    return found


def document(error: ProblemError, request: str) -> dict[str, object]:
    """Return the problem document of ``error`` for the request of that id."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
        "instance": f"/requests/{request}",
        "code": str(error.code),
        "request_id": request,
        "errors": [
            {"pointer": fault.pointer, "code": str(fault.code), "detail": SENTENCES[fault.code]}
            for fault in error.errors
        ],
        **error.extensions,
    }


def response(scope: MutableMapping[str, Any], error: ProblemError) -> Response:
    """Return the reply that ends the request of ``scope`` with ``error``."""
    body = json.dumps(document(error, request_id(scope)), ensure_ascii=False, separators=(",", ":"))
    return Response(body, error.status, headers=error.headers, media_type=MEDIA_TYPE)


async def send_problem(scope: Scope, receive: Receive, send: Send, error: ProblemError) -> None:
    """Send ``error`` as the whole reply, below any framework."""
    await response(scope, error)(scope, receive, send)


def internal(scope: MutableMapping[str, Any], error: BaseException) -> ProblemError:
    """Log an unexpected error, once, by its type and places alone; return the 500 that tells the caller nothing.

    Neither the error's text nor its locals are logged: both can hold what a caller sent.
    """
    if not scope.get(_FAILED):
        scope[_FAILED] = True
        where = " < ".join(_places(error))
        _log.error("%s: unexpected %s: %s", request_id(scope), type(error).__qualname__, where)
    return ProblemError(500, Code.INTERNAL, "Something went wrong inside the server; its log has this request's id.")


def _places(error: BaseException) -> list[str]:
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[::-1][:12]


async def _on_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return response(request.scope, error)


async def _on_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code, detail = _HTTP_CODES.get(error.status_code, (Code.INTERNAL, "The server cannot answer this."))
    status = error.status_code
    if status == 400:  # what FastAPI says of a body that it cannot read
        code, detail = Code.MALFORMED_JSON, "The body is not JSON."
    return response(request.scope, ProblemError(status, code, detail, headers=error.headers))


async def _on_unexpected(request: Request, error: Exception) -> Response:
    return response(request.scope, internal(request.scope, error))


async def _on_validation(request: Request, error: Exception) -> Response:
    from fastapi.exceptions import RequestValidationError

    if not isinstance(error, RequestValidationError):
        raise error
    return response(request.scope, validation_problem(error.errors()))


def validation_problem(errors: Iterable[Mapping[str, Any]]) -> ProblemError:
    """Turn pydantic's findings into 400 (not JSON, an unreadable query) or 422 (values), without the inputs."""
    errors = list(errors)
    if any(error["type"] == "json_invalid" for error in errors):
        return ProblemError(400, Code.MALFORMED_JSON, "The body is not JSON.")
    unreadable = [error for error in errors if error["loc"][:1] == ("query",) and "parsing" in error["type"]]
    if unreadable:
        return ProblemError(400, Code.MALFORMED_QUERY, "The query cannot be read.", faults_of(unreadable))
    return invalid(faults_of(errors))


def install(app: Starlette) -> None:
    """Make every error of ``app``, a FastAPI or Starlette program, leave as a problem document."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_unexpected)
    from fastapi.exceptions import RequestValidationError

    app.add_exception_handler(RequestValidationError, _on_validation)
