"""Looks for a newer bcdesk by the release note at an address, and says what it means for this one; installs nothing."""

from __future__ import annotations

import platform
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from bcdesk.client.address import is_loopback
from bcdesk.client.errors import NoteRefused
from bcdesk.contract.versions import order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bcdesk.client.release_keys import ReleaseKey
    from bcdesk.client.releases import Download, Note

_MACHINES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_SYSTEMS: Final = {"win32": "windows", "darwin": "macos"}
_DEB, _RPM = frozenset({"debian", "ubuntu"}), frozenset({"fedora", "rhel", "centos", "suse", "opensuse"})


class Release(NamedTuple):
    """What a note means for this bcdesk.

    ``download`` is the file for this system, None where the note has none; ``unsupported`` tells that this version is
    no longer supported.
    """

    note: Note
    newer: bool
    unsupported: bool
    download: Download | None


async def check_for_updates(
    *, address: str, keys: Sequence[ReleaseKey], running: str, seen: str, now: float, systems: Sequence[str]
) -> Release:
    """Return the release that the note at ``address`` tells of; raise a `ClientError`, `NoteRefused` among them.

    ``running`` is this version and ``seen`` the newest that a note named before (empty: none): one below either is
    refused. ``now`` is this computer's clock, which no server sets; ``systems`` are the names of this system.
    """
    from bcdesk.client.releases import fetch, opened

    note = opened(await fetch(address), keys)
    if now >= note.expires:
        raise NoteRefused("expired", version=note.version, moment=note.expires)
    floor = max((one for one in (running, seen) if _is_version(one)), key=order, default=note.version)
    if order(note.version) < order(floor):
        raise NoteRefused("older", version=note.version, floor=floor)
    here = is_loopback(urlsplit(address).hostname or "")
    if not here and any(one.url.startswith("http:") for one in note.downloads.values()):
        raise NoteRefused("form")  # a note from elsewhere has no business on this machine
    mine = order(running) if _is_version(running) else None
    return Release(
        note,
        newer=mine is None or order(note.version) > mine,
        unsupported=bool(note.minimum) and mine is not None and mine < order(note.minimum),
        download=next((note.downloads[one] for one in systems if one in note.downloads), None),
    )


def this_system() -> tuple[str, ...]:
    """Return the names that a note has for downloads of this system, the best first; Linux by its kind of package."""
    machine = _MACHINES.get(platform.machine().lower(), platform.machine().lower())
    if not sys.platform.startswith("linux"):
        return (f"{_SYSTEMS.get(sys.platform, sys.platform)}-{machine}",)
    kinds = _package_kinds()
    return tuple(f"linux-{machine}-{kind}" for kind in kinds)


def _package_kinds() -> tuple[str, ...]:
    about: dict[str, str] = {}
    with suppress(OSError):
        about = platform.freedesktop_os_release()
    family = {about.get("ID", ""), *about.get("ID_LIKE", "").split()}
    if family & _DEB:
        return ("deb",)
    return ("rpm",) if family & _RPM else ("deb", "rpm")


def _is_version(text: str) -> bool:
    with suppress(ValueError):
        order(text)
        return True
    return False
