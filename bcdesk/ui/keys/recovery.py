"""Takes up at start, and after each reconnect, what the journal says of hand-overs that were interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from bcdesk.ui.dialogs import Dialog, ask
from bcdesk.ui.keys import reveal_faces as faces
from bcdesk.ui.keys import reveal_words as words
from bcdesk.ui.keys.held_keys import HeldKeys
from bcdesk.ui.keys.reveal import hand_over
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from PySide6.QtWidgets import QWidget

    from bcdesk.actions.handovers import Recovered
    from bcdesk.store.journal import Pending
    from bcdesk.store.store import Change
    from bcdesk.store.vault import VaultState
    from bcdesk.ui.desk import Desk


class Recovery:
    """Asks the journal whenever the desk comes online or the keyring opens, one run at a time."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        *,
        on_rotate: Callable[[str], object] | None = None,
        on_new_secret: Callable[[str], object] | None = None,
    ) -> None:
        """Show dialogs over the window of ``parent``.

        ``on_rotate`` opens *Rotate…* for a key's id, ``on_new_secret`` *New secret…* for an application's.
        """
        self._parent = parent
        self._desk = desk
        self._further = {"key": on_rotate, "app": on_new_secret}
        self._running = False
        self._wanted = False
        self._stops = (desk.store.listen(self._on_change), desk.vault.listen(self._on_vault))

    def close(self) -> None:
        """Listen no more."""
        for stop in self._stops:
            stop()

    def poke(self) -> None:
        """Run, or run again after the present run."""
        self._wanted = True
        if not self._running and self._desk.client is not None and self._desk.store.session is not None:
            self._running, self._wanted = True, False
            self._desk.scope.start(self._run(), name="recovery")

    async def _run(self) -> None:
        from bcdesk.actions.handovers import recover
        from bcdesk.client.errors import ClientError

        desk = self._desk
        try:
            client = desk.client
            if client is None:
                return
            found = await recover(client=client, store=desk.store, journal=desk.journal, clock=desk.now)
        except ClientError:
            return  # the next reconnect tries again
        finally:
            self._running = False
            if self._wanted:
                self.poke()
        await asyncio.gather(*(self._take_up(one) for one in found))

    async def _take_up(self, one: Recovered) -> None:
        desk = self._desk
        if one.kind == "waiting" and one.made is not None:
            about = one.pending.about
            outcome = await hand_over(self._parent, one.made, desk=desk, intro=words.interrupted(about))
            further = self._further.get(about)
            if outcome.rotate and further is not None:
                further(outcome.key_id)
        elif one.kind == "maybe_copied":
            made = await self._alone(lambda: MaybeCopied(self._parent, desk, one.pending))
            if made is not None:
                intro = words.replaced((one.pending.masked or "")[-4:], one.pending.about)
                await hand_over(self._parent, made, desk=desk, intro=intro, replacement=True)
        elif one.kind == "expired":
            about = one.pending.about
            said = words.expired(name_of(desk, one.pending), about)
            link = tr("A set-up link was discarded")
            title = words.by(about, tr("A key was discarded"), tr("A client secret was discarded"), link)
            await self._alone(lambda: Notice(self._parent, desk, title, said))

    async def _alone(self, dialog: Callable[[], Dialog]) -> Any:
        async with self._desk.gate.turn(_Nothing()):
            return await ask(dialog())

    def _on_change(self, change: Change) -> None:
        if change.session or (change.link and self._desk.store.link.state == "online"):
            self.poke()

    def _on_vault(self, _state: VaultState) -> None:
        if self._desk.journal.durable:
            self.poke()


class Notice(Dialog):
    """Says one thing that is over."""

    def __init__(self, parent: QWidget, desk: Desk, title: str, sentence: str) -> None:
        """Say ``sentence`` under ``title``."""
        super().__init__(parent, title, name="reveal_notice")
        self.setProperty("demo", desk.connection.demo)
        faces.settle(self, faces.notice(self, title, sentence, self.reject))


class MaybeCopied(Dialog):
    """Asks what became of a secret that was on its way when the desk ended; it is never shown again.

    The outcome is the replacement that was made, or None; who leaves is asked again at the next start.
    """

    def __init__(self, parent: QWidget, desk: Desk, pending: Pending) -> None:
        """Ask about ``pending``."""
        to_file = pending.how == "file"
        when = words.moment(pending.copied_at or pending.changed_at, desk.now())
        asked = (
            tr("It may have been saved at {time}.", time=when)
            if to_file
            else tr("It may have been copied at {time}.", time=when)
        )
        super().__init__(parent, asked, name="maybe_copied")
        self.setProperty("demo", desk.connection.demo)
        self._desk = desk
        self._pending = pending
        name = name_of(desk, pending)
        last4 = (pending.masked or "")[-4:]
        said = tr(
            "bcdesk ended while the secret of {name}, ending in {last4}, was on its way, and cannot know whether "
            "it arrived. It is not shown again. Replace it makes a new secret under the same id and ends this one.",
            name=name,
            last4=last4,
        )
        faces.lead(self, said, "maybe_copied_said")
        self.add_button(Button(tr("Replace it"), name="maybe_replace", on_click=self._replace))
        have = Button(tr("I have it"), "primary", name="maybe_have", on_click=self._have)
        self.add_button(have)
        have.setFocus(Qt.FocusReason.OtherFocusReason)
        self._held = HeldKeys(self)
        self._held.watch(self)

    def _have(self) -> None:
        self._start(self._say_so(), tr("Telling the server…"))

    def _replace(self) -> None:
        self._start(self._make_another(), tr("Making a new secret…"))

    async def _say_so(self) -> None:
        from bcdesk.actions.handovers import i_have_it, mark_handed_over
        from bcdesk.client.errors import ClientError, Conflict, NotFound

        desk, pending = self._desk, self._pending
        client = desk.client
        if client is None:
            await mark_handed_over(desk.journal, pending.handover_id or "", how=pending.how or "copy")
            desk.journal.claimed.discard(pending.id)
        else:
            try:
                await i_have_it(client=client, store=desk.store, journal=desk.journal, pending=pending)
            except (Conflict, NotFound):
                raise
            except ClientError:
                pass  # the journal says so, and tells the server at the next reconnect
        self.finish(None)

    async def _make_another(self) -> None:
        from bcdesk.actions.handing import NoConnectionError
        from bcdesk.actions.handovers import replace_lost

        desk, pending = self._desk, self._pending
        client = desk.client
        if client is None or pending.key_id is None or pending.version_id is None:
            raise NoConnectionError
        self.finish(await replace_lost(client=client, store=desk.store, journal=desk.journal, lost=pending))

    def _start(self, step: Coroutine[Any, Any, None], said: str) -> None:
        if self.busy:
            step.close()
            return
        self.set_busy(said)
        self._desk.scope.start(step, name="reveal.maybe", on_error=self._failed)

    def _failed(self, error: BaseException) -> None:
        from bcdesk.actions.reveal import State
        from bcdesk.ui.keys.reveal_problems import say

        self.set_busy(None)
        self.show_problem(*say(error, State.DOUBTFUL, self._pending.about))


class _Nothing:
    """Holds no secret."""

    def seal(self) -> None:
        """Do nothing."""


def name_of(desk: Desk, pending: Pending) -> str:
    """Return the name of what an entry's secret belongs to, or its mask where the name is not known here."""
    row = desk.store.find(pending.key_id)
    return row.name if row is not None else str(pending.body.get("name") or pending.masked or "")
