"""The events: what changed comes within a second, whoever changed it, and ends with the token or the member."""

import asyncio
import time

import pytest
import sqlalchemy as sa

from bcdesk.contract.wire import ChangeNotes
from bcdesk.server import feed as module
from bcdesk.server import members
from bcdesk.server.database import Database
from bcdesk.server.events import routes as events
from bcdesk.server.tables import change_clock, keys
from tests.contract.following import Follower, following
from tests.contract.support import Api, problem


async def since(api: Api) -> str:
    return str((await api.viewer.get("/manage/v1/keys?limit=1")).json()["since"])


async def ended(follower: Follower) -> None:
    async with asyncio.timeout(10):
        await follower.ended.wait()


async def test_that_a_change_is_told_within_a_second_and_its_id_is_the_since_of_lists(api: Api) -> None:
    async with following(api, api.tokens["viewer"], await since(api)) as follower:
        await follower.begun.wait()
        made = await api.make_key()
        begun = time.monotonic()
        told = await follower.until("keys", made["key"]["id"])
        assert time.monotonic() - begun < 1.0
        assert told.id == await since(api)
        app = await api.make_app()
        await follower.until("apps", app["app"]["id"])
        listed = await api.viewer.get(f"/manage/v1/keys?since={told.id}")
        assert listed.json()["items"] == []


async def test_that_what_came_between_list_and_stream_is_told_first(api: Api) -> None:
    before = await since(api)
    made = await api.make_key()
    async with following(api, api.tokens["viewer"], before) as follower:
        assert (await follower.next()).what == ("keys", [made["key"]["id"]])
    async with following(api, api.tokens["viewer"]) as follower:
        await follower.begun.wait()
        other = await api.make_key()
        assert (await follower.next()).what == ("keys", [other["key"]["id"]]), "without an id only what comes is told"


async def test_that_a_key_that_is_gone_is_told(api: Api) -> None:
    made = await api.make_key()
    async with following(api, api.tokens["viewer"], await since(api)) as follower:
        await api.act(f"handovers/{made['handover']['id']}/discard")
        assert (await follower.next()).what == ("keys", [made["key"]["id"]])


async def test_that_a_batch_that_was_cut_off_comes_again(api: Api) -> None:
    before = await since(api)
    key, app = await api.make_key(), await api.make_app()
    async with following(api, api.tokens["viewer"], before) as follower:
        first = await follower.next()
        last = await follower.next()
    assert (first.what, first.id) == (("keys", [key["key"]["id"]]), before)
    assert (last.what, last.id) == (("apps", [app["app"]["id"]]), await since(api))


async def test_that_a_member_is_told_of_a_role_that_changed(api: Api) -> None:
    listed = (await api.owner.get("/manage/v1/members")).json()["items"]
    viewer = next(one for one in listed if one["role"] == "viewer")
    async with (
        following(api, api.tokens["viewer"], await since(api)) as changed,
        following(api, api.tokens["owner"], await since(api)) as other,
    ):
        await api.owner.patch(f"/manage/v1/members/{viewer['id']}", {"role": "manager"}, viewer["revision"])
        assert (await changed.next()).what == ("members", [viewer["id"]])
        assert (await changed.next()).what == ("session", [viewer["id"]])
        assert (await other.next()).what == ("members", [viewer["id"]])
        assert other.quiet


async def test_that_another_process_of_the_database_is_noticed_within_a_second(api: Api) -> None:
    made = await api.make_key()
    other = Database(str(api.state.database.url))
    async with following(api, api.tokens["viewer"], await since(api)) as follower:
        await follower.begun.wait()
        with other.write() as connection:
            clock = change_clock.update().values(value=change_clock.c.value + 1).returning(change_clock.c.value)
            number = connection.execute(clock).scalar_one()
            connection.execute(keys.update().where(keys.c.id == made["key"]["id"]).values(changed=number))
        begun = time.monotonic()
        assert (await follower.next()).what == ("keys", [made["key"]["id"]])
        assert time.monotonic() - begun < 1.5
    other.close()


async def test_that_a_storm_is_few_events(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDS_MAX", 20)
    async with following(api, api.tokens["viewer"], await since(api)) as follower:
        await follower.begun.wait()
        database = api.state.database
        with database.read() as connection:
            first = connection.execute(sa.select(change_clock.c.value)).scalar_one()
        made = [await api.make_key(name=f"Key {place}") for place in range(30)]
        told, seen = 0, set[str]()
        while made[-1]["key"]["id"] not in seen:
            event = await follower.next()
            told += 1
            seen.update(event.what[1])
        assert told < len(made)
    async with following(api, api.tokens["viewer"], f"{api.state.server_id}-{first}") as follower:
        assert (await follower.next()).what == ("keys", []), "too many to name"


@pytest.mark.parametrize("after", ["01k00000000000000000000000-7", "no since", "{own}-999999"])
async def test_that_of_an_unknown_moment_anything_may_have_changed(api: Api, after: str) -> None:
    async with following(api, api.tokens["viewer"], after.format(own=api.state.server_id)) as follower:
        found = [await follower.next() for _ in range(4)]
        assert [told.what[0] for told in found] == ["keys", "apps", "members", "session"]
        assert [told.what[1] for told in found[:3]] == [[], [], []]
        assert found[-1].id == await since(api)


async def test_that_the_stream_ends_with_the_token(api: Api) -> None:
    state = api.state
    async with following(api, api.tokens["viewer"]) as follower:
        await follower.begun.wait()
        with state.database.write() as connection:
            members.revoke_token(state, connection, api.tokens["viewer"], actor="test", now=state.now())
        await ended(follower)


async def test_that_the_stream_ends_with_the_member(api: Api) -> None:
    listed = (await api.owner.get("/manage/v1/members")).json()["items"]
    viewer = next(one for one in listed if one["role"] == "viewer")
    async with following(api, api.tokens["viewer"]) as follower:
        await follower.begun.wait()
        await api.owner.patch(f"/manage/v1/members/{viewer['id']}", {"disabled": True}, viewer["revision"])
        await ended(follower)


async def test_that_the_stream_ends_with_the_server(api: Api) -> None:
    async with following(api, api.tokens["viewer"]) as follower:
        await follower.begun.wait()
        assert api.state.feed._followers
        api.state.end_tails()
        await ended(follower)
    assert not api.state.feed._followers


async def test_that_a_quiet_stream_says_now_and_then_that_it_is_there(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "PING_SECONDS", 0.01)
    monkeypatch.setattr(events, "LOOK_SECONDS", 0.01)
    async with following(api, api.tokens["viewer"]) as follower:
        async with asyncio.timeout(10):
            await follower.pinged.acquire()
            await follower.pinged.acquire()


async def test_that_too_many_followers_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FOLLOWERS_MAX", 0)
    reply = await api.viewer.get("/manage/v1/events", headers={"Accept": "text/event-stream"})
    assert problem(reply)[:2] == (503, "unavailable")
    assert reply.headers["retry-after"] == "30"


async def test_that_who_does_not_follow_is_answered_once(api: Api) -> None:
    before = await since(api)
    made = await api.make_key()
    reply = await api.viewer.get("/manage/v1/events", headers={"Last-Event-ID": before})
    found = ChangeNotes.model_validate_json(reply.content)
    assert [(note.kind, note.ids) for note in found.items] == [("keys", [made["key"]["id"]])]
    assert found.since == await since(api)
    assert (await api.viewer.get("/manage/v1/events")).json()["items"] == []


async def test_that_nobody_follows_without_a_token(api: Api) -> None:
    assert problem(await api.nobody.get("/manage/v1/events"))[:2] == (401, "token_missing")
