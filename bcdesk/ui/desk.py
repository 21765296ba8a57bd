"""What every page of the desk works with, passed along explicitly and built once by `bcdesk.program`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.settings import Settings
    from bcdesk.store.journal import Journal
    from bcdesk.store.store import Store
    from bcdesk.store.vault import Vault
    from bcdesk.ui.clipboard import ClipboardGuard
    from bcdesk.ui.gate import RevealGate
    from bcdesk.ui.screen_shield import Shield
    from bcdesk.ui.tasks import TaskScope


@dataclass(frozen=True, slots=True)
class Connection:
    """Names the server that the desk works on: its name, its host with port, and whether its data is a demo."""

    name: str
    host: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Holds the long-lived objects; what changes with the connection is asked for each time."""

    scope: TaskScope
    store: Store
    journal: Journal
    vault: Vault
    settings: Settings
    clipboard: ClipboardGuard
    gate: RevealGate
    client_of: Callable[[], Client | None]
    connection_of: Callable[[], Connection]
    sync_now: Callable[[], None]
    now: Callable[[], float] = time.time
    shield: Callable[[], Shield | None] = lambda: None
    """Gives the way of keeping a window out of captures, where the system has one and the user wants it."""

    @property
    def client(self) -> Client | None:
        """Return the client of the present connection; None until there is one."""
        return self.client_of()

    @property
    def connection(self) -> Connection:
        """Return the present connection."""
        return self.connection_of()
