"""Finds an API key in what is typed or pasted, and turns it into its mask and its hash at once."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from bcdesk.contract import key_format

_WHOLE: Final = re.compile(r"bca_(?:live|test)_[0-9A-Za-z]{36,}")
_PIECE: Final = re.compile(r"bca_(?:live|test)_[0-9A-Za-z]{12,}")


class Recognised(NamedTuple):
    """A key that was recognised: its mask, its SHA-256 (hex), and whether its checksum holds."""

    masked: str
    sha256: str
    sound: bool


def recognise(text: str, *, in_one_piece: bool) -> Recognised | None:
    """Return the key that ``text`` holds, or None.

    What comes in one piece (pasted, dropped, composed) is a key from 12 characters after its prefix on,
    so that a cut one is masked too; what is typed character by character only once it is whole.
    """
    match = (_PIECE if in_one_piece else _WHOLE).search(text)
    if match is None:
        return None
    token = match.group()
    sound = key_format.parse(token) is not None
    import hashlib  # 2 ms that the first frame does not wait for

    digest = hashlib.sha256(token.encode("ascii")).hexdigest() if sound else ""
    return Recognised(key_format.mask_token(token), digest, sound)


def unfinished(text: str) -> bool:
    """Tell whether ``text`` holds a key that is still being typed: it is neither searched for nor kept."""
    return _PIECE.search(text) is not None
