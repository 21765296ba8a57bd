"""How connections are called, where they lead, and where those of this computer keep their data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.store.last_connection import last_named
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from pathlib import Path

    from bcdesk.settings import Settings
    from bcdesk.store.connections import Connection, Connections


def name_of(connection: Connection) -> str:
    """Return what the window calls a connection."""
    return _name(connection.kind, connection.name)


def first_name(chosen: Settings) -> str:
    """Return what the first frame calls the connection that will be opened; empty where it will be asked for."""
    last, name = last_named(chosen.desk_dir)
    return _name(last or ("demo" if chosen.server_dir.exists() else ""), name)


def _name(kind: str, name: str) -> str:
    return {"local": tr("This computer"), "demo": tr("Demo data")}.get(kind, name)


def host_of(connection: Connection) -> str:
    """Return the host with its port, and the path where there is one; empty before a server of this computer runs."""
    return connection.url.rstrip("/").partition("://")[2]


def remembered(connections: Connections, chosen: Settings) -> Connection | None:
    """Return the connection to open by itself; None where nobody was ever asked.

    Who had a desk before there was a choice has demo data.
    """
    from bcdesk.store.connections import DEMO

    return connections.last or (DEMO if chosen.server_dir.exists() else None)


def folder_of(connection: Connection, chosen: Settings) -> Path:
    """Return the data folder of a server of this computer; demo data and a studio's own never share one."""
    return chosen.server_dir if connection.kind == "demo" else chosen.studio_dir
