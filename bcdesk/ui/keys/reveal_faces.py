"""The faces of the reveal's dialog: what stands in its body and footer at each moment, built afresh each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui import theme
from bcdesk.ui.keys import reveal_words as words
from bcdesk.ui.keys.secret_frame import SecretFrame
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Banner, Button, Card, Chip, Label, clear

if TYPE_CHECKING:
    from bcdesk.contract.secret import OneTimeSecret
    from bcdesk.ui.dialogs import Dialog
    from bcdesk.ui.keys.reveal_words import Row

_LINE = theme.Size.DIALOG - 2 * Space.XL


class Hand(Protocol):
    """What the faces' buttons do."""

    def copy_once(self) -> None:
        """Copy, once."""

    def to_save(self) -> None:
        """Turn to the face that saves to a file."""

    def reject(self) -> None:
        """Leave, or turn to the face that asks first."""

    def to_waiting(self) -> None:
        """Turn back to the secret."""

    def discard(self) -> None:
        """Throw the secret away."""

    def replace_it(self) -> None:
        """Make a new secret in place of one that was lost."""

    def rotate(self) -> None:
        """Leave for *Rotate…*, or for another client secret."""

    def done_with(self) -> None:
        """Leave: the secret was handed over."""

    def show_again(self) -> None:
        """Ask for the sealed secret again."""


def begin(dialog: Dialog, title: str) -> None:
    """Empty the dialog and give it ``title``."""
    clear(dialog.body)
    clear(dialog.footer)
    dialog.footer.addStretch(1)
    dialog.set_default(None)
    dialog.problem.set_text("")
    dialog.title.setText(title)
    dialog.setWindowTitle(title)
    dialog.setAccessibleName(title)


def lead(dialog: Dialog, sentence: str, name: str) -> None:
    """Say the face's first sentence, and by the title whether the connection's data is a demo."""
    if dialog.property("demo"):
        dialog.badge.setText(tr("Pre-release demo"))
        dialog.badge.show()
    dialog.add(Label(sentence, "body", tone="muted", wrap=True, name=name))


def settle(dialog: Dialog, start: QWidget | None = None) -> None:
    """Show what was added, fit the dialog to it and begin at ``start``: a layout shows new widgets a turn later."""
    for one in dialog.findChildren(QWidget):
        if not one.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
            one.show()
    dialog.fit()
    if start is not None:
        start.setFocus(Qt.FocusReason.OtherFocusReason)


def head(row: Row, last4: str) -> QWidget:
    """Return the line that says what this opens: environment or type, name, last four, and what else tells it."""
    box = QWidget()
    chip = Chip(words.kind(row), getattr(row, "environment", "neutral"), name="reveal_environment")
    said = words.summary(row, last4)
    name_width = QFontMetrics(theme.font("strong")).horizontalAdvance(row.name)
    wide = chip.sizeHint().width() + name_width + QFontMetrics(theme.font("secondary")).horizontalAdvance(said)
    fits = wide + 2 * Space.S + 8 <= _LINE
    name = Label(row.name, "strong", elide=not fits, name="reveal_name")
    summary = Label(said, "muted", wrap=not fits, name="reveal_summary")
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(Space.XS)
    line = QHBoxLayout()
    line.setSpacing(Space.S)
    line.addWidget(chip)
    line.addWidget(name, 0 if fits else 1)
    if fits:
        line.addWidget(summary)
        line.addStretch(1)
    column.addLayout(line)
    if not fits:
        column.addWidget(summary)
    return box


@dataclass(frozen=True, slots=True)
class WaitingFace:
    """What changes on the face of a secret that waits."""

    frame: SecretFrame
    opens: Label
    copy: Button
    save: Button
    twin: Button


def waiting(dialog: Dialog, hand: Hand, row: Row, secret: OneTimeSecret, opens: str, intro: str) -> WaitingFace:
    """Show the secret's frame and the two ways of taking it; no button is the default one."""
    what = words.about(row)
    begin(dialog, words.title(what))
    once = tr("It can be copied once. After that nobody, bcdesk included, can show it again.")
    if what == "member":
        once = tr("The link can be copied once and works once, for 15 minutes. Send it where only they read it.")
    lead(dialog, once, "reveal_once")
    if intro:
        dialog.add(Banner("info", intro, name="reveal_intro"))
    dialog.add(head(row, secret.last4))
    frame = SecretFrame()
    frame.hold(secret, words.secret_kind(row))
    secret_tip, link_tip = tr("Shows the secret while it is pressed."), tr("Shows its code while it is pressed.")
    tip = words.by(what, tr("Shows the key while it is pressed."), secret_tip, link_tip)
    hold = Button(tr("Hold to show"), name="reveal_hold", tip=tip)
    hold.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the frame itself is the keyboard's way: hold Space
    hold.pressed.connect(frame.open)
    hold.released.connect(frame.conceal)
    inside = QHBoxLayout(frame)
    inside.setContentsMargins(0, 0, Space.M, 0)
    inside.addStretch(1)
    inside.addWidget(hold)
    dialog.add(frame)
    line = QHBoxLayout()
    line.setSpacing(Space.S)
    where = Label(opens, "muted", wrap=True, name="reveal_opens")
    twin = Button(tr("Show for 10 s"), "link", name="reveal_show", on_click=lambda: _toggle(frame))
    twin.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a press with the pointer leaves the focus where the key is shown
    frame.countdown.connect(lambda left: _say_twin(twin, left))
    line.addWidget(where, 1)
    if QAccessible.isActive():
        aloud = Button(tr("Read aloud"), "link", name="reveal_aloud", on_click=frame.read_aloud)
        line.addWidget(aloud)
    line.addWidget(twin)
    dialog.body.addLayout(line)
    save = Button(tr("Save to file…"), name="reveal_save", on_click=hand.to_save)
    dialog.add_button(save, left=True)
    save.setVisible(what != "member")  # a link goes to a person, not into a file
    dialog.add_button(Button(tr("Close"), "quiet", name="reveal_close", on_click=hand.reject))
    copy = Button(tr("Copy once"), "primary", name="reveal_copy", on_click=hand.copy_once)
    copy.set_tip(tr("Ctrl+C"))
    dialog.add_button(copy)
    return WaitingFace(frame, where, copy, save, twin)


