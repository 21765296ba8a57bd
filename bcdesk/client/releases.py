"""Release notes: fetched whole and bounded, believed only by their signature, and read only after it was checked.

A note is a DSSE envelope (version 1 of https://github.com/secure-systems-lab/dsse): the very bytes that were signed,
their type inside the signature, and a signature of each key. What The Update Framework asks of such a file is kept: a
bound on its size, an end to its validity (or an old one could be served for ever), and versions that never go back.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bcdesk.client.address import checked_address
from bcdesk.client.bearer import Bearer
from bcdesk.client.errors import InsecureAddress, NoteRefused
from bcdesk.client.release_keys import ReleaseKey
from bcdesk.client.replies import parsed
from bcdesk.client.tls import TlsOptions
from bcdesk.client.transport import Transport
from bcdesk.contract.moments import parse_moment
from bcdesk.contract.versions import order

NOTE_MOST: Final = 64 * 2**10
"""The largest note taken, in bytes, with its envelope."""
NOTE_TYPE: Final = "application/vnd.bcdesk.release+json; version=1"
NOTES_MOST: Final = 16_000
SIZE_MOST: Final = 8 * 2**30
_STRICT: Final = ConfigDict(strict=True, frozen=True, extra="ignore", hide_input_in_errors=True)


class Download(NamedTuple):
    """A file to download: its size in bytes, and its SHA-256 in hexadecimal digits."""

    url: str
    size: int
    sha256: str


class Note(NamedTuple):
    """What a release note says; ``minimum`` is the oldest version that is still supported, empty for any.

    ``downloads`` are by the system that each is for, such as ``windows-amd64`` or ``linux-arm64-deb``.
    """

    version: str
    released: float
    expires: float
    minimum: str
    notes: str
    downloads: Mapping[str, Download]


class _Signature(BaseModel):
    model_config = _STRICT
    keyid: Annotated[str, Field(max_length=128)]
    sig: Annotated[str, Field(max_length=128)]


class _Envelope(BaseModel):
    model_config = _STRICT
    payloadType: str  # noqa: N815 - DSSE's own name
    payload: str
    signatures: Annotated[list[_Signature], Field(max_length=8)]


class _Download(BaseModel):
    model_config = _STRICT
    url: Annotated[str, Field(max_length=2000)]
    size: Annotated[int, Field(gt=0, le=SIZE_MOST)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Note(BaseModel):
    model_config = _STRICT
    version: str
    released: str
    expires: str
    minimum: str = ""
    notes: Annotated[str, Field(max_length=NOTES_MOST)]
    downloads: Annotated[dict[str, _Download], Field(max_length=32)]


async def fetch(address: str, *, tls: TlsOptions | None = None) -> bytes:
    """Return what lies at ``address``; it is told neither who asks nor which version runs. Raise a `ClientError`."""
    transport = Transport(address, Bearer(""), tls=tls)  # no token: `document` sends none
    try:
        return await transport.document(NOTE_MOST)
    finally:
        await transport.aclose()


def opened(content: bytes, keys: Iterable[ReleaseKey]) -> Note:
    """Return the note in ``content`` once one of ``keys`` is found to have signed it; raise `NoteRefused`."""
    try:
        envelope = _Envelope.model_validate(parsed(content))
        payload = _decoded(envelope.payload)
    except (ValueError, RecursionError):  # a ValidationError is a ValueError
        raise NoteRefused("form") from None
    if envelope.payloadType != NOTE_TYPE:
        raise NoteRefused("form")
    known = {key.id: key.public for key in keys}
    tried = [(known[one.keyid], one.sig) for one in envelope.signatures if one.keyid in known]
    if not tried:
        raise NoteRefused("key")
    signed = signed_bytes(payload)
    if not any(_good(public, signature, signed) for public, signature in tried):
        raise NoteRefused("signature")
    return note_of(payload)


def note_of(payload: bytes) -> Note:
    """Read what was signed; raise `NoteRefused` where it is no note."""
    try:
        found = _Note.model_validate(parsed(payload))
        order(found.version)
        if found.minimum:
            order(found.minimum)
        note = Note(
            found.version,
            parse_moment(found.released),
            parse_moment(found.expires),
            found.minimum,
            found.notes.strip(),
            {name: Download(one.url, one.size, one.sha256) for name, one in found.downloads.items()},
        )
        for download in note.downloads.values():
            checked_address(download.url)
        plain = all(letter.isprintable() or letter in "\n\t" for letter in note.notes)
    except (ValidationError, ValueError, OverflowError, RecursionError, InsecureAddress):
        raise NoteRefused("form") from None
    if not plain or note.released >= note.expires:
        raise NoteRefused("form")
    return note


def signed_bytes(payload: bytes) -> bytes:
    """Return what a signature of ``payload`` is over: DSSE's pre-authentication encoding, which holds the type."""
    return b"DSSEv1 %d %s %d %s" % (len(NOTE_TYPE), NOTE_TYPE.encode("ascii"), len(payload), payload)


def _good(public: bytes, signature: str, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(_decoded(signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
