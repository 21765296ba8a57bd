"""The versions of a key in a third of the memory: one run of bytes in place of tuples of strings and numbers.

A desk keeps 100,000 keys and looks at the versions of a few: they are unpacked when asked for, in about 2 µs.
"""

import struct
from collections.abc import Collection, Iterator
from typing import Any, Final, cast

from bcdesk.contract.rows import VersionRow

_HEAD: Final = struct.Struct("<BBBddd")
_STATES: Final = ("pending", "current", "retiring", "retired", "revoked")
_NONE: Final = float("nan")
_LONGEST: Final = 255


def packed(versions: tuple[VersionRow, ...]) -> tuple[VersionRow, ...]:
    """Return ``versions`` as something that reads like the tuple and equals it; the tuple where it does not fit."""
    try:
        return cast("tuple[VersionRow, ...]", PackedVersions(b"".join(map(_pack, versions))))
    except (ValueError, struct.error, UnicodeError):
        return versions


def newest_made(versions: Any, states: Collection[str]) -> float | None:
    """Return when the newest of the versions in one of ``states`` was made; None where there is none.

    Of packed ones it reads just that: a table of 100,000 keys asks it of each.
    """
    if not isinstance(versions, PackedVersions):
        return max((one.created_at for one in versions if one.state in states), default=None)
    newest, place, end = None, 0, bytes.__len__(versions)
    while place < end:
        id_length, last4_length, state, made, _, _ = _HEAD.unpack_from(versions, place)
        if _STATES[state] in states and (newest is None or made > newest):
            newest = made
        place += _HEAD.size + id_length + last4_length
    return newest


class PackedVersions(bytes):
    """Reads like a tuple of `VersionRow`."""

    __slots__ = ()

    def __iter__(self) -> Iterator[VersionRow]:  # type: ignore[override]
        content, place = memoryview(self), 0
        while place < content.nbytes:
            id_length, last4_length, state, created_at, last_used_at, retires_at = _HEAD.unpack_from(content, place)
            place += _HEAD.size
            id = str(content[place : place + id_length], "utf-8")
            place += id_length
            last4 = str(content[place : place + last4_length], "utf-8")
            place += last4_length
            yield VersionRow(id, last4, created_at, _moment(last_used_at), _moment(retires_at), _STATES[state])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return bytes.__len__(self) > 0

    def __getitem__(self, place: Any) -> Any:
        return tuple(self)[place]

    def __contains__(self, version: object) -> bool:
        return version in tuple(self)

    def __add__(self, others: Any) -> Any:
        return tuple(self) + tuple(others)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PackedVersions):
            return bytes.__eq__(self, other)
        return tuple(self) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    __str__ = __repr__


def _pack(version: VersionRow) -> bytes:
    id, last4 = version.id.encode(), version.last4.encode()
    if max(len(id), len(last4)) > _LONGEST:
        raise ValueError
    return (
        _HEAD.pack(
            len(id),
            len(last4),
            _STATES.index(version.state),
            version.created_at,
            _NONE if version.last_used_at is None else version.last_used_at,
            _NONE if version.retires_at is None else version.retires_at,
        )
        + id
        + last4
    )


def _moment(number: float) -> float | None:
    return None if number != number else number  # only a NaN differs from itself
