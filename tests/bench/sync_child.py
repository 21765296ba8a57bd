"""One desk that loads a planted server, with a heartbeat in its GUI thread: ``DIR COUNT``."""

import gc
import json
import sys
import time
from pathlib import Path
from typing import Any

IDLE_MS = 2000
"""How long the window is watched after the sync, with its polls going on."""


def main() -> None:
    """Run the real desk on a folder whose server is planted, and print what was measured."""
    folder, expected = Path(sys.argv[1]), int(sys.argv[2])
    from bcdesk.app import main as desk

    desk(data_dir=folder, on_painted=lambda: _watch(expected))


def _watch(expected: int) -> bool:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from bcdesk.store.store import Change, Store
    from tests.bench.heartbeat import Heartbeat
    from tests.bench.open_desk import close_windows, store_of_window
    from tests.bench.processes import memory

    store: Store
    waiting = QTimer(QApplication.instance(), interval=5)
    pulse = Heartbeat(QApplication.instance())
    seen: dict[str, Any] = {}

    def look() -> None:
        nonlocal store
        found = store_of_window()
        if found is not None:
            waiting.stop()
            store = found
            store.listen(follow)

    def follow(change: Change) -> None:
        state = store.link.state
        if change.link and state == "loading" and "began" not in seen:
            seen["memory_before"] = memory(kind="Pss_Anon")
            seen["began"] = time.perf_counter()
            pulse.start()
        elif change.link and state in ("offline", "error", "forbidden"):
            print(json.dumps({"error": repr(store.link.error)}))
            close_windows()
        elif change.link and state == "online" and "seconds" not in seen:
            seen["seconds"] = time.perf_counter() - seen["began"]
            QTimer.singleShot(1000, after)  # the sort that follows a load belongs to it

    def after() -> None:
        gap = pulse.stop()
        seen.update(gap=gap.clock, gap_computed=gap.computed, computed=max(one.computed for one in pulse.gaps))
        seen.update(
            beats=pulse.beats,
            gaps=[[round(g.clock, 4), round(g.computed, 4), round(g.at - seen["began"], 2)] for g in pulse.gaps],
        )
        gc.collect()
        seen["memory_after"] = memory(kind="Pss_Anon")
        pulse.start()
        QTimer.singleShot(IDLE_MS, finish)

    def finish() -> None:
        seen["idle_gap"] = pulse.stop().clock
        seen["keys"] = len(store.keys)
        assert seen["keys"] >= expected
        print(json.dumps(seen))
        close_windows()

    waiting.timeout.connect(look)
    waiting.start()
    return True


if __name__ == "__main__":
    main()
