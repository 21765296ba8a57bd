"""A hostile page in a real browser attacks the server, with a stolen token and key in its hand: it gets nothing.

The same page attacks a server without a guard first: so it is known that the browser sends each of its requests.
"""

import contextlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from tests.e2e.hostile.web import REBOUND, Heard, Web, gullible, lair, listening_in
from tests.e2e.serving import Served, make_key, serving

pytest.importorskip("PySide6.QtWebEngineCore", reason="the browser is an optional part of Qt", exc_type=ImportError)

pytestmark = [pytest.mark.webengine, pytest.mark.timeout(600)]

BROWSER_SECONDS = 300
HOSTS = ("127.0.0.1", "localhost", REBOUND)
"""What the hostile page's own server is called: our address with another port, and two other sites."""
ON_TOP = ("location", "form", "redirect")
REFUSED = {403, 405, 415, 421}


class Visit(NamedTuple):
    """What a page came to: its own results, or the text that stood there once it had landed elsewhere."""

    how: str
    url: str
    results: dict[str, str]
    text: str


class Battle(NamedTuple):
    """The visits of a browser to all pages, and what the attacked server heard meanwhile."""

    visits: dict[str, Visit]
    heard: list[Heard]

    def attacks(self) -> dict[str, str]:
        """Return each attack's result, named by the host that its page came from."""
        return {
            f"{host}: {attack}": result
            for host, visit in self.visits.items()
            for attack, result in (visit.results or {}).items()
        }


def browse(steps: dict[str, dict[str, str]]) -> dict[str, Visit]:
    """Open pages one after another in one browser."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QTWEBENGINE_CHROMIUM_FLAGS": f'--disable-gpu --host-resolver-rules="MAP {REBOUND} 127.0.0.1"',
    }
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.hostile.browser"], input=json.dumps([*steps.values()]), env=environment,
        capture_output=True, text=True, timeout=BROWSER_SECONDS, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return {
        name: Visit(one["how"], one["url"], one.get("results") or {}, one.get("text") or "")
        for name, one in zip(steps, found, strict=True)
    }


def fight(target: Web, origin: Web, token: str, key: str, *, rebinding: bool = False) -> Battle:
    """Have the page attack ``target`` from every host, then by each navigation of the whole window."""

    def page(lair_at: str, target_at: str, **more: str) -> str:
        return f"{lair_at}/lair#{urlencode({'target': target_at, 'token': token, 'key': key, **more})}"

    steps = {host: {"url": page(origin.at(host), target.at())} for host in HOSTS}
    steps["by the name localhost"] = {"url": page(origin.at(), target.at("localhost"))}
    if rebinding:
        steps["rebound"] = {"url": page(target.at(REBOUND), target.at(REBOUND))}
    for only in ON_TOP:
        steps[only] = {"url": page(origin.at("localhost"), target.at(), only=only), "until": target.at()}
    target.heard.clear()
    return Battle(browse(steps), list(target.heard))


@pytest.fixture(scope="module")
def origin() -> Iterator[Web]:
    with Web(lair).running() as web:
        yield web


class Field(NamedTuple):
    """The attacked server, and what it held before and after."""

    served: Served
    battle: Battle
    before: tuple[Any, ...]
    after: tuple[Any, ...]


def holdings(served: Served) -> tuple[Any, ...]:
    """Return what any change would move: the keys as they are told, the change clock, and the audit's rows."""
    from sqlcipher3 import dbapi2

    with contextlib.closing(dbapi2.connect(str(served.folder / "server.sqlite3"))) as database:
        clock = database.execute("SELECT value FROM change_clock").fetchall()
        rows = database.execute("SELECT seq, mac FROM audit ORDER BY seq").fetchall()
    with served.client() as client:
        return client.get("/manage/v1/keys?limit=1000").json()["items"], clock, rows


