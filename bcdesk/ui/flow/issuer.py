"""*Any issuer…*: a client of any authorization server, by what its metadata says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bcdesk.flow.failures import FlowError
from bcdesk.flow.values import AUTH_METHODS
from bcdesk.ui import imports
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.flow import target as targets
from bcdesk.ui.flow.failure_words import tell
from bcdesk.ui.flow.target import RunValues
from bcdesk.ui.flow.told import About
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Card, Facts, Field, Label, LineEdit, Select

if TYPE_CHECKING:
    import asyncio

    from PySide6.QtWidgets import QWidget

    from bcdesk.flow.values import ServerFacts
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.flow.target import Target

_ISSUER: Final = "https://login.example.com"
_REDIRECT: Final = "http://127.0.0.1/callback"
_SCOPES: Final = "openid profile"


class IssuerDialog(Dialog):
    """Asks for issuer and client; its outcome is the `Target`."""

    def __init__(self, parent: QWidget, desk: Desk, before: Target | None = None) -> None:
        """Begin with what was entered ``before``."""
        super().__init__(parent, tr("Test any issuer"), name="any_issuer")
        self._desk = desk
        self._task: asyncio.Task[Any] | None = None
        values = before.registered if before is not None else RunValues()
        self._server: ServerFacts | None = before.server if before is not None else None
        self.add(Label(tr("Any OAuth 2.0 or OpenID server that this machine reaches. Nothing of it is kept."), "muted",
                       wrap=True, name="issuer_said"))  # fmt: skip
        self.issuer = LineEdit(before.issuer if before is not None else "", placeholder=_ISSUER,
                               mono=True, name="issuer")  # fmt: skip
        self.client_id = LineEdit(before.client_id if before is not None else "", mono=True, name="client_id")
        self.redirect = LineEdit(values.redirect_uri, placeholder=_REDIRECT, mono=True,
                                 name="redirect")  # fmt: skip
        self.scopes = LineEdit(" ".join(values.scopes), placeholder=_SCOPES, mono=True, name="scope")
        self.method = Select(
            list(zip(AUTH_METHODS, (tr("No secret"), tr("Secret in the header (Basic)"), tr("Secret in the form")),
                     strict=True)),
            value=values.auth_method, label=tr("Sign-in of the app"), name="method",
        )  # fmt: skip
        self.add_field("/issuer", Field(tr("Issuer"), self.issuer, name="field.issuer"))
        self.look = Button(tr("Look it up"), name="issuer.look", on_click=self._look)
        self.add(self.look)
        self._found = Card(name="issuer_found", title=tr("What it says of itself"))
        self.add(self._found)
        self._found.hide()
        self.add_field("/client_id", Field(tr("Client ID"), self.client_id, name="field.client_id"))
        self.add_field("/redirect_uri", Field(
            tr("Redirect URI"), self.redirect, tr("As it is registered there, byte for byte."),
            name="field.redirect_uri"))  # fmt: skip
        self.add_field("/scopes", Field(tr("Scopes"), self.scopes, optional=True, name="field.scopes"))
        self.add_field("/method", Field(tr("Sign-in of the app"), self.method, name="field.method"))
        self.add_leave()
        self.use = Button(tr("Test it"), "primary", name="issuer.use", on_click=self._use)
        self.add_button(self.use, default=True)
        self.issuer.changed.connect(self._forget)
        self.finished.connect(lambda _result: self._end_task())
        self.issuer.setFocus()

    def _end_task(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _forget(self) -> None:
        self._server = None
        self._found.hide()
        self.fit()

    def _faults(self, *names: str) -> bool:
        values = {"/issuer": self.issuer.value(), "/client_id": self.client_id.value(),
                  "/redirect_uri": self.redirect.value()}  # fmt: skip
        missing = {
            "/issuer": tr("Which server? Its issuer is an https address, or http on this machine."),
            "/client_id": tr("The client ID that the server knows it by."),
            "/redirect_uri": tr("Where is the browser to come back to?"),
        }
        faults = {name: missing[name] for name in names if not values[name]}
        if values["/issuer"] and "://" not in values["/issuer"]:
            faults["/issuer"] = tr("It begins with https://, or with http:// on this machine.")
        self.show_faults(faults)
        return bool(faults)

    def _look(self) -> None:
        if self.busy or self._faults("/issuer"):
            return
        self.set_busy(tr("Asking the server for its metadata…"), self._stop)
        self._task = self._desk.scope.start(self._discover(self.issuer.value()), name="flow discovery")

    def _stop(self) -> None:
        self._end_task()
        self.set_busy(None)

    async def _discover(self, issuer: str) -> None:
        await imports.load("bcdesk.flow.wire", "bcdesk.flow.discovery")
        from bcdesk.flow.discovery import discover
        from bcdesk.flow.failures import Failure
        from bcdesk.flow.trace import Trace
        from bcdesk.flow.values import TlsProfile
        from bcdesk.flow.wire import Wire

        wire = Wire(TlsProfile())
        try:
            found = await discover(wire, issuer, Trace())
        except FlowError as error:
            told = tell(Failure(error.reason, 0, error.facts), About(self._target(None), RunValues()))
            self.set_busy(None)
            self.show_faults({"/issuer": f"{told.what} {told.why}"})
            return
        finally:
            await wire.aclose()
        self.set_busy(None)
        self._show(found)

    def _show(self, found: ServerFacts) -> None:
        self._server = found
        while self._found.body.count() > 1:
            item = self._found.body.takeAt(1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        facts = Facts(label_width=120)
        facts.add("issuer_name", tr("Issuer"), found.issuer, mono=True)
        facts.add("authorize", tr("Sign-in page"), found.authorization_endpoint, mono=True)
        facts.add("token", tr("Token"), found.token_endpoint, mono=True)
        for name, label, there in (
            ("introspect", tr("Introspection"), found.introspection_endpoint),
            ("revoke", tr("Revocation"), found.revocation_endpoint),
            ("userinfo", tr("Userinfo"), found.userinfo_endpoint),
        ):
            facts.add(name, label, there or tr("not offered"), mono=there is not None)
        pkce = ", ".join(found.code_challenge_methods_supported) or tr("not named")
        facts.add("pkce", tr("PKCE"), pkce)
        iss = tr("sent with each answer") if found.iss_parameter_supported else tr("not promised")
        facts.add("iss", tr("Issuer in answers"), iss)
        self._found.body.addWidget(facts)
        self._found.show()
        self.fit()

    def _target(self, server: ServerFacts | None) -> Target:
        values = RunValues(
            redirect_uri=self.redirect.value(),
            scopes=tuple(dict.fromkeys(self.scopes.value().split())),
            auth_method=self.method.value(),
        )
        return targets.of_issuer(self.issuer.value(), self.client_id.value(), values, server)

    def _use(self) -> None:
        if not self.busy and not self._faults("/issuer", "/client_id", "/redirect_uri"):
            self.finish(self._target(self._server))
