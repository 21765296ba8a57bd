"""What a kill left behind, and what that says of the moment at which it struck."""

from dataclasses import dataclass
from typing import Any

from bcdesk.store.journal import Pending
from tests.e2e.kill.facts import KeyFacts
from tests.e2e.kill.points import Op, place_of


@dataclass(frozen=True)
class Left:
    """What a kill left: the journal's entry, the key that was made or changed, what was seen of the desk until then."""

    entry: Pending | None
    made: KeyFacts | None
    after: KeyFacts | None
    places: frozenset[Any]
    second: bool
    """Whether the second of two orders had begun."""

    def committed(self, op: Op, before: KeyFacts | None) -> bool:
        """Tell whether the server did what was asked; ``before`` is the key as it was."""
        if op in ("create", "leak"):
            return self.made is not None
        if op == "revoke":
            return self.after is not None and self.after.revoked
        return self.after is not None and before is not None and self.after.versions != before.versions

    def place(self, op: Op, before: KeyFacts | None) -> str:
        """Name the moment."""
        if op == "leak" and not self.second:
            op = "revoke"
        rows = [row for row in (self.made, self.after) if row is not None]
        return place_of(
            op,
            committed=self.committed(op, before),
            entry=self.entry.state if self.entry is not None else None,
            shown="shown" in self.places,
            answered="revoked" in self.places,
            server_told=not any(state == "waiting" for row in rows for _, state in row.handovers),
        )
