"""When the engine of the embedded browser is started, and where it is not; it itself stays out of this process."""

import os
import sys

import pytest
from PySide6.QtGui import QOpenGLContext

from bcdesk.ui.flow import browser_engine, browser_start
from bcdesk.ui.flow.browser import browser_missing
from bcdesk.ui.flow.browser_ahead import Ahead
from bcdesk.ui.flow.browser_start import no_sandbox
from tests.ui.flow.flow_studio import FlowStudio

LONG_MS = 3_600_000
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox of Linux")


@pytest.fixture
def in_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Be a user with nothing given up."""
    monkeypatch.delenv("QTWEBENGINE_DISABLE_SANDBOX", raising=False)
    monkeypatch.delenv("QTWEBENGINE_CHROMIUM_FLAGS", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return monkeypatch


async def test_that_the_engine_is_started_ahead_for_the_embedded_browser_alone(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Setlist", "mobile", redirect_uris=("setlist://callback",)))
    studio.flow.use_way("embedded")
    ahead = Ahead(studio.flow.runs, studio.desk.scope, idle_ms=LONG_MS)
    wanted = browser_missing() is None
    assert ahead.is_waiting is wanted
    studio.flow.use_way("system")
    studio.flow.runs.state_changed.emit()
    assert not ahead.is_waiting
    studio.flow.use_way("embedded")
    studio.flow.runs.state_changed.emit()
    assert ahead.is_waiting is wanted
    studio.window.go("keys")
    studio.flow.runs.state_changed.emit()
    assert not ahead.is_waiting
    studio.window.go("flow")
    assert ahead.is_waiting is wanted


@linux_only
def test_that_root_has_no_engine_unless_its_sandbox_is_given_up(in_the_sandbox: pytest.MonkeyPatch) -> None:
    assert no_sandbox() == ""
    in_the_sandbox.setattr(os, "geteuid", lambda: 0)
    assert no_sandbox() == "its sandbox is not for root"
    in_the_sandbox.setenv("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox")
    assert no_sandbox() == ""
    in_the_sandbox.delenv("QTWEBENGINE_CHROMIUM_FLAGS")
    in_the_sandbox.setenv("QTWEBENGINE_DISABLE_SANDBOX", "1")
    assert no_sandbox() == ""


@linux_only
async def test_that_the_engine_is_not_even_imported_where_it_would_end_the_program(
    in_the_sandbox: pytest.MonkeyPatch,
) -> None:
    in_the_sandbox.setattr(browser_engine._State, "failure", "")
    in_the_sandbox.setattr(os, "geteuid", lambda: 0)
    before = "PySide6.QtWebEngineCore" in sys.modules
    with pytest.raises(ImportError):
        await browser_start.start()
    assert browser_missing() == "The embedded browser cannot start here: its sandbox is not for root"
    assert ("PySide6.QtWebEngineCore" in sys.modules) is before


@linux_only
@pytest.mark.usefixtures("qapp")
def test_that_no_program_started_from_here_is_told_of_no_graphics_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_XCB_GL_INTEGRATION", raising=False)
    browser_start._forgo_graphics()
    assert "QT_XCB_GL_INTEGRATION" not in os.environ
    monkeypatch.setenv("QT_XCB_GL_INTEGRATION", "xcb_egl")
    browser_start._forgo_graphics()
    assert os.environ["QT_XCB_GL_INTEGRATION"] == "xcb_egl"
    assert QOpenGLContext.currentContext() is None
