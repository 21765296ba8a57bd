"""The embedded browser takes every redirect before it loads, refuses what no sign-in needs, and leaves nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.flow.browser.driving import Driven, drive, told
from tests.e2e.flow.browser.pages import Authority, Pages, Silent, serving_pages
from tests.e2e.flow.machine import complaints

pytest.importorskip("PySide6.QtWebEngineCore", reason="the browser is an optional part of Qt", exc_type=ImportError)

pytestmark = [pytest.mark.webengine, pytest.mark.timeout(240)]

APP = "beatfusion://callback"
ANSWER = "?code=c1&state=s1"
WAYS = ("r302", "r303", "r307", "form", "meta", "js")


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with serving_pages() as served:
        yield served


@pytest.fixture(scope="module")
def silent() -> Iterator[Silent]:
    port = Silent()
    yield port
    port.close()


class Seen:
    """Everything that one process of the browser was led through; the tests read it."""

    def __init__(self, driven: Driven, names: list[str]) -> None:
        self.driven = driven
        self.of = dict(zip(names, driven.results, strict=True))


@pytest.fixture(scope="module")
def seen(pages: Pages, silent: Silent, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    http, https = f"http://127.0.0.1:{silent.port}/cb", f"https://127.0.0.1:{silent.port}/cb"
    plan: dict[str, dict[str, Any]] = {}
    for way in WAYS:
        for kind, redirect in (("app", APP), ("http", http), ("https", https)):
            plan[f"{way} {kind}"] = {"url": pages.leading(way, redirect + ANSWER), "redirect_uri": redirect}
    page = {"until": "page_loaded", "linger": 0.3}
    for way in ("open", "frame", "frame302", "image"):
        for kind, redirect in (("app", APP), ("https", https)):
            plan[f"{way} {kind}"] = {"url": pages.leading(way, redirect + ANSWER), "redirect_uri": redirect, **page}
    plan["other scheme"] = {"url": pages.leading("js", "other://x"), "redirect_uri": APP, "until": "refused"}
    plan["other app"] = {"url": pages.leading("r303", f"other://x{ANSWER}"), "redirect_uri": APP}
    plan["mail in a frame"] = {"url": pages.leading("frame302", "mailto:a@b.example"), "redirect_uri": APP, **page}
    for name in ("says", "asks", "reads", "refuses", "fails"):
        plan[name] = {"url": f"{pages.base}/{name}", "redirect_uri": APP, **page}
    plan["password"] = {"url": f"{pages.base}/password", "redirect_uri": APP}
    plan["download"] = {"url": f"{pages.base}/download", "redirect_uri": APP, "until": "refused"}
    registered = "BeatFusion://CallBack/Ab%7Ec"
    plan["raw"] = {
        "url": pages.leading("r302", registered + "?code=%7e%41%2F%2f+%20&z=%C3%A4&'=()*!#f=%7E"),
        "redirect_uri": registered,
    }
    plan["fragment"] = {"url": pages.leading("r302", f"{https}#access_token=t"), "redirect_uri": https}
    plan["beneath"] = {"url": pages.leading("r302", f"{http}/more{ANSWER}"), "redirect_uri": http}
    other = silent.port + 1 if silent.port < 60000 else silent.port - 1
    plan["other port"] = {
        "url": pages.leading("r302", f"http://127.0.0.1:{other}/cb{ANSWER}"),
        "redirect_uri": http,
    }
    plan["refused"] = {"url": f"http://127.0.0.1:{other}/", "redirect_uri": APP}
    plan["unsafe"] = {"url": "http://127.0.0.1:1/", "redirect_uri": APP}
    plan["no name"] = {"url": "http://nowhere.invalid/", "redirect_uri": APP}
    plan["proxy"] = {"url": "http://shop.invalid/seen", "redirect_uri": APP, "proxy": pages.base, **page}
    plan["after the proxy"] = {"url": "http://shop.invalid/again", "redirect_uri": APP}
    for run, keep in (("kept", "a"), ("kept again", "a"), ("kept elsewhere", "b"), ("not kept", "")):
        plan[run] = {"url": f"{pages.base}/cookie", "redirect_uri": APP, "keep_for": keep, **page}
    return Seen(drive(*plan.values()), list(plan))


@pytest.mark.parametrize("way", WAYS)
def test_that_the_scheme_of_an_app_is_taken_whatever_leads_to_it(seen: Seen, way: str) -> None:
    assert told(seen.of[f"{way} app"], "captured") == [APP + ANSWER]


@pytest.mark.parametrize("way", WAYS)
def test_that_a_loopback_redirect_is_taken_before_it_loads(seen: Seen, silent: Silent, way: str) -> None:
    assert told(seen.of[f"{way} http"], "captured") == [f"http://127.0.0.1:{silent.port}/cb{ANSWER}"]


@pytest.mark.parametrize("way", WAYS)
def test_that_an_https_redirect_is_held_before_it_loads(seen: Seen, silent: Silent, way: str) -> None:
    result = seen.of[f"{way} https"]
    assert told(result, "held") == [f"https://127.0.0.1:{silent.port}/cb{ANSWER}"]
    assert told(result, "captured") == []


def test_that_no_request_left_for_any_redirect(seen: Seen, silent: Silent) -> None:
    assert seen.of
    assert silent.callers() == 0


@pytest.mark.parametrize("way", ["open", "frame", "frame302", "image"])
def test_that_what_is_not_the_page_itself_brings_no_answer(seen: Seen, way: str) -> None:
    for kind in ("app", "https"):
        result = seen.of[f"{way} {kind}"]
        assert told(result, "captured") == told(result, "held") == []
        assert told(result, "page_loaded")


def test_that_nothing_is_opened_outside(seen: Seen) -> None:
    assert seen.driven.opened == []
    assert "other:" in seen.of["other scheme"]["message"]
    assert "another window" in seen.of["open app"]["strip"]


def test_that_a_page_gets_no_dialog_permission_download_or_clipboard(seen: Seen) -> None:
    assert seen.of["says"]["strip"] == "The page says: y"
    assert "Geolocation" in seen.of["asks"]["strip"]
    assert "download" in seen.of["download"]["message"]
    assert not any("read " in title for _, title in told(seen.of["reads"], "page_loaded"))


def test_that_a_page_with_an_error_is_shown_with_its_status(seen: Seen, pages: Pages) -> None:
    for name, status in (("refuses", 400), ("fails", 500)):
        assert told(seen.of[name], "page_status") == [[f"{pages.base}/{name}", status]]
        assert seen.of[name]["message"] == ""


def test_that_http_authentication_is_refused_once_and_said(seen: Seen, pages: Pages) -> None:
    assert told(seen.of["password"], "page_failed") == [[f"{pages.base}/password", "http_auth"]]
    assert "HTTP authentication" in seen.of["password"]["message"]
    assert pages.requests.count("GET /password") <= 2


def test_which_bytes_of_an_answer_survive(seen: Seen) -> None:
    """Qt decodes escapes of what needs none, and writes others large; the redirect URI comes as it is registered."""
    assert told(seen.of["raw"], "captured") == ["BeatFusion://CallBack/Ab%7Ec?code=~A%2F%2F+%20&z=%C3%A4&%27=()*!#f=~"]


def test_that_a_fragment_comes_with_the_answer(seen: Seen, silent: Silent) -> None:
    assert told(seen.of["fragment"], "held") == [f"https://127.0.0.1:{silent.port}/cb#access_token=t"]


def test_that_an_answer_beside_the_redirect_is_taken_as_it_came(seen: Seen) -> None:
    assert told(seen.of["beneath"], "captured")[0].endswith(f"/cb/more{ANSWER}")
    assert told(seen.of["other app"], "captured") == [f"other://x{ANSWER}"]
    assert told(seen.of["other port"], "captured")[0].endswith(f"/cb{ANSWER}")


def test_that_a_page_which_does_not_load_says_why(seen: Seen) -> None:
    words = {"refused": "Nothing listens there", "unsafe": "refuse to open this port", "no name": "name was not found"}
    for name, part in words.items():
        assert part in seen.of[name]["message"]
        assert len(told(seen.of[name], "page_failed")) == 1


def test_that_it_can_be_closed_at_any_step_of_its_opening(pages: Pages) -> None:
    whole = {"url": pages.leading("form", APP + ANSWER), "redirect_uri": APP, "linger": 0}
    early = [whole | {"leave": seconds} for seconds in (0, 0.01, 0.1, 0, 0.005, 0.01, 0.02, 0.04, 0.08)]
    driven = drive(*early, whole | {"count": True})
    assert told(driven.results[-1], "captured") == [APP + ANSWER]
    assert driven.results[-1]["processes"]["pages left"] == 0
    assert complaints(driven.said) == []
    assert "Traceback" not in driven.errors


def test_that_a_tls_profile_of_the_run_opens_a_private_server(tmp_path: Path) -> None:
    authority, stranger = Authority(tmp_path), tmp_path / "stranger"
    stranger.mkdir()
    other = Authority(stranger)
    certificate, key = (str(path) for path in authority.issue("a-client", client=True))
    bundle = {"ca_bundle": str(authority.ca)}
    with (
        serving_pages(authority.context("127.0.0.1")) as private,
        serving_pages(authority.context("elsewhere.example")) as misnamed,
        serving_pages(authority.context("127.0.0.1", asks_client=True)) as asking,
    ):
        answer = f"{private.base}/landed{ANSWER}"
        plan: list[dict[str, Any]] = [
            {"url": f"{private.base}/one"},
            {"url": f"{private.base}/one", "tls": bundle, "until": "page_loaded"},
            {"url": f"{private.base}/one", "tls": {"ca_bundle": str(other.ca)}},
            {"url": f"{misnamed.base}/one", "tls": bundle},
            {"url": f"{asking.base}/one", "tls": bundle},
            {"url": f"{asking.base}/one", "until": "page_loaded",
             "tls": {**bundle, "client_certificate": certificate, "client_key": key}},
            {"url": f"{private.base}/one", "tls": {"ca_bundle": key}},
            {"url": private.leading("r302", answer), "redirect_uri": f"{private.base}/landed", "tls": bundle,
             "then": ["let_through"], "and_until": "page_loaded"},
            {"url": private.leading("r302", answer), "redirect_uri": f"{private.base}/landed", "tls": bundle},
        ]  # fmt: skip
        driven = drive(*({"redirect_uri": APP} | one for one in plan))
        unknown, trusted, foreign, wrong_name, anonymous, known, no_bundle, through, held = driven.results
        for result, reason in (
            (unknown, "CertificateAuthorityInvalid"),
            (foreign, "CertificateAuthorityInvalid"),
            (wrong_name, "CertificateCommonNameInvalid"),
        ):
            assert told(result, "certificate_problem") == [["127.0.0.1", reason]]
            assert told(result, "page_failed") == told(result, "page_loaded") == []
            assert result["connection"] == "Certificate problem"
        assert [title for _, title in told(trusted, "page_loaded")] == ["one"]
        assert trusted["connection"] == "Encrypted, certificate checked"
        assert told(anonymous, "page_loaded") == []
        assert [title for _, title in told(known, "page_loaded")] == ["one"]
        assert told(no_bundle, "page_failed") == [[f"{private.base}/one", "setup"]]
        assert told(through, "held") == told(held, "held") == [answer]
        assert [title for _, title in told(through, "page_loaded")] == ["landed"]
        assert [one.partition("?")[0] for one in private.requests] == [
            "GET /one", "GET /r302", "GET /landed", "GET /r302",
        ]  # fmt: skip
        assert complaints(driven.said) == []


def test_that_a_proxy_holds_for_its_run_alone(seen: Seen, pages: Pages) -> None:
    assert "GET http://shop.invalid/seen" in pages.requests
    assert told(seen.of["after the proxy"], "page_failed") == [
        ["http://shop.invalid/again", "net::ERR_NAME_NOT_RESOLVED"]
    ]


def test_that_a_sign_in_is_kept_for_its_application_alone(seen: Seen) -> None:
    runs = ("kept", "kept again", "kept elsewhere", "not kept")
    titles = [told(seen.of[run], "page_loaded")[0][1] for run in runs]
    assert titles == ["cookie none", "cookie kept=1", "cookie none", "cookie none"]


def test_that_qt_has_nothing_to_complain_of(seen: Seen) -> None:
    assert complaints(seen.driven.said) == []
