"""The run tab: sets a run up, starts it, shows where it is, and mends it when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.flow.values import Phase
from bcdesk.ui import access, times
from bcdesk.ui.flow import server_trace, words
from bcdesk.ui.flow.exports import Exports
from bcdesk.ui.flow.failure_words import tell
from bcdesk.ui.flow.run_actions import RunActions
from bcdesk.ui.flow.run_view import RunBody
from bcdesk.ui.flow.runner import FlowRunner
from bcdesk.ui.flow.setup_bar import SetupBar
from bcdesk.ui.flow.timeline import TOKENS
from bcdesk.ui.flow.told import About
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Rule

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from bcdesk.flow.run import Run
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.flow.session import Session
    from bcdesk.ui.flow.target import Target


class RunTab(QWidget):
    """Shows one session at a time; the others go on."""

    state_changed = Signal()
    """Whether something runs, or what the setup holds, moved: head and commands are to be asked anew."""

    def __init__(self, desk: Desk, registry: Registry, page: Any) -> None:
        """Build it without a target."""
        super().__init__()
        self.setObjectName("run_tab")
        self.setAccessibleName(tr("Run"))
        self._desk, self.registry, self.page = desk, registry, page
        self.session: Session | None = None
        self._drawn_run: Run | None = None
        self._was_running = False
        self.asking = ""
        """What stands in the way of a run: ``secret`` or ``cannot``, else empty."""
        self.setup = SetupBar()
        self.body = RunBody(registry, desk.now)
        self.acts = RunActions(desk, self)
        self.runner = FlowRunner(desk, self.acts.make_browser, self.acts.open_system, self)
        self.exports = Exports(self, self.acts.say)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.setup)
        column.addWidget(Rule())
        column.addWidget(self.body, 1)
        self._timer = QTimer(self, interval=500)
        self._timer.timeout.connect(self._count)
        self._soon = QTimer(self, interval=0, singleShot=True)  # once for all that moves in a turn of the loop
        self._soon.timeout.connect(self._show_moved)
        self.setup.changed.connect(self._edited)
        self.runner.changed.connect(lambda _key: self._soon.start())
        self.runner.moved.connect(lambda _key, _number: self._soon.start())
        self.body.timeline.chosen.connect(self.choose)
        self.acts.connect()

    # ------------------------------------------------------------------ whose runs

    def show_target(self, target: Target | None) -> None:
        """Show the session of ``target``; None shows that there is nothing to test."""
        before = self.session
        self.session = self.acts.session_of(target) if target is not None else None
        self.setup.setVisible(self.session is not None and self.session.target.runs_code)
        if self.session is not None:
            self.setup.show_target(self.session.target, self.session.values)
        if self.session is not before:
            self.asking = ""
            self.body.secret.line.forget()
            self._begin_timeline()
        self.refresh()

    def _begin_timeline(self) -> None:
        session = self.session
        number = session.number if session is not None else 0
        self._drawn_run = session.run if session is not None else None
        self.body.timeline.begin(tr("Run {n}", n=number) if number else tr("No run yet"))

    def _edited(self) -> None:
        values = self.setup.values
        if self.session is not None and values is not None:
            self.session.values = values
            self.state_changed.emit()

    def _show_moved(self) -> None:
        self.refresh()
        self.state_changed.emit()

    # ------------------------------------------------------------------ what is shown

    def choose(self, number: int) -> None:
        """Show a step."""
        if self.session is not None:
            self.asking = ""
            self.session.chosen, self.session.followed = number, False
            self.refresh()
            self.body.show_top()

    def refresh(self) -> None:
        """Show the session as it is now."""
        session, body = self.session, self.body
        body.timeline.setVisible(session is not None and session.number > 0)
        if session is None:
            self._show_start()
            return
        stale = bool(session.number) and not body.timeline.head.text().endswith(str(session.number))
        if session.run is not self._drawn_run or stale:
            self._begin_timeline()
        for hop in session.hops:
            body.timeline.show_hop(hop)
        tokens = session.run.tokens if session.run is not None else None
        if tokens is not None or TOKENS in body.timeline.numbers():
            body.timeline.show_tokens(tr("held") if tokens is not None else tr("wiped"))
        self._follow(session)
        self._show_picture(session)
        self._show_place(session)
        self._count()
        if session.running and not self._timer.isActive():
            self._timer.start()
        if self._was_running and not session.running:
            self._focus_end(session)
        self._was_running = session.running

    def _focus_end(self, session: Session) -> None:
        """Put the focus where the run ended: what had it, the browser or *Cancel*, is gone."""
        focused = self.window().focusWidget()
        elsewhere = self.setup.isAncestorOf(focused) or not self.page.isAncestorOf(focused)
        if self.isVisible() and not elsewhere and session.chosen in self.body.timeline.numbers():
            self.body.timeline.step(session.chosen).setFocus()

    def _follow(self, session: Session) -> None:
        if session.followed:
            failure = session.ended_with
            if failure is not None and failure.hop:
                session.chosen = failure.hop
            elif session.run is not None and session.run.tokens is not None and session.hops[-1].name == "token":
                session.chosen = TOKENS
            elif session.running and session.run is not None and session.run.phase is Phase.AUTHORIZING:
                session.chosen = next((hop.id for hop in session.hops if hop.name == "authorize"), None)
            elif session.hops:
                session.chosen = session.hops[-1].id
        if session.chosen is not None:
            self.body.timeline.choose(session.chosen)

    def _show_place(self, session: Session) -> None:
        body = self.body
        if self.asking:
            body.show_place(self.asking)
            return
        hop = session.hop(session.chosen)
        authorizing = session.run is not None and session.run.phase is Phase.AUTHORIZING and session.running
        handed = session.handed_over and session.browser is not None
        if (authorizing or handed) and (hop is None or hop.name == "authorize"):
            self._show_front(session)
        elif session.chosen == TOKENS:
            self._show_tokens(session)
        elif hop is not None or session.ended_with is not None:
            self._show_step(session)
        else:
            self._show_start()

    def _show_front(self, session: Session) -> None:
        body = self.body
        if session.browser is not None:
            body.browsers.setCurrentWidget(session.browser)
            body.held.show_url(session.held_url)
            status = session.page_status
            body.page_error.set_text(
                tr("The server shows an error ({status}).", status=status) if status else "",
                tr("Unless the page goes on by itself, no answer will come: read it, then cancel the run."),
                tone="warn",
            )
            body.show_place("browser")
        else:
            body.waiting.show_session(session)
            body.show_place("waiting")

    def _show_step(self, session: Session) -> None:
        body = self.body
        hop = session.hop(session.chosen)
        body.tokens.hide()
        body.hop.setVisible(hop is not None)
        body.exports.setVisible(hop is not None)
        if hop is not None:
            body.hop.show_hop(hop)
            body.rule.show_rows(hop.server, self._nothing(session))
        failure = hop.failure if hop is not None and hop.failure is not None else None
        ended = session.ended_with
        if failure is None and ended is not None and (hop is None or ended.hop in (0, hop.id)):
            failure = ended
        rows = hop.server if hop is not None else []
        about = About(
            session.target, session.ran or session.values, server_trace.failed_rules(rows), session.way == "system"
        )
        body.failure.tell(tell(failure, about) if failure is not None else None)
        body.notice.set_text(*self._notice(session))
        body.show_place("step")

    def _show_tokens(self, session: Session) -> None:
        body = self.body
        body.hop.hide()
        body.exports.hide()
        body.failure.tell(None)
        body.tokens.show()
        body.tokens.show_session(session)
        body.notice.set_text(*self._notice(session))
        body.show_place("step")

    def _show_start(self) -> None:
        self.acts.show_start(self.session)
        self.body.show_place("start")

    def _notice(self, session: Session) -> tuple[str, str]:
        if session.secret_left:
            return (
                tr("The secret …{last4} made for this run could not be deleted.", last4=session.secret_left),
                tr("It stands among the application's secrets and ends by itself within the hour."),
            )
        if session.phase is Phase.CANCELLED:
            return tr("Cancelled."), tr("The steps stand as they were. Nothing goes on.")
        return "", ""

    def _nothing(self, session: Session) -> str:
        if session.target.app_id is None:
            return tr("This server is not the desk's own: it tells nothing of its rules.")
        if not access.may_manage(self._desk.store):
            return tr("Your role does not see the server's rules. Ask an owner or a manager.")
        if session.trace_problem:
            return tr("The server could not be asked for its rules. The step itself is as it stands here.")
        return tr("The server has nothing of this step: it took no part in it, or cannot tell whose it was.")

    def _show_picture(self, session: Session) -> None:
        at = session.answered_at
        if at is None:
            ago = ""
        elif session.running:
            ago = tr("Browser: answered {took} ago", took=words.took((self._desk.now() - at) * 1000))
        else:
            ago = tr("Browser: answered at {clock}", clock=times.clock(at, seconds=True))
        self.body.timeline.set_picture(session.picture, ago)

    def _count(self) -> None:
        """Say where the run is, and how long the browser has left."""
        session, progress = self.session, self.body.progress
        if session is None or not (session.running or (session.handed_over and session.browser is not None)):
            progress.say("", "", "muted")
            self._timer.stop()
            return
        if session.handed_over:
            progress.say(tr("Handed over: the page got the code, and this run ends here."), "", "warn")
            return
        self._show_picture(session)
        left = ""
        if session.run is not None and session.run.phase is Phase.AUTHORIZING:
            left = words.seconds_left(session.run.remaining)
        progress.say(words.phase_words(session.phase), left, "accent")

    # ------------------------------------------------------------------ room, and the end

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.window().width()
        self.body.fit(width)
        self.setup.set_compact(width < 900 or self.window().height() < 560)

    def forget(self) -> None:
        """Let go of every run: the server of their applications is left."""
        self.close_down()
        self.runner.sessions.clear()
        self.show_target(None)

    def close_down(self) -> None:
        """End every run, browser and timer."""
        self._timer.stop()
        self.body.tokens.stop()
        self.runner.close_down()
