"""The server of a data folder as other programs of the same user find it: where it answers, and a way in.

A running server leaves ``serving.json`` in its folder. Whoever may read that folder may make a member's token with
its key anyway; so a tool makes itself one for an hour, and ends it when it ends.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bcdesk import __version__
from bcdesk.server import members
from bcdesk.server.audit import COMMAND_LINE as ACTOR
from bcdesk.server.folder import PlaceError, ready_folder
from bcdesk.server.place import opened
from bcdesk.server.state import ServerState

FILE: Final = "serving.json"
TOKEN_SECONDS: Final = 3_600
_RANKS: Final = ("manager", "owner")


@contextlib.contextmanager
def announced(folder: Path, base_url: str, bound_url: str) -> Iterator[None]:
    """Leave in ``folder`` where the server answers, until the block ends; readable by this user alone."""
    path, fresh = folder / FILE, folder / f"{FILE}.{secrets.token_hex(4)}"
    told = json.dumps({"base_url": base_url, "bound_url": bound_url, "pid": os.getpid()})
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(told + "\n")
    fresh.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def address_of(folder: Path) -> str | None:
    """Return where the server of ``folder`` answers on this machine, or None where none runs."""
    bound, published = _addresses(folder)
    # Over TLS the certificate is for the published name.
    return bound if bound is not None and bound.startswith("http://") else published


def published_by(folder: Path) -> str | None:
    """Return the address at which others reach the server of ``folder``, or None where none runs."""
    return _addresses(folder)[1]


def _addresses(folder: Path) -> tuple[str, str] | tuple[None, None]:
    try:
        told: Any = json.loads((folder / FILE).read_text("ascii"))
        bound, published, pid = str(told["bound_url"]), str(told["base_url"]), int(told["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, None
    return (bound, published) if _runs(pid) else (None, None)


class Here:
    """The way into the running server of a data folder; every token that is drawn ends with `sign_out`."""

    def __init__(self, data: Path | None, database: str | None = None) -> None:
        """Find the server of that folder, by default the desk's; raise `PlaceError` where none runs there."""
        self._folder = ready_folder(data, make=False)
        self._database = database
        self._tokens: list[str] = []
        address = address_of(self._folder)
        if address is None:
            raise PlaceError(f"no server runs on {self._folder}")
        self.base_url = address

    def sign_in(self) -> str:
        """Return a fresh token of a manager, or of an owner where there is no manager; it lasts an hour."""
        with self._state() as state, state.database.write() as connection:
            able = [one for one in members.every(connection) if one.role in _RANKS and one.disabled_at is None]
            if not able:
                raise PlaceError("there is no manager and no owner: bcdesk member add NAME --role manager")
            who = min(able, key=lambda one: _RANKS.index(one.role))
            now = state.now()
            token = members.issue_token(state, connection, who.id, actor=ACTOR, expires_at=now + TOKEN_SECONDS, now=now)
        self._tokens.append(token)
        return token

    def sign_out(self) -> None:
        """End every token that was drawn."""
        if not self._tokens:
            return
        with self._state() as state, state.database.write() as connection:
            for token in self._tokens:
                members.revoke_token(state, connection, token, actor=ACTOR, now=state.now())
        self._tokens.clear()

    @contextlib.contextmanager
    def _state(self) -> Iterator[ServerState]:
        with opened(self._folder, self._database) as place:
            yield ServerState(place.database, place.secret, place.server_id, __version__, place.folder)


def _runs(pid: int) -> bool:
    """Tell whether a process is there; on Windows asking would end it, so there the address alone tells."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return False  # another user's: ours died, and its number was given away
    return True
