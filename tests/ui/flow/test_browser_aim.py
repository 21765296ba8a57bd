"""Which addresses are the redirect of a run, on what is left of their raw text."""

import pytest
from PySide6.QtCore import QUrl

from bcdesk.ui.flow.browser_aim import Aim

ANSWER = "?code=c&state=s"


def met(redirect: str, address: str) -> str | None:
    return Aim(redirect).met(QUrl.fromEncoded(address.encode()))


@pytest.mark.parametrize(
    "redirect",
    [
        "beatfusion://callback",
        "com.example.app:/oauth2redirect",
        "com.example.app:oauth",
        "https://app.example/cb",
        "https://app.example",
        "http://127.0.0.1:8123/cb",
        "http://[::1]:8123/cb",
        "http://127.0.0.1:8123/",
        "https://app.example/cb?a=b",
    ],
)
def test_that_an_answer_at_the_redirect_is_met_as_it_came(redirect: str) -> None:
    address = redirect + ANSWER.replace("?", "&" if "?" in redirect else "?")
    assert met(redirect, address) == address
    assert met(redirect, f"{redirect}#access_token=t") == f"{redirect}#access_token=t"


@pytest.mark.parametrize(
    ("redirect", "shown"),
    [
        ("BeatFusion://CallBack/X", "beatfusion://callback/X"),
        ("HTTPS://App.Example:443/cb", "https://app.example/cb"),
        ("https://app.example", "https://app.example/"),
        ("http://127.0.0.1:8123/a/../cb", "http://127.0.0.1:8123/cb"),
        ("https://app.example/cb%7Ex", "https://app.example/cb~x"),
        ("https://app.example/cb?q=%7E", "https://app.example/cb?q=~"),
    ],
)
def test_that_what_the_browser_rewrote_is_given_back_as_it_is_registered(redirect: str, shown: str) -> None:
    tail = "&code=c" if "?" in redirect else "?code=c"
    assert met(redirect, shown + tail) == redirect + tail


@pytest.mark.parametrize(
    ("redirect", "address"),
    [
        ("beatfusion://callback", "https://callback/?code=c"),
        ("beatfusion://callback", "http://127.0.0.1/oauth/authorize?redirect_uri=beatfusion://callback&client_id=c"),
        ("beatfusion://callback", "mailto:a@b.example"),
        ("https://app.example/cb", "https://app.example/cbx?code=c"),
        ("https://app.example/cb", "https://app.example/"),
        ("https://app.example/cb", "http://app.example/cb?code=c"),
        ("https://app.example/cb", "https://app.example.evil/cb?code=c"),
        ("https://app.example/cb", "https://app.example:8443/cb?code=c"),
        ("https://app.example/", "https://app.example/login?next=1"),
        ("https://app.example/", "https://app.example/login?error=1&client_id=c"),
        ("http://127.0.0.1:8123/cb", "http://127.0.0.1:9000/cb"),
    ],
)
def test_that_another_page_is_not_met(redirect: str, address: str) -> None:
    assert met(redirect, address) is None


@pytest.mark.parametrize(
    ("redirect", "address"),
    [
        ("https://app.example/cb", "https://app.example/cb/?code=c"),
        ("https://app.example/cb", "https://app.example/CB?error=access_denied"),
        ("http://127.0.0.1:8123/cb", "http://127.0.0.1:9000/cb?code=c"),
        ("beatfusion://callback", "beatfusion://callback/?code=c"),
        ("beatfusion://callback", "beatfusion:callback"),
        ("beatfusion://callback", "beat-fusion://callback?code=c"),
    ],
)
def test_that_an_answer_which_missed_the_redirect_is_met_as_it_came(redirect: str, address: str) -> None:
    assert met(redirect, address) == address


def test_that_only_the_very_address_is_kept_from_parts_of_a_page() -> None:
    aim = Aim("https://app.example/cb")
    assert aim.is_exactly(QUrl("https://app.example/cb?code=c"))
    assert not aim.is_exactly(QUrl("https://app.example/cb.png"))
