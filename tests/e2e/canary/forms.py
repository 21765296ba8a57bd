"""The forms in which a secret could lie somewhere, and the one function that looks for them."""

import base64
import re
from collections.abc import Iterable, Iterator

_PREFIX = re.compile(r"(?:bca_(?:live|test)|bc[a-z])_")
_HALF = 18


def forms(secret: str) -> dict[str, bytes]:
    """Return what to look for: the characters that are the secret's own, plain and in every common dress."""
    own = _PREFIX.sub("", secret, count=1)
    raw = own.encode("ascii")
    found = {
        "plain": raw,
        "its first half": raw[:_HALF],
        "its second half": raw[-_HALF:],
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "UTF-16": own.encode("utf-16-le"),
        "UTF-16 BE": own.encode("utf-16-be"),
        "spelled": " ".join(own).encode(),
        "backwards": raw[::-1],
    }
    for shift in range(3):  # base64 looks different at each of three offsets
        for name, code in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            coded = code(b"\0" * shift + raw)
            found[f"{name} +{shift}"] = coded[4 if shift else 0 : len(coded) // 4 * 4 - 4]
    return found


def look(data: bytes, secrets: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each secret that ``data`` holds, with the form that it has there."""
    for secret in secrets:
        for name, form in forms(secret).items():
            if form in data:
                yield secret, name
                break
