"""Release notes as a release makes them, and ones that somebody spoiled."""

import base64
import json
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devlib import release_note

DAY = 86_400.0
NOW = time.time()
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NEXT = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
FOREIGN = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
KEY, NEXT_KEY = release_note.public_of(PRIVATE), release_note.public_of(NEXT)
SYSTEMS = ("windows-amd64", "macos-arm64", "linux-amd64-deb", "linux-amd64-rpm", "linux-arm64-deb")
WHAT_IS_NEW = "Webhooks tell of every change.\nThe audit is checked with one press."


def payload(**changes: Any) -> bytes:
    """Return what is signed, with some members changed."""
    download = {"url": "https://releases.example/bcdesk.bin", "size": 104_857_600, "sha256": "0" * 64}
    told: dict[str, Any] = json.loads(release_note.note("0.2.0", WHAT_IS_NEW, {}, released=NOW - DAY))
    told["downloads"] = dict.fromkeys(SYSTEMS, download)
    return json.dumps({**told, **changes}).encode()


def note(*private: Ed25519PrivateKey, **changes: Any) -> bytes:
    """Return a signed note, by the key of this build where no other is named."""
    return release_note.signed(payload(**changes), private or (PRIVATE,))


def spoiled(content: bytes, **changes: Any) -> bytes:
    """Return an envelope with some of its members changed."""
    return json.dumps({**json.loads(content), **changes}).encode()


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def expired() -> bytes:
    """Return a note that held until yesterday."""
    return note(released=moment(NOW - 9 * DAY), expires=moment(NOW - DAY))


def moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def keys_file(folder: Path) -> Path:
    """Write what a build with the key of these tests brings along."""
    env = {release_note.PUBLIC: base64_of(KEY.public)}
    return release_note.build_file(folder, env)
