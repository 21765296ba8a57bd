"""How a test finds keys by name, and what stands where the table would."""

from bcdesk.ui.widgets import EmptyState
from tests.ui.keys.studio import Studio


def by_name(studio: Studio, name: str) -> str:
    return next(row.id for row in studio.store.keys.values() if row.name == name)


def instead(studio: Studio) -> EmptyState:
    return next(one for one in studio.page.findChildren(EmptyState) if one.isVisible())
