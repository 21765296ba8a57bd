"""*Where the key is kept…*: keyring, passphrase or nowhere; moving the key, and beginning anew where it is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, cast

from bcdesk.ui.choice_cards import ChoiceCards
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.secret_line import SecretLine
from bcdesk.ui.text import tr
from bcdesk.ui.vault_words import place_words, strength_words, words_of
from bcdesk.ui.widgets import Banner, Button, Field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from bcdesk.actions.vault import Holder
    from bcdesk.store.vault import Vault
    from bcdesk.store.vault_states import Kind
    from bcdesk.ui.tasks import TaskScope

_KINDS: Final[tuple[Kind, ...]] = ("keyring", "passphrase", "memory")


class Keeping(Protocol):
    """What a choice is about: the vault, and whoever keeps what it seals."""

    vault: Vault
    scope: TaskScope

    def holders(self) -> Sequence[Holder]:
        """Return whoever keeps files that the vault seals."""


class ChooseDialog(Dialog):
    """Keeps the key where the person says; its outcome is that place, None where all stays as it is."""

    def __init__(self, parent: QWidget, keeping: Keeping, *, kind: Kind | None = None) -> None:
        """Begin with ``kind`` chosen, or with the present place."""
        intro = tr(
            "One key seals what bcdesk keeps on this computer: the offline copy, your sign-ins, and hand-overs that "
            "are not over. Secrets of API keys and apps are never kept."
        )
        super().__init__(parent, tr("Where the key of this desk is kept"), name="vault_where", intro=intro)
        self._vault, self._scope, self._keeping = keeping.vault, keeping.scope, keeping
        self._open = True
        self._ready = self._vault.state.value == "ready"
        self._lost = self._vault.has_past and not self._ready
        self.places = ChoiceCards(
            [(one, *place_words(one)) for one in _KINDS],
            label=tr("Where the key is kept"),
            name="vault_place",
            value=kind or self._vault.kind,
        )
        if self._vault.state.value == "none":
            self.places.set_reason("keyring", tr("There is none here that encrypts what it keeps."))
        self.add(self.places)
        self.first = SecretLine(tr("Passphrase"), name="passphrase")
        self.second = SecretLine(tr("The same again"), name="passphrase_again")
        self.first_field = Field(tr("Passphrase"), self.first, name="field.passphrase")
        self.second_field = Field(tr("The same again"), self.second, name="field.passphrase_again")
        self.add_field("/passphrase", self.first_field)
        self.add_field("/again", self.second_field)
        self.effect = Banner("info", name="vault_effect")
        self.add(self.effect)
        self.add_leave()
        self.keep = Button("", "primary", name="vault_where.keep", on_click=self._start)
        self.add_button(self.keep, default=True)
        self.places.chosen.connect(lambda _kind: self._show())
        self.first.textChanged.connect(lambda _text: self._judge())
        self.second.textChanged.connect(lambda _text: self.second_field.set_fault(None))
        self.finished.connect(self._end)
        self._judge()
        self._show()

    @property
    def chosen(self) -> Kind:
        """Return the place that is chosen."""
        return cast("Kind", self.places.value)

    # ------------------------------------------------------------------ showing

    def _show(self) -> None:
        kind, phrase = self.chosen, self.chosen == "passphrase"
        for field in (self.first_field, self.second_field):
            field.setVisible(phrase)
        self.keep.set_text(self._verb(kind))
        same = kind == self._vault.kind and (self._ready or kind == "memory") and not phrase
        self.keep.set_reason(tr("It is so now.") if same else None)
        self.keep.set_kind("destroy" if self._removes(kind) else "primary")
        self.set_default(None if self._removes(kind) else self.keep)
        what, rest = ("", "") if same else self._effect(kind)
        self.effect.set_text(what, rest, tone="warn" if self._removes(kind) else "info")
        self.fit()

    def _verb(self, kind: Kind) -> str:
        if kind == "memory":
            return tr("Keep nothing")
        if self._lost:
            return tr("Begin anew")
        if kind == "keyring":
            return tr("Use the keyring")
        return tr("Change the passphrase") if self._vault.kind == "passphrase" else tr("Set the passphrase")

    def _removes(self, kind: Kind) -> bool:
        return self._lost or (kind == "memory" and self._ready)

    def _effect(self, kind: Kind) -> tuple[str, str]:
        if self._removes(kind):
            return (
                tr("What is kept on this computer is removed."),
                tr(
                    "The offline copy is loaded anew from the server, and you sign in again. A secret that waits to be "
                    "handed over is discarded after 24 hours. Nothing on a server is lost."
                ),
            )
        if kind == "memory":
            return tr("Nothing is kept on this computer."), tr("What is shown goes when you quit.")
        if self._ready:
            return tr("Everything that is kept is sealed anew."), tr("The old key is then forgotten.")
        return "", ""

    def _judge(self) -> None:
        from bcdesk.store.passphrase import strength

        self.first_field.set_fault(None)
        self.first_field.set_hint(*strength_words(strength(self.first.text())))

    # ------------------------------------------------------------------ doing

    def _start(self) -> None:
        if self.busy:
            return
        kind = self.chosen
        if kind == "passphrase" and not self._agreed():
            return
        self.show_problem("")
        busy = tr("Asking the keyring…") if kind == "keyring" else tr("Sealing everything anew…")
        task = self._scope.start(self._do(kind, self.first.text()), name="vault choice")

        def cancel() -> None:
            task.cancel()
            self.set_busy(None)

        self.set_busy(busy, on_cancel=cancel if kind == "keyring" else None)

    def _agreed(self) -> bool:
        from bcdesk.store.passphrase import LEAST

        text = self.first.text()
        faults = {}
        if len(text) < LEAST:
            faults["/passphrase"] = tr("It takes at least {n} characters.", n=LEAST)
        elif text != self.second.text():
            faults["/again"] = tr("The two are not the same.")
        self.show_faults(faults)
        return not faults

    async def _do(self, kind: Kind, passphrase: str) -> None:
        from bcdesk.actions.vault import begin_anew, keep_nothing, move_key
        from bcdesk.store.journal import JournalError
        from bcdesk.store.vault_states import VaultClosedError

        holders = self._keeping.holders()
        try:
            if kind == "memory":
                await keep_nothing(vault=self._vault, holders=holders)
            elif self._ready:
                await move_key(vault=self._vault, holders=holders, to=kind, passphrase=passphrase)
            else:
                await begin_anew(vault=self._vault, holders=holders, to=kind, passphrase=passphrase)
        except VaultClosedError as closed:
            words = words_of(closed.state.value)
            self._fail(tr("The key stays where it is."), words.what if words is not None else "")
        except (OSError, JournalError):
            again = tr("The disk did not take it. What was not sealed anew still opens; try again.")
            self._fail(tr("Not everything could be sealed anew."), again)
        else:
            if self._open:
                self.set_busy(None)
                self.finish(kind)

    def _fail(self, what: str, why: str) -> None:
        if self._open:
            self.set_busy(None)
            self.show_problem(what, why)

    def _end(self, _result: int) -> None:
        self._open = False
        self.first.forget()
        self.second.forget()
