"""Ids: a prefix that says what, and a ULID, so that they sort by birth."""

import re
from typing import Final, Literal

from ulid import ULID

Kind = Literal["key", "ver", "mem", "hnd", "req", "evt", "app", "sec", "usr", "gra", "buy", "ses", "lnk"]
_FORM: Final = re.compile(r"[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}")


def new_id(kind: Kind) -> str:
    """Draw an id such as ``key_01JD…``."""
    return f"{kind}_{ULID()}"


def is_id(kind: Kind, text: str) -> bool:
    """Tell whether ``text`` has the form of an id of that kind; nothing else is looked up."""
    return _FORM.fullmatch(text) is not None and text.startswith(f"{kind}_")
