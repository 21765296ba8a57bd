"""The verdict on a candidate: the desk's own, the server's beside it, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtWidgets import QHBoxLayout

from bcdesk.contract.redirects import Reason
from bcdesk.flow.lab import is_invisible, name_of
from bcdesk.ui.applications.redirect_words import caution_words, of_uri, refusal
from bcdesk.ui.applications.words import kind_words
from bcdesk.ui.flow.lab_words import difference_name
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bcdesk.contract.redirects import Verdict
    from bcdesk.flow.lab import Finding

_MATCHING = (Reason.DIFFERS, Reason.NOT_REGISTERED)


class ServerSays(NamedTuple):
    """What the server said of a candidate, in words, and the tone: red where it disagrees."""

    words: str = ""
    tone: str = "muted"


class VerdictCard(Card):
    """Says whether a request with the candidate would be answered there, and why."""

    def __init__(self, *, add: Callable[[], object], test: Callable[[], object]) -> None:
        """Call ``add`` to register the candidate, ``test`` to run with it."""
        super().__init__(name="verdict")
        self._what = Label("", "heading", wrap=True, name="verdict_what")
        self._why = Label("", "body", wrap=True, name="verdict_why")
        self._caution = Label("", "body", tone="warn", wrap=True, name="verdict_caution")
        self._register = Label("", "muted", wrap=True, name="verdict_register")
        self._server = Label("", "muted", wrap=True, name="verdict_server")
        self.add_it = Button(tr("Add to the app…"), name="lab.add", on_click=add)
        self.test_it = Button(tr("Test it"), name="lab.test", icon="flow", on_click=test)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.add_it)
        row.addWidget(self.test_it)
        row.addStretch(1)
        self.body.setSpacing(Space.S)
        for one in (self._what, self._why, self._caution, self._register, self._server):
            self.body.addWidget(one)
        self.body.addLayout(row)

    def show_verdict(self, uri: str, verdict: Verdict, nearest: Finding | None, app_type: str) -> None:
        """Say the desk's own verdict on ``uri``; ``nearest`` is the registered URI that comes closest."""
        self._say(verdict.ok, *_sentence(uri, verdict, nearest))
        cautions = " ".join(caution_words(one) for one in verdict.cautions)
        self._caution.setText(cautions)
        self._caution.setVisible(bool(cautions))
        said = of_uri(uri, app_type)
        same = verdict.reason is Reason.EXACT or (not verdict.ok and verdict.reason not in _MATCHING)
        words = tr("May it be registered? {words}", words=said.words)
        self._register.setText("" if same else words)
        self._register.set_tone({"bad": "bad", "warn": "warn"}.get(said.tone, "muted"))
        self._register.setVisible(not same)
        for button in (self.add_it, self.test_it):
            button.show()

    def show_types(self, uri: str, judged: Sequence[tuple[str, Verdict]]) -> None:
        """Say without an application which types could register ``uri``."""
        able = [kind_words(app_type) for app_type, verdict in judged if verdict.ok]
        what = tr("No app is chosen: this could be registered by") if able else tr("No app could register this")
        lines = [f"{kind_words(app_type)}: {of_uri(uri, app_type).words}" for app_type, _ in judged]
        self._say(bool(able), f"{what} {', '.join(able)}".strip(), "\n".join(lines))
        for label in (self._caution, self._register, self._server):
            label.hide()
        for button in (self.add_it, self.test_it):
            button.hide()

    def show_server(self, said: ServerSays) -> None:
        """Show what the server says beside it; nothing where it says nothing."""
        self._server.setText(said.words)
        self._server.set_tone(said.tone)
        self._server.setVisible(bool(said.words))

    def _say(self, ok: bool, what: str, why: str) -> None:
        self.set_tone("ok" if ok else "bad")
        self._what.setText(what)
        self._what.set_tone("ok" if ok else "bad")
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self.setAccessibleName(what)


def _sentence(uri: str, verdict: Verdict, nearest: Finding | None) -> tuple[str, str]:
    accepted, refused = tr("Accepted: the answer goes there"), tr("Refused: nothing is sent there")
    if verdict.reason is Reason.EXACT:
        return accepted, tr("It is registered, character by character.")
    if verdict.reason is Reason.LOOPBACK_PORT:
        return accepted, tr("Its loopback address is registered, and that takes any port.")
    if nearest is None:
        return refused, tr("No redirect URI is registered for this app.")
    if verdict.reason in _MATCHING:
        what = difference_name(nearest.cause).lower()
        return refused, tr("No registered URI is the same. The nearest differs: {what}.", what=what)
    return refused, f"{refusal(verdict, uri)} {_character(uri, verdict.at)}".strip()


def _character(uri: str, at: int | None) -> str:
    """Name the character that cannot be seen or is beyond ASCII."""
    if at is None or at >= len(uri) or not (is_invisible(uri[at]) or ord(uri[at]) > 0x7F):
        return ""
    return tr("Character {n} is {code}.", n=f"{at + 1:,}", code=name_of(uri[at]))


def server_words(ours: Verdict, theirs: Verdict, uri: str) -> ServerSays:
    """Put the server's verdict beside the desk's own; they must agree."""
    if (ours.ok, ours.reason, ours.registered) == (theirs.ok, theirs.reason, theirs.registered):
        return ServerSays(tr("The server says the same."))
    if theirs.ok:
        what = tr("it is answered there")
    elif theirs.reason in _MATCHING:
        what = tr("no registered URI is the same")
    else:
        what = refusal(theirs, uri)
    words = tr("The server says otherwise: {what}. The registration may just have changed; sync, then look again.",
               what=what.rstrip("."))  # fmt: skip
    return ServerSays(words, "bad")
