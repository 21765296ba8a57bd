"""What a build brings along for release notes: the public keys that sign them, and the address where they lie.

Packaging writes it into ``resources/release_keys.json``; a build from the sources has neither.
"""

import base64
import hashlib
import json
import logging
from importlib import resources
from typing import Any, Final, NamedTuple

KEYS_MOST: Final = 2
"""As many as a change of keys needs: the one that signed until now, and the one that signs from now on."""
KEY_BYTES: Final = 32
_log = logging.getLogger(__name__)


class ReleaseKey(NamedTuple):
    """A public Ed25519 key (RFC 8032); ``id`` names it in a note and is made from it."""

    id: str
    public: bytes


class BuildKeys(NamedTuple):
    """The keys of a build, and its address, empty where it has none."""

    keys: tuple[ReleaseKey, ...] = ()
    address: str = ""


def release_key(public: bytes) -> ReleaseKey:
    """Return a public key with its id: the first 16 hexadecimal digits of its SHA-256."""
    if len(public) != KEY_BYTES:
        raise ValueError("a public Ed25519 key has 32 bytes")
    return ReleaseKey(hashlib.sha256(public).hexdigest()[:16], public)


def build_keys() -> BuildKeys:
    """Return what this build brings along; without keys it can check no note."""
    try:
        return read((resources.files("bcdesk") / "resources" / "release_keys.json").read_bytes())
    except (OSError, ValueError, TypeError, KeyError) as error:
        _log.warning("the release keys of this build are unreadable (%s): it has none", type(error).__name__)
        return BuildKeys()


def read(content: bytes) -> BuildKeys:
    """Read the file of a build; raise ValueError, TypeError or KeyError where it is not one."""
    found: dict[str, Any] = json.loads(content)
    keys = tuple(release_key(base64.b64decode(one, validate=True)) for one in found["keys"])
    if len(set(keys)) != len(keys) or len(keys) > KEYS_MOST:
        raise ValueError("at most two keys, each once")
    return BuildKeys(keys, str(found.get("address", "")))


def written(keys: BuildKeys) -> bytes:
    """Write the file that `read` reads."""
    public = [base64.b64encode(key.public).decode("ascii") for key in keys.keys]
    return json.dumps({"address": keys.address, "keys": public}, indent=2).encode("ascii") + b"\n"
