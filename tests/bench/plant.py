"""Plants keys straight into a server's database, a hundred thousand in seconds; no server may run on the folder."""

import json
import random
import secrets
import sys
import time
from pathlib import Path
from typing import Any

from ulid import ULID

from bcdesk.contract.key_format import PREFIXES, generate
from bcdesk.server.changes import take_changes
from bcdesk.server.folder import ready_folder
from bcdesk.server.place import Place, opened
from bcdesk.server.tables import key_versions, keys

DAY = 86_400.0
BATCH = 5_000
OWNERS = ("Platform", "Label services", "Mobile", "Data", "Royalties", "Partner desk", "")
SCOPES = (["beats.read"], ["beats.read", "user.profile"], ["user.profile", "beats.read", "user.subscription"])
PURPOSES = ("Uploads stems nightly", "For live environment", "For testing environment", "Read only", "")
THINGS = (
    "storefront",
    "mixing desk",
    "royalty report",
    "catalogue",
    "mobile app",
    "partner feed",
    "mastering",
    "search",
)


def plant(folder: Path, count: int, known: int = 0) -> list[str]:
    """Put ``count`` keys into the database of ``folder``; return the first ``known`` of them whole, to call with."""
    tokens = [generate("live") for _ in range(known)]
    with opened(ready_folder(folder)) as place:
        for start in range(0, count, BATCH):
            _plant(place, start, min(BATCH, count - start), tokens)
    return tokens


def _plant(place: Place, start: int, count: int, tokens: list[str]) -> None:
    now, dice = round(time.time(), 3), random.Random(start)
    with place.database.write() as connection:
        changed = take_changes(connection, count)
        numbers = range(start, start + count)
        made = [_key(number, changed + number - start, now, dice) for number in numbers]
        versions = [_version(place, number, key, tokens) for number, key in zip(numbers, made, strict=True)]
        connection.execute(keys.insert(), made)
        connection.execute(key_versions.insert(), versions)


def _key(number: int, changed: int, now: float, dice: random.Random) -> dict[str, Any]:
    created = now - dice.uniform(0.01, 400) * DAY
    ended = dice.random() < 0.05
    return {
        "id": f"key_{ULID.from_timestamp(created)}",
        "name": f"{dice.choice(THINGS)} {dice.choice(THINGS)} {number}",
        "description": dice.choice(PURPOSES),
        "owner": dice.choice(OWNERS),
        "tags": json.dumps([] if number % 4 else ["nightly", f"team-{number % 12}"]),
        "environment": "live" if number % 3 else "sandbox",
        "scopes": json.dumps(SCOPES[number % len(SCOPES)]),
        "allowed_cidrs": "[]",
        "created_at": created,
        "created_by": "Owner",
        "updated_at": created,
        "last_used_at": None if dice.random() < 0.1 else now - dice.uniform(0, 90) * DAY,
        "last_used_from": f"203.0.113.{number % 250}",
        "expires_at": None if number % 2 else now + dice.uniform(5, 90) * DAY,
        "revoked_at": now - dice.uniform(0, 200) * DAY if ended else None,
        "revoked_reason": "No longer needed" if ended else None,
        "compromised": False,
        "revision": 1,
        "field_revisions": "{}",
        "changed": changed,
    }  # fmt: skip


def _version(place: Place, number: int, key: dict[str, Any], tokens: list[str]) -> dict[str, Any]:
    token = tokens[number] if number < len(tokens) else ""
    if token:  # it has to work
        key.update(environment="live", scopes=json.dumps(SCOPES[1]), expires_at=None, revoked_at=None)
    return {
        "id": f"ver_{ULID.from_timestamp(key['created_at'])}",
        "key_id": key["id"],
        "token_hmac": place.secret.token_hmac(token) if token else secrets.token_bytes(32),
        "prefix": PREFIXES[key["environment"]],
        "last4": token[-4:] or f"{number % 10_000:04d}",
        "created_at": key["created_at"],
        "activated_at": key["created_at"],
        "first_used_at": key["created_at"],
        "last_used_at": key["last_used_at"],
        "last_used_from": key["last_used_from"],
        "overlap_seconds": 0,
    }


if __name__ == "__main__":
    started = time.perf_counter()
    plant(Path(sys.argv[1]), int(sys.argv[2]))
    print(f"planted {int(sys.argv[2]):,} keys in {time.perf_counter() - started:.1f} s")
