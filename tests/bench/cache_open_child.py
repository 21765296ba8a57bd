"""The whole desk on an offline copy: ``fill DIR COUNT`` makes one, ``open DIR COUNT`` starts the desk on it.

Its server stays silent: another one's answer would bring other rows.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench import fixed_keyring


def main() -> None:
    """Do what is asked."""
    what, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if what == "fill":
        asyncio.run(_fill(folder, count))
        print("{}")
        return
    from bcdesk.app import main as desk
    from bcdesk.ui import local_server

    local_server.server_command = _silent
    desk(data_dir=folder, on_painted=lambda: _watch(count))


def _silent(folder: Path, **_kind: bool) -> list[str]:
    """Return the command of a server on ``folder`` that never answers."""
    return [sys.executable, "-c", "import sys; sys.stdin.read()", str(folder)]


async def _fill(folder: Path, count: int) -> None:
    from bcdesk.contract.rows import MemberRow, SessionRow
    from bcdesk.store.cache import Cache
    from bcdesk.store.cache_shelf import PART
    from bcdesk.store.cache_state import Known
    from bcdesk.store.vault import Vault
    from tests.bench.sample_keys import sample_keys

    fixed_keyring.use()
    vault = Vault(folder / "desk")
    await vault.open()
    cache = Cache(folder / "desk" / "cache", vault, connection="demo")
    member = MemberRow("mem_1", "Owner", "", "owner", False, 1.0)
    session = SessionRow(member, "owner", "srv_1", "1", frozenset({"demo"}))
    await cache.attach(session)
    await cache.begin_anew()
    rows = sample_keys(count)
    for start in range(0, count, PART):
        await cache.put("keys", rows[start : start + PART])
    await cache.commit(Known(session, time.time(), {"keys": "srv_1-1", "apps": "srv_1-1"}))
    await cache.close()


def _watch(count: int) -> bool:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from bcdesk.store.store import Change, Store
    from tests.bench.heartbeat import Heartbeat
    from tests.bench.open_desk import close_windows, page_of_window
    from tests.bench.processes import memory

    seen: dict[str, Any] = {"window": time.monotonic_ns()}
    fixed_keyring.use()
    app = QApplication.instance()
    waiting, pulse = QTimer(app, interval=1), Heartbeat(app)
    store: Store

    def look() -> None:
        nonlocal store
        page = page_of_window()
        if page is not None:
            waiting.stop()
            store = page._desk.store
            store.listen(follow)

    def follow(change: Change) -> None:
        if change.link and store.link.state == "reading":
            seen.update(reading=time.monotonic_ns(), computed=time.process_time())
            pulse.start()
        elif change.link and store.link.state == "cached":
            waiting.timeout.disconnect()
            waiting.timeout.connect(ordered)
            waiting.start()

    def ordered() -> None:
        page = page_of_window()
        if page.listing.model._sorter.running or page.listing.model.rowCount() == 0:
            return
        waiting.stop()
        page.table.viewport().repaint()
        gap = pulse.stop()
        seen["computed"] = time.process_time() - seen["computed"]
        seen.update(painted=time.monotonic_ns(), gap=gap.clock, gap_computed=gap.computed, memory=memory())
        assert len(store.keys) == count
        print(json.dumps(seen))
        close_windows()

    waiting.timeout.connect(look)
    waiting.start()
    return True


if __name__ == "__main__":
    main()
