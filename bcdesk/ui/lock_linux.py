"""What Linux says of the session over D-Bus: locked by its owner, its screen blanked, the machine about to sleep.

logind's *delay* inhibitor is held as long as this process lives: the machine goes to sleep once the memory of the
desk is given up, or after logind's own patience (5 s).
"""

import logging
import os
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusPendingCall,
    QDBusPendingCallWatcher,
    QDBusUnixFileDescriptor,
)

LOGIND: Final = "org.freedesktop.login1"
MANAGER_PATH: Final = "/org/freedesktop/login1"
MANAGER: Final = "org.freedesktop.login1.Manager"
SESSION: Final = "org.freedesktop.login1.Session"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
SCREEN_SAVERS: Final = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)
_log = logging.getLogger(__name__)


class SessionWatch(QObject):
    """Calls ``lock`` when the session locks, its screen is covered, or the machine is about to sleep."""

    def __init__(self, lock: Callable[[], object], parent: QObject | None = None) -> None:
        """Begin to listen on both buses, where they are."""
        super().__init__(parent)
        self._lock = lock
        self._inhibitor: QDBusUnixFileDescriptor | None = None
        self._asked: list[QDBusPendingCallWatcher] = []
        name = f"bcdesk-lock-{id(self)}"
        self._names = (f"{name}-session", f"{name}-system")
        self._session = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, self._names[0])
        self._system = QDBusConnection.connectToBus(QDBusConnection.BusType.SystemBus, self._names[1])
        if self._session.isConnected():
            for interface in SCREEN_SAVERS:
                self._session.connect("", "", interface, "ActiveChanged", self, _slot("covered"))
        if self._system.isConnected():
            self._system.connect(LOGIND, MANAGER_PATH, MANAGER, "PrepareForSleep", self, _slot("covered"))
            words = ["sleep", "bcdesk", "Lock before the computer sleeps", "delay"]
            self._ask(MANAGER_PATH, MANAGER, "Inhibit", words, self._inhibited)
            self._find_session("auto")

    def stop(self) -> None:
        """Listen no more."""
        for name in self._names:
            QDBusConnection.disconnectFromBus(name)
        self._asked.clear()
        self._inhibitor = None

    @property
    def delays_sleep(self) -> bool:
        """Tell whether the machine waits for this process before it sleeps."""
        return self._inhibitor is not None and self._inhibitor.isValid()

    @Slot(QDBusMessage)
    def covered(self, message: QDBusMessage) -> None:
        """Hear that the screen is covered or the machine is about to sleep, or that this is over."""
        if message.arguments()[:1] == [True]:
            self._lock()

    @Slot(QDBusMessage)
    def told_to_lock(self, _message: QDBusMessage) -> None:
        """Hear that somebody locks the session."""
        self._lock()

    @Slot(QDBusMessage)
    def session_changed(self, message: QDBusMessage) -> None:
        """Hear that something of the session is another; ask whether it is locked now."""
        self._ask(message.path(), PROPERTIES, "Get", [SESSION, "LockedHint"], self._hinted)

    def _find_session(self, name: str) -> None:
        def found(arguments: list[Any]) -> None:
            path = getattr(arguments[0], "path", lambda: arguments[0])()
            if isinstance(path, str):
                self._system.connect(LOGIND, path, SESSION, "Lock", self, _slot("told_to_lock"))
                self._system.connect(LOGIND, path, PROPERTIES, "PropertiesChanged", self, _slot("session_changed"))

        def missing() -> None:
            known = os.environ.get("XDG_SESSION_ID", "")
            if name == "auto" and known:  # an older logind knows sessions by their own names alone
                self._find_session(known)

        self._ask(MANAGER_PATH, MANAGER, "GetSession", [name], found, missing)

    def _inhibited(self, arguments: list[Any]) -> None:
        if isinstance(arguments[0], QDBusUnixFileDescriptor):
            self._inhibitor = arguments[0]

    def _hinted(self, arguments: list[Any]) -> None:
        locked = getattr(arguments[0], "variant", lambda: arguments[0])()
        if locked is True:
            self._lock()

    def _ask(
        self, path: str, interface: str, member: str, words: list[str], then: Callable[[list[Any]], object],
        otherwise: Callable[[], object] = lambda: None,
    ) -> None:  # fmt: skip
        """Ask logind; ``then`` gets the arguments of its answer, and nobody waits for them."""
        message = QDBusMessage.createMethodCall(LOGIND, path, interface, member)
        message.setArguments(words)
        watcher = QDBusPendingCallWatcher(QDBusPendingCall(self._system.asyncCall(message)), self)
        self._asked.append(watcher)

        def answered() -> None:
            self._asked.remove(watcher)
            reply = watcher.reply()
            if reply.type() == QDBusMessage.MessageType.ReplyMessage and reply.arguments():
                then(reply.arguments())
            else:
                _log.info("logind does not answer %s: %s", member, reply.errorName())
                otherwise()
            watcher.deleteLater()

        watcher.finished.connect(answered)


def _slot(name: str) -> Any:
    """Name a slot that takes a message, as the macro SLOT does; the stubs ask for bytes, which are refused."""
    return f"1{name}(QDBusMessage)"
