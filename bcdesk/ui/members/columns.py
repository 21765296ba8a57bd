"""The columns of the members table."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from bcdesk.ui import times
from bcdesk.ui.members.words import STATES, state_sentence, state_words
from bcdesk.ui.roles import ROLES, role_sentence, role_words
from bcdesk.ui.table.column import ChipLook, Column, RowKind
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.contract.rows import MemberRow
    from bcdesk.ui.page.moment import Clock


def state_look(row: MemberRow) -> ChipLook:
    """Return a member's state as a chip; coloured only where something is due."""
    if row.state == "invited":
        return ChipLook(state_words(row.state), "info", "ring")
    if row.state == "disabled":
        return ChipLook(state_words(row.state), "neutral", "pause")
    return ChipLook(state_words(row.state), "plain")


def member_columns(clock: Clock) -> tuple[Column, ...]:
    """Return the columns; ``clock`` is asked at each painting, so that times are right then."""

    def seen(row: MemberRow) -> str:
        now, as_of = clock()
        return times.ago(row.last_seen_at, now, as_of=as_of)

    def added(row: MemberRow) -> str:
        return times.day(row.created_at)

    return (
        Column(
            id="name", title=tr("Name"), width=190, least=150, kind="two_lines", stretch=True,
            text=lambda row: row.name, second=lambda row: row.email or tr("No address yet"),
            sort_key=lambda row: row.name.casefold(),
            spoken=lambda row: f"{row.name}, {row.email}" if row.email else row.name,
        ),
        Column(
            id="role", title=tr("Role"), width=100, least=80, text=lambda row: role_words(row.role),
            sort_key=lambda row: float(ROLES.index(row.role)) if row.role in ROLES else float(len(ROLES)),
            tooltip=lambda row: role_sentence(row.role),
        ),
        Column(
            id="state", title=tr("State"), width=110, least=90, kind="chip",
            text=lambda row: state_look(row).text, chip=state_look,
            sort_key=lambda row: float(STATES.index(row.state)) if row.state in STATES else float(len(STATES)),
            tooltip=lambda row: state_sentence(row.state),
        ),
        Column(
            id="last_seen", title=tr("Last seen"), width=120, least=90, spare=1, text=seen,
            sort_key=lambda row: row.last_seen_at, falls_first=True,
            tooltip=lambda row: times.exact(row.last_seen_at),
            tone=lambda row: "muted" if row.last_seen_at is None else "text",
        ),
        Column(
            id="added", title=tr("Added"), width=110, least=90, spare=2, text=added, sort_key=attrgetter("created_at"),
            falls_first=True, tooltip=lambda row: times.exact(row.created_at),
        ),
        Column(
            id="actions", title=tr("Actions"), width=40, least=40, kind="actions", text=lambda row: "",
            spoken=lambda row: tr("Actions for {name}", name=row.name),
        ),
    )  # fmt: skip


def member_rows(_clock: Clock) -> RowKind:
    """Return what the table must know of members besides their cells."""
    return RowKind(
        haystack=lambda row: f"{row.name}\n{row.email}\n{row.id}".casefold(),
        name=attrgetter("name"),
        faded=lambda row: row.state == "disabled",
    )
