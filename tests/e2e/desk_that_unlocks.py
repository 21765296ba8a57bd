"""A desk's window over the vault of a folder, worked by lines on stdin; tells each state, its words, and its gaps."""

import asyncio
import sys
import time
from pathlib import Path

import qasync

from bcdesk.store.vault import Vault, VaultState
from bcdesk.ui import theme
from bcdesk.ui.commands import Registry
from bcdesk.ui.main_window import MainWindow
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.vault_asks import VaultAsks
from tests.bench.heartbeat import Heartbeat


def tell(*words: object) -> None:
    """Write a line that is read at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def run(folder: Path) -> None:
    """Open the vault, and do what stdin says: the id of a command, ``said``, ``gap`` or ``quit``."""
    registry = Registry()
    window = MainWindow(registry)
    vault, lines = Vault(folder), asyncio.Queue[str]()
    vault.listen(lambda state: tell("state", state.value))
    async with TaskScope() as scope:
        asks = VaultAsks(window, vault, scope, registry, holders=tuple, chose=lambda _kind: None)
        window.show()
        beat = Heartbeat()
        asyncio.get_running_loop().add_reader(sys.stdin, lambda: lines.put_nowait(sys.stdin.readline().strip()))
        import keyring.backends.SecretService  # noqa: F401 - the desk imports in a thread what is heavy

        beat.start()
        await vault.open(patience=0)
        while (line := await lines.get()) not in ("quit", ""):
            if line == "gap":
                gap = beat.stop()
                tell("gap", round(gap.clock * 1000), round(gap.computed * 1000), beat.beats)
                beat.start()
            elif line == "said":
                tell("said", asks.strip.banner.text if asks.strip.isVisible() else "nothing")
            elif line == "sealed":
                tell("sealed", vault.state is VaultState.READY and vault.unseal(vault.seal(b"text", "test"), "test"))
            else:
                registry.run(line)
        asyncio.get_running_loop().remove_reader(sys.stdin)
        beat.stop()
        asks.close()
    vault.close()
    window.status.stop()
    window.hide()
    tell("over", round(time.process_time(), 1))


if __name__ == "__main__":
    app = theme.application(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app, "light")
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(run(Path(sys.argv[1])))
