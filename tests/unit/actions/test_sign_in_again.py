"""Who signs in again leaves no session behind, and the one before takes nothing from the new one."""

from dataclasses import replace
from pathlib import Path

import pytest

from bcdesk.actions.sign_in import resume, sign_out
from bcdesk.client.errors import SignInNeeded
from bcdesk.store.vault import Vault
from tests.unit.actions.signing_in import Desk, signing_in
from tests.unit.actions.test_sign_in import outcome
from tests.unit.client.answering import answer
from tests.unit.client.renewing import FIRST, access_of, refresh_of
from tests.unit.store.conftest import ready_vault, use_keyring

__all__ = ["ready_vault", "use_keyring"]


async def kept(desk: Desk) -> str:
    secret = await desk.sessions.load("con_1", desk.connection.url)
    return "" if secret is None else secret.take()


async def test_that_signing_in_again_ends_the_session_before(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        await outcome(desk, {})
        await desk.sessions.save("con_1", "bcr_before", desk.connection.url)
        desk.browser.urls.clear()
        await outcome(desk, {})
        assert (desk.server.asked[-1], desk.server.forms[-1]["token"]) == ("/oauth/revoke", "bcr_before")
        assert await kept(desk) == FIRST
        assert desk.ends == []


async def test_that_the_end_of_an_earlier_session_neither_wipes_nor_tells(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        client = (await outcome(desk, {})).client()
        desk.browser.urls.clear()
        await outcome(desk, {})
        desk.server.known.clear()
        desk.server.says = answer({"error": "invalid_grant"}, 400)
        with pytest.raises(SignInNeeded):
            await client._transport.send("GET", "/a")
        await client.aclose()
        assert (await kept(desk), desk.ends) == (FIRST, [])


async def test_that_an_earlier_session_writes_nothing_over_the_new_one(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        session = await outcome(desk, {})
        newer = await resume(connection=desk.connection, sessions=desk.sessions)
        assert newer is not None
        client = session.client()
        desk.server.known.discard(access_of(0))
        assert (await client._transport.send("GET", "/a")).json() == {"path": "/a"}
        await client.aclose()
        assert await kept(desk) == FIRST
        client = newer.client()
        assert (await client._transport.send("GET", "/a")).json() == {"path": "/a"}
        await client.aclose()
        assert await kept(desk) == refresh_of(1)


async def test_that_nothing_is_kept_by_a_session_that_was_signed_out(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        session = await outcome(desk, {})
        client = session.client()
        assert await sign_out(connection=desk.connection, sessions=desk.sessions) is True
        desk.server.refresh = FIRST
        assert (await client._transport.send("GET", "/a")).json() == {"path": "/a"}  # it was not ended, and lives on
        await client.aclose()
        assert (await kept(desk), desk.kept) == ("", [])


async def test_that_no_other_server_gets_the_session_of_a_connection_whose_address_moved(
    ready_vault: Vault, tmp_path: Path
) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        await outcome(desk, {})
        moved = replace(desk.connection, url="https://elsewhere.example")  # the desk was killed before it signed out
        assert await resume(connection=moved, sessions=desk.sessions) is None
        assert desk.kept == []
