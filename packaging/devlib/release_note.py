"""Makes the keys of release notes and signs notes; run by ``dev.py release-note`` in the environment of bcdesk.

A private key is read from a file or from the environment, and is never written into a checkout.
"""

from __future__ import annotations

import argparse
import base64
import datetime
import hashlib
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bcdesk.client.errors import NoteRefused
from bcdesk.client.release_keys import ReleaseKey, read, release_key, written
from bcdesk.client.releases import NOTE_MOST, NOTE_TYPE, opened, signed_bytes
from bcdesk.contract.moments import format_moment, parse_moment
from devlib import places, terminal

PRIVATE: Final = "BCDESK_RELEASE_KEY"
"""The private key as PEM, or two of them while keys change."""
PASSPHRASE: Final = "BCDESK_RELEASE_KEY_PASSPHRASE"
PUBLIC: Final = "BCDESK_RELEASE_KEYS"
"""The public keys that a build is given, in base64, set apart by spaces."""
ADDRESS: Final = "BCDESK_UPDATE_URL"
"""The address of release notes that a build is given."""
DAYS, DAYS_MOST = 90, 400
_PEM: Final = re.compile(r"-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----[^-]+-----END (?:ENCRYPTED )?PRIVATE KEY-----")
_SYSTEM: Final = re.compile(r"(windows|macos)-(amd64|arm64)|linux-(amd64|arm64)-(deb|rpm)")


def main(arguments: list[str]) -> int:
    """Runs one of the commands and returns the exit code."""
    parser = argparse.ArgumentParser("dev.py release-note", allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True)
    made = verbs.add_parser("key", help="make a private key, and print the public one")
    made.add_argument("file", type=Path, help="where the private key goes: outside of this checkout")
    known = verbs.add_parser("public", help="print the public keys of private ones")
    sign = verbs.add_parser("sign", help="sign a note")
    for one in (known, sign):
        one.add_argument("--key", type=Path, action="append", default=[], help=f"a file; without one {PRIVATE} counts")
    sign.add_argument("--version", required=True)
    sign.add_argument("--notes", type=Path, required=True, help="what is new, as plain text")
    sign.add_argument("--download", nargs=3, action="append", default=[], metavar=("SYSTEM", "FILE", "URL"))
    sign.add_argument("--days", type=int, default=DAYS, help="how long the note holds (%(default)s)")
    sign.add_argument("--minimum", default="", help="the oldest version that is still supported")
    sign.add_argument("--released", default="", help="when, as RFC 3339; now without it")
    sign.add_argument("--out", type=Path, required=True)
    show = verbs.add_parser("show", help="check a note, and print what it says")
    show.add_argument("file", type=Path)
    show.add_argument("--public", action="append", required=True, help="a public key, in base64")
    options = parser.parse_args(arguments)
    return {"key": _key, "public": _public, "sign": _sign, "show": _show}[options.verb](options)


def make_key(file: Path) -> Ed25519PrivateKey:
    """Makes a private key in a file that only its owner can read; sealed where there is a passphrase."""
    if file.resolve().is_relative_to(places.TOP):
        raise terminal.Stop("A private key has no place in a checkout: name a file outside of it.", code=2)
    private = Ed25519PrivateKey.generate()
    phrase = os.environ.get(PASSPHRASE, "").encode()
    sealing = serialization.BestAvailableEncryption(phrase) if phrase else serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = private.private_bytes(serialization.Encoding.PEM, form, sealing)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(pem)
    except FileExistsError:
        raise terminal.Stop(f"{file} is there already, and is left as it is.") from None
    return private


def private_keys(files: Sequence[Path], env: Mapping[str, str]) -> list[Ed25519PrivateKey]:
    """Returns the private keys in files or, without any, in the environment."""
    text = "\n".join(file.read_text(encoding="ascii") for file in files) or env.get(PRIVATE, "")
    found = [match[0] for match in _PEM.finditer(text)]
    if not found:
        raise terminal.Stop(f"There is no private key: give --key FILE, or the PEM text in {PRIVATE}.", code=2)
    phrase = env.get(PASSPHRASE, "").encode() or None
    keys = []
    for pem in found:
        try:
            sealed = "ENCRYPTED" in pem.splitlines()[0]
            key = serialization.load_pem_private_key(pem.encode("ascii"), phrase if sealed else None)
        except (ValueError, TypeError):
            raise terminal.Stop(f"A private key cannot be read; one with a passphrase needs {PASSPHRASE}.") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise terminal.Stop("A private key is not of the kind Ed25519.")
        keys.append(key)
    return keys


