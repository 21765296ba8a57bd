"""How the authorization server says no: RFC 6749 §5.2 and RFC 7591 §3.2.2, with the challenge of each 401."""

from collections.abc import Mapping
from typing import Any, Final

from authlib.oauth2.rfc6749 import (
    AccessDeniedError,
    InvalidClientError,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnauthorizedClientError,
    UnsupportedGrantTypeError,
)
from authlib.oauth2.rfc7591 import InvalidClientMetadataError, InvalidRedirectURIError

__all__ = [
    "REALM",
    "AccessDeniedError",
    "ConsentRequiredError",
    "InvalidClientError",
    "InvalidClientMetadataError",
    "InvalidGrantError",
    "InvalidRedirectURIError",
    "InvalidRequestError",
    "InvalidScopeError",
    "InvalidTokenError",
    "LoginRequiredError",
    "OAuth2Error",
    "RequestNotSupportedError",
    "UnauthorizedClientError",
    "UnsupportedGrantTypeError",
    "UnsupportedResponseTypeError",
    "body_of",
    "headers_of",
]

REALM: Final = "bcdesk oauth"


class InvalidTokenError(OAuth2Error):  # RFC 6750 §3.1
    """The bearer token that the request carries opens nothing here."""

    error = "invalid_token"
    status_code = 401


class LoginRequiredError(OAuth2Error):
    """Somebody has to sign in, and the client asked that nobody be shown a page."""

    error = "login_required"


class ConsentRequiredError(OAuth2Error):
    """Somebody has to consent, and the client asked that nobody be shown a page."""

    error = "consent_required"


class RequestNotSupportedError(OAuth2Error):
    """The client sent a request object (RFC 9101), which this server does not take."""

    error = "request_not_supported"


class UnsupportedResponseTypeError(OAuth2Error):
    """The client asked for another response than a code; Authlib's own error repeats what was sent."""

    error = "unsupported_response_type"


def body_of(error: OAuth2Error) -> dict[str, str]:
    """Return the members of an error's JSON or redirect."""
    told = {"error": str(error.error)}
    if error.description:
        told["error_description"] = error.description
    return told


def headers_of(error: OAuth2Error) -> Mapping[str, str]:
    """Return the headers of an error's reply: whoever is refused with 401 is told how to come (RFC 9110 §11.6.1)."""
    challenge: Any = getattr(error, "challenge", None)
    if challenge is not None:
        return {"WWW-Authenticate": challenge}
    if error.status_code != 401:
        return {}
    if isinstance(error, InvalidTokenError):
        return {"WWW-Authenticate": f'Bearer realm="{REALM}", error="invalid_token"'}
    return {"WWW-Authenticate": f'Basic realm="{REALM}", charset="UTF-8"'}
