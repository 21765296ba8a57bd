"""A sentence for each fault of a field, and what pydantic finds turned into faults."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from bcdesk.contract.codes import Fault
from bcdesk.contract.key_rules import FieldFault

SENTENCES: Final[Mapping[Fault, str]] = {
    Fault.MISSING: "This member is required.",
    Fault.EMPTY: "This must not be empty.",
    Fault.TOO_LONG: "This is longer than it may be.",
    Fault.TOO_MANY: "There are more of these than there may be.",
    Fault.CONTROL_CHARACTER: "This holds a character that does not print.",
    Fault.HOLDS_SECRET: "This holds a whole key or token, which would be kept and shown.",
    Fault.WRONG_TYPE: "This has the wrong type or form.",
    Fault.UNKNOWN_FIELD: "There is no such member.",
    Fault.UNKNOWN_VALUE: "This is none of the values that it may have.",
    Fault.DUPLICATE: "This stands here twice.",
    Fault.UNKNOWN_SCOPE: "There is no such scope.",
    Fault.SCOPE_NOT_IN_SANDBOX: "A sandbox key takes reading scopes only.",
    Fault.NOT_AN_ADDRESS_RANGE: "This is no address and no address range (CIDR).",
    Fault.HOST_BITS_SET: "This range has bits set beyond its prefix length.",
    Fault.IN_THE_PAST: "This moment has passed.",
    Fault.TOO_FAR: "This moment is too far ahead.",
    Fault.OUT_OF_RANGE: "This number is outside its range.",
    Fault.UNKNOWN_KEY: "There is no such key.",
    Fault.CHANGED_MEANWHILE: "This changed since you read it.",
    Fault.IMMUTABLE: "This never changes once it is set.",
    Fault.BAD_REDIRECT_URI: "This cannot be a redirect URI.",
    Fault.NOT_AN_EMAIL: "This is no address of mail.",
    Fault.NOT_A_WEB_ADDRESS: "This is no https address.",
}

_BY_TYPE: Final = {
    "missing": Fault.MISSING,
    "extra_forbidden": Fault.UNKNOWN_FIELD,
    "string_too_short": Fault.EMPTY,
    "too_short": Fault.EMPTY,
    "string_too_long": Fault.TOO_LONG,
    "too_long": Fault.TOO_MANY,
    "literal_error": Fault.UNKNOWN_VALUE,
    "enum": Fault.UNKNOWN_VALUE,
    "greater_than": Fault.OUT_OF_RANGE,
    "greater_than_equal": Fault.OUT_OF_RANGE,
    "less_than": Fault.OUT_OF_RANGE,
    "less_than_equal": Fault.OUT_OF_RANGE,
    "int_parsing_size": Fault.OUT_OF_RANGE,
    "finite_number": Fault.OUT_OF_RANGE,
}
_PLACES: Final = frozenset({"body", "query", "path", "header", "cookie"})
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")


def faults_of(errors: Iterable[Mapping[str, Any]]) -> list[FieldFault]:
    """Turn pydantic's findings (``errors()`` of a `ValidationError`) into faults, without the inputs."""
    return [FieldFault(pointer_of(error["loc"]), _BY_TYPE.get(error["type"], Fault.WRONG_TYPE)) for error in errors]


def pointer_of(place: Iterable[str | int]) -> str:
    """Return the JSON pointer (RFC 6901) of pydantic's ``loc``; it stops before a name that no field would have."""
    parts = list(place)
    if parts and parts[0] in _PLACES:
        del parts[0]
    pointer = ""
    for part in parts:
        if isinstance(part, str) and not _NAME.fullmatch(part):
            break
        pointer += f"/{part}"
    return pointer
