"""The first frame: what it is made of, and that the page takes its place without a jump."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from bcdesk import settings
from bcdesk.app import Program
from bcdesk.ui import theme
from bcdesk.ui.frame import first_frame
from bcdesk.ui.keys.page import KeysPage
from bcdesk.ui.keys.skeleton import KeysSkeleton
from bcdesk.ui.theme import Scheme
from tests.profiles import at_demo

TOP = Path(__file__).resolve().parents[2]
HEAVY = ("pydantic", "httpx", "keyring", "asyncio", "ssl", "cryptography", "qasync", "sqlalchemy", "bcdesk.server")
ARRANGED = json.dumps(
    {"widths": {"key": 230}, "order": ["name", "status", "key"], "hidden": ["environment"], "sort": ["created", False]}
)
SCRIPT = f"""
import gc, json, linecache, sys
from pathlib import Path
from bcdesk.app import main

def present():
    return [name for name in {HEAVY!r} if name in sys.modules]

def painted():
    print(json.dumps([present(), gc.isenabled(), len(linecache.cache)]), flush=True)
    return False

code = main(data_dir=Path(sys.argv[1]), on_painted=painted)
import asyncio, keyring, qasync, sqlalchemy, ssl
import bcdesk.server, bcdesk.client.transport, bcdesk.contract.wire
import cryptography.hazmat.primitives.ciphers.aead
print(json.dumps([code, present()]), flush=True)
"""


def test_that_nothing_heavy_is_imported_before_the_first_paint(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], cwd=TOP, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    (before, collects, sources), (code, after) = map(json.loads, done.stdout.splitlines())
    assert before == []
    assert not collects, "the collector waits until the desk is built"
    assert sources == 0, "the sources of what was imported stay in memory"
    assert (code, after) == (0, list(HEAVY)), "the names that are looked for are those of the modules"


@pytest.mark.parametrize(
    ("scheme", "columns"), [("light", ""), ("dark", ""), ("light", ARRANGED)], ids=["light", "dark", "arranged"]
)
@pytest.mark.parametrize("size", [(1280, 800), (1000, 700), (1600, 900)], ids=lambda size: str(size[0]))
def test_that_the_page_takes_the_skeletons_place_without_a_jump(
    qapp: QApplication, tmp_path: Path, scheme: Scheme, columns: str, size: tuple[int, int]
) -> None:
    theme.apply(qapp, scheme)
    chosen = settings.load(at_demo(tmp_path)).with_changes(columns=columns)
    frame = first_frame(chosen)
    frame.window.resize(*size)
    frame.window.show()
    _settle(qapp)
    assert isinstance(frame.window.stack.currentWidget(), KeysSkeleton)
    first = frame.window.grab().toImage()
    program = Program(chosen, qapp, frame)
    _settle(qapp)
    assert isinstance(frame.window.stack.currentWidget(), KeysPage)
    second = frame.window.grab().toImage()
    program.window.hide()
    program.window.deleteLater()
    theme.apply(qapp, "light")
    assert first.size() == second.size()
    if first != second:
        first.save(str(tmp_path / "first.png"))
        second.save(str(tmp_path / "second.png"))
        pytest.fail(f"the pictures in {tmp_path} differ at {_first_difference(first, second)}")


def _settle(app: QApplication) -> None:
    for _ in range(3):
        app.processEvents()


def _first_difference(one: QImage, other: QImage) -> QPoint | None:
    return next(
        (QPoint(x, y) for y in range(one.height()) for x in range(one.width()) if one.pixel(x, y) != other.pixel(x, y)),
        None,
    )