def public_of(private: Ed25519PrivateKey) -> ReleaseKey:
    """Returns the public half of a key, with its id."""
    return release_key(private.public_key().public_bytes_raw())


def signed(payload: bytes, private: Sequence[Ed25519PrivateKey]) -> bytes:
    """Returns the envelope of a note, signed by each key."""
    signatures = [{"keyid": public_of(one).id, "sig": _base64(one.sign(signed_bytes(payload)))} for one in private]
    envelope = {"payloadType": NOTE_TYPE, "payload": _base64(payload), "signatures": signatures}
    return json.dumps(envelope, indent=1).encode("ascii") + b"\n"


def note(version: str, notes: str, downloads: Mapping[str, tuple[Path, str]], *, released: float, days: int = DAYS,
         minimum: str = "") -> bytes:  # fmt: skip
    """Returns what is signed: the facts of a release, with size and SHA-256 of each file as it lies there."""
    told: dict[str, Any] = {
        "version": version,
        "released": format_moment(released),
        "expires": format_moment(released + days * 86_400),
        "minimum": minimum,
        "notes": notes,
        "downloads": {name: _download(file, url) for name, (file, url) in downloads.items()},
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def build_file(folder: Path, env: Mapping[str, str]) -> Path:
    """Writes what a build brings along from the environment, and returns the file; without keys it has none."""
    public = env.get(PUBLIC, "").replace(",", " ").split()
    content = json.dumps({"keys": public, "address": env.get(ADDRESS, "").strip()}).encode()
    file = folder / "release_keys.json"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(written(read(content)))
    return file


def _key(options: argparse.Namespace) -> int:
    terminal.say(_words(public_of(make_key(options.file))))
    return 0


def _public(options: argparse.Namespace) -> int:
    for private in private_keys(options.key, os.environ):
        terminal.say(_words(public_of(private)))
    return 0


def _sign(options: argparse.Namespace) -> int:
    if not 1 <= options.days <= DAYS_MOST:
        raise terminal.Stop(f"A note holds from 1 to {DAYS_MOST} days.", code=2)
    downloads = {}
    for name, file, url in options.download:
        if not _SYSTEM.fullmatch(name):
            raise terminal.Stop(f"“{name}” is no system: say windows-amd64, macos-arm64, linux-amd64-deb…", code=2)
        downloads[name] = (Path(file), url)
    now = datetime.datetime.now(datetime.UTC).timestamp()
    released = parse_moment(options.released) if options.released else now
    text = options.notes.read_text(encoding="utf-8")
    private = private_keys(options.key, os.environ)
    payload = note(options.version, text, downloads, released=released, days=options.days, minimum=options.minimum)
    content = signed(payload, private)
    if len(content) > NOTE_MOST:
        raise terminal.Stop(f"The note is larger than {NOTE_MOST} bytes: shorten what is new.")
    try:  # with the desk's own eyes
        opened(content, [public_of(one) for one in private])
    except NoteRefused as error:
        raise terminal.Stop(f"bcdesk would refuse this note ({error.reason}): see docs/updates.md.") from None
    options.out.write_bytes(content)
    terminal.say(f"{options.out} names {options.version}, until {format_moment(released + options.days * 86_400)}.")
    return 0


def _show(options: argparse.Namespace) -> int:
    keys = [release_key(base64.b64decode(one, validate=True)) for one in options.public]
    try:
        found = opened(options.file.read_bytes(), keys)
    except NoteRefused as error:
        raise terminal.Stop(f"The note is refused: {error.reason}.") from None
    expired = datetime.datetime.now(datetime.UTC).timestamp() >= found.expires
    held = f"until {format_moment(found.expires)}{' – expired' if expired else ''}"
    terminal.say(f"{found.version}, released {format_moment(found.released)}, {held}")
    for name, download in found.downloads.items():
        terminal.say(f"{name}  {download.size}  {download.sha256}  {download.url}")
    return 0


def _download(file: Path, url: str) -> dict[str, Any]:
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return {"url": url, "size": file.stat().st_size, "sha256": digest}


def _words(key: ReleaseKey) -> str:
    return f"{key.id}  {_base64(key.public)}"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


if __name__ == "__main__":
    sys.exit(terminal.guarded(main, sys.argv[1:]))
