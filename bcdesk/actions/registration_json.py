"""A registration as RFC 7591 JSON: written from an application, and read as far as it can be understood.

What is read never stops at the first mistake: each member that cannot be taken is named with its fault, and the rest
is a draft that a form can begin with. A secret in the text goes no further than this file.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple, NoReturn

from bcdesk.client.values import AppDraft
from bcdesk.contract import app_rules, scopes
from bcdesk.contract.codes import Fault
from bcdesk.contract.key_format import holds_secret
from bcdesk.contract.key_rules import FieldFault
from bcdesk.contract.registration import NAMES, MetadataError, from_metadata, to_metadata
from bcdesk.contract.rows import AppRow

LARGEST: Final = 64 * 1024
"""The longest text that is read, in bytes."""
_NAME_SHOWN: Final = 80
_THEIRS: Final = {ours: theirs for theirs, ours in NAMES.items()} | {"scopes": "scope"}
_TAKEN: Final = frozenset({*NAMES, "scope", "response_types", "application_type"})
_SECRET: Final = frozenset({"client_secret", "registration_access_token"})
_DRAWN: Final = frozenset({"client_id", "client_id_issued_at", "client_secret_expires_at", "registration_client_uri"})


class Trouble(StrEnum):
    """Why a text is no registration at all."""

    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    NAME_TWICE = "name_twice"
    NOT_AN_OBJECT = "not_an_object"


class UnreadableRegistrationError(Exception):
    """The text is no registration; ``line`` and ``column`` (from 1) say where, ``name`` which member came twice."""

    def __init__(self, trouble: Trouble, *, line: int = 0, column: int = 0, name: str = "") -> None:
        """Keep where it went wrong, and nothing of the text."""
        super().__init__(trouble.value)
        self.trouble = trouble
        self.line = line
        self.column = column
        self.name = name


class Why(StrEnum):
    """Why a member of the text is not in the draft."""

    SECRET = "secret"
    """A secret of elsewhere: the server draws its own."""
    DRAWN_ANEW = "drawn_anew"
    """What each server gives out itself, as the client id."""
    NOT_KNOWN = "not_known"
    """Nothing that this server keeps (RFC 7591 §2 has it ignored)."""


class LeftOut(NamedTuple):
    """A member that was read and goes no further."""

    member: str
    why: Why


class MemberFault(NamedTuple):
    """A member that cannot be taken as it is: its name in the text, its place in a list (from 0), and what is wrong.

    ``pointer`` is where the form has the same field.
    """

    member: str
    place: int | None
    code: Fault
    pointer: str


class Understood(NamedTuple):
    """What a text asks for: a draft to begin with, what is wrong in it, what was left out, what was assumed.

    ``draft`` keeps faulty redirect URIs, contacts and names, which a form shows with their faults; unknown grants,
    scopes and ways of authentication are not in it. ``assumed`` names members that were missing and have a default.
    """

    draft: AppDraft
    faults: tuple[MemberFault, ...]
    left_out: tuple[LeftOut, ...]
    assumed: tuple[str, ...]


def write_registration(row: AppRow) -> str:
    """Return ``row`` as RFC 7591 JSON, with its client id and without any secret."""
    return json.dumps({"client_id": row.client_id, **to_metadata(row)}, ensure_ascii=False, indent=2) + "\n"


def read_registration(text: str | bytes) -> Understood:
    """Read RFC 7591 JSON; raise `UnreadableRegistrationError` where nothing of it can be understood."""
    metadata = _object(text)
    left_out = tuple(LeftOut(_shown(name), _why(name)) for name in metadata if name not in _TAKEN)
    taken = {name: value for name, value in metadata.items() if name in _TAKEN and value is not None}
    faults = _without_secrets(taken)
    fields = _fields(taken, faults)
    missing = [name for name in ("client_name", "scope", "grant_types", "token_endpoint_auth_method")
               if name not in taken and not any(fault.member == name for fault in faults)]  # fmt: skip
    checked = app_rules.check_app(fields, fields["type"])
    named = {fault.member for fault in faults}
    faults += [fault for fault in map(_member_fault, checked) if fault.member not in named]
    assumed = tuple(name for name in missing if name != "client_name")
    return Understood(_draft(fields), tuple(faults), left_out, assumed)


def _fields(taken: dict[str, Any], faults: list[MemberFault]) -> dict[str, Any]:
    """Return the members of a new application; what has the wrong form leaves ``taken`` and is put to ``faults``."""
    while True:
        try:
            return from_metadata(taken)
        except MetadataError as error:
            faults.append(_fault_of(error, taken.pop(error.member)))


def _draft(fields: Mapping[str, Any]) -> AppDraft:
    rules = app_rules.TYPES[fields["type"]]
    grants = tuple(dict.fromkeys(grant for grant in fields["grant_types"] if grant in rules.grant_types))
    method = fields["token_endpoint_auth_method"]
    return AppDraft(
        name=fields["name"],
        type=fields["type"],
        scopes=tuple(dict.fromkeys(name for name in fields["scopes"] if name in scopes.BY_NAME)),
        redirect_uris=tuple(fields.get("redirect_uris", ())),
        grant_types=grants or None,
        token_endpoint_auth_method=method if method in rules.auth_methods else None,
        contacts=tuple(fields.get("contacts", ())),
        client_uri=fields.get("client_uri", ""),
    )


def _without_secrets(taken: dict[str, Any]) -> list[MemberFault]:
    """Take out every text that holds one of our secrets, wherever it stands."""
    faults = []
    for name, value in list(taken.items()):
        if isinstance(value, str) and holds_secret(value):
            del taken[name]
            faults.append(MemberFault(name, None, Fault.HOLDS_SECRET, _pointer(name)))
        elif isinstance(value, list):
            bad = [index for index, one in enumerate(value) if isinstance(one, str) and holds_secret(one)]
            taken[name] = [one for index, one in enumerate(value) if index not in bad]
            faults += [MemberFault(name, index, Fault.HOLDS_SECRET, _pointer(name)) for index in bad]
    return faults


def _fault_of(error: MetadataError, value: object) -> MemberFault:
    formed = isinstance(value, list) and all(isinstance(one, str) for one in value)
    code = Fault.OUT_OF_RANGE if formed and error.member == "response_types" else Fault.WRONG_TYPE
    return MemberFault(error.member, None, code, _pointer(error.member))


def _member_fault(fault: FieldFault) -> MemberFault:
    name, _, place = fault.pointer[1:].partition("/")
    return MemberFault(_THEIRS.get(name, name), int(place) if place else None, fault.code, fault.pointer)


def _pointer(member: str) -> str:
    ours = {"scope": "scopes", "response_types": "grant_types", "application_type": "type", **NAMES}[member]
    return f"/{ours}"


def _why(name: str) -> Why:
    return Why.SECRET if name in _SECRET else Why.DRAWN_ANEW if name in _DRAWN else Why.NOT_KNOWN


def _shown(name: str) -> str:
    """Return a member's name as it can be shown: short, on one line, and no secret."""
    short = "".join(character if character.isprintable() else "�" for character in name[:_NAME_SHOWN])
    return "…" if holds_secret(name) else short


