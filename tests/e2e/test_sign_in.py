"""A desk signs in at a second server on another port, by its real pages, and stays signed in as long as it may."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from keyring.backend import KeyringBackend

from bcdesk.actions.sign_in import Session, SignInFailedError, Why, resume, sign_in, sign_out
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.client import Client
from bcdesk.client.errors import Forbidden, SignInNeeded
from bcdesk.client.values import KeyDraft
from bcdesk.contract.codes import Code
from bcdesk.store.connections import Connection
from bcdesk.store.session_vault import SessionVault
from bcdesk.store.store import Store
from bcdesk.store.vault import Vault
from tests.e2e.cutting import cutting, through
from tests.e2e.flow.browser.pages import Authority
from tests.e2e.serving import Served, make_key, serving
from tests.e2e.signing_in.studio import (
    Browser,
    Member,
    count,
    disable,
    join,
    let_access_expire,
    let_refresh_expire,
)
from tests.unit.store.conftest import ready_vault, use_keyring

__all__ = ["ready_vault", "use_keyring"]
LIMIT = 60


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run a server that takes our word for addresses: from one of them, nobody signs in over five times a minute."""
    folder = tmp_path_factory.mktemp("studio") / "server"
    with serving(folder, "--trusted-proxy", "127.0.0.1/32") as served:
        yield served


@dataclass
class Desk:
    """What a desk has for one connection."""

    served: Served
    member: Member
    connection: Connection
    sessions: SessionVault
    verify: ssl.SSLContext | bool = True
    ends: list[str] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)

    async def sign_in(self, action: str = "allow") -> Session:
        """Sign in by the server's pages."""
        opened: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
            waiting = group.create_task(
                sign_in(
                    connection=self.connection, sessions=self.sessions, open_browser=opened.set_result,
                    on_ended=lambda: self.ends.append("ended"),
                )
            )  # fmt: skip
            waiting.add_done_callback(lambda _: opened.cancel())
            with contextlib.suppress(asyncio.CancelledError):
                url = await opened
                async with Browser(self.served, self.verify) as browser:
                    self.pages.append((await browser.sign_in(url, self.member, action=action)).text)
                    self.pages += browser.pages
        return waiting.result()

    def client(self, session: Session | None) -> Client:
        """Return the server as the session's member sees it."""
        assert session is not None
        self.clients.append(session.client())
        return self.clients[-1]

    async def resume(self) -> Session | None:
        return await resume(
            connection=self.connection, sessions=self.sessions, on_ended=lambda: self.ends.append("ended")
        )

    @property
    def kept(self) -> bool:
        return any(self.sessions._folder.glob("*.session"))


Desks = Callable[..., Any]


@pytest.fixture
async def desks(served: Served, ready_vault: Vault, tmp_path: Path) -> AsyncIterator[Desks]:
    """Return how to make a desk whose member has a role."""
    made: list[Desk] = []

    async def make(role: str = "manager") -> Desk:
        connection = Connection("con_1", "remote", "Studio", served.base_url)
        desk = Desk(served, await join(served, role), connection, SessionVault(tmp_path / "sessions", ready_vault))
        made.append(desk)
        return desk

    yield make
    for desk in made:
        for client in desk.clients:
            await client.aclose()
        desk.sessions.close()


async def test_that_a_member_signs_in_and_is_who_they_are(desks: Desks) -> None:
    desk = await desks("manager")
    client = desk.client(await desk.sign_in())
    session = await client.session()
    assert (session.member.id, session.member.role) == (desk.member.id, "manager")
    assert "Sign in bcdesk on this computer as Studio hand (manager)?" in desk.pages[-1]
    await client.keys.list()
    assert desk.kept


async def test_that_a_viewer_gets_no_path_to_a_secret(desks: Desks) -> None:
    desk = await desks("viewer")
    client = desk.client(await desk.sign_in())
    draft = KeyDraft(name="A key", environment="sandbox", scopes=("beats.read",))
    with pytest.raises(Forbidden):
        await client.keys.create(draft, "k" * 43)
    await client.keys.list()


async def test_that_no_is_no(desks: Desks) -> None:
    desk = await desks()
    with pytest.raises(ExceptionGroup) as failed:
        await desk.sign_in("deny")
    error = failed.value.exceptions[0]
    assert isinstance(error, SignInFailedError)
    assert error.why is Why.DENIED
    assert not desk.kept


async def test_that_a_token_that_expires_during_use_is_renewed_once_for_eight_requests(
    desks: Desks, served: Served
) -> None:
    desk = await desks()
    client = desk.client(await desk.sign_in())
    await client.session()
    for round in range(3):
        let_access_expire(served)
        before = count(served, "member_refresh_tokens")
        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(client.session()) for _ in range(8)]
        assert {call.result().member.id for call in calls} == {desk.member.id}, round
        assert count(served, "member_refresh_tokens") == before + 1
    assert desk.ends == []


