"""A desk without a window in a process of its own: signs in, works, and signs out, as it is told on stdin.

Called with its data folder and the server's address; takes and tells JSON lines. Its stderr is its log, all of it.
"""

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any

from bcdesk import log
from bcdesk.actions.sign_in import Session, SignInFailedError, resume, sign_in, sign_out
from bcdesk.actions.vault import begin_anew
from bcdesk.client.client import Client
from bcdesk.client.errors import ClientError
from bcdesk.store.cache import Cache
from bcdesk.store.connections import Connections
from bcdesk.store.session_vault import SessionVault
from bcdesk.store.vault import Vault, VaultState

PASSPHRASE = "a passphrase of the test"


def tell(at: str, **more: object) -> None:
    print(json.dumps({"at": at, **more}), flush=True)  # noqa: T201 - this is how it talks


class Desk:
    """One connection of one desk."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.session: Session | None = None
        self.client: Client | None = None

    async def open(self) -> None:
        """Open the vault, and find or make the connection."""
        vault = Vault(self.folder)
        if await vault.open() is not VaultState.PASSPHRASE:
            await begin_anew(vault=vault, holders=(), to="passphrase", passphrase=PASSPHRASE)
        elif not await vault.unlock(PASSPHRASE):
            raise AssertionError
        self.sessions = SessionVault(self.folder / "sessions", vault)
        connections = Connections(self.folder)
        self.connection = connections.last or connections.add(name="Studio", url=self.url)
        connections.use(self.connection.id)
        self.cache = Cache(self.folder / "cache", vault, connection=self.connection.id)

    async def sign_in(self) -> None:
        self._take(
            await sign_in(
                connection=self.connection, sessions=self.sessions, open_browser=lambda url: tell("open", url=url),
                on_ended=lambda: tell("ended"),
            )
        )  # fmt: skip
        tell("signed_in")

    async def resume(self) -> None:
        session = await resume(
            connection=self.connection, sessions=self.sessions, on_ended=lambda: tell("ended")
        )  # fmt: skip
        if session is not None:
            self._take(session)
        tell("resumed", there=session is not None)

    async def use(self) -> None:
        """Ask eight things at once."""
        assert self.client is not None
        outcomes = await asyncio.gather(*(self.client.session() for _ in range(8)), return_exceptions=True)
        failed = [one for one in outcomes if isinstance(one, BaseException)]
        for error in failed:
            logging.getLogger("desk").error("it failed: %r", error, exc_info=error)
        row = next((one for one in outcomes if not isinstance(one, BaseException)), None)
        if row is not None:
            await self.cache.attach(row)
        tell("used", failed=sorted({type(one).__name__ for one in failed}))

    async def renew(self) -> None:
        """Renew again and again, until it is killed."""
        assert self.client is not None
        assert self.session is not None
        bearer = self.session.bearer
        tell("renewing")
        while True:
            await bearer.renew(bearer.header(), self.client._transport.form)
            await self.client.session()
            tell("renewed")

    async def secrets(self) -> None:
        """Tell the tokens, for somebody to look for."""
        assert self.session is not None
        bearer = self.session.bearer
        tell(
            "secrets", held=[bearer._access.show(), bearer._refresh.show()], repr=repr(self.session) + repr(vars(self))
        )

    async def sign_out(self) -> None:
        bearer = self.session.bearer if self.session is not None else None
        heard = await sign_out(connection=self.connection, sessions=self.sessions, cache=self.cache, bearer=bearer)
        tell("signed_out", heard=heard)

    async def plant(self, text: str) -> None:
        """Let a secret slip, so that whoever looks for it is seen to find it."""
        sys.stderr.write(f"planted {text}\n")
        tell("planted")

    async def close(self) -> None:
        if self.client is not None:
            await self.client.aclose()
        await self.cache.close()
        self.sessions.close()

    def _take(self, session: Session) -> None:
        self.session, self.client = session, session.client()


async def main() -> None:
    """Take orders until stdin ends."""
    desk = Desk(Path(sys.argv[1]), sys.argv[2])
    await desk.open()
    tell("up")
    while line := await asyncio.to_thread(sys.stdin.readline):
        order: dict[str, Any] = json.loads(line)
        try:
            await getattr(desk, order.pop("do"))(**order)
        except (ClientError, SignInFailedError) as error:
            logging.getLogger("desk").error("it failed: %r", error, exc_info=error)
            tell("failed", error=type(error).__name__, why=str(error))
    await desk.close()


if __name__ == "__main__":
    log.setup("DEBUG", sys.stderr)
    for name in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    asyncio.run(main())
