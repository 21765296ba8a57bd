"""The desk without its window: the real client, journal, vault, store and actions, told what to do line by line.

What it writes to stdout is its screen and its clipboard: ``shown`` and ``clipboard`` carry the secret.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from bcdesk import log
from bcdesk.actions import handovers, keys
from bcdesk.actions.handing import Handing
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import ClientError
from bcdesk.client.transport import Transport
from bcdesk.client.values import KeyDraft, Made
from bcdesk.store.journal import Journal, JournalError, Pending
from bcdesk.store.store import Store
from bcdesk.store.vault import Vault


def say(at: str, **more: Any) -> None:
    sys.stdout.write(json.dumps({"at": at, **more}) + "\n")
    sys.stdout.flush()


class HeadlessDesk:
    """Does what a person at the desk would."""

    def __init__(self, folder: Path) -> None:
        self.vault = Vault(folder)
        self.journal = Journal(folder / "journal", self.vault)
        self.store = Store()
        self.client: Client | None = None
        self.doubtful: dict[str, Pending] = {}

    async def connect(self, *, base_url: str, token: str) -> None:
        if self.client is not None:
            await self.client.aclose()
        self.client = Client(Transport(base_url, Bearer(token)))
        await self.vault.open()
        await SyncLoop(self.client, self.store).once()
        say("connected", vault=self.vault.state.value)

    async def create(self, *, replaces: str | None = None, **fields: Any) -> None:
        say("begun")
        draft = KeyDraft(**{**fields, "scopes": tuple(fields["scopes"])}, replaces=replaces)
        await self.hand_over(await keys.create_key(**self.parts, draft=draft))

    async def rotate(self, **what: Any) -> None:
        say("begun")
        await self.hand_over(await keys.rotate_key(**self.parts, **what))

    async def revoke(self, **what: Any) -> None:
        say("begun")
        assert self.client is not None
        row = await keys.revoke_key(client=self.client, store=self.store, **what)
        say("revoked", status=row.status)

    async def recover(self) -> None:
        for one in await handovers.recover(**self.parts):
            entry = one.pending
            say("recovered", kind=one.kind, entry=entry.id, error=type(one.error).__name__ if one.error else None)
            if one.made is not None:
                await self.hand_over(one.made)
            elif one.kind == "maybe_copied":
                self.doubtful[entry.id] = entry
        left = [[entry.id, entry.state] for entry in self.journal.pending()]
        orphans = [row.id for row in handovers.orphans(store=self.store, journal=self.journal)]
        say("over", left=left, set_aside=self.journal.set_aside, orphans=orphans)

    async def have(self, *, entry: str) -> None:
        await handovers.i_have_it(**self.parts, pending=self.doubtful.pop(entry))

    async def replace(self, *, entry: str) -> None:
        pending = self.doubtful.pop(entry)
        await self.hand_over(
            await handovers.replace_unused(
                **self.parts, key_id=pending.key_id or "", version_id=pending.version_id or ""
            )
        )

    async def rows(self) -> None:
        assert self.client is not None
        await SyncLoop(self.client, self.store).once()
        say("rows", rows={row.id: row.status for row in self.store.keys.values()})

    async def hand_over(self, made: Made) -> None:
        handing = Handing(made, store=self.store, journal=self.journal, client_of=lambda: self.client)
        say("shown", secret=made.secret.show(), key=made.row.id, version=made.version_id, handover=made.handover.id)

        async def put(value: str) -> bool:
            say("clipboard", secret=value, key=made.row.id, version=made.version_id)
            return True

        await handing.copy(put)
        say("handed_over", key=made.row.id)
        await handing.tell()
        say("told", told=handing.told, key=made.row.id)

    @property
    def parts(self) -> dict[str, Any]:
        return {"client": self.client, "store": self.store, "journal": self.journal}


async def main(folder: Path) -> None:
    desk = HeadlessDesk(folder)
    say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        try:
            await getattr(desk, order.pop("do"))(**order)
        except (ClientError, JournalError) as error:
            say("failed", error=f"{type(error).__name__} {error}", uncertain=getattr(error, "uncertain", None))
        say("idle")


if __name__ == "__main__":
    log.setup(log.level_of_environment("DEBUG"))
    asyncio.run(main(Path(sys.argv[1])))
