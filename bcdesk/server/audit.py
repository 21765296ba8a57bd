"""The audit: one append-only row in the transaction of each change, chained by a MAC whose key lies outside.

Each row's MAC is HMAC-SHA-256 over its canonical JSON and the MAC of the row before it. The newest (number, MAC)
is also written to ``audit.head`` beside the database after each commit, so that a cut tail is seen.
"""

import contextlib
import hmac
import json
import os
import threading
from pathlib import Path
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bcdesk.server.database import after_commit
from bcdesk.server.server_secret import ServerSecret
from bcdesk.server.tables import audit

HEAD_FILE: Final = "audit.head"
SERVER: Final = "server"
"""The actor of what no member did: a first use, a hand-over that ran out."""
COMMAND_LINE: Final = "command line"
"""The actor of what somebody did who may read the data folder."""
_FIRST: Final = bytes(32)
_LAST: Final = sa.select(audit.c.seq, audit.c.mac).order_by(audit.c.seq.desc()).limit(1)


class Head(NamedTuple):
    """The newest row of the audit: its number and MAC."""

    seq: int
    mac: bytes


class Audit:
    """Writes and verifies the chain of one server."""

    def __init__(self, secret: ServerSecret, folder: Path | None = None) -> None:
        """Chain with the audit key of ``secret`` and keep the head in ``folder``, or nowhere."""
        self._key: Final = secret.audit_key
        self._file: Final = folder / HEAD_FILE if folder is not None else None
        self._lock: Final = threading.Lock()

    def append(
        self, connection: Connection, *, at: float, actor: str, action: str, target: str, **detail: object
    ) -> None:
        """Add a row to the write transaction of ``connection``; ``detail`` never holds a secret."""
        last = connection.execute(_LAST).one_or_none()
        seq, previous = (last.seq + 1, last.mac) if last else (1, _FIRST)
        text = json.dumps(detail, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        mac = self._mac(seq, at, actor, action, target, text, previous)
        connection.execute(
            audit.insert().values(
                seq=seq, at=at, actor=actor, action=action, target=target, detail=text, previous_mac=previous, mac=mac
            )
        )
        if (file := self._file) is not None:
            after_commit(connection, lambda: self._write_head(file, Head(seq, mac)))

    def verify(self, connection: Connection, head: Head | None = None) -> int | None:
        """Return the number of the first row that is missing, changed or cut off, or None where the chain holds."""
        previous, seq = _FIRST, 0
        for row in connection.execution_options(yield_per=1000).execute(sa.select(audit).order_by(audit.c.seq)):
            seq += 1
            if row.seq != seq or bytes(row.previous_mac) != previous or not self._holds(row):
                return seq
            if head is not None and head.seq == seq and head.mac != bytes(row.mac):
                return seq
            previous = bytes(row.mac)
        return seq + 1 if head is not None and head.seq > seq else None

    def head(self) -> Head | None:
        """Return the head that was kept outside the database, or None where there is none that can be read."""
        if self._file is None:
            return None
        try:
            seq, mac = self._file.read_text("ascii").split()
            return Head(int(seq), bytes.fromhex(mac))
        except (OSError, ValueError):
            return None

    def _holds(self, row: Row[tuple[object, ...]]) -> bool:
        mac = self._mac(row.seq, row.at, row.actor, row.action, row.target, row.detail, bytes(row.previous_mac))
        return hmac.compare_digest(mac, bytes(row.mac))

    def _mac(self, seq: int, at: float, actor: str, action: str, target: str, detail: str, previous: bytes) -> bytes:
        row = json.dumps([seq, f"{at:.3f}", actor, action, target, detail, previous.hex()], ensure_ascii=False)
        return hmac.digest(self._key, row.encode("utf-8"), "sha256")

    def _write_head(self, file: Path, head: Head) -> None:
        """Keep the newest head; it is a second witness, so a failure costs no change."""
        with self._lock, contextlib.suppress(OSError):
            kept = self.head()
            if kept is not None and kept.seq >= head.seq:
                return
            temporary = file.with_name(f".{HEAD_FILE}-{os.getpid()}")
            temporary.write_text(f"{head.seq} {head.mac.hex()}\n", "ascii")
            temporary.replace(file)
