"""Ending keys: revoke in two kinds, restore for 60 minutes, off and on; each repetition is harmless."""

from typing import Any

import pytest

from bcdesk.contract.key_format import generate
from tests.contract.support import Api, problem


async def ready(api: Api, **values: object) -> dict[str, Any]:
    made = await api.make_key(**values)
    await api.act(f"handovers/{made['handover']['id']}/ack", {"how": "copy"})
    return made


async def test_that_a_revoked_key_stops_and_a_restored_one_works_as_before(api: Api) -> None:
    made = await ready(api)
    assert await api.use(made["secret"]) == 200
    rotated = await api.rotate(made["key"]["id"], starts="now")
    before = await api.key(made["key"]["id"])
    revoked = await api.act(f"keys/{made['key']['id']}/revoke", {"reason": "No longer needed"})

    assert revoked["status"] == "revoked"
    assert revoked["revoked_reason"] == "No longer needed"
    assert revoked["rotation"] is None
    assert {version["state"] for version in revoked["versions"]} == {"revoked"}
    assert await api.use(made["secret"]) == await api.use(rotated["secret"]) == 401

    api.clock.advance(3599.999)
    restored = await api.act(f"keys/{made['key']['id']}/restore")
    moved = {"updated_at", "revision"}
    assert {name: value for name, value in restored.items() if name not in moved} == {
        name: value for name, value in before.items() if name not in moved
    }
    assert await api.use(made["secret"]) == await api.use(rotated["secret"]) == 200


async def test_that_after_60_minutes_nothing_restores(api: Api) -> None:
    made = await ready(api)
    await api.act(f"keys/{made['key']['id']}/revoke")
    api.clock.advance(3600)
    reply = await api.manager.post(f"/manage/v1/keys/{made['key']['id']}/restore")
    assert problem(reply)[:2] == (409, "restore_expired")


async def test_that_a_leaked_key_is_never_restored(api: Api) -> None:
    made = await ready(api)
    revoked = await api.act(f"keys/{made['key']['id']}/revoke", {"compromised": True})
    assert revoked["compromised"]
    assert await api.use(made["secret"]) == 401
    reply = await api.manager.post(f"/manage/v1/keys/{made['key']['id']}/restore")
    assert problem(reply)[:2] == (409, "key_compromised")


async def test_that_a_revoked_key_can_turn_out_to_have_leaked(api: Api) -> None:
    made = await ready(api)
    path = f"keys/{made['key']['id']}/revoke"
    first = await api.act(path, {"reason": "Tidy up"})
    api.clock.advance(5)
    second = await api.act(path, {"compromised": True, "reason": "Found in a log"})
    assert second["compromised"]
    assert second["revoked_at"] == first["revoked_at"]
    assert second["revoked_reason"] == "Found in a log"
    assert await api.act(path, {"compromised": False, "reason": "Never mind"}) == second


async def test_that_revoking_twice_is_revoking_once(api: Api) -> None:
    made = await ready(api)
    path = f"keys/{made['key']['id']}/revoke"
    first = await api.act(path, {"reason": "One"})
    api.clock.advance(5)
    assert await api.act(path, {"reason": "Two"}) == first
    assert [action for action, _, _ in api.audit()].count("key.revoked") == 1


async def test_that_an_expired_key_can_be_revoked(api: Api) -> None:
    made = await ready(api, expires_at="2026-09-21T15:00:00Z")
    api.clock.advance(86_400)
    assert (await api.act(f"keys/{made['key']['id']}/revoke", {"compromised": True}))["status"] == "revoked"


async def test_that_a_working_key_is_not_restored(api: Api) -> None:
    made = await ready(api)
    reply = await api.manager.post(f"/manage/v1/keys/{made['key']['id']}/restore")
    assert problem(reply)[:2] == (409, "key_not_revoked")


async def test_that_a_key_that_leaked_before_its_hand_over_is_handed_to_nobody(api: Api) -> None:
    made = await api.make_key()
    revoked = await api.act(f"keys/{made['key']['id']}/revoke", {"compromised": True})
    assert revoked["handover"] is None
    reply = await api.manager.post(f"/manage/v1/handovers/{made['handover']['id']}/ack", {"how": "copy"})
    assert problem(reply)[:2] == (409, "handover_ended")


async def test_that_a_key_turns_off_and_on(api: Api) -> None:
    made = await ready(api)
    path = f"keys/{made['key']['id']}"
    off = await api.act(f"{path}/disable")
    assert off["status"] == "disabled"
    assert await api.act(f"{path}/disable") == off
    assert await api.use(made["secret"]) == 401
    on = await api.act(f"{path}/enable")
    assert on["status"] == "active"
    assert await api.act(f"{path}/enable") == on
    assert await api.use(made["secret"]) == 200


@pytest.mark.parametrize("verb", ["disable", "enable"])
async def test_that_an_ended_key_turns_neither_off_nor_on(api: Api, verb: str) -> None:
    made = await ready(api)
    await api.act(f"keys/{made['key']['id']}/revoke")
    reply = await api.manager.post(f"/manage/v1/keys/{made['key']['id']}/{verb}")
    assert problem(reply)[:2] == (409, "key_ended")


async def test_that_status_goes_by_precedence(api: Api) -> None:
    made = await ready(api, expires_at="2026-09-21T15:00:00Z")
    path = f"keys/{made['key']['id']}"
    assert (await api.act(f"{path}/disable"))["status"] == "disabled"
    api.clock.advance(3600)
    assert (await api.key(made["key"]["id"]))["status"] == "expired"
    assert (await api.act(f"{path}/revoke"))["status"] == "revoked"


@pytest.mark.parametrize(
    ("body", "pointer", "fault"),
    [
        ({"reason": "x" * 281}, "/reason", "too_long"),
        ({"reason": "a\nb"}, "/reason", "control_character"),
        ({"reason": f"found {generate('live')} in a log"}, "/reason", "holds_secret"),
        ({"compromised": "yes"}, "/compromised", "wrong_type"),
        ({"reason": None}, "/reason", "wrong_type"),
    ],
)
async def test_that_a_wrong_revoke_is_told(api: Api, body: dict[str, object], pointer: str, fault: str) -> None:
    made = await ready(api)
    reply = await api.manager.post(f"/manage/v1/keys/{made['key']['id']}/revoke", body)
    assert problem(reply) == (422, "invalid_values", {pointer: fault})


async def test_that_every_verb_of_an_unknown_key_is_not_found(api: Api) -> None:
    for key_id in ("key_01M85VH2HSPGWN3889WGM8YH4S", "nonsense", "%00", "key_\u00e9"):
        path = f"/manage/v1/keys/{key_id}"
        for verb in ("revoke", "restore", "disable", "enable"):
            assert problem(await api.manager.post(f"{path}/{verb}"))[:2] == (404, "not_found")
        assert problem(await api.manager.secret_post(f"{path}/rotate"))[:2] == (404, "not_found")
        assert problem(await api.manager.patch(path, {"name": "x"}, 1))[:2] == (404, "not_found")
        assert problem(await api.viewer.get(path))[:2] == (404, "not_found")
        assert problem(await api.viewer.get(f"{path}/callers"))[:2] == (404, "not_found")
