"""The small fixed catalogue of beats that `/v1/beats` shows."""

import base64
import binascii
import json
from functools import lru_cache
from typing import Final

_GENRES: Final = ("afrobeats", "amapiano", "drill", "highlife", "gengetone", "bongo flava")
_TITLES: Final = (
    "Lagos Sunrise", "Log Drum Letters", "Northern Line", "Palm Wine Sunday", "Matatu Lights", "Dhow at Dusk",
    "Danfo Rush", "Soweto Steps", "Concrete Rain", "Guitar on the Porch", "Thika Road", "Spice Market",
    "Third Mainland", "Midnight Piano", "Grey Hoodie", "Brass Reunion", "Rooftop Session", "Tide Tables",
    "Shekere Study", "Sunset Lounge", "Cold Platform", "Harbour Dance", "Boda Boda", "Clove and Coral",
)  # fmt: skip
BEATS: Final = tuple(
    {
        "id": f"beat_{number:04}",
        "title": title,
        "producer": f"House Catalogue {'ABC'[number % 3]}",
        "genre": _GENRES[(number - 1) % len(_GENRES)],
        "bpm": 88 + number * 7 % 60,
        "price_cents": 1999 + number * 500 % 8000,
    }
    for number, title in enumerate(_TITLES, 1)
)


@lru_cache(maxsize=256)
def page(limit: int, cursor: str | None) -> bytes:
    """Return the JSON of a page of at most ``limit`` beats; raise ValueError where ``cursor`` is none of ours."""
    start = 0 if cursor is None else _place(cursor)
    items = BEATS[start : start + limit]
    after = start + limit
    next_cursor = _cursor(after) if after < len(BEATS) else None
    return json.dumps({"items": items, "next_cursor": next_cursor}, separators=(",", ":")).encode("utf-8")


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"beat:{place}".encode("ascii")).decode("ascii").rstrip("=")


def _place(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, UnicodeError):
        raise ValueError("not a cursor") from None
    place = int(text.removeprefix("beat:")) if text.startswith("beat:") and text[5:].isdecimal() else -1
    if not 0 < place < len(BEATS) or cursor != _cursor(place):
        raise ValueError("not a cursor")
    return place
