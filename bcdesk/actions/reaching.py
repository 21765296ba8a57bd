"""How a connection is reached by the flow tester's engine, and what its failures are called everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.client.errors import Garbled, TlsFault, Unreachable
from bcdesk.client.tls import TlsOptions
from bcdesk.flow.failures import FlowError, Reason

if TYPE_CHECKING:
    from bcdesk.client.errors import ClientError
    from bcdesk.store.connections import Connection


def tls_of(connection: Connection) -> TlsOptions:
    """Return how a connection is secured and reached."""
    return TlsOptions(
        connection.ca_bundle, connection.client_certificate, connection.client_key, connection.proxy or None
    )


def client_error(error: FlowError) -> ClientError | None:
    """Return a failure as the client's calls raise it; None for one that only a flow can meet."""
    if error.reason is Reason.UNREACHABLE:
        return Unreachable(error.facts.get("cause", "cut"))
    if error.reason is Reason.SETUP_INVALID and error.facts.get("what") == "tls":
        return TlsFault(error.facts.get("why", ""))
    if error.reason in (Reason.TOKEN_GARBLED, Reason.STEP_GARBLED):
        return Garbled("shape", uncertain=False)
    return None
