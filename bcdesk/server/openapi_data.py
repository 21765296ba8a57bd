"""What the OpenAPI document says beyond the forms: which problem each route can answer with, which headers it sends."""

from collections.abc import Mapping
from typing import Any, Final

from bcdesk.contract import app_routes, routes
from bcdesk.contract.codes import Code
from bcdesk.contract.routes import Route
from bcdesk.server.limits import DRAFT

STATUS_OF: Final[Mapping[Code, int]] = {
    Code.MALFORMED_JSON: 400,
    Code.MALFORMED_QUERY: 400,
    Code.UNKNOWN_SINCE: 400,
    Code.IDEMPOTENCY_KEY_MISSING: 400,
    Code.IDEMPOTENCY_KEY_INVALID: 400,
    Code.INVALID_TOKEN: 401,
    Code.TOKEN_MISSING: 401,
    Code.FOREIGN_ORIGIN: 403,
    Code.FORBIDDEN_ROLE: 403,
    Code.NOT_A_MANAGEMENT_TOKEN: 403,
    Code.MEMBER_DISABLED: 403,
    Code.INSUFFICIENT_SCOPE: 403,
    Code.ADDRESS_NOT_ALLOWED: 403,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.IDEMPOTENCY_IN_FLIGHT: 409,
    Code.HANDOVER_ENDED: 409,
    Code.KEY_ENDED: 409,
    Code.KEY_NOT_REVOKED: 409,
    Code.KEY_COMPROMISED: 409,
    Code.RESTORE_EXPIRED: 409,
    Code.TOO_MANY_VERSIONS: 409,
    Code.VERSION_NOT_RETIRABLE: 409,
    Code.VERSION_NOT_RETIRING: 409,
    Code.VERSION_USED: 409,
    Code.LAST_OWNER: 409,
    Code.TOO_MANY_SECRETS: 409,
    Code.LAST_SECRET: 409,
    Code.NO_SECRETS: 409,
    Code.APP_NOT_DELETED: 409,
    Code.STALE: 412,
    Code.BODY_TOO_LARGE: 413,
    Code.UNSUPPORTED_MEDIA_TYPE: 415,
    Code.WRONG_HOST: 421,
    Code.INVALID_VALUES: 422,
    Code.IDEMPOTENCY_KEY_REUSED: 422,
    Code.IF_MATCH_MISSING: 428,
    Code.RATE_LIMITED: 429,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
}
MANAGEMENT: Final = (
    Code.TOKEN_MISSING,
    Code.INVALID_TOKEN,
    Code.FOREIGN_ORIGIN,
    Code.FORBIDDEN_ROLE,
    Code.NOT_A_MANAGEMENT_TOKEN,
    Code.MEMBER_DISABLED,
)
WITH_BODY: Final = (Code.MALFORMED_JSON, Code.INVALID_VALUES)
_ONCE: Final = (
    Code.IDEMPOTENCY_KEY_MISSING,
    Code.IDEMPOTENCY_KEY_INVALID,
    Code.IDEMPOTENCY_IN_FLIGHT,
    Code.IDEMPOTENCY_KEY_REUSED,
    Code.HANDOVER_ENDED,
)
_V1: Final = (
    Code.TOKEN_MISSING,
    Code.INVALID_TOKEN,
    Code.INSUFFICIENT_SCOPE,
    Code.ADDRESS_NOT_ALLOWED,
    Code.RATE_LIMITED,
)
_LISTED: Final = (Code.MALFORMED_QUERY, Code.UNKNOWN_SINCE, Code.INVALID_VALUES)
BY_ROUTE: Final[Mapping[Route, tuple[Code, ...]]] = {
    routes.MEMBERS_CREATE: _ONCE,
    routes.MEMBERS_SETUP: _ONCE,
    routes.MEMBERS_PATCH: (Code.STALE, Code.IF_MATCH_MISSING, Code.LAST_OWNER),
    routes.EVENTS: (Code.UNAVAILABLE,),
    routes.KEYS_LIST: _LISTED,
    routes.KEYS_CREATE: _ONCE,
    routes.KEYS_ROTATE: (
        *_ONCE,
        Code.KEY_ENDED,
        Code.TOO_MANY_VERSIONS,
        Code.VERSION_USED,
        Code.VERSION_NOT_RETIRABLE,
    ),
    routes.KEYS_PATCH: (Code.STALE, Code.IF_MATCH_MISSING, Code.KEY_ENDED),
    routes.KEYS_RESTORE: (Code.KEY_NOT_REVOKED, Code.KEY_COMPROMISED, Code.RESTORE_EXPIRED),
    routes.KEYS_DISABLE: (Code.KEY_ENDED,),
    routes.KEYS_ENABLE: (Code.KEY_ENDED,),
    routes.VERSIONS_RETIRE: (Code.KEY_ENDED, Code.VERSION_NOT_RETIRABLE),
    routes.VERSIONS_EXTEND: (Code.KEY_ENDED, Code.VERSION_NOT_RETIRING),
    routes.HANDOVERS_ACK: (Code.HANDOVER_ENDED,),
    routes.HANDOVERS_DISCARD: (Code.HANDOVER_ENDED, Code.VERSION_USED),
    app_routes.APPS_LIST: _LISTED,
    app_routes.APPS_CREATE: _ONCE,
    app_routes.APPS_PATCH: (Code.STALE, Code.IF_MATCH_MISSING),
    app_routes.APPS_RESTORE: (Code.APP_NOT_DELETED, Code.RESTORE_EXPIRED),
    app_routes.SECRETS_CREATE: (*_ONCE, Code.TOO_MANY_SECRETS, Code.NO_SECRETS, Code.VERSION_USED),
    app_routes.SECRETS_DELETE: (Code.LAST_SECRET, Code.NO_SECRETS),
    app_routes.GRANTS_LIST: (Code.MALFORMED_QUERY, Code.INVALID_VALUES),
    app_routes.FLOW_TRACE: (Code.INVALID_VALUES, Code.UNAVAILABLE),
    routes.ME: _V1,
    routes.BEATS: (*_V1, Code.MALFORMED_QUERY, Code.INVALID_VALUES),
    app_routes.PURCHASES: (*_V1, *WITH_BODY),
    app_routes.SUBSCRIPTION: _V1,
    routes.READYZ: (Code.UNAVAILABLE,),
}
_ROW: Final = ("ETag",)
_LIMITED: Final = ("RateLimit-Policy", "RateLimit")
OF_REPLIES: Final[Mapping[Route, tuple[str, ...]]] = {
    routes.KEYS_GET: _ROW,
    routes.KEYS_PATCH: _ROW,
    routes.KEYS_REVOKE: _ROW,
    routes.KEYS_RESTORE: _ROW,
    routes.KEYS_DISABLE: _ROW,
    routes.KEYS_ENABLE: _ROW,
    routes.VERSIONS_RETIRE: _ROW,
    routes.VERSIONS_EXTEND: _ROW,
    routes.MEMBERS_PATCH: _ROW,
    app_routes.APPS_GET: _ROW,
    app_routes.APPS_PATCH: _ROW,
    app_routes.APPS_RESTORE: _ROW,
    app_routes.APPS_DISABLE: _ROW,
    app_routes.APPS_ENABLE: _ROW,
    routes.ME: _LIMITED,
    routes.BEATS: _LIMITED,
    app_routes.PURCHASES: _LIMITED,
    app_routes.SUBSCRIPTION: _LIMITED,
}
"""Headers of a route's good replies beside ``X-Request-Id``."""


