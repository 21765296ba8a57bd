"""Many key rows as the client makes them: decoded from JSON pages, strings shared where the client shares them."""

import json
import random
import time
from typing import Any

from bcdesk.client import convert
from bcdesk.contract import wire
from bcdesk.contract.moments import format_moment
from bcdesk.contract.rows import KeyRow
from tests.bench.plant import DAY, OWNERS, PURPOSES, SCOPES, THINGS

PAGE = 500


def sample_keys(count: int) -> list[KeyRow]:
    """Return ``count`` rows, the same each time but for the day."""
    dice, now = random.Random(1), time.time()
    rows: list[KeyRow] = []
    for start in range(0, count, PAGE):
        items = [_item(number, now, dice) for number in range(start, min(count, start + PAGE))]
        text = json.dumps({"items": items, "next_cursor": None, "as_of": format_moment(now), "since": "s"})
        page = wire.KeyPage.model_validate_json(text)
        rows += [convert.key_row(item) for item in page.items if isinstance(item, wire.Key)]
    return rows


def _item(number: int, now: float, dice: random.Random) -> dict[str, Any]:
    made = now - dice.uniform(0.01, 400) * DAY
    created = format_moment(made)
    ended = dice.random() < 0.05
    environment = "live" if number % 3 else "sandbox"
    used = None if dice.random() < 0.1 else format_moment(now - dice.uniform(0, 90) * DAY)
    last4 = f"{number % 10_000:04d}"
    version = {
        "id": f"ver_{number:026d}", "last4": last4, "created_at": created, "last_used_at": used, "retires_at": None,
        "state": "revoked" if ended else "current",
    }  # fmt: skip
    return {
        "id": f"key_{number:026d}", "name": f"{dice.choice(THINGS)} {dice.choice(THINGS)} {number}",
        "description": dice.choice(PURPOSES), "owner": dice.choice(OWNERS),
        "tags": [] if number % 4 else ["nightly", f"team-{number % 12}"], "environment": environment,
        "masked": ("bca_live_" if environment == "live" else "bca_test_") + "*" * 13 + last4,
        "scopes": SCOPES[number % len(SCOPES)], "allowed_cidrs": [], "status": "revoked" if ended else "active",
        "rotation": None, "created_at": created, "created_by": "Owner", "updated_at": created, "last_used_at": used,
        "last_used_from": f"203.0.113.{number % 250}",
        "expires_at": None if number % 2 else format_moment(now + dice.uniform(5, 90) * DAY),
        "revoked_at": format_moment(now - dice.uniform(0, 200) * DAY) if ended else None,
        "revoked_reason": "No longer needed" if ended else None, "compromised": False, "replaces": None,
        "replaced_by": None, "versions": [version], "handover": None, "revision": 1,
    }  # fmt: skip
