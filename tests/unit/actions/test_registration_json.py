"""A registration in RFC 7591 JSON is read as far as it goes, and what an export says comes back."""

import json
import secrets
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.actions.registration_json import (
    LARGEST,
    Trouble,
    Understood,
    UnreadableRegistrationError,
    read_registration,
    write_registration,
)
from bcdesk.contract.rows import AppRow

GOOD: dict[str, Any] = {
    "client_name": "Beat Marketplace",
    "redirect_uris": ["https://shop.example/callback", "https://shop.example/other"],
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "client_secret_basic",
    "application_type": "web",
    "scope": "user.profile beats.read",
    "contacts": ["ops@shop.example"],
    "client_uri": "https://shop.example",
}


def row(**changes: Any) -> AppRow:
    """Return an application as the store has it."""
    known = AppRow(
        id="app_1",
        name="Beat Marketplace",
        description="Sells",
        owner="Platform",
        tags=("a",),
        type="web",
        status="active",
        client_id="client_0123456789abcdef01",
        redirect_uris=("https://shop.example/callback",),
        scopes=("user.profile", "beats.read"),
        grant_types=("authorization_code", "refresh_token"),
        token_endpoint_auth_method="client_secret_basic",
        pkce_required=True,
        access_token_ttl=3600,
        refresh_token_ttl=86400,
        contacts=("ops@shop.example",),
        client_uri="https://shop.example",
        secrets=(),
        created_at=0.0,
        created_by="Owner",
        updated_at=0.0,
        last_used_at=None,
        handover=None,
        revision=1,
        haystack="",
    )
    return known._replace(**changes)


def read(**changes: Any) -> Understood:
    """Read the good registration with ``changes``; None takes a member out."""
    return read_registration(
        json.dumps({name: value for name, value in {**GOOD, **changes}.items() if value is not None})
    )


def faults(understood: Understood) -> set[tuple[str, int | None, str, str]]:
    return {(fault.member, fault.place, str(fault.code), fault.pointer) for fault in understood.faults}


def test_that_a_whole_registration_is_understood() -> None:
    found = read()
    assert (found.faults, found.left_out, found.assumed) == ((), (), ())
    draft = found.draft
    assert (draft.name, draft.type, draft.client_uri) == ("Beat Marketplace", "web", "https://shop.example")
    assert draft.redirect_uris == tuple(GOOD["redirect_uris"])
    assert draft.scopes == ("user.profile", "beats.read")
    assert draft.grant_types == ("authorization_code", "refresh_token")
    assert draft.contacts == ("ops@shop.example",)


@pytest.mark.parametrize(
    ("changes", "app_type"),
    [
        ({}, "web"),
        ({"type": "service", "grant_types": ("client_credentials",), "redirect_uris": ()}, "service"),
        (
            {"type": "mobile", "token_endpoint_auth_method": "none", "redirect_uris": ("com.example.app:/cb",)},
            "mobile",
        ),
        ({"type": "mobile", "token_endpoint_auth_method": "none"}, "mobile"),
        ({"type": "spa", "token_endpoint_auth_method": "none"}, "spa"),
    ],
)
def test_that_an_export_read_again_is_the_same_application(changes: dict[str, Any], app_type: str) -> None:
    app = row(**changes)
    found = read_registration(write_registration(app))
    assert found.faults == ()
    draft = found.draft
    assert draft.type == app_type
    for name in (
        "name",
        "redirect_uris",
        "scopes",
        "grant_types",
        "token_endpoint_auth_method",
        "contacts",
        "client_uri",
    ):
        assert getattr(draft, name) == getattr(app, name), name
    assert [(one.member, one.why) for one in found.left_out] == [("client_id", "drawn_anew")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"client_name": 3}, {("client_name", None, "wrong_type", "/name")}),
        ({"client_name": None}, {("client_name", None, "empty", "/name")}),
        ({"client_name": "a\nb"}, {("client_name", None, "control_character", "/name")}),
        ({"redirect_uris": "https://shop.example"}, {("redirect_uris", None, "wrong_type", "/redirect_uris")}),
        ({"redirect_uris": []}, {("redirect_uris", None, "empty", "/redirect_uris")}),
        (
            {"redirect_uris": ["https://shop.example/a", "http://shop.example/b", "https://shop.example/a"]},
            {
                ("redirect_uris", 1, "bad_redirect_uri", "/redirect_uris/1"),
                ("redirect_uris", 2, "duplicate", "/redirect_uris/2"),
            },
        ),
        ({"grant_types": ["authorization_code", "implicit"]}, {("grant_types", 1, "unknown_value", "/grant_types/1")}),
        ({"response_types": ["token"]}, {("response_types", None, "out_of_range", "/grant_types")}),
        (
            {"token_endpoint_auth_method": "private_key_jwt"},
            {("token_endpoint_auth_method", None, "unknown_value", "/token_endpoint_auth_method")},
        ),
        ({"scope": "user.profile admin"}, {("scope", 1, "unknown_scope", "/scopes/1")}),
        ({"scope": ["user.profile"]}, {("scope", None, "wrong_type", "/scopes")}),
        ({"contacts": ["nobody"]}, {("contacts", 0, "not_an_email", "/contacts/0")}),
        ({"client_uri": "http://shop.example"}, {("client_uri", None, "not_a_web_address", "/client_uri")}),
        (
            {"client_uri": 3, "contacts": {}, "scope": None, "client_name": ""},
            {
                ("client_uri", None, "wrong_type", "/client_uri"),
                ("contacts", None, "wrong_type", "/contacts"),
                ("client_name", None, "empty", "/name"),
            },
        ),
    ],
)
def test_that_every_faulty_member_is_named(
    changes: dict[str, Any], expected: set[tuple[str, int | None, str, str]]
) -> None:
    assert faults(read(**changes)) == expected


