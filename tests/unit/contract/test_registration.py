"""A registration in RFC 7591's words and in ours: what one way says, the other understands."""

from types import SimpleNamespace
from typing import Any

import pytest

from bcdesk.contract.registration import MetadataError, from_metadata, to_metadata

WEB = {"client_name": "Shop", "redirect_uris": ["https://shop.example/cb"], "scope": "beats.read user.profile"}


@pytest.mark.parametrize(
    ("metadata", "kind"),
    [
        (WEB, "web"),
        ({**WEB, "grant_types": ["client_credentials"], "redirect_uris": []}, "service"),
        ({**WEB, "token_endpoint_auth_method": "none"}, "spa"),
        ({**WEB, "token_endpoint_auth_method": "none", "application_type": "native"}, "mobile"),
        ({**WEB, "token_endpoint_auth_method": "none", "redirect_uris": ["shop.example:/cb"]}, "mobile"),
        ({**WEB, "token_endpoint_auth_method": "none", "redirect_uris": ["http://127.0.0.1/cb"]}, "mobile"),
    ],
)
def test_that_what_is_registered_decides_the_type(metadata: dict[str, Any], kind: str) -> None:
    assert from_metadata(metadata)["type"] == kind


@pytest.mark.parametrize("method", ["client_secret_post", "none"])
def test_that_a_registration_comes_back_as_it_was(method: str) -> None:
    fields = from_metadata({**WEB, "token_endpoint_auth_method": method, "contacts": ["a@shop.example"]})
    app = SimpleNamespace(**{"client_uri": "", **fields})
    assert from_metadata(to_metadata(app)) == fields


def test_that_the_defaults_are_those_of_the_standard() -> None:
    found = from_metadata({"client_name": None})
    assert found["grant_types"] == ["authorization_code"]
    assert found["token_endpoint_auth_method"] == "client_secret_basic"
    assert found["scopes"] == ["user.profile", "beats.read", "user.subscription"]


@pytest.mark.parametrize(
    ("member", "value"),
    [("client_name", 1), ("redirect_uris", "https://a"), ("contacts", [1]), ("scope", ["beats.read"]),
     ("response_types", ["token"]), ("response_types", [])],
)  # fmt: skip
def test_that_a_member_of_the_wrong_form_is_named(member: str, value: object) -> None:
    with pytest.raises(MetadataError) as caught:
        from_metadata({**WEB, member: value})
    assert caught.value.member == member
