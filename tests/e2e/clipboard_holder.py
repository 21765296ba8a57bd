"""A program that holds a secret on the clipboard as the desk does; its orders and reports are lines.

``key folder seconds`` as arguments; ``offer VALUE``, ``leftover`` on stdin; ``held``, ``refused``, ``ended WHY`` and
``cleared True`` on stdout. SIGTERM ends it in order.
"""

import asyncio
import signal
import sys
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from bcdesk.store.vault import Vault, VaultState
from bcdesk.ui.clipboard import ClipboardGuard
from bcdesk.ui.clipboard_mark import ClipboardMark


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def main(app: QApplication, key: bytes, folder: Path, seconds: float) -> None:
    vault = Vault(folder)
    vault._key, vault.state = key, VaultState.READY
    guard = ClipboardGuard(app.clipboard(), mark=ClipboardMark(folder / "clipboard.mark", vault), seconds=seconds)
    guard.ended.connect(lambda why: say(f"ended {why}"))
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    orders: asyncio.Queue[str] = asyncio.Queue()
    loop.add_reader(sys.stdin.fileno(), lambda: orders.put_nowait(sys.stdin.readline().strip()))

    async def obey() -> None:
        while True:
            order, _, value = (await orders.get()).partition(" ")
            if order == "offer":
                say("held" if await guard.offer(value) else "refused")
            elif order == "leftover":
                say(f"cleared {await guard.clear_leftover()}")
            elif not order:
                loop.remove_reader(sys.stdin.fileno())

    async with asyncio.TaskGroup() as group:
        task = group.create_task(obey())
        say("ready")
        await over.wait()
        task.cancel()
    guard.close()
    vault.close()


if __name__ == "__main__":
    qt = QApplication(sys.argv[:1])
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(qt)) as runner:
        runner.run(main(qt, bytes.fromhex(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
