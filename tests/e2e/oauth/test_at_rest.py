"""No code, token or secret that the server gave lies in its data folder; planted ones are found."""

import base64
import contextlib
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from bcdesk.server.place import opened
from tests.e2e.canary.forms import look
from tests.e2e.oauth.walking import REDIRECT, SCOPES, App, Seen
from tests.e2e.serving import Served, serving

KINDS = {
    "bcs": "client secret",
    "bco": "code",
    "bct": "access token",
    "bcr": "refresh token",
    "bcg": "registration token",
    "urn": "request_uri",
}


def found_in(folder: Path, given: Iterable[str]) -> set[tuple[str, str]]:
    """Return each secret that a file below ``folder`` holds in some form, with the file's name."""
    wanted = sorted(given)
    found = set()
    for path in sorted(folder.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        found |= {(secret, path.name) for secret, _ in look(data, wanted)}
        raw = {secret: base64.urlsafe_b64decode(secret[-43:] + "=") for secret in wanted}
        found |= {(secret, path.name) for secret, drawn in raw.items() if drawn in data}
    return found


def _use_everything(served: Served, seen: Seen) -> None:
    with contextlib.ExitStack() as stack:
        apps = {kind: stack.enter_context(App(served, kind, seen)) for kind in ("web", "mobile", "spa")}
        for app in apps.values():
            pair, pushed = app.pair(), app.pair(pushed=True)
            again = app.refresh(pair["refresh_token"]).json()
            assert app.refresh(pair["refresh_token"]).json()["refresh_token"] == again["refresh_token"]
            assert app.refresh(again["refresh_token"]).status_code == 200
            assert app.refresh(pair["refresh_token"]).status_code == 400
            app.refresh(pushed["refresh_token"])  # its pair stays sealed: the successor is not used
            assert app.opens(pushed["access_token"]) == 200
            assert app.call("/oauth/revoke", token=pushed["access_token"]).status_code == 200
        web = apps["web"]
        assert web.call("/oauth/introspect", token=web.pair()["access_token"]).json()["active"] is True
        owner = {"Authorization": f"Bearer {served.ready['owner_token']}"}
        service = stack.enter_context(App(served, "service", seen))
        assert service.opens(service.token(grant_type="client_credentials").json()["access_token"]) == 200
        new = {"Idempotency-Key": secrets.token_urlsafe(32)}
        made = web.http.post(f"/manage/v1/apps/{web.row['id']}/secrets", json={}, headers={**owner, **new})
        assert made.status_code == 201, made.text
        metadata = {"client_name": "By protocol", "redirect_uris": [REDIRECT], "scope": " ".join(SCOPES)}
        registered = web.http.post("/oauth/register", json=metadata, headers=owner)
        assert registered.status_code == 201, registered.text


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """Run a server through everything that gives a secret; return its folder and what it gave."""
    folder, seen = tmp_path_factory.mktemp("rest") / "server", Seen()
    with serving(folder, "--demo") as served:
        _use_everything(served, seen)
        assert found_in(folder, seen.secrets) == set()  # the log that runs ahead of the file too
        errors = served.errors
    assert found_in(errors.parent, seen.secrets) == set()  # what it wrote on its standard error
    return folder, seen.secrets


def test_that_no_secret_lies_in_the_data_folder(used: tuple[Path, set[str]]) -> None:
    folder, given = used
    kinds = [KINDS[secret[:3]] for secret in given]
    assert {kind: kinds.count(kind) > 0 for kind in KINDS.values()} == dict.fromkeys(KINDS.values(), True)
    assert len(given) > 40
    assert found_in(folder, given) == set()


def test_that_a_planted_secret_is_found(used: tuple[Path, set[str]], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(used[0], tmp_path / "planted"))
    planted, drawn = sorted(used[1])[:2]
    raw = base64.urlsafe_b64decode(drawn[-43:] + "=")
    with opened(folder) as place, place.database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE planted (text TEXT, raw BLOB)")
        connection.exec_driver_sql("INSERT INTO planted VALUES (?, ?)", (f"a token: {planted}.", raw))
    assert {secret for secret, _ in found_in(folder, used[1])} == {planted, drawn}
