"""The answer to a refresh is cut at every byte by a real proxy: repeating it is enough, nobody signs in again."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from bcdesk.server.place import opened
from tests.e2e.cutting import cutting, through
from tests.e2e.oauth.walking import App
from tests.e2e.serving import serving


async def _refresh(client: httpx.AsyncClient, app: App, token: str) -> dict[str, Any]:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": app.client_id}
    reply = await client.post("/oauth/token", data=form)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def test_that_a_refresh_reply_cut_at_any_byte_forces_nobody_to_sign_in_again(folder: Path) -> None:
    with serving(folder, "--demo") as served, App(served, "mobile") as app:
        pair = app.pair()
        async with cutting(served.address) as proxy:
            proxy.watched = b"POST /oauth/token HTTP/1.1\r\n"
            async with httpx.AsyncClient(
                transport=through(proxy), base_url=served.base_url, trust_env=False, timeout=30
            ) as client:
                pair = await _refresh(client, app, pair["refresh_token"])
                length = proxy.passed[-1]
                assert length > 400
                tokens = [pair["refresh_token"]]
                for offset in range(length):
                    proxy.cut_after, proxy.hard = offset, bool(offset % 2)
                    with pytest.raises(httpx.TransportError):
                        await _refresh(client, app, pair["refresh_token"])
                    assert proxy.passed[-1] >= offset
                    proxy.cut_after = None
                    pair = await _refresh(client, app, pair["refresh_token"])
                    tokens.append(pair["refresh_token"])
        assert app.opens(pair["access_token"]) == 200
    assert len(set(tokens)) == length + 1
    with opened(folder) as place, place.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM refresh_tokens").scalar_one()
        audit = connection.exec_driver_sql("SELECT action FROM audit").scalars().all()
    assert kept == length + 2  # the first one, and one successor for each refresh, whole or cut
    assert "grant.revoked" not in audit


async def test_that_a_stolen_token_ends_the_family_and_is_audited(folder: Path) -> None:
    with serving(folder, "--demo") as served, App(served, "mobile") as app:
        first = app.pair()
        second = app.refresh(first["refresh_token"]).json()
        third = app.refresh(second["refresh_token"]).json()
        assert app.opens(third["access_token"]) == 200
        stolen = app.refresh(first["refresh_token"])
        assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
        assert app.refresh(third["refresh_token"]).status_code == 400
        assert app.opens(third["access_token"]) == 401
    with opened(folder) as place, place.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT actor, detail FROM audit WHERE action = 'grant.revoked'").all()
    assert [(row[0], json.loads(row[1])["reason"]) for row in rows] == [("server", "refresh_reuse")]
