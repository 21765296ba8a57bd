"""Takes pictures of a window with all that stands over it, light and dark, and judges what it took."""

import asyncio
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from bcdesk.ui import theme
from bcdesk.ui.keys.secret_frame import SecretFrame
from bcdesk.ui.theme import Scheme

SIZE = (1280, 800)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SECRET = re.compile(r"bc[astr]_(?:live_|test_)?[0-9A-Za-z_-]{30,}")
FEWEST_COLOURS = 12


class Camera:
    """Writes pictures into a folder; ``taken`` lists them, ``faults`` what is wrong with them."""

    def __init__(self, app: QApplication, folder: Path, only: str = "") -> None:
        """Write into ``folder`` what has ``only`` in its name."""
        self.app, self.folder, self.only = app, folder, only
        self.taken: list[Path] = []
        self.faults: list[str] = []
        self._schemes = deque(SCHEMES)
        theme.apply(app, SCHEMES[0])

    async def take(self, name: str, window: QWidget, *, size: tuple[int, int] = SIZE) -> None:
        """Take ``window`` and what stands over it in both schemes, at ``size`` in pixels."""
        if self.only not in name:
            return
        window.resize(*size)
        await settle()
        at = "" if size == SIZE else f"-{size[0]}x{size[1]}"
        for turn in range(len(SCHEMES)):
            if turn:  # the next picture begins with the scheme that this one ends with
                self._schemes.rotate()
                theme.apply(self.app, self._schemes[0])
                await settle()
            self._keep(f"{name}{at}-{self._schemes[0]}", window)
        if size != SIZE:
            window.resize(*SIZE)
            await settle()

    def sheet(self, name: str, sheet: QWidget) -> None:
        """Take a sheet that stands for itself, at the size that it asks for."""
        if self.only not in name:
            return
        sheet.show()
        for scheme in SCHEMES:
            theme.apply(self.app, scheme)
            QApplication.processEvents()
            self._keep(f"{name}-{scheme}", sheet)
        theme.apply(self.app, "light")
        sheet.close()

    def _keep(self, name: str, window: QWidget) -> None:
        path = self.folder / f"{name}.png"
        image = picture(window)
        self.taken.append(path)
        if said := secrets_in_view():
            self.faults.append(f"{path.name}: a secret is in view ({said})")
        elif not image.save(str(path)):
            self.faults.append(f"{path.name}: it could not be written")
        elif colours(image) < FEWEST_COLOURS:
            self.faults.append(f"{path.name}: it is blank")


async def settle() -> None:
    """Let the window lay itself out and paint: a few turns of the loop, for each may ask for another."""
    for _ in range(6):
        await asyncio.sleep(0.005)


def over(window: QWidget) -> list[QWidget]:
    """Return the dialogs, menus and tooltips above ``window``, lowest first."""
    return [one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not window and _stands(one)]


def _stands(one: QWidget) -> bool:
    return one.parentWidget() is not None


def picture(window: QWidget) -> QImage:
    """Return ``window`` with what stands over it, as a person sees them."""
    image = window.grab().toImage()
    painter = QPainter(image)
    corner = window.mapToGlobal(QPoint(0, 0))
    for one in over(window):
        painter.drawPixmap(one.mapToGlobal(QPoint(0, 0)) - corner, one.grab())
    painter.end()
    return image


def colours(image: QImage) -> int:
    """Return how many colours a grid of points in the picture has."""
    return len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)})


def secrets_in_view() -> str:
    """Name the widget that shows a whole key or token now, or return an empty text."""
    for window in QApplication.topLevelWidgets():
        for one in (window, *window.findChildren(QWidget)):
            if one.isVisible() and any(SECRET.search(text) for text in _texts(one)):
                return one.objectName() or type(one).__name__
            if isinstance(one, SecretFrame) and one.shown:
                return "the frame of the secret"
    return ""


def _texts(one: QWidget) -> Iterator[str]:
    yield one.accessibleName()
    if isinstance(one, QLabel | QLineEdit):
        yield one.text()
    if isinstance(one, QPlainTextEdit):
        yield one.toPlainText()
