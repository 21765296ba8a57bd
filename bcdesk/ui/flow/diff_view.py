"""Two URIs above each other in monospace, the place where they first differ marked in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bcdesk.flow.lab import span_at
from bcdesk.ui import theme
from bcdesk.ui.flow.lab_words import place_words, short, visible_one
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.flow.lab import Finding

_LINE: Final = 22
_PAD: Final = 8
_GAP: Final = "…"


class Piece(NamedTuple):
    """A run of characters to draw, and whether it is where the two differ."""

    text: str
    marked: bool = False


def pieces(text: str, at: int | None, room: int) -> list[Piece]:
    """Cut ``text`` to about ``room`` cells around ``at``, leaving out its middle, with everything in it visible."""
    start, end = (len(text), len(text)) if at is None else span_at(text, at)
    if len(text) <= room and sum(len(visible_one(character)) for character in text) <= room:
        kept = list(range(len(text)))
    else:
        quarter, last = max(4, room // 4), max(3, room // 6)
        chosen = {*range(min(quarter, len(text))), *range(max(0, len(text) - last), len(text))}
        chosen.update(range(max(0, start - quarter), min(len(text), end + quarter)))
        more = min(len(text), end + quarter)
        while len(chosen) < room - 3 and more < len(text):
            chosen.add(more)
            more += 1
        kept = _within(text, sorted(chosen), start, end, room)
    found: list[Piece] = []
    before = -1
    for index in kept:
        if index != before + 1:
            found.append(Piece(_GAP))
        found.append(Piece(visible_one(text[index]), at is not None and start <= index < end))
        before = index
    if kept and before != len(text) - 1:
        found.append(Piece(_GAP))
    if at is not None and start >= len(text):
        found.append(Piece("", True))
    return found


def _within(text: str, kept: list[int], start: int, end: int, room: int) -> list[int]:
    """Drop what is furthest from the difference until the rest fits."""
    width = sum(len(visible_one(text[index])) for index in kept) + 3
    while width > room and len(kept) > 1:
        far = max(kept, key=lambda index: max(start - index, index - end))
        width -= len(visible_one(text[far]))
        kept.remove(far)
    return kept


class DiffView(QWidget):
    """Draws the registered URI above the candidate; it holds no text that could be edited, and elides by itself."""

    def __init__(self, parent: QWidget | None = None, *, name: str = "diff") -> None:
        """Begin empty."""
        super().__init__(parent)
        self.setObjectName(name)
        self._lines: tuple[tuple[str, str], ...] = ()
        self._at: int | None = None
        self._bad = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.theme().changed.connect(self.update)

    def show_finding(self, candidate: str, finding: Finding) -> None:
        """Show ``candidate`` beneath what is registered."""
        self.show_texts(
            finding.registered, candidate, finding.at, bad=finding.outcome == "refused", place=place_words(finding)
        )

    def show_texts(self, expected: str, got: str, at: int | None, *, bad: bool = True, place: str = "") -> None:
        """Show ``got`` beneath ``expected``, marked at the character ``at``; ``place`` says in words what is there."""
        self._lines = ((tr("registered"), expected), (tr("yours"), got))
        self._at, self._bad = at, bad
        spoken = tr("Registered: {one}. Yours: {other}.", one=short(expected), other=short(got))
        self.setAccessibleName(f"{spoken} {place}".strip())
        self.update()

    @property
    def drawn(self) -> tuple[str, ...]:
        """Return what each line shows at the present width."""
        return tuple("".join(piece.text for piece in self._cut(text)) for _, text in self._lines)

    def sizeHint(self) -> QSize:
        return QSize(260, 2 * _LINE + 2 * _PAD)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def _left(self) -> float:
        metrics = QFontMetricsF(theme.font("secondary"))
        return 2 * _PAD + max((metrics.horizontalAdvance(label) for label, _ in self._lines), default=0.0)

    def _cut(self, text: str) -> list[Piece]:
        cell = QFontMetricsF(theme.font("mono")).horizontalAdvance("0")
        room = max(8, int((self.width() - self._left() - _PAD) / cell) - 1)
        return pieces(text, self._at, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("bg"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        for number, (label, text) in enumerate(self._lines):
            self._line(painter, label, self._cut(text), _PAD + number * _LINE)

    def _line(self, painter: QPainter, label: str, cut: list[Piece], top: int) -> None:
        mono = theme.font("mono")
        metrics = QFontMetricsF(mono)
        cell, tone = metrics.horizontalAdvance("0"), "bad" if self._bad else "ok"
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.color("muted"))
        painter.drawText(QRectF(_PAD, top, self._left(), _LINE), middle, label)
        painter.setFont(mono)
        x = self._left()
        for piece in cut:
            width = metrics.horizontalAdvance(piece.text) if piece.text else cell
            if piece.marked:
                box = QRectF(x, top + 2, width, _LINE - 4)
                painter.fillRect(box, theme.color(f"{tone}_soft"))
                painter.fillRect(QRectF(x, top + _LINE - 4, width, 2), theme.color(tone))
            painter.setPen(theme.color(tone if piece.marked else "muted" if piece.text == _GAP else "text"))
            painter.drawText(QRectF(x, top, width + 1, _LINE), middle | Qt.TextFlag.TextSingleLine, piece.text)
            x += width
