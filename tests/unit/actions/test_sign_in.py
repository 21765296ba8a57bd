"""Signing in by a browser: the way in, each way in which it fails, and the way out."""

import asyncio
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from keyring.backend import KeyringBackend

from bcdesk.actions.sign_in import SignInFailedError, Why, resume, sign_out
from bcdesk.client.errors import ClientError, Garbled, InsecureAddress, SignInNeeded, TlsFault, Unreachable
from bcdesk.store.cache import Cache
from bcdesk.store.vault import Vault, VaultClosedError, VaultState
from tests.unit.actions.signing_in import Desk, signing_in
from tests.unit.client.answering import answer, problem
from tests.unit.client.renewing import FIRST, LIMIT, access_of, refresh_of, until
from tests.unit.store import keyrings
from tests.unit.store.conftest import ready_vault, use_keyring

__all__ = ["ready_vault", "use_keyring"]


async def outcome(desk: Desk, *answers: dict[str, str], **more: Any) -> Any:
    """Sign in with a browser that comes back with each of the answers; return the session or the error."""
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        signing = group.create_task(told(desk, **more))
        await until(lambda: bool(desk.browser.urls) or signing.done())
        for given in answers:
            await desk.browser.come_back(**given)
    return signing.result()


async def told(desk: Desk, **more: Any) -> Any:
    try:
        return await desk.sign_in(**more)
    except (ClientError, SignInFailedError) as error:
        return error


