"""The rules of an OAuth application's fields, one pure function each, used by server and forms alike."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from bcdesk.contract import scopes as scope_data
from bcdesk.contract.codes import Fault
from bcdesk.contract.key_rules import DESCRIPTION_MAX, NAME_MAX, OWNER_MAX, FieldFault, check_line, check_tags
from bcdesk.contract.redirects import judge

ACCESS_TTL: Final = 3_600
REFRESH_TTL: Final = 30 * 86_400
CODE_TTL: Final = 600
TTL_MIN: Final = 60
TTL_MAX: Final = 365 * 86_400
ACCESS_TTL_MAX: Final = 86_400
SECRETS_MAX: Final = 2
RESTORE_SECONDS: Final = 3_600
REFRESH_GRACE: Final = 60
"""Seconds in which a refresh whose reply was lost may be repeated, until its successor is first used."""
REDIRECTS_MAX: Final = 20
CONTACTS_MAX: Final = 10
URI_MAX: Final = 2_000
CLIENT_ID: Final = re.compile(r"client_[0-9a-f]{18}")
SECRET_PREFIX: Final = "bcs_"
SECRET: Final = re.compile(r"bcs_[0-9A-Za-z_-]{43}")
OVERLAP_SECONDS: Final = 86_400
"""How long an old client secret works beside a new one, unless told otherwise."""
PASSING_MAX: Final = 3_600
"""The longest that a passing client secret works, made for a test, in seconds."""
ACCESS_PREFIX: Final = "bct_"
REFRESH_PREFIX: Final = "bcr_"
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")


class TypeRules(NamedTuple):
    """What the type of an application decides."""

    grant_types: tuple[str, ...]
    auth_methods: tuple[str, ...]
    redirects: bool
    pkce_always: bool


TYPES: Final[Mapping[str, TypeRules]] = {
    "web": TypeRules(
        ("authorization_code", "refresh_token", "client_credentials"),
        ("client_secret_basic", "client_secret_post"),
        True,
        False,
    ),
    "mobile": TypeRules(("authorization_code", "refresh_token"), ("none",), True, True),
    "spa": TypeRules(("authorization_code", "refresh_token"), ("none",), True, True),
    "service": TypeRules(("client_credentials",), ("client_secret_basic", "client_secret_post"), False, False),
}
DEFAULT_GRANTS: Final[Mapping[str, tuple[str, ...]]] = {
    "web": ("authorization_code", "refresh_token"),
    "mobile": ("authorization_code", "refresh_token"),
    "spa": ("authorization_code", "refresh_token"),
    "service": ("client_credentials",),
}


def confidential(app_type: str) -> bool:
    """Tell whether an application of this type has a secret (RFC 6749 §2.1)."""
    return "none" not in TYPES[app_type].auth_methods


def check_app(fields: Mapping[str, Any], app_type: str) -> list[FieldFault]:
    """Check those fields that ``fields`` holds, by the rules of ``app_type``; pointers are those of the JSON body."""
    rules = TYPES[app_type]
    faults: list[FieldFault] = []
    for name, most, required in (
        ("name", NAME_MAX, True),
        ("description", DESCRIPTION_MAX, False),
        ("owner", OWNER_MAX, False),
    ):
        if name in fields:
            faults += check_line(f"/{name}", fields[name], most, required=required)
    if "tags" in fields:
        faults += check_tags(fields["tags"])
    if "redirect_uris" in fields:
        faults += check_redirect_uris(fields["redirect_uris"], app_type)
    if "scopes" in fields:
        faults += check_app_scopes(fields["scopes"])
    if "grant_types" in fields:
        faults += _choices("/grant_types", fields["grant_types"], rules.grant_types)
        if "refresh_token" in fields["grant_types"] and "authorization_code" not in fields["grant_types"]:
            faults.append(FieldFault("/grant_types", Fault.OUT_OF_RANGE))
    if "token_endpoint_auth_method" in fields and fields["token_endpoint_auth_method"] not in rules.auth_methods:
        faults.append(FieldFault("/token_endpoint_auth_method", Fault.UNKNOWN_VALUE))
    if rules.pkce_always and fields.get("pkce_required") is False:
        faults.append(FieldFault("/pkce_required", Fault.OUT_OF_RANGE))
    for name, most in (("access_token_ttl", ACCESS_TTL_MAX), ("refresh_token_ttl", TTL_MAX)):
        if name in fields and not TTL_MIN <= fields[name] <= most:
            faults.append(FieldFault(f"/{name}", Fault.OUT_OF_RANGE))
    if "contacts" in fields:
        faults += check_contacts(fields["contacts"])
    if fields.get("client_uri"):
        faults += check_client_uri(fields["client_uri"])
    return faults


def check_redirect_uris(uris: Sequence[str], app_type: str) -> list[FieldFault]:
    """Check redirect URIs: one where the type redirects, at most 20, each by the redirect rules, none twice."""
    faults = []
    if TYPES[app_type].redirects and not uris:
        faults.append(FieldFault("/redirect_uris", Fault.EMPTY))
    if len(uris) > REDIRECTS_MAX:
        faults.append(FieldFault("/redirect_uris", Fault.TOO_MANY))
    for index, uri in enumerate(uris):
        pointer = f"/redirect_uris/{index}"
        if not judge(uri, app_type=app_type).ok:
            faults.append(FieldFault(pointer, Fault.BAD_REDIRECT_URI))
        elif uri in uris[:index]:
            faults.append(FieldFault(pointer, Fault.DUPLICATE))
    return faults


def check_app_scopes(scopes: Sequence[str]) -> list[FieldFault]:
    """Check scopes: at least one, all known, none twice."""
    known = _choices("/scopes", scopes, scope_data.BY_NAME, Fault.UNKNOWN_SCOPE)
    return known if scopes else [FieldFault("/scopes", Fault.EMPTY)]


def check_contacts(contacts: Sequence[str]) -> list[FieldFault]:
    """Check contacts: at most 10, each an address of mail, none twice."""
    faults = [FieldFault("/contacts", Fault.TOO_MANY)] if len(contacts) > CONTACTS_MAX else []
    for index, contact in enumerate(contacts):
        if not _EMAIL.fullmatch(contact) or not contact.isprintable():
            faults.append(FieldFault(f"/contacts/{index}", Fault.NOT_AN_EMAIL))
        elif contact in contacts[:index]:
            faults.append(FieldFault(f"/contacts/{index}", Fault.DUPLICATE))
    return faults


def check_client_uri(uri: str) -> list[FieldFault]:
    """Check the application's home page: https, with a host, at most 2000 characters."""
    try:
        parts = urlsplit(uri)
        good = parts.scheme == "https" and bool(parts.hostname) and uri.isascii() and uri.isprintable()
    except ValueError:
        good = False
    if len(uri) > URI_MAX:
        return [FieldFault("/client_uri", Fault.TOO_LONG)]
    return [] if good and " " not in uri else [FieldFault("/client_uri", Fault.NOT_A_WEB_ADDRESS)]


def _choices(
    pointer: str, chosen: Sequence[str], known: Iterable[str], unknown: Fault = Fault.UNKNOWN_VALUE
) -> list[FieldFault]:
    faults = [] if chosen else [FieldFault(pointer, Fault.EMPTY)]
    for index, name in enumerate(chosen):
        if name not in known:
            faults.append(FieldFault(f"{pointer}/{index}", unknown))
        elif name in chosen[:index]:
            faults.append(FieldFault(f"{pointer}/{index}", Fault.DUPLICATE))
    return faults
