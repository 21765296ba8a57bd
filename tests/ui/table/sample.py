"""Small rows and columns for tests of the table, which knows nothing of keys."""

from typing import NamedTuple

from bcdesk.ui.table.column import ChipLook, Column, RowKind


class Row(NamedTuple):
    id: str
    name: str
    size: float | None
    group: str = "plain"

    @property
    def haystack(self) -> str:
        return f"{self.name}\n{self.id}".casefold()


def columns() -> tuple[Column, ...]:
    return (
        Column(
            id="name", title="Name", width=160, least=120, kind="two_lines", stretch=True, text=lambda row: row.name,
            second=lambda row: f"of {row.group}", sort_key=lambda row: row.name.casefold(),
        ),
        Column(
            id="size", title="Size", width=80, text=lambda row: "None" if row.size is None else f"{row.size:g}",
            sort_key=lambda row: row.size, falls_first=True, spare=1, tooltip=lambda row: f"<b>{row.size}</b> bytes",
        ),
        Column(
            id="group", title="Group", width=90, kind="chip", spare=2, text=lambda row: row.group,
            chip=lambda row: ChipLook(row.group, "plain" if row.group == "plain" else "warn", "triangle"),
        ),
        Column(id="wide", title="Wide", width=100, from_window=1440, text=lambda row: "wide"),
        Column(
            id="actions", title="Actions", width=40, least=40, kind="actions", text=lambda row: "",
            spoken=lambda row: f"Actions for {row.name}",
        ),
    )  # fmt: skip


KIND = RowKind(
    haystack=lambda row: row.haystack,
    name=lambda row: row.name,
    edge=lambda row: "live" if row.group == "live" else "",
    faded=lambda row: row.size is None,
)


def rows_of(*rows: Row) -> dict[str, Row]:
    return {row.id: row for row in rows}


def fruit() -> dict[str, Row]:
    return rows_of(
        Row("r1", "Pear", 3), Row("r2", "apple", 1), Row("r3", "Fig", None), Row("r4", "Plum", 2, "live"),
        Row("r5", "Lime", 2),
    )  # fmt: skip
