"""What is wrong with an address, a file or a proxy, in the words of its field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.store.connections import ConnectionFaultError


def address_fault(text: str) -> str:
    """Say why the desk connects to no server at ``text``, or nothing."""
    from bcdesk.client.address import checked_address
    from bcdesk.client.errors import InsecureAddress
    from bcdesk.ui import problems

    if not text:
        return tr("Which server? Its address begins with https.")
    if "://" not in text:
        return tr("It begins with https://, or with http:// on this machine.")
    try:
        checked_address(text)
    except InsecureAddress as error:
        words = problems.explain(error)
        return f"{words.why} {words.next_step}".strip()
    return ""


def other_words(named: str) -> str:
    """Say that something else answers at an address, which calls itself ``named``."""
    if named:
        return tr("The server there calls itself {named}. Give that address.", named=named)
    return tr("What answers there is no BeatConnect server.")


def fault_words(error: ConnectionFaultError) -> str:
    """Say why a connection is not kept so."""
    said = {
        "missing": tr("This is needed."),
        "too_long": tr("This is too long."),
        "secret": tr("It holds a name or password, which would be stored and shown."),
        "alone": tr("A certificate needs its private key, and a key its certificate."),
        "too_many": tr("There are a hundred already: remove one first."),
    }
    return said.get(error.reason, tr("This cannot be kept."))


def tls_faults(error: BaseException) -> dict[str, str]:
    """Say at its field why a file or a proxy is of no use; empty for other errors."""
    from bcdesk.client.errors import TlsFault, Unreachable

    if isinstance(error, Unreachable) and error.reason == "proxy":
        return {"/proxy": tr("The proxy does not lead there.")}
    if not isinstance(error, TlsFault):
        return {}
    said = {
        "ca_bundle": tr("This is no PEM file of certificates that can be read."),
        "client_certificate": tr("Certificate and key cannot be read, or do not belong together."),
        "proxy": tr("A proxy's address begins with http:// and names a host and a port."),
    }
    return {f"/{error.what}": said[error.what]} if error.what in said else {}
