"""Everything that can happen to one secret, at once: whatever comes first, the rest agrees with it."""

import asyncio
import random
import secrets
from typing import Any

import pytest

from tests.contract.support import Api


async def rotated_at_once(api: Api, path: str, body: dict[str, object]) -> tuple[str, dict[str, Any]]:
    """Rotate by three Idempotency-Keys, each sent three times; return one that made a secret, and its reply."""
    given = [key for key in (secrets.token_urlsafe(32) for _ in range(3)) for _ in range(3)]
    replies = await asyncio.gather(*(api.manager.secret_post(path, body, key=key) for key in given))
    made: dict[str, list[dict[str, Any]]] = {}
    for key, reply in zip(given, replies, strict=True):
        assert reply.status_code in (201, 409), reply.text
        if reply.status_code == 201:
            made.setdefault(key, []).append(reply.json())
    assert all(len({one["secret"] for one in same}) == 1 for same in made.values()), "one secret for each key"
    if body["overlap_seconds"]:
        assert len(made) == 1, "a third version is refused"
    key, same = next(iter(made.items()))
    return key, same[0]


@pytest.mark.parametrize("seed", range(12))
async def test_that_parallel_rotations_uses_and_ends_leave_one_truth(api: Api, seed: int) -> None:
    chance = random.Random(seed)
    made = await api.make_key()
    if chance.random() < 0.5:
        assert await api.use(made["secret"]) == 200
    key_id = made["key"]["id"]
    path = f"/manage/v1/keys/{key_id}/rotate"
    body: dict[str, object] = {
        "starts": chance.choice(["now", "first_use"]),
        "overlap_seconds": chance.choice([0, 60]),
    }
    key, rotated = await rotated_at_once(api, path, body)
    handover = f"/manage/v1/handovers/{rotated['handover']['id']}"

    async def use() -> int:
        return await api.use(rotated["secret"])

    async def post(address: str, given: object = None) -> int:
        return (await api.manager.post(address, given)).status_code

    async def replay() -> int:
        return (await api.manager.secret_post(path, body, key=key)).status_code

    calls = {
        "use": use,
        "ack": lambda: post(f"{handover}/ack", {"how": "copy"}),
        "discard": lambda: post(f"{handover}/discard"),
        "disable": lambda: post(f"/manage/v1/keys/{key_id}/disable"),
        "replay": replay,
    }
    names = list(calls)
    chance.shuffle(names)
    came = dict(zip(names, await asyncio.gather(*(calls[name]() for name in names)), strict=True))

    assert {came["ack"], came["discard"]} == {200, 409}, "it ended in one way"
    assert came["replay"] in (201, 409)
    assert await replay() == 409, "an ended hand-over gives nothing again"
    after = await api.key(key_id)
    assert after["handover"] is None or after["handover"]["id"] != rotated["handover"]["id"]
    assert len([one for one in after["versions"] if one["state"] in ("pending", "current", "retiring")]) <= 2
    assert await use() == 401, "it is off"
    await api.act(f"keys/{key_id}/enable")
    mine = next(one for one in after["versions"] if one["id"] == rotated["version"]["id"])
    assert await use() == (401 if mine["state"] in ("revoked", "retired") else 200)
    if came["discard"] == 200:
        assert mine["state"] == "revoked"
        assert came["use"] == 401, "what was used is not discarded"
    with api.state.database.read() as connection:
        assert api.state.audit.verify(connection, api.state.audit.head()) is None
