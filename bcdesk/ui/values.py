"""What a form holds, as a frozen dataclass: taken from a row, compared, merged."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from typing import Self


class Values:
    """The base of such a dataclass, whose fields are called as those of its row."""

    __slots__ = ()
    FIXED: ClassVar[tuple[str, ...]] = ()
    """The fields that never change once the row exists."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the fields."""
        return tuple(field.name for field in fields(cls))  # type: ignore[arg-type]  # who derives is a dataclass

    @classmethod
    def of(cls, row: object) -> Self:
        """Take over the values of a row."""
        return cls(**{name: getattr(row, name) for name in cls.names()})

    def sent(self, name: str) -> Any:
        """Return a field as the server takes it."""
        value = getattr(self, name)
        return list(value) if isinstance(value, tuple) else value

    def changes_from(self, base: Self) -> dict[str, Any]:
        """Return the fields that differ from ``base`` as a merge patch (RFC 7396)."""
        free = (name for name in self.names() if name not in self.FIXED)
        return {name: self.sent(name) for name in free if getattr(self, name) != getattr(base, name)}

    def merged(self, *, mine: Self, theirs: Self) -> Self:
        """Merge two edits of this state, field by field; where both changed a field, ``mine`` stands."""
        return type(self)(
            **{
                name: getattr(theirs if getattr(mine, name) == getattr(self, name) else mine, name)
                for name in self.names()
            }
        )
