"""Asks who answers at an address, before anybody signs in there: its name, its version, its certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bcdesk.actions.reaching import client_error, tls_of
from bcdesk.client.errors import Garbled
from bcdesk.flow.discovery import discover
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.reply import NotJsonError, read_object
from bcdesk.flow.trace import Trace
from bcdesk.flow.wire import Wire

if TYPE_CHECKING:
    from bcdesk.client.errors import ClientError
    from bcdesk.store.connections import Connection

_DESCRIPTION: Final = "/openapi.json"
_VERSION_MOST: Final = 64


class OtherServerError(Exception):
    """At the address is another server, which calls itself ``named``; empty where it is none of ours."""

    def __init__(self, named: str = "") -> None:
        """Keep how it calls itself."""
        super().__init__("another server" if named else "no server of this kind")
        self.named = named


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whom a certificate names, who vouches for it, and until when (as the certificate writes it)."""

    subject: str
    issuer: str
    ends: str


@dataclass(frozen=True, slots=True)
class FoundServer:
    """What answers at an address; ``certificate`` is None without TLS."""

    issuer: str
    version: str
    certificate: Certificate | None


async def probe(*, connection: Connection) -> FoundServer:
    """Return what answers at the address of ``connection``; raise a `ClientError`, or `OtherServerError`."""
    wire = Wire(tls_of(connection))
    failure: ClientError | OtherServerError
    try:
        facts = await discover(wire, connection.url, Trace())
        got = await wire.send("GET", f"{connection.url}{_DESCRIPTION}")
        return FoundServer(facts.issuer, _version(got.content), _certificate(got.certificate))
    except FlowError as error:
        failure = _failure(error)
    finally:
        await wire.aclose()
    raise failure


def _version(content: bytes) -> str:
    try:
        info: Any = read_object(content).get("info")
    except NotJsonError:
        return ""
    version = info.get("version") if isinstance(info, dict) else None
    return version[:_VERSION_MOST] if isinstance(version, str) and version.isprintable() else ""


def _certificate(found: dict[str, Any] | None) -> Certificate | None:
    if found is None:
        return None
    return Certificate(_name(found.get("subject")), _name(found.get("issuer")), str(found.get("notAfter", "")))


def _name(parts: Any) -> str:
    """Return the common name of a certificate's subject or issuer, or its organisation."""
    pairs = {pair[0]: str(pair[1]) for part in parts or () for pair in part if len(pair) == 2}
    return pairs.get("commonName") or pairs.get("organizationName") or ""


def _failure(error: FlowError) -> ClientError | OtherServerError:
    if error.reason is Reason.DISCOVERY_FOREIGN_ISSUER:
        return OtherServerError(error.facts.get("got", ""))
    if error.reason in (Reason.DISCOVERY_FAILED, Reason.DISCOVERY_NOT_METADATA):
        return OtherServerError()
    return client_error(error) or Garbled("shape", status=0, uncertain=False)
