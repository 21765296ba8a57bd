"""What the desk remembers of its user's choices: a small JSON file, written whole or not at all."""

import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, cast

Theme = Literal["system", "light", "dark"]
_THEMES: Final = ("system", "light", "dark")
_FILE: Final = "settings.json"
VaultChoice = Literal["keyring", "passphrase", "memory"]
_VAULTS: Final = ("keyring", "passphrase", "memory")
OFFLINE_DAYS_MOST: Final = 90
RANGES: Final = {"offline_days": (1, OFFLINE_DAYS_MOST), "clipboard_seconds": (10, 120), "lock_minutes": (0, 240)}
"""The least and the most of each number."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's choices; ``geometry`` and the columns are opaque text of the windows that wrote them.

    ``offline_days`` (1–90) is how long the offline copy opens without contact, ``clipboard_seconds`` (10–120) how long
    a copied secret stays, ``lock_minutes`` (0–240, 0 never) how long without use the desk stays open.
    ``protect_reveal`` keeps the reveal out of screenshots where the system can.
    ``update_url`` is where release notes lie (empty: where the build says), ``update_seen`` the newest version that one
    named there, below which none is believed.
    ``unknown`` keeps members of the file that this version does not know, so that a newer one finds them again.
    """

    data_dir: Path
    theme: Theme = "system"
    geometry: str = ""
    columns: str = ""
    app_columns: str = ""
    member_columns: str = ""
    offline_days: int = 30
    clipboard_seconds: int = 30
    lock_minutes: int = 10
    protect_reveal: bool = True
    vault_choice: VaultChoice = "keyring"
    update_url: str = ""
    update_seen: str = ""
    unknown: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def server_dir(self) -> Path:
        """Return the folder of the local server's data while it is a demo's."""
        return self.data_dir / "server"

    @property
    def studio_dir(self) -> Path:
        """Return the folder of the local server's data when a studio runs on this computer."""
        return self.data_dir / "studio"

    @property
    def desk_dir(self) -> Path:
        """Return the desk's own folder."""
        return self.data_dir / "desk"

    def with_changes(self, **changes: Any) -> "Settings":
        """Return a copy with some choices changed."""
        return replace(self, **changes)


_SAVED: Final = tuple(one.name for one in fields(Settings) if one.name not in ("data_dir", "unknown"))
_TEXTS: Final = tuple(name for name in _SAVED if name not in (*RANGES, "protect_reveal"))


def default_data_dir() -> Path:
    """Return the folder that the system gives to programs for their user's data."""
    from platformdirs import user_data_path

    return user_data_path("bcdesk", appauthor=False)


def load(data_dir: Path) -> Settings:
    """Read the settings below ``data_dir``; what is missing or of the wrong kind takes its default."""
    file = data_dir / "desk" / _FILE
    try:
        found = json.loads(file.read_bytes())
        if not isinstance(found, dict):
            raise TypeError("not an object")
    except FileNotFoundError:
        return Settings(data_dir)
    except (ValueError, TypeError, OSError, RecursionError) as error:
        _log.warning("the settings are unreadable (%s); the defaults are used", type(error).__name__)
        with suppress(OSError):
            file.replace(file.with_name(f"{_FILE}.unreadable-{int(time.time())}"))
        return Settings(data_dir)
    known: dict[str, Any] = {name: value for name in _TEXTS if isinstance(value := found.get(name), str)}
    theme = cast(Theme, known.pop("theme", "system"))
    if known.get("vault_choice", "keyring") not in _VAULTS:
        del known["vault_choice"]
    for name, (least, most) in RANGES.items():
        number = found.get(name)
        if type(number) is int and least <= number <= most:
            known[name] = number
    if isinstance(found.get("protect_reveal"), bool):
        known["protect_reveal"] = found["protect_reveal"]
    return Settings(
        data_dir,
        theme=theme if theme in _THEMES else "system",
        unknown={name: value for name, value in found.items() if name not in _SAVED},
        **known,
    )


def save(settings: Settings) -> None:
    """Write the settings so that after any crash the old or the new file is there whole; raise OSError if it cannot."""
    folder = settings.desk_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    members = {**settings.unknown, **{name: getattr(settings, name) for name in _SAVED}}
    temporary = folder / f"{_FILE}.{os.getpid()}.tmp"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(members, out, ensure_ascii=False, indent=2)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, settings.desk_dir / _FILE)
    finally:
        temporary.unlink(missing_ok=True)
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
