"""Colours, spaces, radii and type of the desk, and the one place that turns them into a palette and a stylesheet.

Colours come from ``resources/themes/{light,dark}.toml``. Fusion and palettes of our own are used on every system,
because `QStyleHints.setColorScheme` does nothing offscreen and on plain xcb: the scheme only chooses between the two.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QToolTip

Scheme = Literal["system", "light", "dark"]
_STYLE: Final = "Fusion"


class Space:
    """Distances in pixels; nothing on screen lies between two of them."""

    XS: Final = 4
    S: Final = 8
    M: Final = 12
    L: Final = 16
    XL: Final = 24


class Radius:
    """Corner radii in pixels."""

    CONTROL: Final = 7
    CARD: Final = 10
    DIALOG: Final = 12


class Size:
    """Fixed sizes in pixels."""

    RAIL: Final = 200
    RAIL_NARROW: Final = 56
    CONTROL: Final = 32
    ROW: Final = 50
    ROW_ONE_LINE: Final = 36
    INSPECTOR: Final = 320
    DIALOG: Final = 560


FONTS: Final = {
    # role: (pixels, weight, monospace)
    "body": (13, QFont.Weight.Normal, False),
    "strong": (13, QFont.Weight.DemiBold, False),
    "button": (13, QFont.Weight.Medium, False),
    "secondary": (12, QFont.Weight.Normal, False),
    "label": (12, QFont.Weight.Medium, False),
    "chip": (11, QFont.Weight.DemiBold, False),
    "title": (20, QFont.Weight.Bold, False),
    "heading": (15, QFont.Weight.Bold, False),
    "dialog": (17, QFont.Weight.Bold, False),
    "section": (11, QFont.Weight.DemiBold, False),
    "mono": (12, QFont.Weight.Normal, True),
}
_GENERIC: Final = ("sans", "sans serif", "sans-serif", "helvetica", "arial", "")
_TEXT_FAMILIES: Final = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "DejaVu Sans")
_MONO_FAMILIES: Final = (
    "JetBrains Mono", "Cascadia Mono", "Cascadia Code", "Consolas", "SF Mono", "Menlo", "DejaVu Sans Mono",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme as ``#rrggbb`` text; each name is a meaning, not a shade."""

    dark: bool
    bg: str
    surface: str
    line: str
    text: str
    muted: str
    accent: str
    accent_soft: str
    ok: str
    ok_soft: str
    field: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    live: str
    live_soft: str
    info: str
    info_soft: str
    scrim: str
    shadow: str

    @property
    def on_accent(self) -> str:
        """Return the text colour that stands on a filled accent or bad button."""
        return self.bg if self.dark else self.surface

    def named(self) -> dict[str, str]:
        """Return every colour by name, with the shades that hovering and pressing derive from them."""
        names = {field.name: str(getattr(self, field.name)) for field in fields(self) if field.name != "dark"}
        return names | {
            "on_accent": self.on_accent,
            "hover": mix(self.surface, self.text, 0.05),
            "pressed": mix(self.surface, self.text, 0.10),
            "rail_hover": mix(self.bg, self.text, 0.05),
            "accent_hover": mix(self.accent, self.text, 0.14),
            "accent_pressed": mix(self.accent, self.text, 0.26),
            "bad_hover": mix(self.bad, self.text, 0.14),
            "handle": mix(self.surface, self.field, 0.55),
            "off": mix(self.surface, self.muted, 0.70),
            "off_fill": mix(self.surface, self.text, 0.07),
        }


def mix(below: str, above: str, share: float) -> str:
    """Blend ``share`` (0 to 1) of the colour ``above`` over the colour ``below``."""
    a, b = QColor(below), QColor(above)
    parts = [round(x + (y - x) * share) for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True)]  # type: ignore[index]
    return QColor(*parts).name()


