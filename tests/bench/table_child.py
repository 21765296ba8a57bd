"""The real page over many keys and a plain table with a proxy over the same rows, measured in turn: ``COUNT``."""

import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView, QWidget

from bcdesk import settings
from bcdesk.app import Program
from bcdesk.contract.rows import KeyRow
from bcdesk.ui import theme
from tests.bench.figures import percentile
from tests.bench.plain_table import plain_table
from tests.bench.sample_keys import sample_keys

TEXTS = ("storefront", "royalty", "team-8", "nightly", "0042", "search", "mastering")
BOTH = ("royal", "0042", "stem")
TURNS = 3
SORTS = ("name", "created", "last_used")


class Painted(QObject):
    """Tells when a widget was painted after it was armed."""

    def __init__(self, widget: QWidget) -> None:
        """Watch ``widget``."""
        super().__init__(widget)
        self.painted = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.painted += 1
        return False

    def wait(self, before: int) -> None:
        """Turn the event loop until it was painted again after ``before`` paintings, or nothing is left to paint."""
        for _ in range(TURNS):
            QApplication.processEvents()
            if self.painted != before:
                return


class Side:
    """One table under test: its field, its view, and a probe that sees it paint."""

    def __init__(self, window: QWidget, field: QLineEdit, view: QTableView) -> None:
        """Watch the viewport of ``view``."""
        self.window, self.field, self.view = window, field, view
        self.probe = Painted(view.viewport())
        self.computed: list[float] = []
        """Milliseconds that this thread itself computed for each key and click."""

    def key(self, key: str | Qt.Key) -> float:
        """Press one key in the field and return the milliseconds until the table was painted anew."""
        return self._timed(lambda: QTest.keyClick(self.field, key))  # type: ignore[arg-type]

    def click(self, section: int) -> float:
        """Click the title of a column and return the milliseconds until the table was painted anew."""
        header = self.view.horizontalHeader()
        at = QPoint(header.sectionViewportPosition(section) + 12, header.height() // 2)
        button, held = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        return self._timed(lambda: QTest.mouseClick(header.viewport(), button, held, at))

    def _timed(self, act: Callable[[], object]) -> float:
        before, started, computed = self.probe.painted, time.perf_counter(), time.thread_time()
        act()
        self.probe.wait(before)
        self.computed.append((time.thread_time() - computed) * 1000)
        return (time.perf_counter() - started) * 1000

    def clear(self) -> None:
        """Empty the field, unmeasured."""
        self.field.clear()
        QApplication.processEvents()


def main() -> None:
    """Measure and print one line of JSON."""
    count = int(sys.argv[1])
    app = QApplication(sys.argv[:1])
    theme.apply(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        program = Program(settings.load(Path(folder)), app)
        print(json.dumps(_measure(program, sample_keys(count))))
        program.window.hide()
        program.keys.close_down()


def _measure(program: Program, rows: list[KeyRow]) -> dict[str, Any]:
    program.window.resize(1280, 800)
    program.window.show()
    QApplication.processEvents()
    started = time.perf_counter()
    program.store.set_link(state="loading")
    program.store.apply_keys(rows)
    program.store.set_link(state="online", as_of=time.time())
    listing = program.keys.listing
    ours = Side(program.window, program.keys.filters.search, listing.view)
    QApplication.processEvents()
    load = (time.perf_counter() - started) * 1000
    ours.key("s")
    ours.clear()
    ours.click(_section(listing.view, "name"))
    window, field, view = plain_table(rows, listing.model.columns)
    base = Side(window, field, view)
    base.key("s")
    base.clear()
    base.click(0)
    window.show()
    gc.freeze()
    result = {"load": load, **_paint(ours)}
    return result | _keys(ours, base) | _sorts(ours, base, listing.view)


def _section(view: QTableView, column_id: str) -> int:
    model: Any = view.model()
    return [column.id for column in model.columns].index(column_id)


def _paint(ours: Side) -> dict[str, Any]:
    viewport, spent = ours.view.viewport(), []
    for _ in range(40):
        started = time.perf_counter()
        viewport.repaint()
        spent.append((time.perf_counter() - started) * 1000)
    places = len(ours.view.visible_places())  # type: ignore[attr-defined]
    return {"paint": percentile(spent, 0.95), "paint_note": f"p95, {places} rows of {ours.view.viewport().width()} px"}


def _keys(ours: Side, base: Side) -> dict[str, Any]:
    """Type words into both, key by key in turn; then more words into ours alone, there and back."""
    spent, bases, ratios = [], [], []
    ours.computed.clear()
    for text in BOTH:
        ours.clear()
        base.clear()
        for letter in text:
            spent.append(ours.key(letter))
            bases.append(base.key(letter))
            ratios.append(bases[-1] / spent[-1])
    base.clear()
    for text in TEXTS:
        ours.clear()
        spent += [ours.key(letter) for letter in text]
        spent += [ours.key(Qt.Key.Key_Backspace) for _ in text[1:]]
    ours.clear()
    return {
        "key_p95": percentile(spent, 0.95), "key_computed": percentile(ours.computed, 0.95),
        "key_median": statistics.median(spent), "key_samples": len(spent),
        "key_base": statistics.median(bases), "key_ratio": statistics.median(ratios), "key_rounds": len(ratios),
    }  # fmt: skip


def _sorts(ours: Side, base: Side, view: QTableView) -> dict[str, Any]:
    every = ("name", "key", "environment", "created", "last_used", "status")
    spent: dict[str, list[float]] = {one: [] for one in every}
    bases, ratios = [], []
    ours.computed.clear()
    for one in SORTS:
        mine = [ours.click(_section(view, one)) for _ in range(3)]
        spent[one] += mine
        other = base.click(_section(view, one))
        bases.append(other)
        ratios.append(other / statistics.median(mine))
    for _ in range(4):
        for one in every:
            spent[one].append(ours.click(_section(view, one)))
    medians = {one: statistics.median(times) for one, times in spent.items()}
    return {
        "sorts": medians, "sort_computed": percentile(ours.computed, 0.9), "sort_worst": max(medians.values()),
        "sort_base": statistics.median(bases),
        "sort_ratio": statistics.median(ratios), "sort_rounds": len(ratios), "sorted_both": list(SORTS),
    }  # fmt: skip


if __name__ == "__main__":
    main()
