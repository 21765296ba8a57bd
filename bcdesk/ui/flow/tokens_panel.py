"""The tokens of a run: masked, decoded where they can be, with what can be done with each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui.flow import token_facts, words
from bcdesk.ui.flow.flow_layout import WrapLayout
from bcdesk.ui.flow.mono_text import MonoText
from bcdesk.ui.flow.target import API
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Chip, Label, Select, clear

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.flow.held import Held
    from bcdesk.ui.flow.session import Session


class TokenCard(Card):
    """One token; ``copy`` asks for it on the clipboard."""

    copy = Signal()

    def __init__(self, title: str, name: str, held: Held, scopes: tuple[str, ...], kind: str, verdict: str) -> None:
        """Show ``held`` masked; ``verdict`` is what is known of a JWT's signature."""
        super().__init__(name=f"token.{name}")
        self.setAccessibleName(title)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(Label(title, "strong", name="token_title"))
        if kind:
            head.addWidget(Chip(kind, name=f"token.{name}.kind"))
        head.addStretch(1)
        self.left = Label("", "muted", name=f"token.{name}.expiry")
        head.addWidget(self.left)
        self.body.addLayout(head)
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(Label(token_facts.masked(held), "mono", name=f"token.{name}.masked"))
        copy = Button(tr("Copy token"), "link", name=f"token.{name}.copy", on_click=self.copy.emit)
        copy.setAccessibleName(tr("Copy: {title}", title=title))
        line.addWidget(copy)
        line.addStretch(1)
        self.body.addLayout(line)
        if scopes:
            self.body.addWidget(Label(" ".join(scopes), "mono", tone="muted", wrap=True, name=f"token.{name}.scopes"))
        read = token_facts.read(held)
        if read is not None:
            said = tr("A JWT that says {algorithm}. {verdict}", algorithm=read.algorithm, verdict=verdict)
            self.body.addWidget(Label(said, "muted", wrap=True, name=f"token.{name}.verdict"))
            claims = MonoText(tr("What the token says"), name=f"token.{name}.claims")
            claims.set_lines(read.lines)
            self.body.addWidget(claims)
        elif name != "id":
            self.body.addWidget(Label(tr("Opaque: only its server can read it."), "muted", name=f"token.{name}.opaque"))


class TokensPanel(QWidget):
    """Shows the tokens of a session; ``step`` carries what to do (name, argument), ``copied`` a token to copy."""

    step = Signal(str, str)
    copy_asked = Signal(object)

    def __init__(self, now: Callable[[], float], parent: QWidget | None = None) -> None:
        """Begin without tokens; expiry is counted by ``now``."""
        super().__init__(parent)
        self.setObjectName("tokens_panel")
        self.setAccessibleName(tr("Tokens"))
        self._now, self._session = now, None
        self._shown: object = None
        self._access: TokenCard | None = None
        self._expires_at: float | None = None
        self.said = Label("", "muted", wrap=True, name="tokens_said")
        self._cards = QVBoxLayout()
        self._cards.setSpacing(Space.S)
        buttons = QWidget()
        buttons.setObjectName("token_buttons")
        row = WrapLayout(buttons)
        self.buttons: dict[str, Button] = {}
        for name, text in (
            ("refresh", tr("Refresh")),
            ("introspect", tr("Introspect")),
            ("userinfo", tr("Userinfo")),
            ("revoke", tr("Revoke")),
        ):
            self._add(row, name, text)
        self.route = Select([(path, f"{method} {path}") for method, path, _scope in API],
                            label=tr("What to call"), name="api_route")  # fmt: skip
        row.addWidget(self.route)
        self._add(row, "call", tr("Call the API"))
        self._add(row, "put_away", tr("Put the run away"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self.said)
        column.addLayout(self._cards)
        column.addWidget(buttons)
        self._timer = QTimer(self, interval=1000)
        self._timer.timeout.connect(self._count)

    def _add(self, row: WrapLayout, name: str, text: str) -> None:
        button = Button(text, name=f"token_step.{name}")
        button.clicked.connect(lambda: self.step.emit(name, self.route.value() if name == "call" else ""))
        self.buttons[name] = button
        row.addWidget(button)

    def show_session(self, session: Session) -> None:
        """Show the tokens of ``session`` as they are now."""
        run = session.run
        tokens = run.tokens if run is not None else None
        wanted = (tokens, session.busy_step)
        if tokens is not None and wanted[0] is not self._shown:
            self._build(session, tokens)
        elif tokens is None:
            clear(self._cards)
            self._access = None
        self._shown = tokens
        ours = session.target.app_id is not None
        self.said.setText(
            tr("Held in memory until the run is put away, the next run, or the end of bcdesk; kept nowhere.")
            if tokens is not None
            else tr("The tokens of this run are wiped. Run again for new ones.")
        )
        self.route.setVisible(ours)
        self.buttons["call"].setVisible(ours)
        for name, button in self.buttons.items():
            button.set_reason(self._reason(session, name))
        self._count()
        if tokens is not None and self.isVisible():
            self._timer.start()

    def stop(self) -> None:
        """Count no more."""
        self._timer.stop()

    def _reason(self, session: Session, name: str) -> str | None:
        run = session.run
        if run is None or run.tokens is None:
            return tr("There are no tokens.")
        if name == "put_away":
            return None
        if session.busy_step:
            return tr("A step is under way.")
        if name == "refresh" and run.tokens.refresh is None:
            return tr("The server gave no refresh token.")
        endpoints = {
            "introspect": "introspection_endpoint",
            "userinfo": "userinfo_endpoint",
            "revoke": "revocation_endpoint",
        }
        if name in endpoints and run.facts is not None and getattr(run.facts, endpoints[name]) is None:
            return tr("This server names no endpoint for it.")
        return None

    def _build(self, session: Session, tokens: Any) -> None:
        clear(self._cards)
        verdict = self._verdict(session)
        unchecked = tr("Its signature is for the API to check.")
        self._access = TokenCard(
            tr("Access token"), "access", tokens.access, tokens.scopes, tokens.token_type, unchecked
        )
        cards = [(self._access, tokens.access)]
        if tokens.refresh is not None:
            cards.append((TokenCard(tr("Refresh token"), "refresh", tokens.refresh, (), "", unchecked), tokens.refresh))
        if tokens.id_token is not None:
            cards.append((TokenCard(tr("ID token"), "id", tokens.id_token, (), "", verdict), tokens.id_token))
        for card, held in cards:
            card.copy.connect(lambda held=held: self.copy_asked.emit(held))
            self._cards.addWidget(card)
        self._expires_at = tokens.expires_at

    @staticmethod
    def _verdict(session: Session) -> str:
        hop = next((one for one in reversed(session.hops) if one.name in ("token", "refresh")), None)
        checked = hop.facts.get("id_token") if hop is not None else None
        if checked == "checked":
            return tr("Its signature and its claims were checked against the server's keys.")
        return tr("Nobody checked its signature: the server publishes no keys.")

    def _count(self) -> None:
        if self._access is None:
            self._timer.stop()
            return
        said, tone = token_facts.expiry_words(self._expires_at, self._now())
        self._access.left.setText(said)
        self._access.left.set_tone(tone)

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._access is not None:
            self._timer.start()


def steps_words(name: str) -> str:
    """Say which step is under way."""
    return {
        "refresh": tr("Refreshing…"),
        "introspect": tr("Introspecting…"),
        "userinfo": tr("Asking who signed in…"),
        "call": tr("Calling the API…"),
        "revoke": tr("Revoking…"),
    }.get(name, words.value_words(name))
