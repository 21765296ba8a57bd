"""The widget of the embedded browser without its engine: what it says, and that it stands without it."""

import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtNetwork import QNetworkProxy
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget

from bcdesk.flow.failures import FlowError, Reason
from bcdesk.ui.flow import browser_engine, browser_words, system_browser
from bcdesk.ui.flow.browser import EmbeddedBrowser, browser_missing
from bcdesk.ui.flow.browser_bar import BrowserBar, beyond_origin, origin
from bcdesk.ui.flow.browser_trust import Bundle
from bcdesk.ui.tasks import TaskScope
from tests.e2e.flow.browser.pages import Authority

CODE = "bco_abcdefghijklmnop"
ADDRESS = f"https://login.example:8443/oauth/authorize?client_id=client_5f&state=s3cret&code={CODE}&scope=beats.read#x"


class Blocker(importlib.abc.MetaPathFinder):
    """An installation without the engine."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        if name.startswith("PySide6.QtWebEngine"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


@pytest.fixture
def without_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("PySide6.QtWebEngine")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Blocker(), *sys.meta_path])
    monkeypatch.setattr(browser_engine._State, "failure", "")


def test_that_the_address_is_shown_without_what_might_be_secret() -> None:
    assert origin(ADDRESS) == "https://login.example:8443"
    assert beyond_origin(ADDRESS) == "/oauth/authorize?client_id=client_5f&state=•••&code=•••&scope=beats.read"
    assert origin("http://[::1]:99/x") == "http://[::1]:99"
    assert (origin(""), beyond_origin("")) == ("", "")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://login.example/x", "Encrypted, certificate checked"),
        ("http://127.0.0.1:8000/x", "On this machine"),
        ("http://login.example/x", "Not encrypted"),
        ("", "Connecting…"),
    ],
)
def test_that_the_bar_says_how_a_page_is_connected(host: QWidget, address: str, words: str) -> None:
    bar = BrowserBar(host)
    bar.show_address(address)
    assert words in [label.text() for label in bar.findChildren(QLabel)]
    bar.show_address(address, certificate_problem=True)
    assert "Certificate problem" in [label.text() for label in bar.findChildren(QLabel)]


def test_that_nothing_in_the_bar_can_be_edited_and_no_code_is_in_any_text(host: QWidget) -> None:
    bar = BrowserBar(host)
    bar.show_address(ADDRESS)
    assert not bar.findChildren(QLineEdit)
    assert not bar.findChildren(QPlainTextEdit)
    for widget in (bar, *bar.findChildren(QWidget)):
        texts = [widget.accessibleName(), widget.toolTip(), widget.text() if isinstance(widget, QLabel) else ""]
        assert not any(CODE in text or "s3cret" in text for text in texts)


@pytest.mark.usefixtures("without_engine")
def test_that_a_missing_engine_is_said_with_the_system_browser_as_remedy(host: QWidget) -> None:
    assert browser_missing() == "This installation comes without the embedded browser."
    browser = EmbeddedBrowser(parent=host)
    failed: list[tuple[str, str]] = []
    wanted: list[bool] = []
    browser.page_failed.connect(lambda *values: failed.append(values))
    browser.system_browser_wanted.connect(lambda: wanted.append(True))
    browser.open("https://login.example/", "beatfusion://callback")
    assert failed == [("https://login.example/", "missing")]
    assert browser._system.isVisibleTo(browser)
    browser._system.click()
    assert wanted == [True]
    browser.close_down()


@pytest.mark.usefixtures("without_engine")
async def test_that_an_engine_that_cannot_be_loaded_is_said(
    host: QWidget, scope: TaskScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_engine, "find_spec", lambda _: ModuleSpec("there", None))
    assert browser_missing() is None
    with pytest.raises(ImportError):
        await browser_engine.load()
    assert "QtWebEngineCore" in (browser_missing() or "")


def test_that_every_failure_has_a_sentence_of_its_own() -> None:
    codes = ("net::ERR_CONNECTION_REFUSED", "net::ERR_NAME_NOT_RESOLVED", "net::ERR_UNSAFE_PORT", "net::ERR_OTHER")
    assert len({browser_words.failed("a.example", code).why for code in codes}) == len(codes)
    assert "net::ERR_OTHER" in browser_words.failed("a.example", "net::ERR_OTHER").why
    kinds = ("window", "scheme", "download", "permission", "file", "print", "passkey", "password", "identity", "new")
    assert len({browser_words.refused(kind, "x") for kind in kinds}) == len(kinds)
    causes = ("tls_file", "ca_bundle", "client_certificate", "proxy", "proxy_in_use", "new")
    words = {browser_words.unusable(FlowError(Reason.SETUP_INVALID, cause=cause)).why for cause in causes}
    assert len(words) == len(causes)


def test_that_what_a_page_says_is_cut_and_on_one_line() -> None:
    assert browser_words.alert("one\n  two") == "The page says: one two"
    assert len(browser_words.alert("x" * 10_000)) < 250


def test_that_the_system_browser_opens_pages_of_the_web_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def take(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    assert system_browser.open_address("https://login.example/x?a=b")
    assert not system_browser.open_address("file:///etc/passwd")
    assert not system_browser.open_address("beatfusion://callback")
    assert opened == ["https://login.example/x?a=b"]


def test_that_the_proxy_is_one_for_all_pages_and_put_back() -> None:
    before = QNetworkProxy.applicationProxy()
    first = browser_engine.Tenure("http://127.0.0.1:3128")
    assert (QNetworkProxy.applicationProxy().hostName(), QNetworkProxy.applicationProxy().port()) == ("127.0.0.1", 3128)
    second = browser_engine.Tenure("http://127.0.0.1:3128")
    for other in (None, "http://127.0.0.1:3129"):
        with pytest.raises(FlowError) as caught:
            browser_engine.Tenure(other)
        assert caught.value.facts["cause"] == "proxy_in_use"
    first.release()
    first.release()
    assert QNetworkProxy.applicationProxy().port() == 3128
    second.release()
    assert QNetworkProxy.applicationProxy() == before
    for wrong in ("socks5://127.0.0.1:1", "http://", "127.0.0.1:3128"):
        with pytest.raises(FlowError):
            browser_engine.Tenure(wrong)
    browser_engine.Tenure(None).release()


def test_that_a_bundle_vouches_for_its_own_names_dates_and_purpose_alone(tmp_path: Path) -> None:
    own, stranger = Authority(tmp_path), tmp_path / "stranger"
    stranger.mkdir()
    bundle = Bundle(own.ca.read_bytes())

    def chain(authority: Authority, name: str, *, client: bool = False, days: int = 30) -> list[bytes]:
        path, _ = authority.issue(name, client=client, days=days)
        return [load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)]

    assert bundle.fault("app.example", chain(own, "app.example")) == ""
    assert bundle.fault("127.0.0.1", chain(own, "127.0.0.1")) == ""
    assert bundle.fault("other.example", chain(own, "app.example")) == "CertificateCommonNameInvalid"
    assert bundle.fault("app.example", chain(own, "app.example", days=-1)) == "CertificateDateInvalid"
    assert bundle.fault("app.example", chain(own, "app.example", client=True)) == "CertificateAuthorityInvalid"
    foreign = chain(Authority(stranger), "app.example")
    assert bundle.fault("app.example", foreign) == "CertificateAuthorityInvalid"
    assert bundle.fault("app.example", []) == bundle.fault("app.example", [b"x"]) == "CertificateContainsErrors"
    with pytest.raises(ValueError, match="PEM"):
        Bundle(b"nothing")
