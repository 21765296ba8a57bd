"""Where a server listens and what it is called there; refuses what would send secrets in the clear."""

import ipaddress
import socket
from argparse import Namespace
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from bcdesk.server.refusal import RefusedError

BACKLOG: Final = 2048


class ListenError(RefusedError):
    """The server may not or cannot listen there."""


class Listening(NamedTuple):
    """A bound socket, the address it answers at, and the address it is published at."""

    socket: socket.socket
    bound_url: str
    base_url: str


def listen(options: Namespace) -> Listening:
    """Bind what ``bcdesk serve`` was asked to; raise `ListenError` with the reason where it may not or cannot."""
    if (options.tls_cert is None) != (options.tls_key is None):
        raise ListenError("--tls-cert and --tls-key come together")
    tls = options.tls_cert is not None
    public = _public(options.public_url) if options.public_url is not None else None
    for ranges in options.trusted_proxy:
        try:
            ipaddress.ip_network(ranges)
        except ValueError:
            raise ListenError("--trusted-proxy takes an address range such as 10.0.0.0/8") from None
    family, address = _resolve(options.host, options.port)
    ip = ipaddress.ip_address(address[0].split("%", 1)[0])
    if not ip.is_loopback:
        if not tls and (public is None or public.scheme != "https"):
            raise ListenError(
                f"{options.host} is not loopback: it takes --tls-cert and --tls-key, or an https --public-url"
            )
        if ip.is_unspecified and public is None:
            raise ListenError(f"{options.host} is every address: --public-url says which one the server is called by")
    bound = _bind(family, address)
    host, port = bound.getsockname()[:2]
    bound_url = f"{'https' if tls else 'http'}://{f'[{host}]' if family == socket.AF_INET6 else host}:{port}"
    return Listening(bound, bound_url, public.geturl() if public is not None else bound_url)


def is_loopback(host: str) -> bool:
    """Tell whether a URL's host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _public(url: str) -> SplitResult:
    parts = urlsplit(url.rstrip("/"))
    try:
        whole = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if not whole or parts.path or parts.query or parts.fragment or parts.username is not None or not url.isascii():
        raise ListenError("--public-url takes scheme, host and port alone, such as https://keys.example.org")
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ListenError("--public-url takes https, except on loopback")
    return parts._replace(netloc=parts.netloc.lower())


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    if not 0 <= port <= 65535:
        raise ListenError("--port takes a number from 0 to 65535")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        raise ListenError("--host is no address of this machine") from None
    found.sort(key=lambda one: one[0] != socket.AF_INET)  # localhost: 127.0.0.1 before ::1
    family, _, _, _, address = found[0]
    return family, address  # type: ignore[return-value] # stream sockets of IP have (host, port, …)


def _bind(family: socket.AddressFamily, address: tuple[str, int]) -> socket.socket:
    # Made with IPPROTO_TCP: asyncio sets TCP_NODELAY by it, and without that each reply waits 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        raise ListenError(f"port {address[1]} cannot be listened on: {error.strerror}") from None
    return bound
