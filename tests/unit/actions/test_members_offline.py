"""Members in the offline copy: an owner sees them before any request, and a copy that is forgotten begins anew."""

import pytest

from bcdesk.actions.offline import forget
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import Unreachable
from bcdesk.client.transport import Transport
from tests.unit.actions.conftest import Bench
from tests.unit.actions.test_offline import Desks

__all__ = ["Desks"]


@pytest.fixture
async def owning(bench: Bench) -> Bench:
    """Give the desk of an owner."""
    await bench.client.aclose()
    transport = Transport(bench.api.state.base_url, Bearer(bench.api.tokens["owner"]), inner=bench.line)
    bench.client = Client(transport)
    return bench


async def test_that_an_owner_sees_the_members_before_any_request(owning: Bench) -> None:
    desks = Desks(owning)
    _, store, loop = await desks.next()
    await loop.once()
    assert store.members
    owning.line.down = True
    _, again, loop = await desks.next()
    assert again.members == store.members
    with pytest.raises(Unreachable):
        await loop.once()
    assert again.members == store.members
    await desks.end()


async def test_that_who_is_invited_meanwhile_is_there_with_the_next_round(owning: Bench) -> None:
    desks = Desks(owning)
    _, _, loop = await desks.next()
    await loop.once()
    made = await owning.client.members.create(name="Later", email="", role="viewer", idempotency_key="k" * 43)
    _, again, loop = await desks.next()
    assert made.member.id not in again.members
    await loop.once()
    assert made.member.id in again.members
    _, third, _ = await desks.next()
    assert third.members == again.members
    await desks.end()


async def test_that_a_forgotten_copy_is_gone_and_begins_anew_with_all_that_is_known(owning: Bench) -> None:
    await owning.api.make_key(name="One")
    desks = Desks(owning)
    cache, store, loop = await desks.next()
    await loop.once()
    assert await cache.size() > 0
    assert await forget(cache=cache) is False
    assert await cache.size() == 0
    await loop.once()
    assert await cache.size() > 0
    owning.line.down = True
    _, again, _ = await desks.next()
    assert (again.keys, again.members) == (store.keys, store.members)
    await desks.end()


async def test_that_a_copy_forgotten_out_of_contact_leaves_the_next_desk_nothing(owning: Bench) -> None:
    desks = Desks(owning)
    cache, _, loop = await desks.next()
    await loop.once()
    owning.line.down = True
    await forget(cache=cache)
    _, again, _ = await desks.next()
    assert (again.keys, again.members, again.session) == ({}, {}, None)
    await desks.end()