@pytest.fixture(scope="module")
def field(origin: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    with serving(tmp_path_factory.mktemp("attacked") / "server", "--demo") as served:
        with served.client() as client:
            key = make_key(client, scopes=["user.profile", "beats.read"])["secret"]
        before = holdings(served)
        with listening_in(served.address[1]).running() as tapped:
            battle = fight(tapped, origin, str(served.ready["owner_token"]), key, rebinding=True)
        yield Field(served, battle, before, holdings(served))


@pytest.fixture(scope="module")
def surrender(origin: Web) -> Iterator[Battle]:
    with Web(gullible).running() as echo:
        yield fight(echo, origin, "bct_" + secrets.token_urlsafe(32), "bca_test_" + "A" * 36)


def test_that_a_server_without_a_guard_falls_to_every_attack(surrender: Battle) -> None:
    attacks = surrender.attacks()
    names = set(surrender.visits["127.0.0.1"].results)
    assert len(names) > 40
    sent = {one.attack for one in surrender.heard if one.method != "OPTIONS"}
    assert names <= sent, names - sent
    for host in HOSTS:
        read = [name for name in names if attacks[f"{host}: {name}"].startswith("read 200")]
        assert {"get the keys with a stolen token", "post JSON", "patch a member"} <= set(read), attacks
    assert "what it kept" in attacks["localhost: get the keys"]
    for only in ON_TOP:
        assert "what it kept" in surrender.visits[only].text


def test_that_the_server_answers_no_request_of_a_hostile_page(field: Field) -> None:
    assert {visit.how for name, visit in field.battle.visits.items() if name not in ON_TOP} == {"attacked"}
    served = [
        (one.method, one.path, one.status)
        for one in field.battle.heard
        if one.status not in REFUSED and not (one.path.startswith("/v1/") and one.status == 401)
        and not one.path.startswith("/lair") and one.path != "/favicon.ico"
    ]  # fmt: skip
    assert not served
    assert len({one.attack for one in field.battle.heard}) > 40


def test_that_no_reply_tells_the_browser_that_a_page_may_read_it(field: Field) -> None:
    for one in field.battle.heard:
        told = [name for name in one.reply_headers if name.startswith("access-control-") or name == "set-cookie"]
        assert not told, one.path
        if not one.path.startswith("/lair"):
            assert one.reply_headers["cross-origin-resource-policy"] == "same-origin"


def test_that_the_page_reads_nothing(field: Field) -> None:
    attacks = field.battle.attacks()
    read = {name: result for name, result in attacks.items() if result.startswith("read") and "rebound: " not in name}
    assert not read
    rebound = {name: result for name, result in attacks.items() if name.startswith("rebound: ")}
    assert {result.split(" ")[1] for result in rebound.values() if result.startswith("read")} <= {"421", "403"}
    assert not [name for name, result in attacks.items() if '"items"' in result or "bca_" in result]


def test_that_a_credential_never_leaves_the_browser_for_a_foreign_site(field: Field) -> None:
    carried = {one.headers["host"].partition(":")[0] for one in field.battle.heard if "authorization" in one.headers}
    assert carried == {REBOUND}, "only the page whose own name was pointed at the server can send one, and gets 421"


def test_that_whole_window_navigations_land_on_a_refusal(field: Field) -> None:
    on_top = {"a navigation", "a form on top", "a redirect on top"}
    seen = {one.attack: one.status for one in field.battle.heard if one.attack in on_top}
    assert seen == dict.fromkeys(on_top, 403)
    for only in ON_TOP:
        assert '"items"' not in field.battle.visits[only].text


def test_that_nothing_changed_on_the_server(field: Field) -> None:
    assert field.before == field.after


def test_that_the_attacked_server_serves_whoever_may_be_served(field: Field) -> None:
    with field.served.client() as client:
        for path in ("/manage/v1/session", "/manage/v1/keys", "/openapi.json", "/healthz"):
            assert client.get(path, params={"attack": "none"}).status_code == 200
        made = make_key(client, name="Planted by its owner", scopes=["user.profile", "beats.read"])
    with field.served.client(made["secret"]) as client:
        assert client.get("/v1/me").status_code == client.get("/v1/beats").status_code == 200
