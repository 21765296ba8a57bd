"""The forms in which a secret could lie somewhere, and the one function that looks for them."""

import base64
from collections.abc import Iterable, Iterator

PREFIX = len("bca_live_")


def forms(secret: str) -> dict[str, bytes]:
    """Return what to look for: the characters that are the key's own, plain and in every common dress."""
    own = secret[PREFIX:]
    raw = own.encode("ascii")
    found = {
        "plain": raw,
        "its first half": raw[:18],
        "its second half": raw[18:],
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "UTF-16": own.encode("utf-16-le"),
        "UTF-16 BE": own.encode("utf-16-be"),
        "spelled": " ".join(own).encode(),
        "backwards": raw[::-1],
    }
    for shift in range(3):  # base64 looks different at each of three offsets; digits and letters need no urlsafe form
        coded = base64.b64encode(b"\0" * shift + raw)
        found[f"base64 +{shift}"] = coded[4 if shift else 0 : len(coded) // 4 * 4 - 4]
    return found


def look(data: bytes, secrets: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each secret that ``data`` holds, with the form that it has there."""
    for secret in secrets:
        for name, form in forms(secret).items():
            if form in data:
                yield secret, name
                break
