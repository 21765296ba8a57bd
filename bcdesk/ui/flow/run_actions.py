"""What a person does in the run tab: run, cancel, bring a secret, use an answer, mend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bcdesk.ui import access
from bcdesk.ui.applications.needs import live_secrets
from bcdesk.ui.flow import target as targets
from bcdesk.ui.flow.session import Session
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.flow.held import Held
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.flow.mend import Mend
    from bcdesk.ui.flow.target import Target

LOOPBACK: Final = "http://127.0.0.1/callback"
"""What is offered where an application has no redirect URI that a listener can receive."""


class RunActions:
    """Acts on the session that the tab shows."""

    def __init__(self, desk: Desk, tab: Any) -> None:
        """Act for ``tab``, the `RunTab`; `connect` once its parts are there."""
        self._desk, self._tab = desk, tab
        self._by_hand = False
        self.sign_ins: Any = None
        self.opener: Any = None
        """Opens an address in the system browser; tests put their own in its place."""

    def connect(self) -> None:
        """Listen to the parts of the tab."""
        tab, body = self._tab, self._tab.body
        body.secret.given.connect(self._given)
        body.secret.make.connect(self._mint)
        body.secret.left.connect(self._leave)
        body.cannot.embedded.connect(lambda: tab.registry.run("flow.embedded"))
        body.cannot.by_hand.connect(self._go_by_hand)
        body.cannot.add_loopback.connect(lambda: tab.registry.run("flow.add_loopback"))
        body.waiting.pasted.connect(self._pasted)
        body.waiting.open_again.connect(lambda: self.open_system(self._session.url))
        body.held.use.connect(lambda: tab.runner.use_held(self._session))
        body.held.let_through.connect(lambda: tab.runner.let_through(self._session))
        body.failure.mended.connect(self.mend)
        body.tokens.step.connect(self._step)
        body.tokens.copy_asked.connect(self._copy_token)
        tab.runner.system_wanted.connect(self._system_wanted)

    @property
    def _session(self) -> Session:
        session: Session | None = self._tab.session
        assert session is not None, "a button of a session without one"  # noqa: S101
        return session

    def say(self, words: str, tone: str = "ok") -> None:
        """Say in the window's last line what just happened."""
        self._tab.page.said.emit(words, tone)

    # ------------------------------------------------------------------ sessions

    def session_of(self, target: Target) -> Session:
        """Return the session of ``target``, as it is registered now; what was changed for its runs stays."""
        sessions = self._tab.runner.sessions
        known: Session | None = sessions.get(target.key)
        if known is None:
            known = sessions[target.key] = Session(target, target.registered)
        elif known.target != target:
            same = known.target.client_id == target.client_id and known.target.issuer == target.issuer
            known.values = targets.merged(known.target, target, known.values) if same else target.registered
            known.target = target
        return known

    # ------------------------------------------------------------------ running

    def run_reason(self) -> str | None:
        """Return why nothing can be run now, or None."""
        session: Session | None = self._tab.session
        if session is None:
            return tr("Choose what to test first.")
        if session.running:
            return tr("It is running.")
        if not session.target.runs_code:
            return tr("A service has no users who could sign in. Test it by its own calls, or by the checks.")
        if session.target.app_id is not None:
            return access.link_reason(self._desk.store)
        return None

    def run(self) -> None:
        """Start a run, after asking for what it still lacks."""
        session, tab = self._session, self._tab
        tab.asking = ""
        if not session.values.redirect_uri:
            tab.setup.fields["redirect_uri"].set_fault(tr("Where is the browser to come back to?"))
            tab.setup.show_field("redirect_uri")
            return
        tab.setup.fields["redirect_uri"].set_fault("")
        cannot = session.way == "system" and not targets.can_listen(session.values.redirect_uri)
        if cannot and not self._by_hand:
            ours = session.target.app_id is not None
            tab.body.cannot.show_uri(
                session.values.redirect_uri,
                session.target.redirect_uris,
                ours=ours,
                reason=access.change_reason(self._desk.store),
            )
            tab.asking = "cannot"
            tab.refresh()
            return
        if session.values.auth_method != "none":
            self._ask_secret(session)
            return
        self._start(session)

    def _start(self, session: Session, *, secret: Held | None = None, minted: Any = None) -> None:
        self._by_hand = False
        self._tab.asking = ""
        self._tab.setup.fold()
        self._tab.runner.start(session, secret=secret, minted=minted)

    def cancel(self) -> None:
        """Cancel the run, or what was asked before it."""
        tab = self._tab
        if tab.asking:
            self._leave()
        elif tab.session is not None:
            tab.runner.cancel(tab.session)

    def _leave(self) -> None:
        self._tab.asking = ""
        self._by_hand = False
        self._tab.body.secret.line.forget()
        self._tab.refresh()
        self._tab.state_changed.emit()

    def _go_by_hand(self) -> None:
        self._by_hand = True
        self.run()

    def _system_wanted(self, key: str) -> None:
        session = self._tab.runner.sessions.get(key)
        if session is not None:
            self._tab.runner.cancel(session)
            self._tab.registry.run("flow.system")

    # ------------------------------------------------------------------ the secret

    def _ask_secret(self, session: Session) -> None:
        tab, target = self._tab, session.target
        server = target.server
        host = targets.host_of(server.token_endpoint if server is not None else target.issuer)
        tab.body.secret.ask(target.name, host, self._mint_reason(session), ours=target.app_id is not None)
        tab.asking = "secret"
        tab.refresh()
        tab.body.secret.line.setFocus()
        tab.state_changed.emit()

    def _mint_reason(self, session: Session) -> str | None:
        row = self._desk.store.apps.get(session.target.app_id or "")
        if row is None:
            return tr("The application is not known any more.")
        if len(live_secrets(row, self._desk.now())) >= 2:
            return tr("Two secrets work already, and no third can be made: delete one, or enter one of them.")
        return access.change_reason(self._desk.store)

    def _given(self, held: Held) -> None:
        self._start(self._session, secret=held)

    def _mint(self) -> None:
        self._tab.body.secret.set_busy(True)
        self._desk.scope.start(self._make_secret(self._session), name="flow secret", on_error=self._mint_failed)

    def _mint_failed(self, error: BaseException) -> None:
        self._tab.body.secret.fail(self._tab.page.explain(error).whole)

    async def _make_secret(self, session: Session) -> None:
        from bcdesk.actions.flow import mint_secret_for_run

        client, app_id = self._desk.client, session.target.app_id
        if client is None or app_id is None:
            self._tab.body.secret.fail(tr("Offline: this needs the server."))
            return
        minted = await mint_secret_for_run(client=client, store=self._desk.store, app_id=app_id)
        self._tab.body.secret.set_busy(False)
        self._start(session, secret=minted.secret, minted=minted)

    # ------------------------------------------------------------------ answers and tokens

    def _pasted(self, url: str) -> None:
        session = self._session
        verdict = self._tab.runner.offer(session, url, via="paste")
        if verdict.kind == "foreign":
            self._tab.body.waiting.refuse(tr("That is not the answer to this run. It goes on waiting."))

    def _step(self, name: str, argument: str) -> None:
        session, runner = self._session, self._tab.runner
        if name == "put_away":
            session.followed = False
            runner.put_away(session)
        elif name == "call":
            runner.step(session, name, url=f"{session.target.issuer.rstrip('/')}{argument}")
        else:
            runner.step(session, name)

    def _copy_token(self, held: Held) -> None:
        self._desk.scope.start(self._offer_token(held), name="flow copy")

    async def _offer_token(self, held: Held) -> None:
        if await self._desk.clipboard.offer(held.show()):
            self.say(tr("The token is on the clipboard for a moment, then it is cleared."))
        else:
            self.say(tr("The clipboard refused it."), "bad")

    # ------------------------------------------------------------------ browsers

    def make_browser(self, session: Session) -> Any:
        """Make the embedded browser of a run, in its place."""
        from bcdesk.ui.flow.browser import EmbeddedBrowser
        from bcdesk.ui.flow.browser_engine import SignIns

        if self.sign_ins is None:
            self.sign_ins = SignIns()
        keep = session.key if session.keep_sign_in else ""
        made = EmbeddedBrowser(self._desk.scope, self._tab.body.browsers, sign_ins=self.sign_ins, keep_for=keep)
        self._tab.body.browsers.addWidget(made)
        return made

    def open_system(self, url: str) -> bool:
        """Open ``url`` in the system browser."""
        if self.opener is not None:
            return bool(self.opener(url))
        from bcdesk.ui.flow.system_browser import open_address

        return open_address(url)

    # ------------------------------------------------------------------ mending

    def mend(self, mend: Mend) -> None:
        """Take a mend over: a field of the setup, the application's form, or a command."""
        if mend.where == "command":
            self._tab.registry.run(mend.field)
        elif mend.where == "run":
            self._tab.setup.put(mend.field, mend.value)
        elif self._session.target.app_id is not None:
            self._tab.page.asks.edit_app(self._session.target.app_id, {mend.field: mend.value})

    # ------------------------------------------------------------------ before the first run

    def show_start(self, session: Session | None) -> None:
        """Say what a run will do, or what is missing for one."""
        start = self._tab.body.start
        if session is None:
            start.set_text(*self._tab.page.nothing_words())
        elif not session.target.runs_code:
            start.set_text(
                tr("{name} is a service", name=session.target.name),
                tr("It calls for itself with its secret: no user signs in, so there is no flow with a browser to run. "
                   "Choose another application, or any issuer."),
            )  # fmt: skip
        elif session.number:
            start.set_text(tr("Preparing…"))
        else:
            start.set_text(
                tr("Run the flow of {name}", name=session.target.name),
                tr("Press Run: the browser opens here, somebody signs in and allows it, and every step stands in "
                   "order with what was sent, what came back, and which rule the server applied."),
            )  # fmt: skip
