"""*Offline copy*: how long it opens without contact, how much room it takes, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from bcdesk.settings import RANGES
from bcdesk.ui.dialogs import Dialog, ask
from bcdesk.ui.settings.row import SettingRow
from bcdesk.ui.settings.section import SettingSection
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Label, NumberEdit

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from bcdesk.store.cache import Cache
    from bcdesk.ui.choices import Choices
    from bcdesk.ui.desk import Desk

_QUIET_MS = 500
_STEP = 1024


class OfflineSection(SettingSection):
    """Chooses the days, and forgets the copy."""

    def __init__(self, desk: Desk, choices: Choices, cache_of: Callable[[], Cache]) -> None:
        """Ask ``cache_of`` for the copy of the present connection each time."""
        super().__init__("offline", tr("Offline copy"))
        self._desk, self._choices, self._cache_of = desk, choices, cache_of
        now = choices.now.offline_days
        self.days = NumberEdit(*RANGES["offline_days"], now, unit=tr(" days"), name="setting.offline_days")
        self.days.setFixedWidth(110)
        self._quiet = QTimer(self, singleShot=True, interval=_QUIET_MS)  # a number is typed figure by figure
        self._quiet.timeout.connect(self._choose)
        self.days.changed.connect(self._quiet.start)
        self.days.editingFinished.connect(self._choose)
        said = tr("After so many days without contact it stays locked until the server answers. 1 to 90.")
        self._days = self.add_row(
            SettingRow(tr("Opens without contact for"), self.days, sentence=said, name="setting_offline_days")
        )
        self.forget = Button(tr("Forget the offline copy…"), "danger", name="setting.forget_copy", on_click=self._ask)
        self.forget.set_reason(tr("Its size is being looked up."))
        self._copy = self.add_row(SettingRow(tr("On this computer"), self.forget, name="setting_offline_copy"))
        self._look()

    def shown(self) -> None:
        """Measure the copy anew."""
        self._look()

    def _choose(self) -> None:
        self._quiet.stop()
        if self.days.value() != self._choices.now.offline_days:
            self._days.saved(self._choices.choose(offline_days=self.days.value()))

    def _look(self) -> None:
        self._desk.scope.start(self._measure(), name="settings size")

    async def _measure(self) -> None:
        size = await self._cache_of().size()
        self.forget.set_reason(None if size else tr("There is no offline copy."))
        self._copy.set_sentence(_size_words(size))

    def _ask(self) -> None:
        self._desk.scope.start(self._forget(), name="settings forget copy")

    async def _forget(self) -> None:
        from bcdesk.actions.offline import forget

        if not await ask(ForgetDialog(self, self._desk)):
            return
        failed = await forget(cache=self._cache_of())
        await self._measure()
        if failed:
            self._copy.say(tr("It could not be removed: the disk refused it."), "bad")
        else:
            self._copy.say(tr("Forgotten."))


class ForgetDialog(Dialog):
    """Says what goes with the offline copy; its outcome is True where it is to go."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        """Say it by how the link stands now."""
        super().__init__(parent, tr("Forget the offline copy"), name="forget_copy", destructive=True)
        live = desk.store.link.live
        now = tr("What is on screen stays, and is kept anew at the next contact with the server.")
        gone = tr("There is no contact now: what is on screen is gone when bcdesk ends, until the server answers.")
        for index, words in enumerate(
            (
                tr("The copies of every server and every member on this computer are removed."),
                now if live else gone,
                tr("Nothing on a server changes, and no secret is lost: none is in them."),
            )
        ):
            self.add(Label(words, "body", wrap=True, name=f"forget.{index}"))
        self.add_leave()
        self.add_button(Button(tr("Forget it"), "destroy", name="forget_copy.act", on_click=lambda: self.finish(True)))


def _size_words(size: int) -> str:
    if not size:
        return tr("There is none now.")
    encrypted = tr("encrypted, without any secret")
    if size < _STEP * _STEP:
        return tr("{size} KB, {kind}", size=max(1, round(size / _STEP)), kind=encrypted)
    return tr("{size:.1f} MB, {kind}", size=size / _STEP / _STEP, kind=encrypted)
