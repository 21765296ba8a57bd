"""The commands about connections: one to go to each, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bcdesk.ui.commands import Command
from bcdesk.ui.text import tr
from bcdesk.ui.ways.names import host_of, name_of

if TYPE_CHECKING:
    from bcdesk.store.connections import Connection

_ICONS = {"local": "screen", "demo": "eye", "remote": "server"}


def switch_command(switcher: Any, connection: Connection) -> Command:
    """Return the command that goes to ``connection``."""
    name, host = name_of(connection), host_of(connection)
    return Command(
        f"connection.go.{connection.id}",
        tr("{name} ({host})", name=name, host=host) if host and host != name else name,
        lambda _context: switcher.go(connection),
        icon=_ICONS[connection.kind],
        group=tr("Connection"),
        enabled=lambda _context: switcher.reason(),
        checked=lambda _context: switcher.chosen and switcher.here.id == connection.id,
        aliases=(tr("switch connection"), tr("server")),
    )


def connection_commands(switcher: Any) -> tuple[Command, ...]:
    """Return the commands that are there whatever connections there are; ``switcher`` is the `Switcher`."""

    def remote(_context: object) -> bool:
        return bool(switcher.chosen and switcher.here.kind == "remote")

    def signed_out(_context: object) -> bool:
        return remote(_context) and not switcher.signed_in

    def signed_in(_context: object) -> bool:
        return remote(_context) and bool(switcher.signed_in)

    def reason(_context: object) -> str | None:
        why: str | None = switcher.reason()
        return why

    group = tr("Connection")
    return (
        Command("connection.choose", tr("Choose a connection…"), lambda _context: switcher.choose(), icon="server",
                group=group, enabled=reason, shown=lambda _context: not switcher.chosen),
        Command("connection.add", tr("Add a connection…"), lambda _context: switcher.add(), icon="plus", group=group,
                enabled=reason, aliases=(tr("connect to a server"),)),
        Command("connection.edit", tr("Edit this connection…"), lambda _context: switcher.edit(), icon="edit",
                group=group, enabled=reason, shown=remote),
        Command("connection.remove", tr("Remove this connection…"), lambda _context: switcher.remove(), icon="close",
                group=group, enabled=reason, shown=remote, danger=True),
        Command("connection.sign_in", tr("Sign in…"), lambda _context: switcher.sign_in(), icon="key", group=group,
                enabled=reason, shown=signed_out, aliases=(tr("log in"),)),
        Command("connection.sign_out", tr("Sign out…"), lambda _context: switcher.sign_out(), icon="power",
                group=group, enabled=reason, shown=signed_in, aliases=(tr("log out"),)),
    )  # fmt: skip
