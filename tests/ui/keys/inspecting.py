"""How a test reaches the parts and cards of the inspector."""

from PySide6.QtWidgets import QWidget

from bcdesk.ui.widgets import Card
from tests.ui.keys.studio import Studio


def part(studio: Studio, name: str) -> QWidget:
    found = studio.page.inspector.findChild(QWidget, name)
    assert isinstance(found, QWidget)
    return found


def cards(studio: Studio) -> list[str]:
    return [one.property("name") or one.objectName() for one in part(studio, "needs").findChildren(Card)]
