"""Reading JSON (RFC 8259) with no leniency: what two readers could understand differently is refused."""

import json
import math
import re
from typing import Final, NoReturn

from bcdesk.contract.codes import Code
from bcdesk.server.problems import ProblemError

DEPTH_MAX: Final = 16
_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


class _RefusedError(ValueError):
    pass


def parse(body: bytes) -> object:
    """Return the value of ``body``.

    Raise 400 where it is not UTF-8 or not JSON, or holds a name twice, NaN or Infinity, a lone surrogate, a number
    beyond all reason or more than 16 levels.
    """
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int
        )
        _measure(value, DEPTH_MAX)
        if _ESCAPED_SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise ProblemError(400, Code.MALFORMED_JSON, "The body is not JSON that can be read in one way.") from None
    return value


def canonical(value: object) -> bytes:
    """Return the one form that equal JSON values share, to compare bodies."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RefusedError
    return found


def _constant(_name: str) -> NoReturn:
    raise _RefusedError


def _float(text: str) -> float:
    """Return a number; a whole one is an integer however it was written, as JSON has but one kind of number."""
    number = float(text)
    if not math.isfinite(number):
        raise _RefusedError
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _int(text: str) -> int:
    if len(text) > 40:
        raise _RefusedError
    return int(text)


def _measure(value: object, left: int) -> None:
    if isinstance(value, (dict, list)):
        if not left:
            raise _RefusedError
        for inner in value.values() if isinstance(value, dict) else value:
            _measure(inner, left - 1)
