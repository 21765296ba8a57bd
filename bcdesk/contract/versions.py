"""Versions of bcdesk and their order: ``1.4.0.dev2`` < ``1.4.0a1`` < ``1.4.0b1`` < ``1.4.0rc1`` < ``1.4.0``.

It is the part of PEP 440 that bcdesk uses, so that no two texts name the same version.
"""

import re
from typing import Final

_NUMBER: Final = r"(0|[1-9][0-9]{0,5})"
_FORM: Final = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:(\.dev|a|b|rc){_NUMBER})?")
_STEPS: Final = (".dev", "a", "b", "rc", None)
Order = tuple[int, int, int, int, int]


def order(version: str) -> Order:
    """Return what versions are compared by; raise ValueError where ``version`` is none."""
    found = _FORM.fullmatch(version)
    if found is None:
        raise ValueError("not a version of bcdesk")
    return int(found[1]), int(found[2]), int(found[3]), _STEPS.index(found[4]), int(found[5] or 0)
