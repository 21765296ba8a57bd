"""Keys whose last four characters are chosen, for the demo's three masks.

The last four lie in the checksum, so they cannot be written down: the body has to be found. A CRC is
affine over its bits: what five characters at the end of the body add to it is looked up from both sides
and met in the middle, some twenty thousand steps a key where trying bodies takes 15 million. The other 25
characters are drawn at random, so nobody can say which key was found.
"""

import secrets
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from bcdesk.contract.key_format import ALPHABET, BODY_LENGTH, PREFIXES, checksum

_SPAN: Final = len(ALPHABET) ** 4
_LEFT: Final = 3
_RIGHT: Final = 2
_HEAD: Final = BODY_LENGTH - _LEFT - _RIGHT


def keys_ending_in(wanted: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a well-formed random key for each (environment, last four characters)."""
    left = _shares(_HEAD, _LEFT)
    right = list(_shares(_HEAD + _LEFT, _RIGHT).items())
    for environment, last4 in wanted:
        body = _body(last4, left, right)
        yield PREFIXES[environment] + body + checksum(body)


def _body(last4: str, left: dict[int, str], right: list[tuple[int, str]]) -> str:
    tail = 0
    for character in last4:
        tail = tail * len(ALPHABET) + ALPHABET.index(character)
    goals = range(tail, 1 << 32, _SPAN)
    while True:
        head = "".join(secrets.choice(ALPHABET) for _ in range(_HEAD))
        base = zlib.crc32((head + "0" * (_LEFT + _RIGHT)).encode("ascii"))
        for share, text in secrets.SystemRandom().sample(right, len(right)):
            rest = base ^ share
            for goal in goals:
                if (found := left.get(rest ^ goal)) is not None:
                    return head + found + text


def _shares(first: int, length: int) -> dict[int, str]:
    """Return each text of ``length`` characters by what it adds to the CRC at place ``first``, against zeros."""
    zeros = bytearray(b"0" * BODY_LENGTH)
    reference = zlib.crc32(zeros)
    shares = {0: ""}
    for place in range(first, first + length):
        column = []
        for character in ALPHABET:
            changed = zeros.copy()
            changed[place] = ord(character)
            column.append((zlib.crc32(changed) ^ reference, character))
        shares = {before ^ share: text + character for before, text in shares.items() for share, character in column}
    return shares
