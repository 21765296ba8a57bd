"""Members in the sync and in the actions: who sees them, when they are read, and links lost, late or cut off."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bcdesk.actions import handovers, members
from bcdesk.actions.handing import Handing
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import Conflict, Stale, Unreachable
from bcdesk.client.transport import Transport
from bcdesk.client.values import MadeMember
from bcdesk.contract.first_party import SETUP_SECONDS, setup_link
from bcdesk.server.members import issue_token
from bcdesk.store.store import Store
from tests.unit.actions.conftest import Bench


@pytest.fixture
async def owner(bench: Bench) -> AsyncIterator[Bench]:
    """Give an owner's desk, in sync."""
    transport = Transport(bench.api.state.base_url, Bearer(bench.api.tokens["owner"]), inner=bench.line)
    made = replace(bench, client=Client(transport), store=Store())
    await SyncLoop(made.client, made.store).once()
    yield made
    await made.client.aclose()


async def invite(desk: Bench, name: str = "Newcomer", email: str = "") -> MadeMember:
    return await members.invite_member(**desk.parts, name=name, email=email, role="viewer")


def names(desk: Bench) -> set[str]:
    return {row.name for row in desk.store.members.values()}


async def test_that_an_owner_has_all_members_and_others_none(bench: Bench, owner: Bench) -> None:
    assert len(owner.store.members) == len(await owner.client.members.list())
    assert owner.store.members
    assert bench.store.members == {}


async def test_that_members_are_read_again_once_anything_changed_and_not_otherwise(owner: Bench) -> None:
    loop = SyncLoop(owner.client, owner.store)
    await loop.once()
    made = await owner.client.members.create(name="Later", email="", role="viewer", idempotency_key="k" * 43)
    assert made.member.id not in owner.store.members
    await loop.once()
    assert owner.store.members[made.member.id].state == "invited"
    asked = len(owner.line.carried)
    await loop.once()
    assert len(owner.line.carried) == asked + 1  # what changed, which is nothing


async def test_that_who_is_no_owner_any_more_keeps_no_members(owner: Bench) -> None:
    second = await owner.client.members.create(name="Second", email="", role="owner", idempotency_key="s" * 43)
    me = owner.store.session
    assert me is not None
    loop = SyncLoop(owner.client, owner.store)
    state = owner.api.state
    with state.database.write() as connection:  # who has not come in yet does not count
        issue_token(state, connection, second.member.id, actor="test", expires_at=None, now=state.now())
    await owner.client.members.patch(me.member.id, {"role": "viewer"}, owner.store.members[me.member.id].revision)
    loop._renew()
    await loop.once()
    assert owner.store.members == {}


async def test_that_an_invitation_cut_on_its_way_comes_back_once(owner: Bench) -> None:
    owner.line.breaks = ["after"] * 4
    with pytest.raises(Unreachable):
        await invite(owner)
    owner.line.breaks = []
    await owner.restart()
    (found,) = await handovers.recover(**owner.parts, clock=owner.clock)
    assert isinstance(found.made, MadeMember)
    assert (found.kind, found.pending.about) == ("waiting", "member")
    assert [row.name for row in await owner.client.members.list()].count("Newcomer") == 1


async def test_that_a_link_whose_time_is_over_is_thrown_away_with_who_was_invited(owner: Bench) -> None:
    made = await invite(owner)
    made.secret.discard()
    await owner.restart()
    owner.clock.advance(SETUP_SECONDS + 1)
    (found,) = await handovers.recover(**owner.parts, clock=owner.clock)
    assert (found.kind, found.made) == ("expired", None)
    assert owner.journal.pending() == ()
    assert "Newcomer" not in {row.name for row in await owner.client.members.list()}


async def test_that_a_discarded_invitation_leaves_no_member(owner: Bench) -> None:
    made = await invite(owner)
    assert "Newcomer" in names(owner)
    await handovers.discard(**owner.parts, made=made)
    assert made.secret.spent
    assert "Newcomer" not in names(owner)
    assert owner.journal.pending() == ()


async def test_that_what_is_handed_over_is_the_whole_link_and_the_journal_never_holds_it(owner: Bench) -> None:
    made = await invite(owner)
    token = made.secret.show()
    handing = Handing(made, store=owner.store, journal=owner.journal, client_of=lambda: owner.client, now=owner.clock)
    assert (handing.about, handing.kind) == ("member", "create")
    assert 0 < handing.seconds_left <= SETUP_SECONDS + 5
    placed: list[str] = []

    async def put(value: str) -> bool:
        placed.append(value)
        return True

    assert await handing.copy(put)
    assert placed == [setup_link(owner.client.base_url, token)]
    assert made.secret.spent
    (entry,) = owner.journal.pending()
    assert entry.state == "handed_over"
    kept = b"".join(file.read_bytes() for file in owner.folder.rglob("*") if file.is_file())
    assert token.encode() not in kept
    assert token not in repr(entry)
    await handing.tell()
    assert (handing.told, owner.journal.pending()) == ("told", ())


async def test_that_a_lost_link_is_replaced_and_the_one_before_forgotten(owner: Bench) -> None:
    made = await invite(owner)
    again = await handovers.replace_lost(**owner.parts, lost=made)
    assert isinstance(again, MadeMember)
    assert again.member.id == made.member.id
    assert again.secret.show() != made.secret.show()
    assert [entry.handover_id for entry in owner.journal.pending()] == [again.handover.id]


async def test_that_a_link_that_may_have_been_copied_is_never_shown_again_but_replaced(owner: Bench) -> None:
    made = await invite(owner)
    made.secret.discard()
    await handovers.mark_copying(owner.journal, made.handover.id, how="copy", clock=owner.clock)
    await owner.restart()
    (found,) = await handovers.recover(**owner.parts, clock=owner.clock)
    assert (found.kind, found.made) == ("maybe_copied", None)
    again = await handovers.replace_lost(**owner.parts, lost=found.pending)
    assert again.row.id == made.member.id
    assert [entry.handover_id for entry in owner.journal.pending()] == [again.handover.id]


async def test_that_a_new_link_that_nobody_took_leaves_the_member(owner: Bench) -> None:
    made = await invite(owner)
    await handovers.acknowledge(**owner.parts, made=made, how="copy")
    link = await members.new_link(**owner.parts, member_id=made.member.id)
    await handovers.discard(**owner.parts, made=link)
    assert made.member.id in owner.store.members


async def test_that_changes_go_against_the_revision_that_was_read(owner: Bench) -> None:
    made = await invite(owner)
    row = owner.store.members[made.member.id]
    client, store = owner.client, owner.store
    changed = await members.change_member(
        client=client, store=store, member_id=row.id, changes={"role": "manager"}, revision=row.revision
    )
    assert owner.store.members[row.id].role == changed.role == "manager"
    with pytest.raises(Stale):
        await members.change_member(
            client=client, store=store, member_id=row.id, changes={"role": "owner"}, revision=row.revision
        )


async def test_that_the_last_owner_is_refused_by_the_server_too(owner: Bench) -> None:
    me = owner.store.session
    assert me is not None
    for row in await members.refresh_members(client=owner.client, store=owner.store):
        if row.role == "owner" and row.id != me.member.id and not row.disabled:
            await owner.client.members.patch(row.id, {"disabled": True}, row.revision)
    row = owner.store.members[me.member.id]
    with pytest.raises(Conflict, match="last_owner"):
        await members.change_member(
            client=owner.client, store=owner.store, member_id=row.id, changes={"disabled": True}, revision=row.revision
        )
