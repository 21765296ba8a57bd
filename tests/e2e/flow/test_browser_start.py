"""A desk that starts and comes online has nothing of the browser's engine; the flow tester has it started ahead."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.e2e.flow.browser.driving import environment
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
        print("online", sorted(name for name in sys.modules if "WebEngine" in name or name.endswith(".QtQuick")))
        from bcdesk.ui.main_window import MainWindow
        window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
        window.go("flow")
        timer.timeout.disconnect(look)
        timer.timeout.connect(wait)
        timer.start()

    def wait():
        from bcdesk.ui.flow.browser_start import is_started
        from bcdesk.ui.flow.browser import browser_missing
        if not is_started() and browser_missing() is None:
            return
        timer.stop()
        print("started ahead", is_started(), "missing", browser_missing())
        close_windows()

    timer.timeout.connect(look)
    timer.start()
    return True

from bcdesk.app import main
sys.exit(main(data_dir=Path(sys.argv[1]), on_painted=painted))
"""


def test_that_a_started_desk_has_nothing_of_the_engine_until_the_flow_tester_has_it_started(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(at_demo(tmp_path))], cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=100, env=environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    online, ahead = done.stdout.splitlines()
    assert online == "online []"
    if find_spec("PySide6.QtWebEngineWidgets") is not None:
        assert ahead == "started ahead True missing None"
    else:
        assert ahead.startswith("started ahead False missing This installation")
