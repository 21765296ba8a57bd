"""Tells at once what happens to files, by inotify(7): the desk's journal and the server's write-ahead log."""

import ctypes
import os
import select
import struct
import threading
from collections.abc import Callable
from pathlib import Path

MODIFY, MOVED_TO, CREATE, DELETE = 0x2, 0x80, 0x100, 0x200
_EVENT = struct.Struct("iIII")
_libc = ctypes.CDLL(None, use_errno=True)


class Watch:
    """Calls ``on_event`` from its own thread with the name and the kind of each event in a folder or at a file."""

    def __init__(self, path: Path, mask: int, on_event: Callable[[str, int], None]) -> None:
        """Begin at once; ``path`` is there."""
        self._handle = _libc.inotify_init1(os.O_CLOEXEC)
        if _libc.inotify_add_watch(self._handle, os.fsencode(path), mask) < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch")
        self._on_event = on_event
        self._end_read, self._end_write = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Watch no more."""
        os.write(self._end_write, b"x")
        self._thread.join(5)
        for handle in (self._handle, self._end_read, self._end_write):
            os.close(handle)

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([self._handle, self._end_read], [], [])
            if self._end_read in ready:
                return
            data, at = os.read(self._handle, 65536), 0
            while at < len(data):
                _, mask, _, length = _EVENT.unpack_from(data, at)
                at += _EVENT.size
                name = data[at : at + length].rstrip(b"\0").decode()
                at += length
                self._on_event(name, mask)
