"""The page is there before anything heavy is imported."""

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
HEAVY = ("httpx", "pydantic", "keyring", "bcdesk.client.client", "bcdesk.actions.keys", "bcdesk.server", "cryptography")
SCRIPT = f"""
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtWidgets import QApplication
app = QApplication([])
from bcdesk.settings import Settings
from bcdesk.store.journal import Journal
from bcdesk.store.store import Store
from bcdesk.store.vault import Vault
from bcdesk.ui.clipboard import ClipboardGuard
from bcdesk.ui.commands import Registry
from bcdesk.ui.desk import Connection, Desk
from bcdesk.ui.gate import RevealGate
from bcdesk.ui.keys.page import KeysPage
from bcdesk.ui.tasks import TaskScope
folder = Path(sys.argv[1])
vault = Vault(folder)
desk = Desk(TaskScope(), Store(), Journal(folder, vault), vault, Settings(data_dir=folder),
            ClipboardGuard(app.clipboard()), RevealGate(), lambda: None, lambda: Connection("Local server"),
            lambda: None)
page = KeysPage(desk, Registry())
page.resize(1000, 700)
page.show()
page.grab()
print([name for name in {HEAVY!r} if name in sys.modules])
page.close_down()
os._exit(0)  # no loop ever ran: there is nothing to take down
"""


def test_that_the_page_is_drawn_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-u", "-c", SCRIPT, str(tmp_path)], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr
