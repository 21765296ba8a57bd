"""The start of the embedded browser's engine: once for the process, in the GUI thread, before a run waits for it.

Nothing of this start can be cut: Chromium makes itself up in one call, with the first profile, and returns when its
first helper process answers. What is in our hands is how much it does and when. On X11 it has the graphics driver
loaded to ask for its name, though pages are drawn in software: told that there is none, it takes half of the time.
And `browser_ahead` has it done while a person looks at what a run will ask for, so that a run finds the engine there.

Where Chromium refuses its sandbox it ends the program, so that is asked for first.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Final

from bcdesk import hardening
from bcdesk.ui.flow import browser_engine
from bcdesk.ui.text import tr

_DRIVER: Final = "QT_XCB_GL_INTEGRATION"
_FLAGS: Final = "QTWEBENGINE_CHROMIUM_FLAGS"


class _State:
    """Whether the engine runs in this process, which it then does to its end."""

    started = False


def is_started() -> bool:
    """Tell whether the engine runs in this process."""
    return _State.started


async def start() -> None:
    """Import and start the engine where that is not done; raises ImportError where it is missing or cannot run."""
    if not _State.started:
        why = no_sandbox()
        if why:
            browser_engine.cannot(why)
            raise ImportError(why)
        _forgo_graphics()
    await browser_engine.load()
    if not _State.started:
        await asyncio.sleep(0)  # what says that something is awaited is painted
        _begin()
        await asyncio.sleep(0)


def _forgo_graphics() -> None:
    """Let Qt find no graphics driver on X11, which it looks for once; whoever names one gets it.

    It makes the context that all share when somebody first asks for it, and the engine does so when it is imported.
    The variable is gone after that, so that no program that is started from here has it.
    """
    if not sys.platform.startswith("linux") or _DRIVER in os.environ:
        return
    from PySide6.QtGui import QOpenGLContext

    os.environ[_DRIVER] = "none"
    try:
        QOpenGLContext.globalShareContext()
    finally:
        del os.environ[_DRIVER]


def _begin() -> None:
    """Make the first profile and end it; whatever waited for the same finds the engine started."""
    if _State.started:
        return
    from PySide6.QtGui import QAccessible
    from PySide6.QtWebEngineCore import QWebEngineProfile
    from shiboken6 import delete

    _State.started = True
    with hardening.opened():  # the engine's first process makes the sandbox of the others
        profile = QWebEngineProfile()
    delete(profile)
    if QAccessible.isActive():  # the engine hears of a screen reader when one comes, and not that one is there already
        QAccessible.setActive(True)


def no_sandbox() -> str:
    """Return why Chromium would end the program here for want of a sandbox, which it does as root; empty elsewhere."""
    given_up = "QTWEBENGINE_DISABLE_SANDBOX" in os.environ or "no-sandbox" in os.environ.get(_FLAGS, "")
    if sys.platform.startswith("linux") and os.geteuid() == 0 and not given_up:
        return tr("its sandbox is not for root")
    return ""