async def listens(url: str) -> bool:
    """Tell whether anybody listens at the redirect of an authorization request."""
    port = int(url.partition("127.0.0.1%3A")[2].partition("%2F")[0])
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_that_a_member_comes_in_by_the_browser(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        session = await outcome(desk, {})
        asked = desk.browser.asked
        assert (asked["client_id"], asked["scope"], asked["code_challenge_method"]) == ("bcdesk", "manage", "S256")
        assert desk.browser.pages[0].status_code == 200
        assert (session.durable, session.connection) == (True, desk.connection)
        assert desk.kept == ["con_1.session"]
        client = session.client()
        assert (await client._transport.send("GET", "/a")).json() == {"path": "/a"}
        await client.aclose()
        assert not await listens(desk.browser.urls[0])
        assert "canary" not in repr(session) + "".join(file.read_text("latin-1") for file in desk.folder.iterdir())


async def test_that_the_next_desk_goes_on_where_this_one_stopped(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        assert await resume(connection=desk.connection, sessions=desk.sessions) is None
        await outcome(desk, {})
        session = await resume(connection=desk.connection, sessions=desk.sessions)
        assert session is not None
        client = session.client()
        assert (await client._transport.send("GET", "/a")).json() == {"path": "/a"}
        await client.aclose()
        kept = await desk.sessions.load("con_1", desk.connection.url)
        assert kept is not None
        assert kept.take() == refresh_of(1)


async def test_that_without_the_vault_a_session_lasts_as_long_as_the_desk(
    tmp_path: Path, use_keyring: Callable[[KeyringBackend], None]
) -> None:
    use_keyring(keyrings.Locked())
    vault = Vault(tmp_path)
    await vault.open()
    async with signing_in(vault, tmp_path) as desk:
        session = await outcome(desk, {})
        assert (session.durable, desk.kept) == (False, [])


@pytest.mark.parametrize(
    ("answered", "why"),
    [
        ({"error": "access_denied"}, Why.DENIED),
        ({"error": "server_error"}, Why.REFUSED),
        ({"iss": "https://evil.example"}, Why.ANSWER),
        ({"iss": ""}, Why.ANSWER),
        ({"code": ""}, Why.ANSWER),
        ({"code": "bco_other"}, Why.REFUSED),
    ],
)
async def test_that_each_answer_that_is_none_has_its_reason(
    ready_vault: Vault, tmp_path: Path, answered: dict[str, str], why: Why
) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        error = await outcome(desk, answered)
        assert isinstance(error, SignInFailedError)
        assert error.why is why
        assert (desk.kept, desk.ends) == ([], [])
        assert "canary" not in repr(error.facts) + repr(error)
        assert not await listens(desk.browser.urls[0])


async def test_that_the_answer_to_another_request_changes_nothing(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        session = await outcome(desk, {"state": "somebody-else-s"}, {})
        assert session.durable
        assert [page.status_code for page in desk.browser.pages] == [400, 200]


async def test_that_a_state_that_was_altered_on_the_way_ends_it(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
            signing = group.create_task(told(desk))
            await until(lambda: bool(desk.browser.urls))
            await desk.browser.come_back(state=desk.browser.asked["state"][:-1])
        assert signing.result().why is Why.ANSWER


async def test_that_a_browser_that_does_not_come_back_is_waited_for_so_long_and_no_longer(
    ready_vault: Vault, tmp_path: Path
) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        begun = time.monotonic()
        error = await outcome(desk, timeout=0.3)
        assert error.why is Why.TIMED_OUT
        assert time.monotonic() - begun < 5
        assert not await listens(desk.browser.urls[0])


async def test_that_cancelling_leaves_nothing_behind(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
            signing = group.create_task(told(desk))
            await until(lambda: bool(desk.browser.urls))
            signing.cancel()
        assert signing.cancelled()
        assert not await listens(desk.browser.urls[0])
        assert (desk.kept, desk.server.renewals) == ([], 0)


async def test_that_cancelling_while_the_code_is_exchanged_leaves_nothing_here(
    ready_vault: Vault, tmp_path: Path
) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        desk.server.gate.clear()
        async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
            signing = group.create_task(told(desk))
            await until(lambda: bool(desk.browser.urls))
            await desk.browser.come_back()
            await desk.server.arrived.wait()
            signing.cancel()
        assert signing.cancelled()
        assert desk.kept == []


async def test_that_a_machine_on_which_nothing_can_listen_is_told(
    ready_vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:

        def refuse(*_: object) -> None:
            raise PermissionError(13, "no")

        monkeypatch.setattr(socket.socket, "bind", refuse)
        error = await told(desk)
        assert (error.why, error.facts["why"], desk.browser.urls) == (Why.PORT, "denied", [])


@pytest.mark.parametrize(
    "metadata", [{"issuer": "https://other.example"}, {"token_endpoint": "http://other.example/t"}]
)
async def test_that_a_server_that_is_not_the_one_asked_for_is_told(
    ready_vault: Vault, tmp_path: Path, metadata: dict[str, Any]
) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        desk.server.metadata = metadata
        error = await told(desk)
        assert error.why is Why.NOT_OURS
        assert desk.browser.urls == []


@pytest.mark.parametrize("grants", [{"scope": "beats.read"}, {"refresh_token": None}])
async def test_that_what_is_not_what_was_asked_for_is_given_back(
    ready_vault: Vault, tmp_path: Path, grants: dict[str, Any]
) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        desk.server.grants = grants
        error = await outcome(desk, {})
        assert error.why is Why.NOT_OURS
        assert desk.server.asked[-1] == "/oauth/revoke"
        assert desk.kept == []


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (answer(b"{"), Garbled),
        (answer({"access_token": 3, "token_type": "bearer"}), Garbled),
        (answer({"error": "invalid_client"}, 401), SignInFailedError),
        (problem(500, "internal"), SignInFailedError),
    ],
)
async def test_that_a_token_endpoint_that_says_no_or_nonsense_is_told(
    ready_vault: Vault, tmp_path: Path, says: bytes, kind: type[Exception]
) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        desk.server.says = says
        assert type(await outcome(desk, {})) is kind
        assert desk.kept == []


async def test_that_an_address_nobody_answers_at_is_told_as_everywhere(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        for url, kind, reason in (
            ("http://127.0.0.1:9", Unreachable, "refused"),
            ("https://nowhere.invalid", Unreachable, "dns"),
            ("http://desk.example", InsecureAddress, "http_off_loopback"),
        ):
            desk.connection = replace(desk.connection, url=url)
            error = await told(desk)
            assert (type(error), error.reason) == (kind, reason)
        (tmp_path / "bad.pem").write_text("nothing of use")
        desk.connection = replace(desk.connection, url="https://desk.example", ca_bundle=tmp_path / "bad.pem")
        error = await told(desk)
        assert (type(error), error.what) == (TlsFault, "ca_bundle")


async def test_that_a_session_that_the_server_ends_is_wiped_and_told_once(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        client = (await outcome(desk, {})).client()
        desk.server.known.clear()
        desk.server.says = answer({"error": "invalid_grant"}, 400)
        for _ in range(3):
            with pytest.raises(SignInNeeded):
                await client._transport.send("GET", "/a")
        await client.aclose()
        assert (desk.ends, desk.kept) == (["ended"], [])


async def test_that_signing_out_ends_it_there_and_here(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        session = await outcome(desk, {})
        cache = Cache(tmp_path / "cache", ready_vault, connection="con_1")
        heard = await sign_out(
            connection=desk.connection, sessions=desk.sessions, cache=cache, bearer=session.bearer
        )  # fmt: skip
        await cache.close()
        assert heard
        assert (desk.server.forms[-1]["token"], desk.kept, desk.ends) == (FIRST, [], [])
        assert access_of(0) not in desk.server.known
        assert await resume(connection=desk.connection, sessions=desk.sessions) is None


async def test_that_a_session_that_was_not_opened_is_signed_out_too(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        await outcome(desk, {})
        assert await sign_out(connection=desk.connection, sessions=desk.sessions) is True
        assert desk.server.forms[-1]["token"] == FIRST
        before = len(desk.server.asked)
        assert await sign_out(connection=desk.connection, sessions=desk.sessions) is True  # there is none left
        assert (len(desk.server.asked), desk.kept) == (before, [])


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://desk.example"])
async def test_that_a_server_that_was_not_told_is_said_to_be_so(ready_vault: Vault, tmp_path: Path, url: str) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        await outcome(desk, {})
        gone = replace(desk.connection, url=url)
        await desk.sessions.save("con_1", FIRST, url)
        assert await sign_out(connection=gone, sessions=desk.sessions) is False
        assert desk.kept == []


async def test_that_signing_out_without_the_key_wipes_and_says_that_nobody_was_told(
    ready_vault: Vault, tmp_path: Path, use_keyring: Callable[[KeyringBackend], None]
) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        await outcome(desk, {})
        use_keyring(keyrings.Locked())
        vault = Vault(tmp_path)
        assert await vault.open() is VaultState.LOCKED
        sessions = type(desk.sessions)(desk.folder, vault)
        with pytest.raises(VaultClosedError):
            await resume(connection=desk.connection, sessions=sessions)
        assert await sign_out(connection=desk.connection, sessions=sessions) is False
        assert desk.kept == []
