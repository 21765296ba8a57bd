"""Adding a server by its address, or changing how it is reached; *Test* says what answers there before it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bcdesk.store.connections import Connection, ConnectionFaultError, checked
from bcdesk.ui import imports, problems
from bcdesk.ui.connections.connection_words import address_fault, fault_words, other_words, tls_faults
from bcdesk.ui.connections.server_card import ServerCard
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.file_field import FileField
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Field, LineEdit

if TYPE_CHECKING:
    import asyncio

    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QWidget

    from bcdesk.store.connections import Connections
    from bcdesk.ui.desk import Desk

_ADDRESS = "https://auth.example.com"
_PROXY = "http://proxy.example.com:8080"
_FILES = ("ca_bundle", "client_certificate", "client_key")


class ConnectionDialog(Dialog):
    """Asks for a server; its outcome is the `Connection` as it is now kept."""

    def __init__(
        self, parent: QWidget, desk: Desk, connections: Connections, before: Connection | None = None, *, url: str = ""
    ) -> None:
        """Begin with ``before``, which is changed then, or with the address ``url``."""
        title = tr("Add a connection") if before is None else tr("Edit {name}", name=before.name)
        super().__init__(parent, title, name="connection_dialog")
        self._desk, self._connections, self._before = desk, connections, before
        self._task: asyncio.Task[Any] | None = None
        was = before or Connection("", "remote", url=url)
        self.url = LineEdit(was.url, placeholder=_ADDRESS, mono=True, name="connection_url")
        self.name = LineEdit(was.name, placeholder=tr("What you call it"), name="connection_name")
        hint = tr("As whoever runs the server gave it to you.")
        self.add_field("/url", Field(tr("Address"), self.url, hint, name="field.url"))
        self.add_field("/name", Field(tr("Name"), self.name, optional=True, name="field.name"))
        self._more = Button(tr("Certificates and proxy"), "link", name="connection.more", on_click=self._show_more)
        self.add(self._more)
        self.files = {
            "ca_bundle": FileField(
                tr("Authorities that are trusted besides the system's"), was.ca_bundle, "ca_bundle",
                tr("A PEM file. The server's certificate is always verified."),
            ),
            "client_certificate": FileField(tr("Your certificate"), was.client_certificate, "client_certificate"),
            "client_key": FileField(tr("Its private key"), was.client_key, "client_key"),
        }  # fmt: skip
        for name, field in self.files.items():
            self.add_field(f"/{name}", field)
            field.edit.changed.connect(self._edited)
        self.proxy = LineEdit(was.proxy or "", placeholder=_PROXY, mono=True, name="connection_proxy")
        self._proxy_field = self.add_field("/proxy", Field(tr("Proxy"), self.proxy, optional=True, name="field.proxy"))
        self.found = ServerCard()
        self.add(self.found)
        self.test = Button(tr("Test"), name="connection.test", on_click=self._test)
        self.add_button(self.test, left=True)
        self.add_leave()
        text = tr("Add") if before is None else tr("Save")
        self.keep = Button(text, "primary", name="connection.keep", on_click=self._keep)
        self.add_button(self.keep, default=True)
        for edit in (self.url, self.proxy):
            edit.changed.connect(self._edited)
        self.url.installEventFilter(self)
        self.finished.connect(lambda _result: self._end_task())
        self._show_more(shown=any(getattr(was, name) for name in (*_FILES, "proxy")))
        self.url.setFocus()

    # ------------------------------------------------------------------ what is typed

    def value(self) -> Connection:
        """Return the connection as the fields have it, under the id that it had."""
        url = self.url.value().rstrip("/")
        paths = {name: Path(text).expanduser() if (text := self.files[name].edit.value()) else None for name in _FILES}
        return Connection(
            self._before.id if self._before is not None else "", "remote",
            name=self.name.value() or urlsplit(url).netloc or url, url=url, proxy=self.proxy.value() or None, **paths,
        )  # fmt: skip

    def faults(self) -> dict[str, str]:
        """Return a sentence for each field that is wrong, by its pointer."""
        fault = address_fault(self.url.value())
        if fault:
            return {"/url": fault}
        taken = next((one for one in self._connections.list() if one.url == self.value().url), None)
        if taken is not None and (self._before is None or taken.id != self._before.id):
            return {"/url": tr("{name} leads there already.", name=taken.name)}
        try:
            checked(self.value())
        except ConnectionFaultError as error:
            return {f"/{error.field}": fault_words(error)}
        return {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Judge the address as it is left."""
        if watched is self.url and event.type() == event.Type.FocusOut and self.url.value() and self.isVisible():
            self._judge()
        return super().eventFilter(watched, event)

    def _judge(self) -> None:
        self._fields["/url"].set_fault(address_fault(self.url.value()) or None)
        self.fit()

    def _edited(self) -> None:
        self.found.forget()
        if self._fields["/url"].fault:
            self._judge()

    def _show_more(self, *, shown: bool = True) -> None:
        self._more.setVisible(not shown)
        for field in (*self.files.values(), self._proxy_field):
            field.setVisible(shown)
        if shown and self.isVisible():
            self.files["ca_bundle"].focus()
        self.fit()

    def _sound(self) -> bool:
        faults = self.faults()
        if any(pointer not in ("/url", "/name") for pointer in faults):
            self._show_more()
        self.show_faults(faults)
        return not faults

    # ------------------------------------------------------------------ testing and keeping

    def _test(self) -> None:
        if self.busy or not self._sound():
            return
        self.show_problem("")
        self.found.forget()
        self.set_busy(tr("Asking the server who it is…"), self._stop)
        self._task = self._desk.scope.start(self._ask(self.value()), name="test connection")

    async def _ask(self, connection: Connection) -> None:
        await imports.load("bcdesk.actions.probe")
        from bcdesk.actions.probe import OtherServerError, probe
        from bcdesk.client.errors import ClientError

        try:
            found = await probe(connection=connection)
        except OtherServerError as error:
            self.set_busy(None)
            self.show_faults({"/url": other_words(error.named)})
            return
        except ClientError as error:
            self.set_busy(None)
            at_field = tls_faults(error)
            if at_field:
                self._show_more()
                self.show_faults(at_field)
            else:
                words = problems.explain(error)
                self.show_problem(words.what, words.why)
            return
        self.set_busy(None)
        self.found.show_server(found)
        self.fit()
        self.keep.setFocus()

    def _keep(self) -> None:
        if self.busy or not self._sound():
            return
        one = self.value()
        known = {
            "name": one.name, "url": one.url, "ca_bundle": one.ca_bundle, "client_key": one.client_key,
            "client_certificate": one.client_certificate, "proxy": one.proxy,
        }  # fmt: skip
        try:
            if self._before is None:
                self.finish(self._connections.add(**known))  # type: ignore[arg-type]
            else:
                self.finish(self._connections.change(self._before.id, **known))
        except ConnectionFaultError as error:
            self.show_faults({f"/{error.field}": fault_words(error)})
        except OSError as error:
            words = problems.explain(error)
            self.show_problem(words.what, words.rest)

    def _stop(self) -> None:
        self._end_task()
        self.set_busy(None)

    def _end_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
