"""The servers that the desk knows: two on this computer, and any number by their address; nothing secret."""

import json
import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from bcdesk.store.files import write_durably
from bcdesk.store.last_connection import FILE as _FILE

Kind = Literal["local", "demo", "remote"]
_VERSION: Final = 1
TEXT_MOST: Final = 2_000
MOST: Final = 100
"""How many servers are kept."""
_log = logging.getLogger(__name__)


class ConnectionFaultError(Exception):
    """A connection that is not kept so; ``field`` names what is wrong, ``reason`` why.

    Reasons: ``missing``, ``too_long``, ``secret`` (a name or password in an address), ``alone`` (a certificate
    without its key, or the other way), ``builtin`` (a server of this computer), ``unknown``, ``too_many``.
    """

    def __init__(self, field: str, reason: str) -> None:
        """Name the field and the reason."""
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Connection:
    """One server; ``url`` is its issuer, and empty for one that this computer starts. Files are PEM.

    ``name`` is what its user calls it; empty for the two of this computer, which the window names.
    """

    id: str
    kind: Kind
    name: str = ""
    url: str = ""
    ca_bundle: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    proxy: str | None = None


LOCAL: Final = Connection("local", "local")
DEMO: Final = Connection("demo", "demo")
BUILTIN: Final = (LOCAL, DEMO)
_PATHS: Final = ("ca_bundle", "client_certificate", "client_key")
_KEPT: Final = tuple(one.name for one in fields(Connection) if one.name != "kind")


class Connections:
    """A small JSON file; each change is on disk when it returns, and raises OSError where the disk refuses it."""

    def __init__(self, folder: Path) -> None:
        """Use ``folder``, the desk's own; nothing is read yet."""
        self._file = folder / _FILE
        self._remote: dict[str, Connection] | None = None
        self._last = ""

    def list(self) -> tuple[Connection, ...]:
        """Return the two of this computer, then all others in the order in which they were added."""
        return (*BUILTIN, *self._read().values())

    def find(self, id: str) -> Connection | None:
        """Return the connection of that id."""
        return next((one for one in self.list() if one.id == id), None)

    @property
    def last(self) -> Connection | None:
        """Return the one that was used last; None where none was, or it is gone."""
        self._read()
        return self.find(self._last)

    def use(self, id: str) -> None:
        """Let `last` return that connection."""
        self._read()
        if self.find(id) is None:
            raise ConnectionFaultError("id", "unknown")
        if id != self._last:
            self._write(self._read(), id)

    def add(
        self,
        *,
        name: str,
        url: str,
        ca_bundle: Path | None = None,
        client_certificate: Path | None = None,
        client_key: Path | None = None,
        proxy: str | None = None,
    ) -> Connection:
        """Keep one more server and return it; raise `ConnectionFaultError` for what is not to be kept."""
        remote = self._read()
        if len(remote) >= MOST:
            raise ConnectionFaultError("id", "too_many")
        made = Connection(
            f"con_{secrets.token_hex(8)}", "remote", name, url, ca_bundle, client_certificate, client_key, proxy
        )
        self._write({**remote, made.id: checked(made)}, self._last)
        return made

    def change(self, id: str, **changes: Any) -> Connection:
        """Change fields of a server by its address; id and kind stay as they are."""
        remote = self._read()
        if id not in remote:
            raise ConnectionFaultError("id", "builtin" if any(one.id == id for one in BUILTIN) else "unknown")
        changed = checked(replace(remote[id], **{**changes, "id": id, "kind": "remote"}))
        self._write({**remote, id: changed}, self._last)
        return changed

    def remove(self, id: str) -> None:
        """Forget a server by its address; one that is gone already is fine. Its session is wiped elsewhere."""
        if any(one.id == id for one in BUILTIN):
            raise ConnectionFaultError("id", "builtin")
        remote = self._read()
        if id in remote:
            left = {key: one for key, one in remote.items() if key != id}
            self._write(left, "" if self._last == id else self._last)

    def _read(self) -> dict[str, Connection]:
        if self._remote is None:
            found = self._found()
            self._last = found["last"] if isinstance(found.get("last"), str) else ""
            self._remote = {}
            listed = found.get("connections")
            for members in listed[:MOST] if isinstance(listed, list) else ():
                one = _read_one(members)
                if one is None:
                    _log.warning("a connection in the file is not one; it is left out")
                else:
                    self._remote[one.id] = one
        return self._remote

    def _found(self) -> dict[str, Any]:
        try:
            found = json.loads(self._file.read_bytes())
            if isinstance(found, dict):
                return found
            raise TypeError
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, RecursionError) as error:
            _log.warning("the connections are unreadable (%s); the file was set aside", type(error).__name__)
            with suppress(OSError):
                self._file.replace(self._file.with_name(f"{_FILE}.unreadable-{int(time.time())}"))
            return {}

    def _write(self, remote: dict[str, Connection], last: str) -> None:
        kept = [_members(one) for one in remote.values()]
        told = {"version": _VERSION, "last": last, "connections": kept}
        write_durably(self._file, json.dumps(told, ensure_ascii=False, indent=2).encode())
        self._remote, self._last = remote, last


def checked(connection: Connection) -> Connection:
    """Return ``connection``; raise `ConnectionFaultError` where it is incomplete or holds what may be a secret."""
    for name in ("name", "url"):
        if not getattr(connection, name).strip():
            raise ConnectionFaultError(name, "missing")
    for name in _KEPT:
        if len(str(getattr(connection, name) or "")) > TEXT_MOST:
            raise ConnectionFaultError(name, "too_long")
    for name in ("url", "proxy"):
        if _holds_secret(getattr(connection, name) or ""):
            raise ConnectionFaultError(name, "secret")
    if (connection.client_certificate is None) is not (connection.client_key is None):
        raise ConnectionFaultError("client_key" if connection.client_key is None else "client_certificate", "alone")
    return connection


def _holds_secret(address: str) -> bool:
    """Tell whether an address has a part in which people put passwords and tokens."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False  # no address at all, which whoever connects to it says better
    return "@" in parts.netloc or bool(parts.query) or bool(parts.fragment)


def _members(connection: Connection) -> dict[str, str]:
    """Return what the file keeps: texts, those that are there."""
    found = ((name, getattr(connection, name)) for name in _KEPT)
    return {name: str(value) for name, value in found if value is not None}


def _read_one(members: object) -> Connection | None:
    if not isinstance(members, Mapping):
        return None
    found = {name: value for name in _KEPT if isinstance(value := members.get(name), str)}
    known: dict[str, Any] = {name: Path(value) if name in _PATHS else value for name, value in found.items()}
    if not str(known.get("id", "")).startswith("con_"):
        return None
    try:
        return checked(Connection(kind="remote", **known))
    except ConnectionFaultError:
        return None
