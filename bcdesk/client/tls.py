"""How a server is reached over TLS: by the system's authorities and one's own, with a client certificate, by a proxy.

Certificates are always verified; there is no way to say otherwise.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bcdesk.client.errors import TlsFault, Unreachable


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """PEM files, and a proxy as ``http://host:port``; none of them is asked for on this machine's own addresses."""

    ca_bundle: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    proxy: str | None = None


def context_of(options: TlsOptions) -> ssl.SSLContext:
    """Return the context of ``options``; reads files, and raises `TlsFault` for one that is of no use."""
    context = ssl.create_default_context()
    context.keylog_filename = None  # type: ignore[assignment]  # SSLKEYLOGFILE would open what carries the tokens
    at_fault = "ca_bundle"
    try:
        if options.ca_bundle is not None:
            context.load_verify_locations(options.ca_bundle)
        at_fault = "client_certificate"
        if options.client_certificate is not None:
            context.load_cert_chain(options.client_certificate, options.client_key, password=lambda: b"")  # asks nobody
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        failure = TlsFault(at_fault)
    else:
        return context
    raise failure


def proxy_of(options: TlsOptions) -> str | None:
    """Return the proxy; raise `TlsFault` where it is no address of one."""
    if options.proxy is None:
        return None
    try:
        parts = urlsplit(options.proxy)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if usable and options.proxy.isascii() and options.proxy.isprintable() and " " not in options.proxy:
        return options.proxy
    raise TlsFault("proxy")


def usable_environment() -> bool:
    """Tell that the proxies of the environment can be taken; raise `Unreachable` where one is SOCKS, or none at all."""
    from urllib.request import getproxies  # httpx asks it too

    named = getproxies()
    if "*" in map(str.strip, named.get("no", "").split(",")):
        return True  # none of them is taken
    for proxy in filter(None, map(named.get, ("http", "https", "all"))):
        try:
            proxy_of(TlsOptions(proxy=proxy if "://" in proxy else f"http://{proxy}"))
        except TlsFault:
            break
    else:
        return True
    raise Unreachable("proxy")
