"""A token goes to https anywhere, and to http on this machine alone."""

import pytest

from bcdesk.client.address import checked_address, is_loopback
from bcdesk.client.errors import InsecureAddress


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://desk.example", "https://desk.example"),
        ("https://desk.example:8443/base/", "https://desk.example:8443/base"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("http://127.9.9.9/", "http://127.9.9.9"),
        ("http://[::1]:8765", "http://[::1]:8765"),
        ("http://localhost:8765/", "http://localhost:8765"),
    ],
)
def test_that_these_addresses_are_taken(url: str, kept: str) -> None:
    assert checked_address(url) == kept


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://desk.example", "http_off_loopback"),
        ("http://10.0.0.1", "http_off_loopback"),
        ("http://0.0.0.0", "http_off_loopback"),
        ("http://127.0.0.1.example.com", "http_off_loopback"),
        ("http://localhost.example", "http_off_loopback"),
        ("http://127.1", "http_off_loopback"),
        ("http://[::ffff:10.0.0.1]", "http_off_loopback"),
        ("HTTP://desk.example", "http_off_loopback"),
        ("ftp://127.0.0.1", "scheme"),
        ("file:///etc/passwd", "not_a_url"),
        ("127.0.0.1:80", "not_a_url"),
        ("", "not_a_url"),
        ("https://", "not_a_url"),
        ("https://desk.example:99999", "not_a_url"),
        ("https://[::1", "not_a_url"),
        ("https://desk.example\n", "not_a_url"),
        (" https://desk.example", "not_a_url"),
        ("http://127.0.0.1\\@desk.example", "not_a_url"),
        ("https://dësk.example", "not_a_url"),
        ("http://[::1].desk.example", "not_a_url"),
        ("http://desk.example[::1]:80", "not_a_url"),
        ("http://[::1]80", "not_a_url"),
        ("https://[v1.x]", "not_a_url"),
        ("https://desk%2eexample", "not_a_url"),
        ("https://<desk>", "not_a_url"),
        ("https://user@desk.example", "userinfo"),
        ("http://127.0.0.1:80@desk.example", "userinfo"),
        ("https://desk.example?x=1", "extra"),
        ("https://desk.example/#x", "extra"),
        ("https://desk.example?", "extra"),
    ],
)
def test_that_these_addresses_are_refused_without_being_repeated(url: str, reason: str) -> None:
    with pytest.raises(InsecureAddress) as refused:
        checked_address(url)
    assert refused.value.reason == reason
    assert str(refused.value) == reason


@pytest.mark.parametrize(("host", "here"), [("::1", True), ("127.0.0.1", True), ("localhost", True), ("::2", False)])
def test_that_only_this_machine_is_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here