async def test_that_a_session_that_two_hold_ends_for_both(desks: Desks, served: Served) -> None:
    desk = await desks()
    first = desk.client(await desk.sign_in())
    await first.session()
    second = desk.client(await desk.resume())
    for _ in range(2):  # its second renewal says that the first one's answer arrived
        assert (await second.session()).member.id == desk.member.id
        let_access_expire(served)
    assert (await second.session()).member.id == desk.member.id
    for client in (first, second):
        with pytest.raises(SignInNeeded):
            await client.session()
    assert desk.ends == ["ended"]  # by the one whose session it is
    assert not desk.kept


async def until_known(store: Store, key_id: str) -> None:
    """Wait until a key is in the store."""
    known = asyncio.Event()
    stop = store.listen(lambda _change: known.set() if key_id in store.keys else None)
    if key_id not in store.keys:
        await known.wait()
    stop()


async def test_that_a_desk_that_follows_the_server_does_so_past_the_end_of_its_token(
    desks: Desks, served: Served
) -> None:
    desk = await desks()
    store, states = Store(), set[str]()
    store.listen(lambda change: states.add(store.link.state))
    loop = SyncLoop(desk.client(await desk.sign_in()), store)
    async with asyncio.timeout(LIMIT), asyncio.TaskGroup() as group:
        running = group.create_task(loop.run())
        for number in range(3):
            with served.client() as owner:
                made = (await asyncio.to_thread(make_key, owner, name=f"Key {number}"))["key"]["id"]
            await until_known(store, made)
            let_access_expire(served)
        running.cancel()
    assert states - {"starting", "loading"} == {"online"}
    assert desk.ends == []


@pytest.mark.parametrize("ending", ["expired", "disabled", "revoked"])
async def test_that_a_session_that_ended_elsewhere_is_told_once_and_wiped(
    desks: Desks, served: Served, ending: str
) -> None:
    desk = await desks()
    session = await desk.sign_in()
    client = desk.client(session)
    await client.session()
    if ending == "expired":
        let_refresh_expire(served)
    elif ending == "disabled":
        await disable(served, desk.member)
        with pytest.raises(Forbidden) as forbidden:  # while the server still knows who asks, it says why not
            await client.session()
        assert forbidden.value.code == Code.MEMBER_DISABLED
        assert (desk.ends, desk.kept) == ([], True)
        let_access_expire(served)
    else:
        assert await session.bearer.revoke(client._transport.form)
        desk.clients.append(client := (await desk.resume()).client())
    for _ in range(3):
        with pytest.raises(SignInNeeded):
            await client.session()
    assert desk.ends == ["ended"]
    assert not desk.kept
    assert await desk.resume() is None


async def test_that_who_signs_out_is_out_on_both_sides(desks: Desks) -> None:
    desk = await desks()
    session = await desk.sign_in()
    client = desk.client(session)
    await client.session()
    token = session.bearer.header().removeprefix("Bearer ")
    assert await sign_out(connection=desk.connection, sessions=desk.sessions, bearer=session.bearer) is True
    assert not desk.kept
    with desk.served.client(token) as other:
        assert other.get("/manage/v1/session").status_code == 401
    with pytest.raises(SignInNeeded):
        await client.session()
    assert desk.ends == []


async def test_that_signing_out_without_the_server_says_so(desks: Desks) -> None:
    desk = await desks()
    session = await desk.sign_in()
    gone = replace(desk.connection, url="http://127.0.0.1:9")
    assert await sign_out(connection=gone, sessions=desk.sessions, bearer=session.bearer) is False
    assert not desk.kept


@pytest.mark.timeout(180)
async def test_that_a_renewal_cut_at_any_byte_ends_no_session(desks: Desks, served: Served) -> None:
    desk = await desks()
    await desk.sign_in()
    async with cutting(served.address) as proxy:
        proxy.watched = b"POST /oauth/token HTTP/1.1\r\n"
        client = desk.client(await desk.resume())
        client._transport._inner = through(proxy)  # asked by its own name
        await client.session()
        length = proxy.passed[-1]
        for offset in range(0, length, 23):
            let_access_expire(served)
            proxy.cut_after, proxy.hard, proxy.once = offset, bool(offset % 2), True
            assert (await client.session()).member.id == desk.member.id
            proxy.cut_after = None
    assert desk.ends == []


async def test_that_a_server_with_a_private_authority_is_signed_in_to_by_its_bundle(
    ready_vault: Vault, tmp_path: Path, use_keyring: Callable[[KeyringBackend], None]
) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("127.0.0.1")
    trusting = ssl.create_default_context(cafile=authority.ca)
    tls = ("--tls-cert", str(certificate), "--tls-key", str(key))
    with serving(tmp_path / "server", *tls) as served:
        assert served.base_url.startswith("https://")
        connection = Connection("con_1", "remote", "Studio", served.base_url, ca_bundle=authority.ca)
        sessions = SessionVault(tmp_path / "sessions", ready_vault)
        desk = Desk(served, await join(served, verify=trusting), connection, sessions, trusting)
        client = (await desk.sign_in()).client()
        assert (await client.session()).member.id == desk.member.id
        await client.aclose()
        assert await sign_out(connection=connection, sessions=sessions) is True
