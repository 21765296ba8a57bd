"""A passphrase in place of a keyring: argon2id (RFC 9106) turns it into the key, and nothing of it is kept."""

import math
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

LEAST: Final = 12
"""How many characters it has at least."""
SALT_BYTES: Final = 16
Strength = Literal["short", "weak", "fair", "strong"]
_FAIR_BITS, _STRONG_BITS = 55.0, 75.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What each guess costs: passes, KiB of memory and lanes; twice the memory of RFC 9106's second choice."""

    passes: int = 3
    memory_kib: int = 2**17
    lanes: int = 4

    @property
    def bearable(self) -> bool:
        """Tell whether these are numbers that a desk would have written, and no trap for its memory."""
        numbers = (self.passes, self.memory_kib, self.lanes)
        whole = all(type(one) is int for one in numbers)
        return whole and 1 <= self.passes <= 64 and 8 * self.lanes <= self.memory_kib <= 2**20 and 1 <= self.lanes <= 16


COST: Final = Cost()


def derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """Return the key of 32 bytes that ``passphrase`` stands for; blocking, without the interpreter's lock."""
    from argon2.low_level import Type, hash_secret_raw

    # RFC 8265 §4.2: the same passphrase typed on another system is the same text
    text = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(text, salt, cost.passes, cost.memory_kib, cost.lanes, 32, Type.ID)


def strength(passphrase: str) -> Strength:
    """Judge roughly how long guessing takes: by length, kinds of characters and repetition; a hint, no promise."""
    if len(passphrase) < LEAST:
        return "short"
    folded = passphrase.casefold()
    plain_steps = sum(1 for one, next_one in pairwise(folded) if ord(next_one) - ord(one) in (-1, 0, 1))
    pieces = {folded[start : start + 3] for start in range(len(folded) - 2)}
    length = min(len(pieces) + 2, len(folded) - plain_steps)
    kinds = (str.islower, str.isupper, str.isdigit)
    pool = sum(size for kind, size in zip(kinds, (26, 26, 10), strict=True) if any(map(kind, passphrase)))
    pool += 1 if " " in passphrase else 0
    marks = not all(one.isalnum() or one == " " for one in passphrase)
    # letters of a language tell of one another: a long text of them counts for about half
    drawn = marks and any(map(str.isdigit, passphrase))
    bits = length * math.log2(max(pool + 20 * marks, 2)) * (0.9 if drawn else 0.6)
    return "strong" if bits >= _STRONG_BITS else "fair" if bits >= _FAIR_BITS else "weak"
