"""The rules of an application's fields: each fault at its pointer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.contract import app_rules
from bcdesk.contract.app_rules import TYPES, check_app, confidential
from bcdesk.contract.codes import Fault

GOOD: dict[str, Any] = {
    "name": "Beat Marketplace",
    "description": "",
    "owner": "Platform",
    "tags": ["shop"],
    "redirect_uris": ["https://beatmarketplace.com/oauth/callback"],
    "scopes": ["user.profile", "beats.read"],
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "client_secret_basic",
    "pkce_required": True,
    "access_token_ttl": 3600,
    "refresh_token_ttl": 86_400,
    "contacts": ["team@studio.example"],
    "client_uri": "https://beatmarketplace.com",
}
FAULTS: dict[str, tuple[str, dict[str, Any], str, Fault]] = {
    "no name": ("web", {"name": ""}, "/name", Fault.EMPTY),
    "a long name": ("web", {"name": "x" * 1000}, "/name", Fault.TOO_LONG),
    "no redirect URI": ("web", {"redirect_uris": []}, "/redirect_uris", Fault.EMPTY),
    "a refused redirect URI": (
        "web",
        {"redirect_uris": ["http://a.example/"]},
        "/redirect_uris/0",
        Fault.BAD_REDIRECT_URI,
    ),
    "a redirect URI of a service": (
        "service",
        {"redirect_uris": ["https://a.example/"]},
        "/redirect_uris/0",
        Fault.BAD_REDIRECT_URI,
    ),
    "a redirect URI twice": ("web", {"redirect_uris": ["https://a.example/"] * 2}, "/redirect_uris/1", Fault.DUPLICATE),
    "21 redirect URIs": (
        "web",
        {"redirect_uris": [f"https://a.example/{n}" for n in range(21)]},
        "/redirect_uris",
        Fault.TOO_MANY,
    ),
    "no scope": ("web", {"scopes": []}, "/scopes", Fault.EMPTY),
    "an unknown scope": ("web", {"scopes": ["beats.read", "manage"]}, "/scopes/1", Fault.UNKNOWN_SCOPE),
    "a scope twice": ("web", {"scopes": ["beats.read", "beats.read"]}, "/scopes/1", Fault.DUPLICATE),
    "no grant type": ("web", {"grant_types": []}, "/grant_types", Fault.EMPTY),
    "the implicit grant": (
        "web",
        {"grant_types": ["authorization_code", "implicit"]},
        "/grant_types/1",
        Fault.UNKNOWN_VALUE,
    ),
    "the password grant": ("web", {"grant_types": ["password"]}, "/grant_types/0", Fault.UNKNOWN_VALUE),
    "client credentials of a mobile app": (
        "mobile",
        {"grant_types": ["client_credentials"]},
        "/grant_types/0",
        Fault.UNKNOWN_VALUE,
    ),
    "a code grant of a service": (
        "service",
        {"grant_types": ["authorization_code"]},
        "/grant_types/0",
        Fault.UNKNOWN_VALUE,
    ),
    "refresh without code": ("web", {"grant_types": ["refresh_token"]}, "/grant_types", Fault.OUT_OF_RANGE),
    "no authentication of a web app": (
        "web",
        {"token_endpoint_auth_method": "none"},
        "/token_endpoint_auth_method",
        Fault.UNKNOWN_VALUE,
    ),
    "a secret of a mobile app": (
        "mobile",
        {"token_endpoint_auth_method": "client_secret_basic"},
        "/token_endpoint_auth_method",
        Fault.UNKNOWN_VALUE,
    ),
    "a mobile app without PKCE": ("mobile", {"pkce_required": False}, "/pkce_required", Fault.OUT_OF_RANGE),
    "a spa without PKCE": ("spa", {"pkce_required": False}, "/pkce_required", Fault.OUT_OF_RANGE),
    "an access token of a second": ("web", {"access_token_ttl": 1}, "/access_token_ttl", Fault.OUT_OF_RANGE),
    "an access token of a week": ("web", {"access_token_ttl": 7 * 86_400}, "/access_token_ttl", Fault.OUT_OF_RANGE),
    "a refresh token of two years": (
        "web",
        {"refresh_token_ttl": 730 * 86_400},
        "/refresh_token_ttl",
        Fault.OUT_OF_RANGE,
    ),
    "a contact that is no address": ("web", {"contacts": ["team"]}, "/contacts/0", Fault.NOT_AN_EMAIL),
    "a contact twice": ("web", {"contacts": ["a@b.example", "a@b.example"]}, "/contacts/1", Fault.DUPLICATE),
    "11 contacts": ("web", {"contacts": [f"{n}@b.example" for n in range(11)]}, "/contacts", Fault.TOO_MANY),
    "a home page over http": ("web", {"client_uri": "http://a.example"}, "/client_uri", Fault.NOT_A_WEB_ADDRESS),
    "a home page that is a script": (
        "web",
        {"client_uri": "javascript:alert(1)"},
        "/client_uri",
        Fault.NOT_A_WEB_ADDRESS,
    ),
    "a home page with a broken host": ("web", {"client_uri": "https://[::1"}, "/client_uri", Fault.NOT_A_WEB_ADDRESS),
    "a long home page": ("web", {"client_uri": "https://a.example/" + "x" * 2000}, "/client_uri", Fault.TOO_LONG),
}


def test_that_a_good_application_has_no_fault() -> None:
    assert check_app(GOOD, "web") == []
    assert check_app({}, "web") == []
    service = GOOD | {"redirect_uris": [], "grant_types": ["client_credentials"]}
    assert check_app(service, "service") == []
    assert check_app(GOOD | {"token_endpoint_auth_method": "none"}, "mobile") == []
    assert check_app({"pkce_required": False, "client_uri": ""}, "web") == []


@pytest.mark.parametrize(("app_type", "fields", "pointer", "fault"), FAULTS.values(), ids=FAULTS)
def test_that_a_fault_is_at_its_pointer(app_type: str, fields: dict[str, Any], pointer: str, fault: Fault) -> None:
    assert [(found.pointer, found.code) for found in check_app(fields, app_type)] == [(pointer, fault)]


def test_that_every_fault_is_told_at_once() -> None:
    found = check_app({"name": "", "scopes": [], "redirect_uris": []}, "web")
    assert [one.pointer for one in found] == ["/name", "/redirect_uris", "/scopes"]


@pytest.mark.parametrize("app_type", TYPES)
def test_that_the_defaults_of_a_type_are_allowed(app_type: str) -> None:
    rules = TYPES[app_type]
    fields = {
        "grant_types": app_rules.DEFAULT_GRANTS[app_type],
        "token_endpoint_auth_method": rules.auth_methods[0],
        "access_token_ttl": app_rules.ACCESS_TTL,
        "refresh_token_ttl": app_rules.REFRESH_TTL,
        "pkce_required": True,
    }
    assert check_app(fields, app_type) == []
    assert confidential(app_type) == (app_type in ("web", "service"))
    assert rules.redirects == (app_type != "service")


@given(
    st.sampled_from(sorted(TYPES)),
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.text(max_size=200),
            "redirect_uris": st.lists(st.text(max_size=40), max_size=25),
            "scopes": st.lists(st.text(max_size=10), max_size=6),
            "grant_types": st.lists(st.sampled_from(["authorization_code", "refresh_token", "x"]), max_size=4),
            "token_endpoint_auth_method": st.text(max_size=20),
            "pkce_required": st.booleans(),
            "access_token_ttl": st.integers(),
            "contacts": st.lists(st.text(max_size=20), max_size=12),
            "client_uri": st.text(max_size=60),
        },
    ),
)
def test_that_any_values_are_judged_at_pointers_of_their_own(app_type: str, fields: dict[str, Any]) -> None:
    for fault in check_app(fields, app_type):
        assert fault.pointer.split("/")[1] in fields


@given(st.text(max_size=80))
def test_that_a_home_page_is_https_in_plain_letters(uri: str) -> None:
    if app_rules.check_client_uri(uri) == []:
        assert uri.lower().startswith("https://")
        assert uri.isascii()
