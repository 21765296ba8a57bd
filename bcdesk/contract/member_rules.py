"""The rules of a member's fields, used by server and forms alike."""

import re
from typing import Final

from bcdesk.contract import key_rules
from bcdesk.contract.codes import Fault
from bcdesk.contract.key_rules import FieldFault

EMAIL_MAX: Final = 254
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")


def check_name(name: str) -> list[FieldFault]:
    """Check a member's name: one line, not empty."""
    return key_rules.check_line("/name", name, key_rules.NAME_MAX, required=True)


def check_address(email: str) -> list[FieldFault]:
    """Check the form of an address, which may be empty; whether it is taken only the server knows."""
    faults = key_rules.check_line("/email", email, EMAIL_MAX)
    if faults or not email:
        return faults
    return [] if _EMAIL.fullmatch(email) else [FieldFault("/email", Fault.NOT_AN_EMAIL)]
