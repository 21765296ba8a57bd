"""A registration as RFC 7591 writes it, and as this contract does: one pure function each way, for server and desk."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bcdesk.contract import scopes
from bcdesk.contract.redirects import is_custom_scheme, is_loopback_ip

NAMES: Final = {
    "client_name": "name",
    "client_uri": "client_uri",
    "redirect_uris": "redirect_uris",
    "grant_types": "grant_types",
    "token_endpoint_auth_method": "token_endpoint_auth_method",
    "contacts": "contacts",
}
"""Members of RFC 7591 §2, and what this contract calls them; ``scope`` is ``scopes`` here, a list."""
_TEXTS: Final = ("client_name", "client_uri", "token_endpoint_auth_method", "scope", "application_type")
_LISTS: Final = ("redirect_uris", "grant_types", "response_types", "contacts")


class MetadataError(ValueError):
    """A member of a registration cannot be taken; ``member`` is its name, the text says why."""

    def __init__(self, member: str, why: str) -> None:
        """Name the member and the reason, both in plain ASCII."""
        super().__init__(f"{member}: {why}")
        self.member = member


def from_metadata(metadata: Mapping[str, object]) -> dict[str, Any]:
    """Return the members of a new application that ``metadata`` describes, ``type`` among them.

    What is left out gets the default of RFC 7591 §2, and what is not known is ignored, as it asks. Raise
    `MetadataError` where a member has the wrong form; values are judged by `bcdesk.contract.app_rules`.
    """
    given = {name: value for name, value in metadata.items() if value is not None}
    for name in _TEXTS:
        if not isinstance(given.get(name, ""), str):
            raise MetadataError(name, "This is a text.")
    for name in _LISTS:
        texts = given.get(name, [])
        if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
            raise MetadataError(name, "This is a list of texts.")
    found: dict[str, Any] = {ours: given[theirs] for theirs, ours in NAMES.items() if theirs in given}
    found.setdefault("grant_types", ["authorization_code"])
    found.setdefault("token_endpoint_auth_method", "client_secret_basic")
    found.setdefault("name", "")
    scope = str(given.get("scope", "")).split()
    found["scopes"] = scope or [one.name for one in scopes.SCOPES if not one.writes]
    found["type"] = type_of(found, str(given.get("application_type", "")))
    responses = _responses(found["grant_types"])
    if given.get("response_types", responses) != responses:
        raise MetadataError("response_types", "This is code with the grant authorization_code, else nothing.")
    return found


def type_of(fields: Mapping[str, Any], application_type: str = "") -> str:
    """Return the type of an application by what it registers: web, mobile, spa or service."""
    if fields["token_endpoint_auth_method"] != "none":
        return "service" if list(fields["grant_types"]) == ["client_credentials"] else "web"
    uris: Sequence[str] = fields.get("redirect_uris", ())
    native = any(is_custom_scheme(uri) or is_loopback_ip(uri) for uri in uris)
    return "mobile" if native or application_type == "native" else "spa"


def to_metadata(app: Any) -> dict[str, Any]:
    """Return a registration as RFC 7591 writes it; ``app`` has the members of an application as attributes."""
    told: dict[str, Any] = {
        "client_name": app.name,
        "redirect_uris": list(app.redirect_uris),
        "grant_types": list(app.grant_types),
        "response_types": _responses(app.grant_types),
        "token_endpoint_auth_method": app.token_endpoint_auth_method,
        "application_type": "native" if app.type == "mobile" else "web",
        "scope": " ".join(app.scopes),
    }
    if app.contacts:
        told["contacts"] = list(app.contacts)
    if app.client_uri:
        told["client_uri"] = app.client_uri
    return told


def _responses(grant_types: Sequence[str]) -> list[str]:
    return ["code"] if "authorization_code" in grant_types else []
