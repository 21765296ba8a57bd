"""The icons of the project: all are there and drawn, and the program's own is one at every size."""

import pytest
from PySide6.QtWidgets import QApplication

from bcdesk.ui import icons


@pytest.mark.parametrize("size", [16, 24, 32, 48, 64, 128, 256])
def test_that_the_program_has_an_icon_of_every_size(qapp: QApplication, size: int) -> None:
    drawn = icons.of_program().pixmap(size, size).toImage()
    assert (drawn.width(), drawn.height()) == (size, size)
    assert drawn.pixelColor(0, 0).alpha() == 0, "its corners are round"
    middle, key = drawn.pixelColor(size // 2, size // 5), drawn.pixelColor(size * 5 // 8, size // 2)
    assert middle.alpha() == 255
    assert middle.green() > middle.red()
    assert min(key.red(), key.green(), key.blue()) > 180, "the key is white"


def test_that_every_line_icon_can_be_drawn(qapp: QApplication) -> None:
    assert len(icons.names()) > 20
    for name in icons.names():
        assert not icons.pixmap(name, "muted").toImage().isNull(), name
    icons.forget()
