"""One secret on its way to its owner: each step is durable before the next one, and none can be taken twice."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Literal

from bcdesk.actions import handovers
from bcdesk.actions.reveal import Event, State, allows, step
from bcdesk.actions.secret_file import CLIENT_VARIABLE, VARIABLE, Form, NotSavedError, write
from bcdesk.client.errors import ClientError, Conflict, NotFound
from bcdesk.client.values import MadeMember, MadeSecret, MadeVersion
from bcdesk.contract.first_party import setup_link
from bcdesk.contract.rows import AppRow, MemberRow
from bcdesk.store.journal import JournalError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from bcdesk.client.client import Client
    from bcdesk.client.values import About, Made
    from bcdesk.contract.secret import OneTimeSecret
    from bcdesk.store.journal import Journal
    from bcdesk.store.store import Store

_log = logging.getLogger(__name__)


class NoConnectionError(Exception):
    """The step needs the server, and there is no connection to one."""


class Handing:
    """Leads a made secret through its hand-over; it is in it while `state` says so."""

    def __init__(
        self,
        made: Made,
        *,
        store: Store,
        journal: Journal,
        client_of: Callable[[], Client | None],
        now: Callable[[], float] = time.time,
        replacement: bool = False,
    ) -> None:
        """Begin with the secret of ``made`` waiting to be taken; a ``replacement`` ended the one before it."""
        self.made = made
        self.state = State.WAITING
        self.replacement = replacement
        self.how: Literal["copy", "file"] | None = None
        """How it was handed over; None before."""
        self.told: Literal["not_yet", "told", "later", "ended"] = "not_yet"
        """Whether the server knows: ``later`` leaves it to the journal, ``ended`` says that it had discarded it."""
        self._store = store
        self._journal = journal
        self._client_of = client_of
        self._now = now
        self._lock_wanted = False

    @property
    def secret(self) -> OneTimeSecret | None:
        """Return the secret while it waits; None once it is sealed, taken or thrown away."""
        return None if self.made.secret.spent else self.made.secret

    @property
    def kind(self) -> Literal["create", "rotate"]:
        """Tell whether the secret came with its key or application, or is a further one of it."""
        if isinstance(self.made, MadeMember):
            entry = self._journal.find(self.made.handover.id)
            return "rotate" if entry is None or entry.kind == "member_link" else "create"
        return "rotate" if isinstance(self.made, MadeVersion | MadeSecret) else "create"

    @property
    def about(self) -> About:
        """Tell whether the secret is an API key, a client secret or that of a set-up link."""
        row = self.made.row
        return "app" if isinstance(row, AppRow) else "member" if isinstance(row, MemberRow) else "key"

    @property
    def seconds_left(self) -> float:
        """Seconds until the server throws the secret away."""
        return max(0.0, self.made.handover.expires_at - self._now())

    def allows(self, event: Event) -> bool:
        """Tell whether ``event`` has a place now."""
        return allows(self.state, event)

    async def copy(self, put: Callable[[str], Awaitable[bool]]) -> bool:
        """Write down that a copy begins, then have ``put`` place the value; tell whether it holds it.

        False: nothing was used up. Raises `JournalError` where nothing could be written down: then nothing
        was placed either.
        """
        return await self._hand_over("copy", put)

    async def save(self, path: Path, form: Form) -> None:
        """Write down that a file begins, then write the value to the new file ``path``; it counts as the hand-over.

        Raises `NotSavedError` (nothing was used up) or `JournalError`.
        """
        failed: list[NotSavedError] = []
        variable = CLIENT_VARIABLE if self.about == "app" else VARIABLE

        async def put(value: str) -> bool:
            try:
                await asyncio.to_thread(write, path, value, form, variable)
            except NotSavedError as error:
                failed.append(error)
            return not failed

        if not await self._hand_over("file", put):
            raise failed[0]

    async def tell(self) -> None:
        """Tell the server that the secret was handed over; where it does not hear, the journal tells it later."""
        client, how = self._client_of(), self.how
        self.told = "later"
        if client is None or how is None:
            return
        try:
            await handovers.acknowledge(
                client=client, store=self._store, journal=self._journal, made=self.made, how=how
            )
        except (Conflict, NotFound):
            self.told = "ended"
        except ClientError as error:
            _log.info("the server will hear of a hand-over later: %s", type(error).__name__)
        else:
            self.told = "told"

    async def discard(self) -> None:
        """Throw the secret away, for good at once; the server hears of it now or from the journal later."""
        self.state = step(self.state, Event.THROWN_AWAY)
        self.made.secret.discard()
        client = self._client_of()
        try:
            if client is not None:
                await handovers.discard(client=client, store=self._store, journal=self._journal, made=self.made)
                return
        except (Conflict, NotFound) as error:
            _log.info("a discarded hand-over was over already: %s", type(error).__name__)
            return
        except ClientError as error:
            _log.info("the server will hear of a discard later: %s", type(error).__name__)
        entry = self._journal.find(self.made.handover.id)
        if entry is not None:
            await self._journal.update(entry.id, state="discarded")
            self._journal.claimed.discard(entry.id)

    def expire(self) -> None:
        """Take note that the server has thrown it away after its time."""
        if self.allows(Event.EXPIRED):
            self.state = step(self.state, Event.EXPIRED)
            self.made.secret.discard()

    def seal(self) -> None:
        """Take the secret out of memory (lock, sleep); a copy under way ends first."""
        if self.state is State.COPYING:
            self._lock_wanted = True
        elif self.allows(Event.LOCKED):
            self.state = step(self.state, Event.LOCKED)
            self.made.secret.discard()

    async def unseal(self) -> bool:
        """Ask the server for the same answer again; False where its time has run out or it was ended elsewhere.

        Raises `ClientError` or `NoConnectionError` where the server does not answer: it stays sealed.
        """
        self._lock_wanted = False
        if self.state is not State.SEALED:
            return self.state is State.WAITING
        made = None
        if self.seconds_left > 0:
            made = await handovers.replay(
                client=self._client(), store=self._store, journal=self._journal, handover_id=self.made.handover.id
            )
        if made is not None and not self.allows(Event.ANSWERED):  # thrown away meanwhile
            made.secret.discard()
        elif made is not None:
            self.state = step(self.state, Event.ANSWERED)
            self.made = made
            return True
        self.expire()
        return False

    async def replace(self) -> Handing:
        """Make a new secret under the same id that ends this one unused; raises `Conflict` where it was used."""
        after = step(self.state, Event.REPLACED)
        made = await handovers.replace_lost(
            client=self._client(), store=self._store, journal=self._journal, lost=self.made
        )
        self.state = after
        return Handing(
            made,
            store=self._store,
            journal=self._journal,
            client_of=self._client_of,
            now=self._now,
            replacement=True,
        )

    async def _hand_over(self, how: Literal["copy", "file"], put: Callable[[str], Awaitable[bool]]) -> bool:
        secret, base_url = self.made.secret, ""
        if self.about == "member":
            base_url = self._client().base_url  # what is handed over is the whole link
        self.state = step(self.state, Event.COPY_BEGUN)
        placed = False
        try:
            await handovers.mark_copying(self._journal, self.made.handover.id, how=how, clock=self._now)
            placed = await put(setup_link(base_url, secret.show()) if base_url else secret.show())
        finally:
            self.state = step(self.state, Event.READ_BACK if placed else Event.COPY_REFUSED)
        if placed:
            self.how = how
            secret.take()
            try:
                await handovers.mark_handed_over(self._journal, self.made.handover.id, how=how)
            except JournalError:  # the journal still says copying: a restart asks instead of knowing
                _log.warning("a hand-over could not be written down")
        else:
            await handovers.mark_waiting(self._journal, self.made.handover.id)
            if self._lock_wanted:
                self._lock_wanted = False
                self.seal()
        return placed

    def _client(self) -> Client:
        client = self._client_of()
        if client is None:
            raise NoConnectionError
        return client
