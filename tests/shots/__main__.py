"""Drives the real program without a display and writes a PNG of each page, dialog and state: ``DIR [NAME]``."""

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

SCREEN = {"screens": [{"name": "shots", "x": 0, "y": 0, "width": 1600, "height": 1000, "logicalDpi": 96, "dpr": 1}]}


def main(folder: Path, only: str = "") -> int:
    """Write the pictures that have ``only`` in their name, print their list, and return 1 where one is amiss."""
    started = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bcdesk-shots-", ignore_cleanup_errors=True) as data:
        screen = Path(data, "screen.json")
        screen.write_text(json.dumps(SCREEN), encoding="ascii")
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
        import qasync

        from bcdesk import log
        from bcdesk.ui import theme
        from tests.bench import fixed_keyring
        from tests.shots.camera import Camera

        fixed_keyring.use()  # else each picture would say that there is none here
        log.setup("ERROR")
        app = theme.application(sys.argv[:1])
        app.setApplicationName("bcdesk")
        app.setQuitOnLastWindowClosed(False)
        theme.apply(app, "light")
        camera = Camera(app, folder, only)
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            runner.run(_all(camera, Path(data)))
    for path in camera.taken:
        print(path)
    for fault in camera.faults:
        print(fault, file=sys.stderr)
    print(f"{len(camera.taken)} pictures in {time.monotonic() - started:.0f} s")
    return 1 if camera.faults or not camera.taken else 0


async def _all(camera: object, data: Path) -> None:
    from tests.shots import (
        scenes_apps,
        scenes_checks,
        scenes_connections,
        scenes_dialogs,
        scenes_flow,
        scenes_keys,
        scenes_lab,
        scenes_lock,
        scenes_members,
        scenes_settings,
        scenes_states,
        scenes_updates,
        scenes_vault,
    )
    from tests.shots.camera import Camera
    from tests.shots.kit import every_icon, kit

    assert isinstance(camera, Camera)
    parts = {
        "keys": scenes_keys,
        "apps": scenes_apps,
        "dialogs": scenes_dialogs,
        "states": scenes_states,
        "flow": scenes_flow,
        "lab": scenes_lab,
        "checks": scenes_checks,
        "connections": scenes_connections,
        "vault": scenes_vault,
        "settings": scenes_settings,
        "lock": scenes_lock,
        "members": scenes_members,
        "updates": scenes_updates,
    }
    for name, scenes in parts.items():
        (data / name).mkdir()
        await scenes.scenes(camera.app, camera, data / name)
    camera.sheet("kit", kit())
    camera.sheet("kit-icons", every_icon())


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python -m tests.shots DIR [NAME]")
    sys.exit(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
