"""The rules of a key's fields and its life, one pure function each, used by server and forms alike."""

import ipaddress
import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

from bcdesk.contract import scopes as scope_data
from bcdesk.contract.codes import Fault
from bcdesk.contract.key_format import holds_secret

NAME_MAX: Final = 80
DESCRIPTION_MAX: Final = 280
OWNER_MAX: Final = 120
TAG_MAX: Final = 40
TAGS_MAX: Final = 20
CIDRS_MAX: Final = 64
REASON_MAX: Final = 280
OVERLAP_DEFAULT: Final = 86_400
OVERLAP_MAX: Final = 7_776_000
RESTORE_SECONDS: Final = 3_600
HANDOVER_SECONDS: Final = 86_400
EXPIRY_MAX: Final = 10 * 366 * 86_400
_CONTROL: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING: Final = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_MAPPED_PREFIX: Final = 96
LIMIT_PER_MINUTE: Final = {"live": 1000, "sandbox": 60}


class FieldFault(NamedTuple):
    """A faulty field: its JSON pointer (RFC 6901) and what is wrong with it."""

    pointer: str
    code: Fault


def check_line(pointer: str, text: str, most: int, *, required: bool = False) -> list[FieldFault]:
    """Check one line of text: length in characters, control characters, secrets, and whether it may be empty.

    What turns the direction of text around (UAX #9 §2: embeddings, overrides, isolates) is control too: with it a name
    shows as another one.
    """
    faults = []
    if required and not text.strip():
        faults.append(FieldFault(pointer, Fault.EMPTY))
    if len(text) > most:
        faults.append(FieldFault(pointer, Fault.TOO_LONG))
    if any(unicodedata.category(character) in _CONTROL or character in _TURNING for character in text):
        faults.append(FieldFault(pointer, Fault.CONTROL_CHARACTER))
    if holds_secret(text):
        faults.append(FieldFault(pointer, Fault.HOLDS_SECRET))
    return faults


def check_tags(tags: Iterable[str]) -> list[FieldFault]:
    """Check labels: at most 20, each one line of at most 40 characters, none twice."""
    tags = list(tags)
    faults = [FieldFault("/tags", Fault.TOO_MANY)] if len(tags) > TAGS_MAX else []
    for index, tag in enumerate(tags):
        faults += check_line(f"/tags/{index}", tag, TAG_MAX, required=True)
        if tag in tags[:index]:
            faults.append(FieldFault(f"/tags/{index}", Fault.DUPLICATE))
    return faults


def check_scopes(scopes: Iterable[str], environment: str) -> list[FieldFault]:
    """Check scopes: at least one, all known, none twice, and only reading ones in the sandbox."""
    scopes = list(scopes)
    faults = [] if scopes else [FieldFault("/scopes", Fault.EMPTY)]
    for index, name in enumerate(scopes):
        pointer = f"/scopes/{index}"
        if name not in scope_data.BY_NAME:
            faults.append(FieldFault(pointer, Fault.UNKNOWN_SCOPE))
        elif name in scopes[:index]:
            faults.append(FieldFault(pointer, Fault.DUPLICATE))
        elif environment == "sandbox" and scope_data.BY_NAME[name].writes:
            faults.append(FieldFault(pointer, Fault.SCOPE_NOT_IN_SANDBOX))
    return faults


def check_cidrs(ranges: Iterable[str]) -> list[FieldFault]:
    """Check address ranges (RFC 4632, RFC 4291): at most 64, well-formed, no host bits set, none twice."""
    ranges = list(ranges)
    faults = [FieldFault("/allowed_cidrs", Fault.TOO_MANY)] if len(ranges) > CIDRS_MAX else []
    for index, text in enumerate(ranges):
        pointer = f"/allowed_cidrs/{index}"
        try:
            ipaddress.ip_network(text, strict=False)
        except ValueError:
            faults.append(FieldFault(pointer, Fault.NOT_AN_ADDRESS_RANGE))
            continue
        try:
            ipaddress.ip_network(text)
        except ValueError:
            faults.append(FieldFault(pointer, Fault.HOST_BITS_SET))
        if text in ranges[:index]:
            faults.append(FieldFault(pointer, Fault.DUPLICATE))
    return faults


def check_expiry(expires_at: float | None, now: float) -> list[FieldFault]:
    """Check an expiry (epoch seconds): in the future and within ten years; None never expires."""
    if expires_at is None:
        return []
    if expires_at <= now:
        return [FieldFault("/expires_at", Fault.IN_THE_PAST)]
    if expires_at - now > EXPIRY_MAX:
        return [FieldFault("/expires_at", Fault.TOO_FAR)]
    return []


def address_allowed(address: str, ranges: Iterable[str]) -> bool:
    """Tell whether ``address`` lies in one of ``ranges``; no ranges allow any address.

    An IPv4 address written as IPv6 (RFC 4291 §2.5.5.2, as sockets of both families tell it) is an IPv4 address: a
    range of IPv6 lets it in only where it is one of such addresses alone.
    """
    ranges = tuple(ranges)
    if not ranges:
        return True
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip in _unmapped(ipaddress.ip_network(text, strict=False)) for text in ranges)


def _unmapped(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < _MAPPED_PREFIX:
        return network
    return ipaddress.IPv4Network((mapped, network.prefixlen - _MAPPED_PREFIX))


def status_at(now: float, *, revoked_at: float | None, expires_at: float | None, disabled: bool) -> str:
    """Return a key's status by precedence: revoked > expired > disabled > active."""
    if revoked_at is not None:
        return "revoked"
    if expires_at is not None and expires_at <= now:
        return "expired"
    return "disabled" if disabled else "active"


def restorable(now: float, *, revoked_at: float | None, compromised: bool) -> bool:
    """Tell whether a revoked key can still be restored: within 60 minutes, never after a leak."""
    return revoked_at is not None and not compromised and now - revoked_at < RESTORE_SECONDS
