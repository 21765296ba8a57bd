"""What is painted first: the window with its rail and the skeletons of its pages, out of nothing but the kit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bcdesk.ui.commands import Registry
from bcdesk.ui.desk import Connection
from bcdesk.ui.keys.skeleton import KeysSkeleton
from bcdesk.ui.main_window import MainWindow
from bcdesk.ui.rail import Page
from bcdesk.ui.text import tr
from bcdesk.ui.ways.names import first_name
from bcdesk.ui.widgets import Skeleton

if TYPE_CHECKING:
    from bcdesk.settings import Settings


class Frame(NamedTuple):
    """What is painted first: the window, and the commands that it has by then."""

    registry: Registry
    window: MainWindow


def first_frame(chosen: Settings) -> Frame:
    """Build the window with its rail and the skeleton of its page, out of nothing but the kit."""
    registry = Registry()
    window = MainWindow(registry, geometry=chosen.geometry)
    window.add_page(Page("keys", tr("API keys"), "key", KeysSkeleton(chosen.columns)))
    window.add_page(Page("apps", tr("OAuth apps"), "apps", Skeleton(label=tr("The server is starting…"))))
    window.add_page(Page("flow", tr("Flow tester"), "flow", Skeleton(label=tr("The server is starting…"))))
    window.add_page(Page("settings", tr("Settings"), "settings", Skeleton(), foot=True, shortcut="Ctrl+,"))
    window.show_connection(Connection(first_name(chosen)), None, None)
    return Frame(registry, window)