def _say_twin(twin: Button, left: int) -> None:
    twin.set_text(tr("Hide · {n} s", n=left) if left else tr("Show for 10 s"))


def _toggle(frame: SecretFrame) -> None:
    if frame.shown:
        frame.conceal()
    else:
        frame.open_for_a_while()


def nobody(dialog: Dialog, hand: Hand, row: Row, last4: str, consequence: str) -> Button:
    """Say that nobody has the secret, and what discarding it does; return the button that does it, the default."""
    key, app, member = tr("Nobody has this key."), tr("Nobody has this client secret."), tr("Nobody has this link.")
    begin(dialog, words.by(words.about(row), key, app, member))
    lead(dialog, consequence, "reveal_consequence")
    dialog.add(head(row, last4))
    dialog.add_button(Button(tr("Back"), "quiet", name="reveal_back", on_click=hand.to_waiting))
    button = Button(tr("Discard it"), "destroy", name="reveal_discard", on_click=hand.discard)
    return dialog.add_button(button, default=True)


@dataclass(frozen=True, slots=True)
class AfterFace:
    """What changes on the face of a secret that was handed over."""

    clipboard: Label | None
    extend: Button | None
    clear_now: Button | None
    usage: Label
    lost: Label
    replace: Button
    rotate: Button
    done: Button


def after(dialog: Dialog, hand: Hand, row: Row, last4: str, opens: str, saved_to: str) -> AfterFace:
    """Show what became of the secret: its stay on the clipboard or its file, its first use, and a way if it is lost."""
    begin(dialog, tr("Handed over"))
    clip = tr("It is on the clipboard: paste it where it belongs. It cannot be shown or copied again.")
    if words.about(row) == "member":
        clip = tr("The link is on the clipboard: send it to {name}. It cannot be shown or copied again.", name=row.name)
    said = tr("It lies in {path}, readable by you alone.", path=saved_to) if saved_to else clip
    lead(dialog, said, "reveal_after")
    dialog.add(head(row, last4))
    clipboard = extend = clear_now = None
    if not saved_to:
        card = Card(name="reveal_clipboard")
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        clipboard = Label("", "body", wrap=True, name="reveal_stay")
        extend = Button(tr("+30 s"), name="reveal_extend", tip=tr("Leave it on the clipboard for 30 s more."))
        clear_now = Button(tr("Clear now"), name="reveal_clear")
        line.addWidget(clipboard, 1)
        line.addWidget(extend)
        line.addWidget(clear_now)
        card.body.addLayout(line)
        dialog.add(card)
    usage = Label(opens, "muted", wrap=True, name="reveal_opens")
    dialog.add(usage)
    lost = Label("", "muted", wrap=True, name="reveal_lost")
    replace = Button(tr("Replace it"), name="reveal_replace", on_click=hand.replace_it)
    further = words.by(words.about(row), tr("Rotate…"), tr("New secret…"), tr("New set-up link…"))
    rotate = Button(further, name="reveal_rotate", on_click=hand.rotate)
    line = QHBoxLayout()
    line.setSpacing(Space.M)
    line.addWidget(lost, 1)
    line.addWidget(replace)
    line.addWidget(rotate)
    dialog.body.addLayout(line)
    done = Button(tr("Done"), "primary", name="reveal_done", on_click=hand.done_with)
    dialog.add_button(done, default=True)
    return AfterFace(clipboard, extend, clear_now, usage, lost, replace, rotate, done)


def sealed(dialog: Dialog, hand: Hand, row: Row, last4: str) -> Button:
    """Say that the secret is out of memory; return the button that asks for it again."""
    begin(dialog, tr("Sealed"))
    said = words.by(
        words.about(row),
        tr("bcdesk was locked or the machine slept, so this key was taken out of memory. Nothing was used up."),
        tr("bcdesk was locked or the machine slept, so this secret was taken out of memory. Nothing was used up."),
        tr("bcdesk was locked or the machine slept, so this link was taken out of memory. Nothing was used up."),
    )
    lead(dialog, said, "reveal_sealed")
    dialog.add(head(row, last4))
    dialog.add_button(Button(tr("Close"), "quiet", name="reveal_close", on_click=hand.reject))
    again = Button(tr("Show it again"), "primary", name="reveal_again", on_click=hand.show_again)
    dialog.add_button(again)
    return again


def notice(dialog: Dialog, title: str, sentence: str, leave: Callable[[], object]) -> Button:
    """Say one thing that is over; return the only button, which leaves."""
    begin(dialog, title)
    lead(dialog, sentence, "reveal_notice")
    button = Button(tr("Close"), "primary", name="reveal_close", on_click=leave)
    return dialog.add_button(button, default=True)
