"""How rows stand in the offline copy: each one a JSON array in the order of its fields; a further list is one line.

One text holds many rows, so that SQLite takes them apart in one call, in which other threads run.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, get_args, get_origin

from bcdesk.contract.packed import PackedVersions, packed
from bcdesk.contract.rows import AppRow, KeyRow, MemberRow, SessionRow, VersionRow
from bcdesk.contract.sharing import one_text, shared

_SHARED: Final = frozenset(
    {"created_by", "description", "environment", "last_used_from", "owner", "revoked_reason", "status",
     "token_endpoint_auth_method", "type"}
)  # fmt: skip
"""Text fields that many rows have in common."""


class RowForm:
    """Turns rows of one kind into text and back."""

    def __init__(self, row: Any) -> None:
        """Read from the annotations of ``row``, a class of named tuples, what its fields need on the way back."""
        self.fields: tuple[str, ...] = row._fields
        self._make: Callable[[Sequence[Any]], Any] = row._make
        found = [(place, _reader(name, row.__annotations__[name])) for place, name in enumerate(self.fields)]
        both = ("created_at", "updated_at")
        self._moments = [self.fields.index(one) for one in both] if set(both) <= set(self.fields) else None
        self._readers = [(place, reader) for place, reader in found if reader is not None]

    def text(self, rows: Sequence[Any]) -> str:
        """Return ``rows`` as a JSON array of arrays; raise ValueError or TypeError for what JSON has no word for."""
        return _encode(rows)

    def rows(self, text: str) -> list[Any]:
        """Return the rows of `text`; raise ValueError or TypeError where they are none."""
        found = json.loads(text)
        readers, make = self._readers, self._make
        made, changed = self._moments or (0, 0)
        for values in found:
            for place, reader in readers:
                values[place] = reader(values[place])
            if values[made] == values[changed]:
                values[changed] = values[made]  # one number of 24 bytes instead of two
        return [make(values) for values in found]


def session_text(session: SessionRow) -> list[Any]:
    """Return who the desk is as JSON holds it."""
    return [sorted(value) if isinstance(value, frozenset) else value for value in session]


def session_of(found: Any) -> SessionRow:
    """Return who `session_text` told of; raise ValueError or TypeError where it did not."""
    member, role, server_id, server_version, capabilities, *more = found
    return SessionRow(MemberRow(*member), role, server_id, server_version, frozenset(capabilities), *more)


def _reader(name: str, kind: Any) -> Callable[[Any], Any] | None:
    """Return what makes a field of its JSON; None where JSON gives it back as it was."""
    if kind is str:
        return one_text if name in _SHARED else None
    inside = get_args(kind)
    if get_origin(kind) is tuple:
        if inside[0] is str:
            return _texts
        return _versions if inside[0] is VersionRow else _rows_of(inside[0])
    if name in _SHARED and str in inside:
        return _maybe_text
    row = next((one for one in inside if hasattr(one, "_make")), None)
    return None if row is None else _row_of(row)


def _texts(found: list[str]) -> tuple[str, ...]:
    return shared(found) if found else ()


def _maybe_text(found: str | None) -> str | None:
    return None if found is None else one_text(found)


def _versions(found: Any) -> tuple[VersionRow, ...]:
    if isinstance(found, str):
        return PackedVersions(b64decode(found))  # type: ignore[return-value]  # it reads like the tuple
    return packed(tuple([VersionRow._make(one) for one in found]))


def _rows_of(row: Any) -> Callable[[list[Any]], tuple[Any, ...]]:
    return lambda found: tuple([row._make(one) for one in found])


def _row_of(row: Any) -> Callable[[Any], Any]:
    return lambda found: None if found is None else row._make(found)


def _plain(value: object) -> str:
    """Return what JSON holds of packed versions."""
    if isinstance(value, PackedVersions):
        return b64encode(value).decode("ascii")
    raise TypeError(type(value).__name__)


_encode: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"), default=_plain
).encode


class KeptList(NamedTuple):
    """A list of which the offline copy keeps every row: the table that it is in, and the form of its rows."""

    table: str
    form: RowForm


LISTS: Final = {
    "keys": KeptList("list_keys", RowForm(KeyRow)),
    "apps": KeptList("list_apps", RowForm(AppRow)),
    "members": KeptList("list_members", RowForm(MemberRow)),
}
