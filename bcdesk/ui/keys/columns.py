"""The columns of the keys table, and how a key's row is called, edged and faded."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Final, NamedTuple

from bcdesk.contract.moments import UNKNOWN
from bcdesk.contract.rows import KeyRow
from bcdesk.ui import times
from bcdesk.ui.keys.filters import EXPIRING, status_of, waits
from bcdesk.ui.page.moment import Clock, Moment
from bcdesk.ui.table.column import ChipLook, Column, RowKind
from bcdesk.ui.text import tr


class Order(NamedTuple):
    """What a table is sorted by: a column's id, and whether its values fall."""

    column_id: str
    descending: bool


FIRST_ORDER: Final = Order("last_used", True)
"""How the table is sorted until someone sorts it otherwise."""


def status_look(row: KeyRow, now: float) -> ChipLook:
    """Return a key's status as a chip; coloured only where something is due."""
    status = status_of(row, now)
    if status == "revoked":
        return ChipLook(tr("Revoked"), "bad", "cross")
    if status == "expired":
        return ChipLook(tr("Expired"), "neutral", "ring")
    if status == "disabled":
        return ChipLook(tr("Turned off"), "neutral", "pause")
    if row.rotation is not None:
        return ChipLook(tr("Rotating"), "warn", "triangle")
    if waits(row, now):
        return ChipLook(tr("Secret waits"), "warn", "triangle")
    if row.expires_at is not None and row.expires_at - now <= EXPIRING:
        return ChipLook(tr("Expires in {span}", span=times.until_brief(row.expires_at, now)), "warn", "triangle")
    return ChipLook(tr("Active"), "plain")


def environment_look(row: KeyRow) -> ChipLook:
    """Return a key's environment as a chip."""
    return ChipLook(tr("Live"), "live") if row.environment == "live" else ChipLook(tr("Sandbox"), "neutral")


def status_rank(row: KeyRow, now: float) -> float:
    """Return where a status stands when sorted: what needs someone first, what is over last."""
    ends = row.expires_at
    quiet = row.status == "active" and row.rotation is None and row.handover is None
    if quiet and (ends is None or ends - now > EXPIRING):
        return 3.0  # nearly all rows: a hundred thousand are ranked before a click is answered
    status = status_of(row, now)
    if status != "active":
        return {"disabled": 4.0, "expired": 5.0}.get(status, 6.0)
    if waits(row, now):
        return 0.0
    if row.expires_at is not None and row.expires_at - now <= EXPIRING:
        return 1.0 + (row.expires_at - now) / EXPIRING
    return 2.5 if row.rotation is not None else 3.0


def status_sentence(row: KeyRow, moment: Moment) -> str:
    """Say in a sentence what a key's status means right now."""
    now = moment.now
    status = status_of(row, now)
    if status == "revoked":
        when = times.exact(row.revoked_at) if row.revoked_at is not None else tr("Unknown")
        reason = row.revoked_reason or (tr("it may have leaked") if row.compromised else "")
        return tr("Revoked {when}: {reason}", when=when, reason=reason) if reason else tr("Revoked {when}", when=when)
    if status == "expired":
        return tr("Expired {when}", when=times.exact(row.expires_at))
    if status == "disabled":
        return tr("Turned off: calls with it are refused until it is turned on")
    if row.rotation is not None:
        if row.rotation.old_retires_at is None:
            return tr("Nobody used the new version yet; the old one works on until then")
        return tr("The old version works until {when}", when=times.exact(row.rotation.old_retires_at))
    if waits(row, now):
        return tr("Its secret was not handed over yet")
    if row.expires_at is None:
        return tr("Works, and never expires")
    return tr("Works until {when}", when=times.exact(row.expires_at))


def last_use(row: KeyRow, moment: Moment) -> str:
    """Say in full when and from where a key was last used."""
    if row.last_used_at is None or row.last_used_at == UNKNOWN:
        return times.exact(row.last_used_at)
    said = times.exact(row.last_used_at)
    if row.last_used_from:
        said = tr("{when}, from {address}", when=said, address=row.last_used_from)
    if moment.as_of is not None:
        said = tr("{said} (as of {as_of})", said=said, as_of=times.short(moment.as_of, moment.now))
    return said


def _used_at(row: KeyRow) -> float | None:
    return None if row.last_used_at is None or row.last_used_at == UNKNOWN else row.last_used_at


def _used(rows: Iterable[KeyRow]) -> list[float | None]:
    return [None if at == UNKNOWN else at for at in map(attrgetter("last_used_at"), rows)]


def _spelled(masked: str) -> str:
    return " ".join(masked[-4:])


def key_columns(clock: Clock) -> tuple[Column, ...]:
    """Return the columns; ``clock`` is asked at each painting, so that times and expiry are right then."""

    def ranks(rows: Iterable[KeyRow]) -> list[float]:
        now = clock().now
        return [status_rank(row, now) for row in rows]

    def used(row: KeyRow) -> str:
        moment = clock()
        return times.ago(row.last_used_at, moment.now, as_of=moment.as_of)

    return (
        Column(
            id="name", title=tr("Name"), width=220, least=150, kind="two_lines", stretch=True,
            text=lambda row: row.name, second=lambda row: row.description,
            sort_key=lambda row: row.name.casefold(),
            sort_keys=lambda rows: list(map(str.casefold, map(attrgetter("name"), rows))),
            spoken=lambda row: f"{row.name}, {row.description}" if row.description else row.name,
        ),
        Column(
            id="key", title=tr("Key"), width=194, least=194, kind="mask", text=lambda row: row.masked,
            sort_key=attrgetter("masked"),
            spoken=lambda row: tr("Key ending {last_four}", last_four=_spelled(row.masked)),
        ),
        Column(
            id="environment", title=tr("Environment"), width=88, least=80, kind="chip", spare=2,
            text=lambda row: environment_look(row).text, chip=environment_look,
            sort_key=attrgetter("environment"),
        ),
        Column(
            id="owner", title=tr("Owner"), width=130, from_window=1440, spare=4, text=lambda row: row.owner,
            sort_key=lambda row: row.owner.casefold() or None, tone=lambda row: "muted",
        ),
        Column(
            id="created", title=tr("Created"), width=104, least=80, spare=3,
            text=lambda row: times.day(row.created_at), sort_key=attrgetter("created_at"), falls_first=True,
            tooltip=lambda row: times.exact(row.created_at),
        ),
        Column(
            id="last_used", title=tr("Last used"), width=98, least=80, spare=1, text=used,
            sort_key=_used_at, sort_keys=_used, falls_first=True, tooltip=lambda row: last_use(row, clock()),
            tone=lambda row: "muted" if _used_at(row) is None else "text",
        ),
        Column(
            id="status", title=tr("Status"), width=92, least=80, kind="chip",
            text=lambda row: status_look(row, clock().now).text, chip=lambda row: status_look(row, clock().now),
            sort_key=lambda row: status_rank(row, clock().now),
            sort_keys=ranks,
            tooltip=lambda row: status_sentence(row, clock()),
        ),
        Column(
            id="actions", title=tr("Actions"), width=40, least=40, kind="actions", text=lambda row: "",
            spoken=lambda row: tr("Actions for {name}", name=row.name),
        ),
    )  # fmt: skip


def key_rows(clock: Clock) -> RowKind:
    """Return what the table must know of keys besides their cells."""
    return RowKind(
        haystack=attrgetter("haystack"),
        name=attrgetter("name"),
        edge=lambda row: "live" if row.environment == "live" else "",
        faded=lambda row: status_of(row, clock().now) in ("revoked", "expired"),
    )
