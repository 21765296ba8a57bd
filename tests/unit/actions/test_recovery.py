"""What becomes of hand-overs that a crash or a cut line left open, and of those that are another member's."""

import pytest

from bcdesk.actions import handovers, keys
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import Conflict, Unreachable
from bcdesk.client.transport import Transport
from tests.unit.actions.conftest import Bench
from tests.unit.actions.recovering import recover

DAY = 24 * 3600.0


async def test_that_a_waiting_secret_is_shown_again_after_a_restart(bench: Bench) -> None:
    made = await bench.create()
    value = made.secret.take()
    for _ in range(2):
        await bench.restart()
        (found,) = await recover(bench)
        assert found.kind == "waiting"
        assert found.made is not None
        assert found.made.secret.show() == value
        assert await recover(bench) == []
    assert await bench.names() == ["Shop"]


async def test_that_a_request_that_was_never_sent_is_sent_after_a_restart(bench: Bench) -> None:
    bench.line.breaks = ["before"] * 4
    with pytest.raises(Unreachable):
        await bench.create()
    assert await bench.names() == []
    await bench.restart()
    (found,) = await recover(bench)
    assert found.made is not None
    assert await bench.api.use(found.made.secret.take()) == 200
    assert await bench.names() == ["Shop"]


async def test_that_a_server_elsewhere_gets_nothing_by_claiming_to_be_the_one_that_was_asked(bench: Bench) -> None:
    bench.line.breaks = ["after"] * 4
    with pytest.raises(Unreachable):
        await bench.create()
    await bench.restart()
    elsewhere = bench.api.state.base_url.replace("http:", "https:")
    liar = Client(Transport(elsewhere, Bearer(bench.api.tokens["manager"]), inner=bench.line))
    ours, bench.client = bench.client, liar
    await bench.restart()
    before = len(bench.line.carried)
    assert await recover(bench) == []
    assert len(bench.line.carried) == before
    await liar.aclose()
    bench.client = ours
    await bench.restart()
    (found,) = await recover(bench)
    assert found.kind == "waiting"


async def test_that_an_interrupted_rotation_comes_back(bench: Bench) -> None:
    made = await bench.create()
    await handovers.acknowledge(**bench.parts, made=made, how="copy")
    bench.line.breaks = ["after"] * 4
    with pytest.raises(Unreachable):
        await bench.rotate(made.key.id)
    await bench.restart()
    (found,) = await recover(bench)
    assert found.made is not None
    assert found.made.row.id == made.key.id
    assert len(bench.store.keys[made.key.id].versions) == 2


async def test_that_what_may_have_been_copied_is_never_shown_again(bench: Bench) -> None:
    made = await bench.create()
    await handovers.mark_copying(bench.journal, made.handover.id, how="file", clock=bench.clock)
    await bench.restart()
    before = len(bench.line.carried)
    (found,) = await recover(bench)
    assert (found.kind, found.made, found.pending.copied_at) == ("maybe_copied", None, bench.clock())
    assert len(bench.line.carried) == before
    await handovers.i_have_it(**bench.parts, pending=found.pending)
    assert bench.journal.pending() == ()
    assert bench.store.keys[made.key.id].handover is None
    assert ("handover.acknowledged", made.handover.id, "file") in [
        (action, target, detail.get("how")) for action, target, detail in bench.api.audit()
    ]


async def test_that_what_may_have_been_copied_can_be_replaced(bench: Bench) -> None:
    made = await bench.create()
    lost = made.secret.take()
    await handovers.mark_copying(bench.journal, made.handover.id, how="copy", clock=bench.clock)
    await bench.restart()
    (found,) = await recover(bench)
    assert found.pending.key_id is not None
    assert found.pending.version_id is not None
    new = await handovers.replace_unused(
        **bench.parts, key_id=found.pending.key_id, version_id=found.pending.version_id
    )
    assert new.key.id == made.key.id
    assert [entry.version_id for entry in bench.journal.pending()] == [new.version_id]
    assert await bench.api.use(lost) == 401
    assert await bench.api.use(new.secret.take()) == 200


async def test_that_what_nobody_took_for_a_day_is_told_once(bench: Bench) -> None:
    await bench.create()
    await bench.restart()
    bench.clock.advance(DAY)
    (found,) = await recover(bench)
    assert (found.kind, found.made) == ("expired", None)
    assert bench.journal.pending() == ()
    assert await recover(bench) == []
    assert await bench.names() == []


