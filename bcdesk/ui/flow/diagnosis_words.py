"""What a mistake of a client is, and what to change in its code, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.flow.advice import Advice
from bcdesk.ui.flow.diagnosis_back import back_advice
from bcdesk.ui.flow.diagnosis_front import front_advice
from bcdesk.ui.flow.diagnosis_refresh import refresh_advice
from bcdesk.ui.flow.lab_words import short
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Mapping


def advice(code: str, facts: Mapping[str, str]) -> Advice:
    """Put a diagnosis into words; a code that is not known here stands for itself."""
    safe = {name: short(value, 60) for name, value in facts.items()}
    for told in (front_advice, back_advice, refresh_advice):
        found = told(safe).get(code)
        if found is not None:
            return _with_end(found, safe.get("ended", ""))
    return Advice(code.replace("_", " "), tr("Look at the rule that the server applied."))


def _with_end(found: Advice, ended: str) -> Advice:
    """Add what the mistake has ended already."""
    more = {
        "family": tr("Every token of that sign-in is revoked: the user must sign in again."),
        "code": tr("The code is burned: the user must sign in again."),
    }.get(ended)
    return found._replace(change=f"{found.change} {more}") if more is not None else found


__all__ = ["Advice", "advice"]
