"""``If-Match`` (RFC 9110 §13.1.1): an edit is taken only of the row that its author has read.

A row's ETag is its revision, which every member's change moves; being used moves it not, though the reply shows it.
"""

import json
import re
from typing import Final

from bcdesk.contract.codes import Code, Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.server.problems import ProblemError

_TAG: Final = re.compile(r'"([0-9]{1,18})"')


def etag(revision: int) -> dict[str, str]:
    """Return the ``ETag`` header of a row."""
    return {"ETag": f'"{revision}"'}


def demand_match(if_match: str | None, revision: int, field_revisions: str) -> None:
    """Raise 428 without ``If-Match``, and 412 naming the fields that changed since the revision that it names."""
    if if_match is None:
        raise ProblemError(428, Code.IF_MATCH_MISSING, "Say with If-Match which revision you have read.")
    if if_match.strip() == "*":
        return
    known = [int(tag) for tag in _TAG.findall(if_match)] if "W/" not in if_match else []
    if revision in known:
        return
    seen = max((one for one in known if one < revision), default=revision)
    changed: dict[str, int] = json.loads(field_revisions)
    faults = [
        FieldFault(f"/{name}", Fault.CHANGED_MEANWHILE) for name, since in sorted(changed.items()) if since > seen
    ]
    raise ProblemError(412, Code.STALE, "It changed since you read it.", faults, headers=etag(revision))
