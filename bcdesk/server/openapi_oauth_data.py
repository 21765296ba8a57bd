"""The forms of the authorization server's requests and replies, as JSON Schema.

Its replies hold tokens and secrets, so no pydantic model describes them: pydantic would keep what it reads.
"""

from typing import Any, Final

from bcdesk.contract import scopes
from bcdesk.contract.app_rules import TYPES

Json = dict[str, Any]
TEXT: Final[Json] = {"type": "string"}
_ERRORS: Final = (
    "access_denied",
    "insufficient_scope",
    "invalid_client",
    "invalid_client_metadata",
    "invalid_grant",
    "invalid_redirect_uri",
    "invalid_request",
    "invalid_scope",
    "invalid_token",
    "request_not_supported",
    "server_error",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
)
GRANTS: Final = sorted({grant for rules in TYPES.values() for grant in rules.grant_types})
_METHODS: Final = sorted({method for rules in TYPES.values() for method in rules.auth_methods})


def object_of(required: str, **properties: Json) -> Json:
    """Return the schema of an object; ``required`` names members, with spaces between."""
    return {"type": "object", "required": required.split(), "properties": properties}


def token_of(prefix: str) -> Json:
    """Return the schema of a code, token or secret with that prefix."""
    return {"type": "string", "format": "password", "pattern": f"^{prefix}_[A-Za-z0-9_-]{{43}}$"}


def _texts(choices: list[str] | None = None) -> Json:
    return {"type": "array", "items": TEXT if choices is None else {"type": "string", "enum": choices}}


_METADATA: Final[dict[str, Json]] = {
    "client_name": TEXT,
    "client_uri": TEXT,
    "redirect_uris": _texts(),
    "grant_types": _texts(GRANTS),
    "response_types": _texts(["code"]),
    "token_endpoint_auth_method": {"type": "string", "enum": _METHODS},
    "scope": TEXT,
    "contacts": _texts(),
    "application_type": {"type": "string", "enum": ["native", "web"]},
}
CREDENTIALS: Final[dict[str, Json]] = {"client_id": TEXT, "client_secret": TEXT}  # without a value: not sent
AUTHORIZATION: Final[dict[str, Json]] = {
    "response_type": {"type": "string", "enum": ["code"]},
    "client_id": TEXT,
    "redirect_uri": TEXT,
    "scope": TEXT,
    "state": TEXT,
    "code_challenge": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
    "code_challenge_method": {"type": "string", "enum": ["S256"]},
    "response_mode": {"type": "string", "enum": ["query"]},
    "prompt": TEXT,
}

SCHEMAS: Final[dict[str, Json]] = {
    "OAuthError": object_of("error", error={"type": "string", "enum": list(_ERRORS)}, error_description=TEXT),
    "TokenReply": object_of(
        "access_token token_type expires_in scope",
        access_token=token_of("bct"),
        token_type={"const": "Bearer"},
        expires_in={"type": "integer"},
        refresh_token=token_of("bcr"),
        scope=TEXT,
    ),
    "Introspection": object_of(
        "active",
        active={"type": "boolean"},
        scope=TEXT,
        client_id=TEXT,
        username=TEXT,
        token_type={"const": "Bearer"},
        exp={"type": "integer"},
        iat={"type": "integer"},
        sub=TEXT,
        iss=TEXT,
    ),
    "PushedReply": object_of("request_uri expires_in", request_uri=TEXT, expires_in={"type": "integer"}),
    "UserInfo": object_of("sub name", sub=TEXT, name=TEXT),
    "ClientMetadata": {"type": "object", "properties": _METADATA},
    "ClientUpdate": object_of("client_id", client_id=TEXT, client_secret=token_of("bcs"), **_METADATA),
    "ClientInformation": object_of(
        "client_id client_id_issued_at client_name redirect_uris grant_types response_types"
        " token_endpoint_auth_method scope registration_access_token registration_client_uri",
        client_id=TEXT,
        client_id_issued_at={"type": "integer"},
        client_secret=token_of("bcs"),
        client_secret_expires_at={"const": 0},
        registration_access_token=token_of("bcg"),
        registration_client_uri=TEXT,
        **_METADATA,
    ),
    "ServerMetadata": object_of(
        "issuer authorization_endpoint token_endpoint response_types_supported",
        **dict.fromkeys(
            (
                "issuer",
                "authorization_endpoint",
                "token_endpoint",
                "registration_endpoint",
                "revocation_endpoint",
                "introspection_endpoint",
                "pushed_authorization_request_endpoint",
                "userinfo_endpoint",
            ),
            TEXT,
        ),
        scopes_supported=_texts([scope.name for scope in scopes.SCOPES]),
        response_types_supported=_texts(["code"]),
        response_modes_supported=_texts(["query"]),
        grant_types_supported=_texts(GRANTS),
        token_endpoint_auth_methods_supported=_texts(_METHODS),
        revocation_endpoint_auth_methods_supported=_texts(_METHODS),
        introspection_endpoint_auth_methods_supported=_texts(_METHODS),
        code_challenge_methods_supported=_texts(["S256"]),
        authorization_response_iss_parameter_supported={"type": "boolean"},
        require_pushed_authorization_requests={"type": "boolean"},
        request_parameter_supported={"type": "boolean"},
        prompt_values_supported=_texts(),
        ui_locales_supported=_texts(),
    ),
}
