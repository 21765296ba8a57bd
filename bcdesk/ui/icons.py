"""Line icons of the project, tinted by the theme."""

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from bcdesk.ui import theme

_cache: dict[tuple[str, str], QIcon] = {}
_RATIOS = (1.0, 2.0, 3.0)


@cache
def _source(name: str) -> bytes:
    return (resources.files("bcdesk") / "resources" / "icons" / f"{name}.svg").read_bytes()


def pixmap(name: str, tone: str, size: int = 20, ratio: float = 1.0) -> QPixmap:
    """Draw an icon in the colour of ``tone`` (a token's name), ``size`` logical pixels wide."""
    from PySide6.QtSvg import QSvgRenderer

    source = _source(name).replace(b"currentColor", theme.color(tone).name().encode())
    drawn = QPixmap(round(size * ratio), round(size * ratio))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(source)).render(painter, QRectF(drawn.rect()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def icon(name: str, tone: str = "muted") -> QIcon:
    """Return an icon of ``resources/icons`` in a colour; raise FileNotFoundError where there is none of the name."""
    key = (name, theme.color(tone).name())
    found = _cache.get(key)
    if found is None:
        found = QIcon()
        for ratio in _RATIOS:
            found.addPixmap(pixmap(name, tone, 20, ratio))
        for ratio in _RATIOS:
            found.addPixmap(pixmap(name, "off", 20, ratio), QIcon.Mode.Disabled)
        _cache[key] = found
    return found


def of_program() -> QIcon:
    """Return the icon that the program's windows show to the system."""
    return QIcon(str(resources.files("bcdesk") / "resources" / "bcdesk.svg"))


def names() -> tuple[str, ...]:
    """List every icon of the project."""
    folder = resources.files("bcdesk") / "resources" / "icons"
    return tuple(sorted(item.name[:-4] for item in folder.iterdir() if item.name.endswith(".svg")))


def forget() -> None:
    """Drop every kept icon, at the end of the program and between tests."""
    _cache.clear()
    _source.cache_clear()