def _header(description: str, kind: str = "string") -> dict[str, Any]:
    return {"description": description, "required": True, "schema": {"type": kind}}


HEADERS: Final[dict[str, dict[str, Any]]] = {
    "X-Request-Id": _header("The id of this request, also in its problem document."),
    "ETag": _header("The row's revision, for `If-Match`. Being used does not move it."),
    "WWW-Authenticate": _header("The challenge of RFC 6750."),
    "Retry-After": _header("Seconds until a request will be taken.", "integer"),
    "RateLimit-Policy": _header(f"The limit that is enforced, as {DRAFT} has it."),
    "RateLimit": _header(f"What is left of it, as {DRAFT} has it."),
}
_KEY: Final = r"^bca_(live|test)_[0-9A-Za-z]{36}$"
_CLIENT_SECRET: Final = r"^bcs_[0-9A-Za-z_-]{43}$"
SECRET_FORMS: Final = {
    "KeyMade": _KEY,
    "VersionMade": _KEY,
    "AppMade": _CLIENT_SECRET,
    "SecretMade": _CLIENT_SECRET,
    "MemberMade": r"^bcu_[0-9A-Za-z_-]{43}$",
}
"""The models whose replies carry a secret beside them, and its form."""
SOMETIMES_SECRET: Final = frozenset({"AppMade"})
"""Those that carry none where the application is public."""
