"""How long nobody has used the desk: by the input of its own windows, and by the system's clock where there is one.

Somebody who works in another program on this computer has not left it: where the system says when it was last used,
that counts. Where it does not (most Wayland compositors), the desk's own windows are all that is known.
"""

import ctypes
import sys
import time
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow

_USES: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.InputMethod,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
    }
)
_ANY_INPUT: Final = 0xFFFFFFFF
_SESSION_STATE: Final = 0


def clock() -> float:
    """Seconds that also pass while the machine sleeps, where the system has such a clock."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class LastUse(QObject):
    """Remembers when a window of the desk last had input.

    It looks at the window that has the focus, not at every widget: an event comes by once, before any widget has it.
    So it also sees ``keys`` in a dialog, which keeps the shortcuts of the window behind it from working: ``pressed``.
    """

    pressed = Signal()

    def __init__(self, app: QGuiApplication, keys: str, parent: QObject | None = None) -> None:
        """Begin as if the desk were used just now."""
        super().__init__(parent)
        self._keys = QKeySequence(keys)
        self._at = clock()
        self._window: QWindow | None = None
        self._app = app
        app.focusWindowChanged.connect(self._look_at)
        self._look_at(app.focusWindow())

    @property
    def seconds(self) -> float:
        """Return how long ago that was."""
        return clock() - self._at

    def stop(self) -> None:
        """Look no more."""
        self._app.focusWindowChanged.disconnect(self._look_at)
        self._look_at(None)

    def _look_at(self, window: QWindow | None) -> None:
        from shiboken6 import isValid

        if self._window is not None and isValid(self._window):
            self._window.removeEventFilter(self)
        self._window = window
        if window is not None:
            window.installEventFilter(self)
            self._at = clock()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _USES:
            self._at = clock()
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                return self._is_ours(event)
        return False

    def _is_ours(self, event: QKeyEvent) -> bool:
        ours = QKeySequence(event.keyCombination()).matches(self._keys) == QKeySequence.SequenceMatch.ExactMatch
        if ours:
            self.pressed.emit()
        return ours


class SystemIdle:
    """Asks the system how long it has had no input at all."""

    def __init__(self) -> None:
        """Find out whom to ask."""
        self._x11: _X11Idle | None = None
        if QGuiApplication.platformName() == "xcb":
            self._x11 = _X11Idle.open()

    def seconds(self) -> float | None:
        """Return how long it is idle, None where it does not say."""
        if self._x11 is not None:
            return self._x11.seconds()
        if sys.platform == "win32":
            return _windows()
        if sys.platform == "darwin" and QGuiApplication.platformName() == "cocoa":
            return _macos()
        return None

    def close(self) -> None:
        """Ask no more."""
        if self._x11 is not None:
            self._x11.close()
            self._x11 = None


class _X11Idle:
    """The screen saver extension of X11, over a connection of its own."""

    def __init__(self, x11: Any, xss: Any, display: Any) -> None:
        self._x11, self._xss, self._display = x11, xss, display

    @classmethod
    def open(cls) -> "_X11Idle | None":
        try:
            x11, xss = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXss.so.1")
        except OSError:
            return None
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XDefaultRootWindow.restype = ctypes.c_ulong
        opened = x11.XOpenDisplay(None)
        if not opened:
            return None
        display = ctypes.c_void_p(opened)
        event, error = ctypes.c_int(), ctypes.c_int()
        if not xss.XScreenSaverQueryExtension(display, ctypes.byref(event), ctypes.byref(error)):
            x11.XCloseDisplay(display)
            return None
        return cls(x11, xss, display)

    def seconds(self) -> float | None:
        told = _ScreenSaverInfo()
        root = ctypes.c_ulong(self._x11.XDefaultRootWindow(self._display))
        if not self._xss.XScreenSaverQueryInfo(self._display, root, ctypes.byref(told)):
            return None
        return float(told.idle) / 1000

    def close(self) -> None:
        self._x11.XCloseDisplay(self._display)


class _ScreenSaverInfo(ctypes.Structure):
    _fields_ = [
        ("window", ctypes.c_ulong),
        ("state", ctypes.c_int),
        ("kind", ctypes.c_int),
        ("til_or_since", ctypes.c_ulong),
        ("idle", ctypes.c_ulong),
        ("event_mask", ctypes.c_ulong),
    ]


def _windows() -> float | None:
    """Ask Windows; not run on a system of ours."""
    if sys.platform == "win32":

        class LastInput(ctypes.Structure):
            _fields_ = [("size", ctypes.c_uint), ("tick", ctypes.c_uint)]

        last = LastInput(ctypes.sizeof(LastInput), 0)
        if not ctypes.WinDLL("user32").GetLastInputInfo(ctypes.byref(last)):
            return None
        now = int(ctypes.WinDLL("kernel32").GetTickCount()) & 0xFFFFFFFF
        return ((now - last.tick) & 0xFFFFFFFF) / 1000
    else:
        return None


def _macos() -> float | None:
    """Ask Quartz; not run on a system of ours."""
    try:
        services = ctypes.CDLL("/System/Library/Frameworks/ApplicationServices.framework/ApplicationServices")
        ask = services.CGEventSourceSecondsSinceLastEventType
    except (OSError, AttributeError):
        return None
    ask.restype, ask.argtypes = ctypes.c_double, [ctypes.c_int32, ctypes.c_uint32]
    return float(ask(_SESSION_STATE, _ANY_INPUT))