async def test_that_a_day_old_request_is_never_sent(bench: Bench) -> None:
    bench.line.breaks = ["before"] * 4
    with pytest.raises(Unreachable):
        await bench.create()
    bench.clock.advance(DAY)
    sent = bench.line.count("POST", "/keys")
    assert [one.kind for one in await recover(bench)] == ["expired"]
    assert bench.line.count("POST", "/keys") == sent
    assert await bench.names() == []


async def test_that_a_hand_over_that_ended_elsewhere_is_told(bench: Bench) -> None:
    made = await bench.create()
    await bench.client.handovers.ack(made.handover.id, "copy")
    await bench.restart()
    (found,) = await recover(bench)
    assert found.kind == "ended"
    assert isinstance(found.error, Conflict)
    assert found.error.members["handover_state"] == "handed_over"
    assert bench.journal.pending() == ()


async def test_that_a_replay_refused_for_its_values_is_told_and_forgotten(bench: Bench) -> None:
    bench.line.breaks = ["before"] * 4
    with pytest.raises(Unreachable):
        await bench.create(expires_at=bench.clock() + 60.0)
    bench.clock.advance(120.0)
    (found,) = await recover(bench)
    assert found.kind == "refused"
    assert bench.journal.pending() == ()


async def test_that_a_line_that_breaks_in_recovery_leaves_the_rest_for_later(bench: Bench) -> None:
    await bench.create(name="One")
    await bench.create(name="Two")
    await bench.restart()
    bench.line.down = True
    assert await recover(bench) == []
    assert bench.journal.claimed == set()
    bench.line.down = False
    assert [one.kind for one in await recover(bench)] == ["waiting", "waiting"]


async def test_that_entries_of_another_server_are_left_alone(bench: Bench) -> None:
    await bench.create()
    (entry,) = bench.journal.pending()
    await bench.journal.update(entry.id, connection="another")
    await bench.restart()
    assert await recover(bench) == []
    assert len(bench.journal.pending()) == 1


async def test_that_another_member_of_the_same_server_neither_gets_nor_repeats_it(bench: Bench) -> None:
    made = await bench.create()
    bench.line.breaks = ["after"] * 4
    with pytest.raises(Unreachable):
        await bench.create(name="Unsure")
    bench.line.breaks = []
    mine = bench.client
    bench.client = Client(Transport(bench.api.state.base_url, Bearer(bench.api.tokens["owner"]), inner=bench.line))
    await bench.restart()
    before = await bench.names()
    assert await recover(bench) == []
    assert await bench.names() == before
    assert len(bench.journal.pending()) == 2
    assert await handovers.replay(**bench.parts, handover_id=made.handover.id) is None
    assert await bench.names() == before
    theirs = await bench.create(name="Unsure")
    assert [entry.member for entry in bench.journal.pending()].count(bench.store.session.member.id) == 1  # type: ignore[union-attr]
    await handovers.discard(**bench.parts, made=theirs)
    await bench.client.aclose()
    bench.client = mine
    await bench.restart()
    assert [one.kind for one in await recover(bench)] == ["waiting", "waiting"]


async def test_that_another_member_tells_the_server_how_it_ended(bench: Bench) -> None:
    made = await bench.create()
    await handovers.mark_handed_over(bench.journal, made.handover.id, how="copy")
    mine = bench.client
    bench.client = Client(Transport(bench.api.state.base_url, Bearer(bench.api.tokens["owner"]), inner=bench.line))
    await bench.restart()
    assert await recover(bench) == []
    assert bench.journal.pending() == ()
    assert bench.store.keys[made.key.id].handover is None
    await mine.aclose()


async def test_that_what_a_dialog_holds_is_not_recovered(bench: Bench) -> None:
    await bench.create()
    assert await recover(bench) == []


async def test_that_a_key_whose_entry_was_lost_is_an_orphan(bench: Bench) -> None:
    made = await bench.create()
    assert handovers.orphans(store=bench.store, journal=bench.journal) == ()
    (entry,) = bench.journal.pending()
    await bench.journal.remove(entry.id)
    assert handovers.orphans(store=bench.store, journal=bench.journal) == (bench.store.keys[made.key.id],)
    bench.store.set_session(None)
    assert handovers.orphans(store=bench.store, journal=bench.journal) == ()


async def test_that_a_rotation_whose_entry_was_lost_is_no_orphan(bench: Bench) -> None:
    made = await bench.create()
    await handovers.acknowledge(**bench.parts, made=made, how="copy")
    await bench.rotate(made.key.id)
    for entry in bench.journal.pending():
        await bench.journal.remove(entry.id)
    assert handovers.orphans(store=bench.store, journal=bench.journal) == ()
    await keys.revoke_key(client=bench.client, store=bench.store, key_id=made.key.id, reason="", compromised=False)
