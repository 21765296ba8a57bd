"""What rows of every kind have in common as the JSON of the contract, written straight from what is stored.

A page of 1000 rows must cost little, so nothing passes through dictionaries or models.
"""

import json
from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import Final

from bcdesk.contract.moments import format_moment
from bcdesk.server.handovers import HandoverRecord

as_text: Final = getattr(json.encoder, "c_encode_basestring", None) or encode_basestring
"""Returns a text as JSON."""


def as_moment(seconds: float | None) -> str:
    """Return a moment as JSON."""
    return "null" if seconds is None else f'"{format_moment(seconds)}"'


def as_optional(text: str | None) -> str:
    """Return a text that may be missing as JSON."""
    return "null" if text is None else as_text(text)


def as_list(values: Iterable[str]) -> str:
    """Return a list of texts as the JSON that is stored and sent."""
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def handover_json(handover: HandoverRecord) -> str:
    """Return a hand-over as JSON."""
    return f'{{"id":"{handover.id}","state":"{handover.state}","expires_at":{as_moment(handover.expires_at)}}}'


def deleted_json(row_id: str, deleted_at: float) -> str:
    """Return a deleted row as JSON."""
    return f'{{"id":"{row_id}","deleted_at":{as_moment(deleted_at)}}}'


def page_json(items: Iterable[str], *, next_cursor: str | None, as_of: float, since: str | None = None) -> bytes:
    """Return a page of rows that are JSON already; a list that cannot be followed has no ``since``."""
    text = f'{{"items":[{",".join(items)}],"next_cursor":{as_optional(next_cursor)},"as_of":{as_moment(as_of)}'
    return (text + ("}" if since is None else f',"since":{as_text(since)}}}')).encode("utf-8")
