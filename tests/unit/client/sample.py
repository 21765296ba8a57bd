"""A key as the contract writes it on the wire."""

import json
from typing import Any

KEY: dict[str, Any] = {
    "id": "key_01GZNWH1G0A0PDNXXYEST2Z8XH",
    "name": "Till ÄÖ",
    "description": "For live environment",
    "owner": "Platform",
    "tags": ["a", "b"],
    "environment": "live",
    "masked": "bca_live_*************a4f2",
    "scopes": ["user.profile", "beats.read"],
    "allowed_cidrs": [],
    "status": "active",
    "rotation": None,
    "created_at": "2023-05-05T12:00:00.000Z",
    "created_by": "Owner",
    "updated_at": "2023-05-05T12:00:00.000Z",
    "last_used_at": "2026-01-01T00:00:00.000Z",
    "last_used_from": "203.0.113.24",
    "expires_at": None,
    "revoked_at": None,
    "revoked_reason": None,
    "compromised": False,
    "replaces": None,
    "replaced_by": None,
    "versions": [
        {
            "id": "ver_01GZNWH1G00AVHQEJD0SR8B9RJ",
            "last4": "a4f2",
            "created_at": "2023-05-05T12:00:00.000Z",
            "last_used_at": None,
            "retires_at": None,
            "state": "current",
        }
    ],
    "handover": None,
    "revision": 1,
}


def page(items: list[Any]) -> bytes:
    """Write a page of keys."""
    told = {"items": items, "next_cursor": None, "as_of": "2026-01-01T00:00:00.000Z", "since": "here-1"}
    return json.dumps(told).encode()
