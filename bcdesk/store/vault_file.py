"""``vault.json``: how the key can be had again, and how it is known for the right one; nothing in it opens anything.

``check`` is one of the keys that HKDF makes of the key, used for nothing else (RFC 5869): who reads it learns nothing
of the others. While files are sealed anew under another key, ``previous`` is the old one sealed under the new.
"""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from bcdesk.store.files import remove_durably, write_durably
from bcdesk.store.passphrase import COST, Cost

_FILE: Final = "vault.json"
_VERSION: Final = 1
_NAME: Final = re.compile(r"[0-9a-f]{32}")
_CHECK_BYTES: Final = 32
_MOST: Final = 4096


class DamagedError(Exception):
    """The file is there and cannot be understood: which key belongs to this folder is not known any more."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file says: ``name`` is the keyring's entry, ``salt`` and ``cost`` turn a passphrase into the key."""

    kind: Literal["keyring", "passphrase"]
    check: bytes
    name: str = ""
    salt: bytes = b""
    cost: Cost = COST
    previous: bytes = b""
    previous_name: str = ""


class VaultFile:
    """Reads and writes the file of one desk; blocking."""

    def __init__(self, folder: Path) -> None:
        """Keep it in ``folder``, the desk's own."""
        self._file = folder / _FILE

    def read(self) -> Kept | None:
        """Return what is known of the key, None where there was none yet; raise `DamagedError` or OSError."""
        try:
            with self._file.open("rb") as file:
                content = file.read(_MOST + 1)
        except FileNotFoundError:
            return None
        try:
            return _kept(json.loads(content))
        except (ValueError, TypeError, KeyError, RecursionError):
            raise DamagedError from None

    def write(self, kept: Kept) -> None:
        """Write it durably, readable by its owner alone; raise OSError where the disk does not take it."""
        texts = {name: b64encode(value).decode() if isinstance(value, bytes) else value
                 for name, value in asdict(kept).items() if value or name == "kind"}  # fmt: skip
        write_durably(self._file, json.dumps({"version": _VERSION, **texts}, indent=1).encode())

    def remove(self) -> None:
        """Remove it; a missing one is fine."""
        if self._file.parent.is_dir():
            remove_durably(self._file)


def _kept(found: Any) -> Kept:
    if found["version"] != _VERSION or found["kind"] not in ("keyring", "passphrase"):
        raise ValueError
    salt = b64decode(found.get("salt", ""), validate=True)
    previous = b64decode(found.get("previous", ""), validate=True)
    check = b64decode(found["check"], validate=True)
    name, previous_name = found.get("name", ""), found.get("previous_name", "")
    cost = Cost(**found["cost"]) if found["kind"] == "passphrase" else COST
    if found["kind"] == "keyring" and not _NAME.fullmatch(name):
        raise ValueError
    if found["kind"] == "passphrase" and (len(salt) < 16 or not cost.bearable):
        raise ValueError
    if len(check) != _CHECK_BYTES or (previous_name and not _NAME.fullmatch(previous_name)):
        raise ValueError
    return Kept(found["kind"], check, name, salt, cost, previous, previous_name)
