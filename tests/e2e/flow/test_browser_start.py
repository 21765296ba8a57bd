"""A desk that starts, comes online and shows the flow tester has nothing of the browser's engine."""

import os
import subprocess
import sys
from pathlib import Path

from tests.profiles import at_demo

ROOT = Path(__file__).parents[3]
SCRIPT = """
import sys
from pathlib import Path

def painted():
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from tests.bench.open_desk import close_windows, store_of_window
    timer = QTimer(QApplication.instance(), interval=20)

    def look():
        store = store_of_window()
        if store is None or store.link.state != "online":
            return
        timer.stop()
        from bcdesk.ui.main_window import MainWindow
        window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
        window.go("flow")
        QTimer.singleShot(500, leave)

    def leave():
        print("online", sorted(name for name in sys.modules if "WebEngine" in name or name.endswith(".QtQuick")))
        from bcdesk.ui.flow.browser import browser_missing
        print("missing", browser_missing())
        close_windows()

    timer.timeout.connect(look)
    timer.start()
    return True

from bcdesk.app import main
sys.exit(main(data_dir=Path(sys.argv[1]), on_painted=painted))
"""


def test_that_a_started_desk_has_nothing_of_the_browsers_engine(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(at_demo(tmp_path))], cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=100, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    online, missing = done.stdout.splitlines()
    assert online == "online []"
    assert missing.startswith("missing ")
