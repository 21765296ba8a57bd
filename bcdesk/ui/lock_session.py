"""What the system says of the session, on each system in its own way: locked, or about to sleep.

Linux is asked over D-Bus (`bcdesk.ui.lock_linux`). Windows sends a message to a window, macOS a distributed
notification; both are written after their makers' documents and have not run on a system of ours.
"""

import ctypes
import sys
from collections.abc import Callable
from typing import Any, Final, Protocol

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QWidget

_WM_POWERBROADCAST: Final = 0x0218
_PBT_APMSUSPEND: Final = 0x0004
_WM_WTSSESSION_CHANGE: Final = 0x02B1
_WTS_SESSION_LOCK: Final = 0x7
_NOTIFY_FOR_THIS_SESSION: Final = 0
_DELIVER_IMMEDIATELY: Final = 4
_UTF8: Final = 0x08000100
_MACOS_LOCKED: Final = b"com.apple.screenIsLocked"
_CORE_FOUNDATION: Final = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"


class Watch(Protocol):
    """What hears of the session's lock until it is stopped."""

    def stop(self) -> None:
        """Hear no more."""


def watch_session(lock: Callable[[], object], window: QWidget) -> Watch | None:
    """Call ``lock`` when the system says that ``window``'s session locks or sleeps; None where it does not say."""
    if sys.platform == "linux":
        from bcdesk.ui.lock_linux import SessionWatch

        return SessionWatch(lock)
    elif sys.platform == "win32":
        return WindowsWatch(lock, window)
    elif sys.platform == "darwin":
        return MacWatch(lock)
    else:
        return None


def says_lock(message: int, word: int) -> bool:
    """Tell whether a message of Windows says that the session locks or the machine goes to sleep."""
    return (message, word) in ((_WM_WTSSESSION_CHANGE, _WTS_SESSION_LOCK), (_WM_POWERBROADCAST, _PBT_APMSUSPEND))


class _Message(ctypes.Structure):
    """The beginning of MSG; what follows is not read."""

    _fields_ = [("window", ctypes.c_void_p), ("message", ctypes.c_uint), ("word", ctypes.c_size_t)]


class WindowsWatch(QAbstractNativeEventFilter):
    """Listens to WM_WTSSESSION_CHANGE and WM_POWERBROADCAST, which Windows sends to the desk's window."""

    def __init__(self, lock: Callable[[], object], window: QWidget) -> None:
        """Ask for the messages of the session; those of the power come by themselves."""
        super().__init__()
        self._lock = lock
        self._handle = int(window.winId())
        self._library = _windows_sessions()
        if self._library is not None:
            self._library.WTSRegisterSessionNotification(ctypes.c_void_p(self._handle), _NOTIFY_FOR_THIS_SESSION)
        app = QCoreApplication.instance()
        if app is not None:
            app.installNativeEventFilter(self)

    def nativeEventFilter(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> Any:
        if kind == b"windows_generic_MSG":
            said = _Message.from_address(int(message))
            if says_lock(said.message, said.word):
                QTimer.singleShot(0, self._lock)  # not from within Windows' own call
        return False, 0

    def stop(self) -> None:
        """Hear no more."""
        app = QCoreApplication.instance()
        if app is not None:
            app.removeNativeEventFilter(self)
        if self._library is not None:
            self._library.WTSUnRegisterSessionNotification(ctypes.c_void_p(self._handle))


def _windows_sessions() -> Any:
    if sys.platform == "win32":
        return ctypes.WinDLL("wtsapi32")
    else:
        return None


class MacWatch(QObject):
    """Listens to the notification that the screen is locked, which macOS sends before it sleeps, too, if it locks."""

    def __init__(self, lock: Callable[[], object]) -> None:
        """Ask Core Foundation for the notification; it comes on the thread that runs the window's loop."""
        super().__init__()
        self._foundation: Any = ctypes.CDLL(_CORE_FOUNDATION)
        kind = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5)
        self._callback = kind(lambda *_: QTimer.singleShot(0, lock))  # kept: Core Foundation does not
        make, center = (
            self._foundation.CFStringCreateWithCString,
            self._foundation.CFNotificationCenterGetDistributedCenter,
        )
        make.restype = center.restype = ctypes.c_void_p
        make.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32]
        self._center = ctypes.c_void_p(center())
        add = self._foundation.CFNotificationCenterAddObserver
        add.argtypes = [ctypes.c_void_p, ctypes.c_void_p, kind, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long]
        name = ctypes.c_void_p(make(None, _MACOS_LOCKED, _UTF8))
        add(self._center, ctypes.c_void_p(id(self)), self._callback, name, None, _DELIVER_IMMEDIATELY)

    def stop(self) -> None:
        """Hear no more."""
        remove = self._foundation.CFNotificationCenterRemoveEveryObserver
        remove.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        remove(self._center, ctypes.c_void_p(id(self)))
