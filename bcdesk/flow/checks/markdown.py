"""Results as a Markdown table, to be read by people."""

import re
from collections.abc import Sequence
from typing import Final

from bcdesk.flow.checks.data import BY_ID
from bcdesk.flow.checks.model import Outcome, Result

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_MARK: Final = {Outcome.PASSED: "passed", Outcome.FAILED: "**FAILED**", Outcome.NOT_RUN: "not run"}


def markdown(results: Sequence[Result], *, name: str = "bcdesk checks", titles: dict[str, str] | None = None) -> str:
    """Return the document; ``titles`` are what checks are called, their ids where none is given."""
    tally = {outcome: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    lines = [
        f"# {_escaped(name)}",
        "",
        f"{tally[Outcome.PASSED]} passed, {tally[Outcome.FAILED]} failed, {tally[Outcome.NOT_RUN]} not run",
        "",
        "| Check | Source | Outcome | Expected | Got | ms |",
        "|---|---|---|---|---|---:|",
    ]
    for result in results:
        check = BY_ID[result.check_id]
        got = str(result.got or "")
        if result.outcome is Outcome.NOT_RUN:
            got = " ".join(part for part in (result.why and result.why.value, result.detail) if part)
        title = _escaped((titles or {}).get(result.check_id, result.check_id))
        cells = (title, check.source, _MARK[result.outcome], _escaped(str(result.expected)), _escaped(got))
        lines.append(f"| {' | '.join(cells)} | {result.milliseconds:.0f} |")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