def _object(text: str | bytes) -> dict[str, Any]:
    """Parse ``text``; what two readers could understand differently is refused."""
    failure: UnreadableRegistrationError
    try:
        content = text if isinstance(text, str) else text[: LARGEST + 1].decode("utf-8-sig")
        if len(content.encode("utf-8")) > LARGEST:
            raise UnreadableRegistrationError(Trouble.TOO_LARGE)
        found = json.loads(content.removeprefix("\ufeff"), object_pairs_hook=_members, parse_constant=_constant)
    except UnreadableRegistrationError as error:
        failure = error
    except json.JSONDecodeError as error:
        failure = UnreadableRegistrationError(Trouble.NOT_JSON, line=error.lineno, column=error.colno)
    except UnicodeError:
        large = isinstance(text, bytes) and len(text) > LARGEST
        failure = UnreadableRegistrationError(Trouble.TOO_LARGE if large else Trouble.NOT_TEXT)
    except (ValueError, RecursionError):
        failure = UnreadableRegistrationError(Trouble.NOT_JSON)
    else:
        if isinstance(found, dict):
            return found
        failure = UnreadableRegistrationError(Trouble.NOT_AN_OBJECT)
    raise failure.with_traceback(None)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise UnreadableRegistrationError(Trouble.NAME_TWICE, name=_shown(name))
        found[name] = value
    return found


def _constant(_name: str) -> NoReturn:
    raise ValueError
