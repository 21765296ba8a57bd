"""Which addresses a token may be sent to: https anywhere, http on this machine alone."""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from bcdesk.client.errors import InsecureAddress

_AUTHORITY: Final = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(?::[0-9]*)?")
"""A host, or an IP in brackets, and a port: nothing that two readers of addresses take for two hosts."""


def checked_address(url: str) -> str:
    """Return ``url`` without a trailing slash; raise `InsecureAddress` where it is not one to send a token to."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InsecureAddress("not_a_url") from None
    if not host or url != url.strip() or not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        raise InsecureAddress("not_a_url")
    if parts.scheme not in ("http", "https"):
        raise InsecureAddress("scheme")
    if parts.username is not None or parts.password is not None:
        raise InsecureAddress("userinfo")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise InsecureAddress("extra")
    if not _AUTHORITY.fullmatch(parts.netloc):
        raise InsecureAddress("not_a_url")
    if parts.scheme == "http" and not is_loopback(host):
        raise InsecureAddress("http_off_loopback")
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` is this machine: an address of 127.0.0.0/8, ::1, or ``localhost``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
