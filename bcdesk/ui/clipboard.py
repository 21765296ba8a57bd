"""A secret's stay on the clipboard: hinted as concealed, counted down, cleared while it is still ours."""

import hashlib
import hmac
import secrets
import sys
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QCoreApplication, QEventLoop, QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QClipboard, QGuiApplication

if TYPE_CHECKING:
    from bcdesk.ui.clipboard_mark import ClipboardMark

STAY_SECONDS: Final = 30.0
_TICK_MS: Final = 200
_EVENTS_OF_THE_SYSTEM: Final = (
    QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents
    | QEventLoop.ProcessEventsFlag.ExcludeSocketNotifiers
    | QEventLoop.ProcessEventsFlag.X11ExcludeTimers  # timers drive our own tasks, which must not run inside another
)


class Hint(NamedTuple):
    """A format that asks clipboard managers to keep no copy; ``way`` is ``mime`` where Qt can write it."""

    platform: str
    name: str
    data: bytes
    way: str
    tried_here: bool


HINTS: Final = (
    Hint("linux", "x-kde-passwordManagerHint", b"secret", "mime", True),
    # Qt registers each as a clipboard format of this name; a DWORD 0 forbids, presence alone excludes.
    Hint("win32", "ExcludeClipboardContentFromMonitorProcessing", b"\x00\x00\x00\x00", "mime", False),
    Hint("win32", "CanIncludeInClipboardHistory", b"\x00\x00\x00\x00", "mime", False),
    Hint("win32", "CanUploadToCloudClipboard", b"\x00\x00\x00\x00", "mime", False),
    Hint("win32", "Clipboard Viewer Ignore", b"\x00\x00\x00\x00", "mime", False),
    # Qt would wrap these in a type of its own, and PySide6 binds no converter: NSPasteboard must write them.
    Hint("darwin", "org.nspasteboard.ConcealedType", b"", "pasteboard", False),
    Hint("darwin", "NSPasteboardContentsCurrentHostOnly", b"", "pasteboard", False),
)


class Ended(StrEnum):
    """Why the clipboard holds our secret no longer."""

    TIME = "time"
    ASKED = "asked"
    REPLACED = "replaced"
    CLOSED = "closed"


def mime_data(text: str, platform: str = sys.platform) -> QMimeData:
    """Return ``text`` as one plain format with the hints of ``platform`` beside it."""
    data = QMimeData()
    data.setText(text)
    for hint in HINTS:
        if hint.platform == platform and hint.way == "mime":
            data.setData(hint.name, hint.data)
    return data


def _put(clipboard: QClipboard, text: str) -> None:
    """Put ``text`` there with every hint that the system knows."""
    if sys.platform == "darwin" and QGuiApplication.platformName() == "cocoa":
        from bcdesk.ui.pasteboard import write_concealed

        write_concealed(text)
    else:
        clipboard.setMimeData(mime_data(text))


class ClipboardGuard(QObject):
    """Puts a secret on the clipboard and takes it off again; keeps a keyed hash of it and never the text.

    One lives as long as the desk. ``changed`` says that `remaining` or `holding` moved, ``ended`` says why
    (an `Ended`) the secret is off the clipboard.
    """

    changed = Signal()
    ended = Signal(str)

    def __init__(
        self,
        clipboard: QClipboard,
        *,
        mark: "ClipboardMark | None" = None,
        seconds: float = STAY_SECONDS,
        parent: QObject | None = None,
    ) -> None:
        """Guard ``clipboard``; a copy stays ``seconds`` seconds, and ``mark`` tells the next start of it."""
        super().__init__(parent)
        self._clipboard = clipboard
        self._mark = mark
        self._seconds = seconds
        self._key = secrets.token_bytes(32)
        self._digest: bytes | None = None
        self._deadline = 0.0
        self._shown = 0
        self._closed = False
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._look = QTimer(self, interval=0, singleShot=True)
        self._look.timeout.connect(self._look_whose)
        clipboard.dataChanged.connect(self._on_data_changed)

    @property
    def holding(self) -> bool:
        """Tell whether the clipboard holds a secret of ours, as far as is known."""
        return self._digest is not None

    @property
    def remaining(self) -> int:
        """Whole seconds until it is cleared; 0 while nothing is held."""
        return self._shown

    def set_seconds(self, seconds: float) -> None:
        """Let the next copy stay that long."""
        self._seconds = seconds

    async def offer(self, text: str) -> bool:
        """Put ``text`` on the clipboard and tell whether it reads back as ours; start the countdown if so."""
        if self._mark is not None:
            await self._mark.write(text)
        if self._closed:
            self._forget()
            return False
        before, self._digest = self._digest, None
        _put(self._clipboard, text)
        ours = self._hash(text)
        now_there = self._hash(self._clipboard.text())
        if not hmac.compare_digest(now_there, ours):
            if before is not None and hmac.compare_digest(now_there, before):
                self._digest = before  # the system took nothing: what was copied before lies there, and its time runs
            else:
                self._forget()
            return False
        self._digest = ours
        self._deadline = _clock() + self._seconds
        self._shown = -1
        self._timer.start()
        self._tick()
        return True

    def extend(self) -> None:
        """Let the secret stay 30 s longer."""
        if self.holding:
            self._deadline += STAY_SECONDS
            self._tick()

    def clear_now(self) -> None:
        """Clear the clipboard if what it holds is still ours."""
        self._end(Ended.ASKED)

    def close(self) -> None:
        """Clear what is still ours and guard nothing more: for quit, SIGTERM and the end of the desk."""
        self._end(Ended.CLOSED)
        self._closed = True
        self._look.stop()
        self._timer.stop()

    async def clear_leftover(self) -> bool:
        """Clear what an earlier desk left on the clipboard, if it is still that; tell whether it was."""
        if self._mark is None or self.holding:
            return False
        left = await self._mark.matches(self._clipboard.text())
        if left is None:
            return False
        if left:
            self._clipboard.clear()
        self._mark.remove()
        return left

    def _tick(self) -> None:
        left = self._deadline - _clock()
        if left <= 0:
            self._end(Ended.TIME)
            return
        whole = int(left) + 1
        if whole != self._shown:
            self._shown = whole
            self.changed.emit()

    def _end(self, why: Ended) -> None:
        if self._digest is None:
            return
        if self._is_ours():
            self._clipboard.clear()
            if self._is_ours():
                # X11 ignores a client whose clock is behind the last change (XSetSelectionOwner): Qt takes the time
                # from events, and that of a manager which took the content over may still lie in the queue.
                QCoreApplication.processEvents(_EVENTS_OF_THE_SYSTEM)
                self._clipboard.clear()
        else:
            why = Ended.REPLACED
        self._forget()
        self.changed.emit()
        self.ended.emit(why.value)

    def _forget(self) -> None:
        self._digest = None
        self._shown = 0
        self._timer.stop()
        if self._mark is not None:
            self._mark.remove()

    def _on_data_changed(self) -> None:
        if self._digest is not None and not self._closed:
            self._look.start()

    def _look_whose(self) -> None:
        if self._digest is not None and not self._is_ours():
            self._end(Ended.REPLACED)

    def _is_ours(self) -> bool:
        return self._digest is not None and hmac.compare_digest(self._hash(self._clipboard.text()), self._digest)

    def _hash(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)


def _clock() -> float:
    """Seconds that also pass while the machine sleeps, where the system has such a clock."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)
