"""Joins what our server says of a run to the hops of the run."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bcdesk.contract.flow_rows import HopRow
    from bcdesk.flow.trace import Hop

_HOP_OF: Final = {
    "authorize": "authorize",
    "sign_in": "authorize",
    "consent": "authorize",
    "par": "authorize",
    "introspect": "introspect",
    "revoke": "revoke",
    "userinfo": "userinfo",
    "api": "call",
}


def hop_name(row: HopRow) -> str:
    """Return the name of the hop that a row of the server belongs to."""
    if row.endpoint == "token":
        return "refresh" if row.grant_type == "refresh_token" else "token"
    return _HOP_OF.get(row.endpoint, row.endpoint)


def join(hops: Sequence[Hop], rows: Iterable[HopRow]) -> tuple[Hop, ...]:
    """Give each hop the rows that the server has of it, and return the hops that changed."""
    by_name: dict[str, list[HopRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.at):
        by_name[hop_name(row)].append(row)
    changed = []
    for name, those in by_name.items():
        mine = [hop for hop in hops if hop.name == name]
        if name == "authorize":  # both pages belong to the one request
            pairs = [(mine[-1], those)] if mine else []
        else:
            asked = [hop for hop in mine if hop.received is not None or hop.ok is None]
            pairs = [(hop, [row]) for hop, row in zip(asked, those, strict=False)]
        for hop, its in pairs:
            if hop.server != its:
                hop.server[:] = its
                changed.append(hop)
    return tuple(changed)


def failed_rules(rows: Iterable[HopRow]) -> tuple[tuple[str, str], ...]:
    """Return id and reason of every rule that failed, the last request's first."""
    newest = sorted(rows, key=lambda row: row.at, reverse=True)
    return tuple((rule.id, rule.reason) for row in newest for rule in row.rules if rule.verdict == "failed")


def refused_page(rows: Iterable[HopRow]) -> HopRow | None:
    """Return the request for which the server shows an error page instead of redirecting."""
    pages = [row for row in rows if row.endpoint == "authorize" and row.method == "GET" and row.status >= 400]
    return max(pages, key=lambda row: row.at, default=None)
