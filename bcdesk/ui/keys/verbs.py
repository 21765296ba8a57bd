"""What the page does with keys: opens a dialog, awaits it, hands secrets over, offers *Undo*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.contract import key_rules
from bcdesk.ui.dialogs import Dialog, ask
from bcdesk.ui.page.verbs import Verbs
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.client.values import Made
    from bcdesk.contract.rows import KeyRow, VersionRow


class KeyVerbs(Verbs):
    """Starts each verb as a task of the desk; every one binds to the id that it was started with."""

    # ------------------------------------------------------------------ verbs with a dialog

    def new(self, replaces_id: str | None = None) -> None:
        """Make a key, or one with the settings of another in whose place it comes."""
        self._dialog("new key", self._new(replaces_id))

    def rotate(self, key_id: str) -> None:
        """Make a new version of a key."""
        self._dialog("rotate", self._rotate(key_id))

    def edit(self, key_id: str) -> None:
        """Change a key's fields."""
        self._dialog("edit", self._edit(key_id))

    def revoke(self, key_id: str) -> None:
        """End a key."""
        self._dialog("revoke", self._revoke(key_id))

    def disable(self, key_id: str) -> None:
        """Turn a key off: a live one after its dialog, a sandbox one at once."""
        row = self._row(key_id)
        if row is not None and row.environment == "live":
            self._dialog("turn off", self._turn_off(row))
        elif row is not None:
            self._at_once("turn off", self._disable(row))

    def retire(self, key_id: str) -> None:
        """End the old version of a key now."""
        self._dialog("retire", self._version(key_id, "RetireDialog"))

    def extend(self, key_id: str) -> None:
        """Put off the end of the old version of a key."""
        self._dialog("extend", self._version(key_id, "ExtendDialog"))

    def hand_over(self, key_id: str) -> None:
        """Show a secret again that still waits."""
        self._dialog("hand over", self._hand_over_waiting(key_id))

    def replace_unused(self, key_id: str) -> None:
        """Make a new secret in place of one that nobody used."""
        self._dialog("replace", self._replace_unused(key_id))

    # ------------------------------------------------------------------ verbs at once

    def enable(self, key_id: str) -> None:
        """Turn a key on."""
        self._at_once("turn on", self._enable(key_id))

    def restore(self, key_id: str) -> None:
        """Take a revocation back."""
        self._at_once("restore", self._restore(key_id))

    def discard_unused(self, key_id: str) -> None:
        """Discard a secret that still waits: nobody has it."""
        self._at_once("discard", self._discard_unused(key_id))

    # ------------------------------------------------------------------ how they run

    def _row(self, key_id: str) -> KeyRow | None:
        return self._desk.store.keys.get(key_id)

    async def _new(self, replaces_id: str | None) -> None:
        from bcdesk.ui.keys.create import CreateDialog

        replaces = self._row(replaces_id) if replaces_id else None
        await self._reveal(await ask(CreateDialog(self._host, self._desk, replaces=replaces)))

    async def _rotate(self, key_id: str) -> None:
        from bcdesk.ui.keys.rotate import RotateDialog

        row = self._row(key_id)
        if row is not None:
            await self._reveal(await ask(RotateDialog(self._host, self._desk, row)))

    async def _edit(self, key_id: str) -> None:
        from bcdesk.ui.keys.edit import EditDialog

        row = self._row(key_id)
        if row is not None:
            await ask(EditDialog(self._host, self._desk, row))

    async def _revoke(self, key_id: str) -> None:
        from bcdesk.ui.keys.revoke import Revoked, RevokeDialog

        row = self._row(key_id)
        if row is None:
            return
        done = await ask(RevokeDialog(self._host, self._desk, row))
        if not isinstance(done, Revoked):
            return
        if done.change_settings_first:
            await self._new(done.key.id)
        elif done.replacement is not None:
            await self._reveal(done.replacement)
        elif not done.key.compromised and done.key.revoked_at is not None:
            words = tr("{name} is revoked.", name=done.key.name)
            until = done.key.revoked_at + key_rules.RESTORE_SECONDS
            self._undo.offer(key_id, words, lambda: self.restore(key_id), until=until)

    async def _turn_off(self, row: KeyRow) -> None:
        from bcdesk.ui.keys.turn_off import TurnOffDialog

        if await ask(TurnOffDialog(self._host, self._desk, row)) is not None:
            self._offer_turn_on(row)

    async def _version(self, key_id: str, kind: str) -> None:
        from bcdesk.ui.keys import version_dialogs

        row = self._row(key_id)
        version = retiring(row) if row is not None else None
        if row is not None and version is not None:
            dialog: Dialog = getattr(version_dialogs, kind)(self._host, self._desk, row, version)
            await ask(dialog)

    async def _hand_over_waiting(self, key_id: str) -> None:
        from bcdesk.actions.handovers import replay

        row = self._row(key_id)
        if row is None or row.handover is None:
            return
        made = await replay(
            client=self._client(),
            store=self._desk.store,
            journal=self._desk.journal,
            handover_id=row.handover.id,
        )
        if made is None:
            self._desk.sync_now()
        await self._reveal(made)

    async def _replace_unused(self, key_id: str) -> None:
        from bcdesk.actions.handovers import replace_unused

        row = self._row(key_id)
        version = unused(row) if row is not None else None
        if version is None:
            return
        made = await replace_unused(
            client=self._client(),
            store=self._desk.store,
            journal=self._desk.journal,
            key_id=key_id,
            version_id=version.id,
        )
        await self._reveal(made)

    async def _reveal(self, made: Made | None) -> None:
        if made is None:
            return
        from bcdesk.ui.keys.reveal import hand_over

        self._select(made.row.id)
        outcome = await hand_over(self._host, made, desk=self._desk)
        if outcome.rotate:
            await self._rotate(outcome.key_id)

    async def _disable(self, row: KeyRow) -> None:
        from bcdesk.actions.keys import disable_key

        await disable_key(client=self._client(), store=self._desk.store, key_id=row.id)
        self._offer_turn_on(row)

    def _offer_turn_on(self, row: KeyRow) -> None:
        self._undo.offer(row.id, tr("{name} is off.", name=row.name), lambda: self.enable(row.id))

    async def _enable(self, key_id: str) -> None:
        from bcdesk.actions.keys import enable_key

        await enable_key(client=self._client(), store=self._desk.store, key_id=key_id)
        self._forget_offer(key_id)

    async def _restore(self, key_id: str) -> None:
        from bcdesk.actions.keys import restore_key

        await restore_key(client=self._client(), store=self._desk.store, key_id=key_id)
        self._forget_offer(key_id)

    async def _discard_unused(self, key_id: str) -> None:
        """Discard what waits here, or call off a rotation whose new version nobody used."""
        from bcdesk.actions.handovers import discard
        from bcdesk.actions.keys import retire_version

        client, store, journal, row = self._client(), self._desk.store, self._desk.journal, self._row(key_id)
        if row is None:
            return
        entry = journal.find(row.handover.id) if row.handover is not None else None
        version = unused(row)
        if entry is not None:
            await discard(client=client, store=store, journal=journal, made=entry)
        elif version is not None and version.state == "pending":
            await retire_version(client=client, store=store, key_id=key_id, version_id=version.id)


def retiring(row: KeyRow) -> VersionRow | None:
    """Return the old version of ``row`` that still works for a while, or None."""
    return next((version for version in row.versions if version.state == "retiring"), None)


def unused(row: KeyRow) -> VersionRow | None:
    """Return the newest version of ``row`` where nobody used it yet, or None."""
    living = [version for version in row.versions if version.state in ("pending", "current")]
    newest = max(living, key=lambda version: (version.created_at, version.id), default=None)
    return newest if newest is not None and newest.last_used_at is None else None
