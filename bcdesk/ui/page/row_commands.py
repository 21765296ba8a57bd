"""How the commands about the rows of a page are built: who finds them, when they can run, and why they cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bcdesk.ui import access
from bcdesk.ui.commands import Command, Context

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bcdesk.ui.desk import Desk

    Reason = Callable[[Any, float], str | None]


class RowCommands:
    """Builds commands from what the desk knows; each is about the row whose id the context carries."""

    def __init__(self, desk: Desk, rows: Mapping[str, Any], group: str, choose: str) -> None:
        """Be about ``rows``; ``choose`` is what a command says where none is chosen."""
        self._desk, self._rows, self._group, self._choose = desk, rows, group, choose

    def row(self, context: Context) -> Any:
        """Return the row that ``context`` is about, as the store has it now."""
        return self._rows.get(context.target) if isinstance(context.target, str) else None

    def about(
        self, command_id: str, text: str, act: Callable[[str], object], reason: Reason, *, icon: str = "",
        shortcut: str = "", danger: bool = False, makes_secret: bool = False,
        only: Callable[[Any, float], bool] | None = None, aliases: tuple[str, ...] = (), short: str = "",
    ) -> Command:  # fmt: skip
        """Make the command of a verb that is about one row, there only for those of whom ``only`` says so."""

        def enabled(context: Context) -> str | None:
            row = self.row(context)
            if row is None:
                return self._choose
            said = access.change_reason(self._desk.store) or reason(row, self._desk.now())
            return said or (self._desk.gate.reason() if makes_secret else None)

        def shown(context: Context) -> bool:
            row = self.row(context)
            return self.manages(context) and (row is None or only is None or only(row, self._desk.now()))

        def run(context: Context) -> None:
            row = self.row(context)
            if row is not None:
                act(row.id)

        return Command(command_id, text, run, shortcut=shortcut, icon=icon, group=self._group, enabled=enabled,
                       shown=shown, aliases=aliases, danger=danger, short=short)  # fmt: skip

    def manages(self, _context: Context) -> bool:
        """Tell whether this member can change anything."""
        return access.may_manage(self._desk.store)

    def new_reason(self, _context: Context) -> str | None:
        """Return why nothing new can be made now, or None."""
        return access.change_reason(self._desk.store) or self._desk.gate.reason()

    def any_row(self, context: Context) -> str | None:
        """Return why nothing can be done with a row, or None."""
        return None if self.row(context) is not None else self._choose

    # ------------------------------------------------------------------ what only the journal knows

    def knows_secret(self, row: Any) -> bool:
        """Tell whether this desk can still fetch the secret of ``row`` that waits."""
        if row.handover is None or row.handover.state != "waiting":
            return False
        entry = self._desk.journal.find(row.handover.id)
        return entry is not None and entry.state in ("sealed", "waiting")
