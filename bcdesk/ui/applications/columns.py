"""The columns of the applications table."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from bcdesk.contract.moments import UNKNOWN
from bcdesk.ui import times
from bcdesk.ui.applications.needs import cards_of, waits
from bcdesk.ui.applications.redirect_words import of_uri
from bcdesk.ui.applications.words import TYPES, kind_words, type_words
from bcdesk.ui.table.column import ChipLook, Column, RowKind
from bcdesk.ui.text import counted, tr

if TYPE_CHECKING:
    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.page.moment import Clock


def status_look(row: AppRow, now: float) -> ChipLook:
    """Return an application's status as a chip; coloured only where something is due."""
    if row.status == "disabled":
        return ChipLook(tr("Turned off"), "neutral", "pause")
    if waits(row, now):
        return ChipLook(tr("Secret waits"), "warn", "triangle")
    return ChipLook(tr("Active"), "plain")


def status_sentence(row: AppRow, now: float) -> str:
    """Say in a sentence what an application's status means."""
    if row.status == "disabled":
        return tr("Turned off: nobody can sign in with it until it is turned on")
    due = [card.title for card in cards_of(row, now) if card.tone == "warn"]
    return "\n".join([tr("Works"), *due])


def redirects(row: AppRow) -> str:
    """Return the first redirect URI, and how many more there are."""
    if not row.redirect_uris:
        return tr("None")
    more = len(row.redirect_uris) - 1
    return tr("{uri} +{n}", uri=row.redirect_uris[0], n=more) if more else row.redirect_uris[0]


def _redirects_tip(row: AppRow) -> str:
    return "\n".join(f"{uri}\n   {of_uri(uri, row.type).words}" for uri in row.redirect_uris)


def _used_at(row: AppRow) -> float | None:
    return None if row.last_used_at is None or row.last_used_at == UNKNOWN else row.last_used_at


def app_columns(clock: Clock) -> tuple[Column, ...]:
    """Return the columns; ``clock`` is asked at each painting, so that times are right then."""

    def used(row: AppRow) -> str:
        moment = clock()
        return times.ago(row.last_used_at, moment.now, as_of=moment.as_of)

    return (
        Column(
            id="name", title=tr("Name"), width=146, least=130, kind="two_lines", stretch=True,
            text=lambda row: row.name, second=lambda row: row.description or kind_words(row.type),
            sort_key=lambda row: row.name.casefold(),
            spoken=lambda row: f"{row.name}, {row.description}" if row.description else row.name,
        ),
        Column(
            id="type", title=tr("Type"), width=66, least=60, spare=2, text=lambda row: type_words(row.type),
            sort_key=lambda row: TYPES.index(row.type) if row.type in TYPES else len(TYPES),
            tooltip=lambda row: kind_words(row.type),
        ),
        Column(
            id="client_id", title=tr("Client ID"), width=198, least=196, kind="mono", spare=3,
            text=attrgetter("client_id"), sort_key=attrgetter("client_id"),
            spoken=lambda row: tr("Client ID ending {last_four}", last_four=" ".join(row.client_id[-4:])),
        ),
        Column(
            id="redirects", title=tr("Redirect URIs"), width=138, least=110, kind="mono", spare=4, text=redirects,
            sort_key=lambda row: row.redirect_uris[0] if row.redirect_uris else None, tooltip=_redirects_tip,
        ),
        Column(
            id="scopes", title=tr("Scopes"), width=150, least=72, spare=5, from_window=1440,
            text=lambda row: counted(len(row.scopes), "{n} scope", "{n} scopes"),
            sort_key=lambda row: float(len(row.scopes)), falls_first=True,
            tooltip=lambda row: "\n".join(row.scopes),
        ),
        Column(
            id="last_used", title=tr("Last used"), width=86, least=76, spare=1, text=used, sort_key=_used_at,
            falls_first=True, tooltip=lambda row: times.exact(row.last_used_at),
            tone=lambda row: "muted" if _used_at(row) is None else "text",
        ),
        Column(
            id="status", title=tr("Status"), width=86, least=76, kind="chip",
            text=lambda row: status_look(row, clock().now).text, chip=lambda row: status_look(row, clock().now),
            sort_key=lambda row: float(row.status == "disabled") + float(not waits(row, clock().now)),
            tooltip=lambda row: status_sentence(row, clock().now),
        ),
        Column(
            id="actions", title=tr("Actions"), width=40, least=40, kind="actions", text=lambda row: "",
            spoken=lambda row: tr("Actions for {name}", name=row.name),
        ),
    )  # fmt: skip


def app_rows(_clock: Clock) -> RowKind:
    """Return what the table must know of applications besides their cells."""
    return RowKind(haystack=attrgetter("haystack"), name=attrgetter("name"), faded=lambda row: row.status == "disabled")