def test_that_what_a_form_cannot_show_is_not_in_the_draft() -> None:
    draft = read(
        grant_types=["authorization_code", "implicit"], scope="admin user.profile", token_endpoint_auth_method="tls"
    ).draft
    assert draft.grant_types == ("authorization_code",)
    assert draft.scopes == ("user.profile",)
    assert draft.token_endpoint_auth_method is None


def test_that_missing_members_have_the_defaults_of_the_rfc_and_are_named() -> None:
    found = read(grant_types=None, token_endpoint_auth_method=None, scope=None, response_types=None)
    assert found.faults == ()
    assert set(found.assumed) == {"grant_types", "token_endpoint_auth_method", "scope"}
    assert found.draft.grant_types == ("authorization_code",)
    assert found.draft.token_endpoint_auth_method == "client_secret_basic"
    assert found.draft.scopes == ("user.profile", "beats.read", "user.subscription")


def test_that_members_which_go_no_further_say_why() -> None:
    found = read(
        client_secret="elsewhere", client_id="abc", logo_uri="https://x.example/l", **{"client_name#de": "Markt"}
    )
    assert {(one.member, str(one.why)) for one in found.left_out} == {
        ("client_secret", "secret"),
        ("client_id", "drawn_anew"),
        ("logo_uri", "not_known"),
        ("client_name#de", "not_known"),
    }


def test_that_no_secret_goes_further_wherever_it_stands() -> None:
    secret = f"bcs_{secrets.token_urlsafe(32)}"
    found = read(
        client_name=f"My {secret}",
        client_secret=secret,
        registration_access_token=secret,
        redirect_uris=["https://shop.example/callback", f"https://shop.example/?s={secret}"],
        contacts=[secret],
        client_uri=f"https://shop.example/{secret}",
        **{secret: 1},
    )
    assert secret not in repr(found)
    assert {(fault.member, str(fault.code)) for fault in found.faults} >= {
        ("client_name", "holds_secret"),
        ("redirect_uris", "holds_secret"),
        ("contacts", "holds_secret"),
        ("client_uri", "holds_secret"),
    }
    with pytest.raises(UnreadableRegistrationError) as refused:
        read_registration(json.dumps({secret: 1})[:-1] + f', "{secret}": 2}}')
    assert secret not in repr(refused.value) + refused.value.name


@pytest.mark.parametrize(
    ("text", "trouble", "place"),
    [
        ("", Trouble.NOT_JSON, (1, 1)),
        ('{\n  "client_name": ,\n}', Trouble.NOT_JSON, (2, 18)),
        ("[1]", Trouble.NOT_AN_OBJECT, (0, 0)),
        ('{"a": 1, "a": 2}', Trouble.NAME_TWICE, (0, 0)),
        ('{"a": {"b": 1, "b": 2}}', Trouble.NAME_TWICE, (0, 0)),
        ('{"a": NaN}', Trouble.NOT_JSON, (0, 0)),
        ("[" * 30_000, Trouble.NOT_JSON, (0, 0)),
        ('"' + "x" * LARGEST + '"', Trouble.TOO_LARGE, (0, 0)),
        ('"' + "ä" * (LARGEST // 2) + '"', Trouble.TOO_LARGE, (0, 0)),
        (b"\xff\xfe{}", Trouble.NOT_TEXT, (0, 0)),
        (b'"' + "ä".encode() * LARGEST, Trouble.TOO_LARGE, (0, 0)),
        ('{"client_name": "\ud800"}', Trouble.NOT_TEXT, (0, 0)),
    ],
)
def test_that_what_is_no_registration_says_where(text: str | bytes, trouble: Trouble, place: tuple[int, int]) -> None:
    with pytest.raises(UnreadableRegistrationError) as refused:
        read_registration(text)
    assert (refused.value.trouble, (refused.value.line, refused.value.column)) == (trouble, place)


def test_that_a_file_of_another_system_is_read_too() -> None:
    content = b"\xef\xbb\xbf" + json.dumps(GOOD, indent=1).replace("\n", "\r\n").encode()
    assert read_registration(content).draft.name == "Beat Marketplace"


def test_that_no_secret_and_no_desk_member_is_exported() -> None:
    told = json.loads(write_registration(row()))
    assert told == {
        "client_id": "client_0123456789abcdef01",
        **GOOD,
        "redirect_uris": ["https://shop.example/callback"],
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "x", "client_secret"]), JSON))
def test_that_any_object_is_understood_or_named_and_never_fails(members: dict[str, Any]) -> None:
    try:
        found = read_registration(json.dumps(members))
    except UnreadableRegistrationError:
        return
    assert all(isinstance(uri, str) for uri in found.draft.redirect_uris)
    json.dumps(found.draft.body())
