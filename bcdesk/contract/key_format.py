"""The format of an API key: recognised, typo-checked and masked with no network.

A key is ``bca_live_`` or ``bca_test_``, 30 random base62 characters and a base62 CRC-32 of those 30,
left-padded with ``0`` to 6 characters. The alphabet is ``0-9A-Za-z``.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BODY_LENGTH: Final = 30
CHECK_LENGTH: Final = 6
STARS: Final = "*" * 13
PREFIXES: Final = {"live": "bca_live_", "sandbox": "bca_test_"}
ENVIRONMENTS: Final = {prefix: environment for environment, prefix in PREFIXES.items()}

_TOKEN = re.compile(r"bca_(?:live|test)_[0-9A-Za-z]{36}(?![0-9A-Za-z])")
_NEAR_TOKEN = re.compile(r"bca_(?:live|test)_[0-9A-Za-z]+")
_OTHER_SECRET = re.compile(r"bc[rstu]_[0-9A-Za-z_-]{43}")
_MASKED = re.compile(r"(bca_(?:live|test)_)\*{13}([0-9A-Za-z]{4})")


class KeyParts(NamedTuple):
    """What a well-formed key says about itself."""

    environment: str
    prefix: str
    last4: str


def checksum(body: str) -> str:
    """Return the 6 base62 characters of the CRC-32 of ``body`` (30 ASCII characters)."""
    number = zlib.crc32(body.encode("ascii"))
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = ALPHABET[digit] + digits
    return digits.rjust(CHECK_LENGTH, "0")


def generate(environment: str) -> str:
    """Draw a new key for ``environment`` (``live`` or ``sandbox``) from the system's randomness."""
    import secrets  # for whoever draws keys: the desk only reads them

    body = "".join(secrets.choice(ALPHABET) for _ in range(BODY_LENGTH))
    return PREFIXES[environment] + body + checksum(body)


def parse(token: str) -> KeyParts | None:
    """Return the parts of ``token``, or None where its form or its checksum is wrong."""
    if not _TOKEN.fullmatch(token):
        return None
    prefix, body = token[:9], token[9:39]
    if checksum(body) != token[39:]:
        return None
    return KeyParts(ENVIRONMENTS[prefix], prefix, token[-4:])


def looks_like_key(text: str) -> bool:
    """Tell whether ``text`` is meant as a key, mistyped or not: it must never be kept, logged or shown."""
    return _NEAR_TOKEN.fullmatch(text.strip()) is not None and len(text.strip()) > 20


def find_keys(text: str) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each well-formed key in ``text``."""
    for match in _TOKEN.finditer(text):
        if parse(match.group()):
            yield match.span()


def holds_secret(text: str) -> bool:
    """Tell whether a whole key, or a token or client secret of ours, stands anywhere in ``text``."""
    return "bc" in text and (_OTHER_SECRET.search(text) is not None or any(find_keys(text)))


def mask(prefix: str, last4: str) -> str:
    """Return the one masked form: prefix, 13 stars, last four characters."""
    return f"{prefix}{STARS}{last4}"


def mask_token(token: str) -> str:
    """Return the masked form of a whole key."""
    return mask(token[:9], token[-4:])


def is_masked(text: str) -> bool:
    """Tell whether ``text`` is a masked key."""
    return _MASKED.fullmatch(text) is not None
