"""The check of a key: what opens the API, what does not, and that the first use is kept before it is answered."""

import asyncio
import time

import pytest

from bcdesk.contract import key_format
from bcdesk.contract.moments import format_moment
from bcdesk.server.key_check import check_key
from bcdesk.server.keys.first_use import record_first_use
from bcdesk.server.problems import ProblemError
from tests.contract.support import Api


async def check(api: Api, token: str, address: str = "203.0.113.5") -> str:
    return (await check_key(api.state, token, api.state.now(), address)).key_id


async def test_that_a_key_tells_what_it_may_do(api: Api) -> None:
    made = await api.make_key(
        environment="sandbox", scopes=["beats.read", "user.profile"], allowed_cidrs=["203.0.113.0/24"]
    )
    found = await check_key(api.state, made["secret"], api.state.now(), "203.0.113.5")
    assert found.key_id == made["key"]["id"]
    assert found.version_id == made["key"]["versions"][0]["id"]
    assert found.environment == "sandbox"
    assert found.scopes == {"beats.read", "user.profile"}
    assert found.allowed_cidrs == ("203.0.113.0/24",)
    assert made["secret"] not in repr(found)


@pytest.mark.parametrize("change", ["checksum", "body", "prefix", "longer", "shorter", "space", "unicode"])
async def test_that_nothing_but_the_whole_key_opens(api: Api, change: str) -> None:
    token = (await api.make_key())["secret"]
    body = ("B" if token[9] == "A" else "A") + token[10:39]
    wrong = {
        "checksum": token[:-1] + ("B" if token[-1] == "A" else "A"),
        "body": "bca_live_" + body + key_format.checksum(body),
        "prefix": "bca_test_" + token[9:],
        "longer": token + "0",
        "shorter": token[:-1],
        "space": f" {token}",
        "unicode": token[:-1] + "é",
    }[change]
    with pytest.raises(ProblemError) as caught:
        await check(api, wrong)
    assert caught.value.status == 401
    assert wrong not in str(caught.value) + caught.value.detail


async def test_that_a_first_use_is_kept_at_once(api: Api) -> None:
    made = await api.make_key()
    await check(api, made["secret"])
    key = await api.key(made["key"]["id"])
    assert key["last_used_at"] == "2026-09-21T14:13:20.000Z"
    assert key["last_used_from"] == "203.0.113.5"
    assert key["versions"][0]["last_used_at"] == key["last_used_at"]


async def test_that_a_call_from_elsewhere_is_no_first_use(api: Api) -> None:
    made = await api.make_key(allowed_cidrs=["203.0.113.0/24"])
    await check(api, made["secret"], "198.51.100.7")
    assert (await api.key(made["key"]["id"]))["last_used_at"] is None
    await check(api, made["secret"])
    assert (await api.key(made["key"]["id"]))["last_used_at"] is not None


async def test_that_a_version_that_ends_meanwhile_is_not_used(api: Api) -> None:
    made = await api.make_key()
    rotated = await api.rotate(made["key"]["id"])
    version = rotated["version"]["id"]
    await api.act(f"handovers/{rotated['handover']['id']}/discard")
    assert not record_first_use(api.state, made["key"]["id"], version, api.state.now(), "::1")
    assert not record_first_use(api.state, "key_gone", version, api.state.now(), "::1")
    key = await api.key(made["key"]["id"])
    assert [one["state"] for one in key["versions"]] == ["current", "revoked"]


async def test_that_a_key_turned_off_or_expired_meanwhile_is_not_used(api: Api) -> None:
    made = await api.make_key(expires_at=format_moment(api.clock() + 60))
    key_id, version = made["key"]["id"], made["key"]["versions"][0]["id"]
    await api.act(f"keys/{key_id}/disable")
    assert not record_first_use(api.state, key_id, version, api.state.now(), "::1")
    await api.act(f"keys/{key_id}/enable")
    api.clock.advance(60)
    assert not record_first_use(api.state, key_id, version, api.state.now(), "::1")
    assert (await api.key(key_id))["last_used_at"] is None


async def test_that_a_version_that_retired_meanwhile_is_not_used(api: Api) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    key_id, old = made["key"]["id"], made["key"]["versions"][0]["id"]
    await api.rotate(key_id, starts="now", overlap_seconds=60)
    assert record_first_use(api.state, key_id, old, api.state.now(), "::1")
    api.clock.advance(60)
    assert not record_first_use(api.state, key_id, old, api.state.now(), "::1")


async def test_that_of_a_use_and_a_discard_at_once_one_wins(api: Api) -> None:
    for _ in range(15):
        made = await api.make_key()
        discard = f"/manage/v1/handovers/{made['handover']['id']}/discard"
        used, discarded = await asyncio.gather(api.use(made["secret"]), api.manager.post(discard))
        assert (used, discarded.status_code) in ((200, 409), (401, 200))
        assert await api.use(made["secret"]) == used


async def test_that_a_check_is_quick(api: Api) -> None:
    made = await api.make_key()
    await check(api, made["secret"])
    started = time.perf_counter()
    for _ in range(2000):
        await check(api, made["secret"])
    seconds = time.perf_counter() - started
    assert 2000 / seconds > 2000  # well above 10 000 a second on a quiet machine