@cache
def load(name: str) -> Tokens:
    """Read a theme of the package by name (``light`` or ``dark``)."""
    import tomllib

    text = (resources.files("bcdesk") / "resources" / "themes" / f"{name}.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return Tokens(dark=data["dark"], **data["colors"])


class Theme(QObject):
    """The theme in force; ``changed`` fires after palette and stylesheet are in place."""

    changed = Signal()

    def __init__(self) -> None:
        """Begin with the light theme, before `apply` chooses."""
        super().__init__()
        self.scheme: Scheme = "system"
        self.tokens = load("light")
        self._colors: dict[str, QColor] = {}
        self._follows: QApplication | None = None
        self._styled: QApplication | None = None

    def color(self, name: str) -> QColor:
        """Return a colour of the theme in force by name; raise KeyError for any other name."""
        found = self._colors.get(name)
        if found is None:
            found = self._colors[name] = QColor(self.tokens.named()[name])
        return found

    def apply(self, app: QApplication, scheme: Scheme) -> None:
        """Put palette, fonts and stylesheet of ``scheme`` in force, and follow the system where it says so."""
        if self._follows is not app:
            self._follows = app
            if self._styled is not app:
                app.setStyle(_STYLE)
            app.setFont(font("body"))
            QToolTip.setFont(font("secondary"))
            app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.scheme = scheme
        dark = scheme == "dark" or (scheme == "system" and app.styleHints().colorScheme() == Qt.ColorScheme.Dark)
        self.tokens = load("dark" if dark else "light")
        self._colors.clear()
        app.setPalette(palette(self.tokens))
        app.setStyleSheet(stylesheet(self.tokens))
        self.changed.emit()

    def application(self, arguments: Sequence[str]) -> QApplication:
        """Make the application with the style that `apply` asks for; setting it later costs 5 ms of enumerations.

        The embedded browser, imported long after, asks that graphics contexts be shared from the start.
        """
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
        self._styled = QApplication([*arguments, "-style", _STYLE])
        return self._styled

    def _system_changed(self) -> None:
        if self.scheme == "system" and self._follows is not None:
            self.apply(self._follows, "system")


_theme: Final = Theme()


def theme() -> Theme:
    """Return the theme in force, to listen to its ``changed``."""
    return _theme


def application(arguments: Sequence[str]) -> QApplication:
    """Make the application, ready for `apply`."""
    return _theme.application(arguments)


def tokens() -> Tokens:
    """Return the colours in force."""
    return _theme.tokens


def color(name: str) -> QColor:
    """Return a colour in force by its name in `Tokens` (or a derived one: hover, pressed, on_accent, off)."""
    return _theme.color(name)


def apply(app: QApplication, scheme: Scheme) -> None:
    """Put ``scheme`` in force for the whole program."""
    _theme.apply(app, scheme)


def tone_color(tone: str) -> QColor:
    """Return the text colour of a tone: a token's name, or ``neutral`` for muted text."""
    return color("muted" if tone in ("neutral", "sandbox") else tone)


@cache
def _family(mono: bool) -> str:
    installed = set(QFontDatabase.families())
    if mono:
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        return next((name for name in _MONO_FAMILIES if name in installed), fixed)
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    if sys.platform.startswith("linux") and (system.lower() in _GENERIC or system not in installed):
        return next((name for name in _TEXT_FAMILIES if name in installed), system)
    return system


def font(role: str) -> QFont:
    """Return the font of a role of `FONTS`, with tabular numbers; raise KeyError for any other role."""
    pixels, weight, mono = FONTS[role]
    made = QFont(_family(mono))
    made.setPixelSize(pixels)
    made.setWeight(weight)
    if mono:
        made.setStyleHint(QFont.StyleHint.Monospace)
        made.setFeature(QFont.Tag("calt"), 0)  # `://` stays three characters: a URL is compared by eye
    made.setFeature(QFont.Tag("tnum"), 1)
    if role == "section":
        made.setCapitalization(QFont.Capitalization.AllUppercase)
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
    return made


def palette(colors: Tokens) -> QPalette:
    """Make the palette of a theme, for all that no stylesheet rule reaches."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    named = {name: QColor(value) for name, value in colors.named().items()}
    made = QPalette(named["surface"], named["bg"])
    for target, name in (
        (role.Window, "bg"), (role.WindowText, "text"), (role.Base, "surface"), (role.AlternateBase, "bg"),
        (role.Text, "text"), (role.Button, "surface"), (role.ButtonText, "text"), (role.BrightText, "bad"),
        (role.Highlight, "accent_soft"), (role.HighlightedText, "text"), (role.ToolTipBase, "surface"),
        (role.ToolTipText, "text"), (role.PlaceholderText, "muted"), (role.Link, "accent"),
        (role.LinkVisited, "accent"), (role.Light, "surface"), (role.Midlight, "line"), (role.Mid, "field"),
        (role.Dark, "field"), (role.Shadow, "line"), (role.Accent, "accent"),
    ):  # fmt: skip
        made.setColor(target, named[name])
    for target in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(group.Disabled, target, named["off"])
    return made


@cache
def _sheet() -> Template:
    return Template((resources.files("bcdesk") / "resources" / "themes" / "desk.qss").read_text("utf-8"))


def stylesheet(colors: Tokens) -> str:
    """Make the whole stylesheet of the program from a theme."""
    folder = resources.files("bcdesk") / "resources" / "themes"
    name = "dark" if colors.dark else "light"
    images = {image: Path(str(folder / f"{name}-{image}.svg")).as_posix() for image in ("tick", "chevron")}
    radii = {"radius": str(Radius.CONTROL), "radius_card": str(Radius.CARD), "radius_inner": str(Radius.CONTROL - 1)}
    return _sheet().substitute(colors.named() | radii | images)
