"""How hand-overs end, and what becomes of those that a crash or a cut line left open."""

import os

import pytest

from bcdesk.actions import handovers, keys
from bcdesk.actions.handovers import Recovered
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import ClientError, Conflict, Unreachable
from bcdesk.client.transport import Transport
from bcdesk.store.journal import JournalError
from tests.unit.actions.conftest import Bench

DAY = 24 * 3600.0


async def recover(bench: Bench) -> list[Recovered]:
    return await handovers.recover(**bench.parts, clock=bench.clock)


async def test_that_an_acknowledged_secret_never_comes_again(bench: Bench) -> None:
    made = await bench.create()
    (entry,) = bench.journal.pending()
    await handovers.mark_copying(bench.journal, made.handover.id, how="copy", clock=bench.clock)
    made.secret.take()
    await handovers.mark_handed_over(bench.journal, made.handover.id, how="copy")
    await handovers.acknowledge(**bench.parts, made=made, how="copy")
    assert bench.journal.pending() == ()
    assert bench.store.keys[made.key.id].handover is None
    with pytest.raises(Conflict) as over:
        await bench.client.keys.create_from(entry.body, entry.idempotency_key)
    assert over.value.code == "handover_ended"
    assert over.value.members["handover_state"] == "handed_over"
    assert over.value.members["key_id"] == made.key.id
    await bench.restart()
    assert await recover(bench) == []


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


async def test_that_a_used_secret_is_not_replaced_but_kept(bench: Bench) -> None:
    made = await bench.create()
    value = made.secret.take()
    assert await bench.api.use(value) == 200
    with pytest.raises(Conflict) as refused:
        await handovers.replace_unused(**bench.parts, key_id=made.key.id, version_id=made.version_id)
    assert refused.value.code == "version_used"
    assert await bench.api.use(value) == 200


async def test_that_a_refused_copy_is_waiting_again(bench: Bench) -> None:
    made = await bench.create()
    await handovers.mark_copying(bench.journal, made.handover.id, how="copy", clock=bench.clock)
    await handovers.mark_waiting(bench.journal, made.handover.id)
    await bench.restart()
    assert [one.kind for one in await recover(bench)] == ["waiting"]


async def test_that_a_copy_that_cannot_be_written_down_does_not_begin(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await bench.create()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JournalError):
        await handovers.mark_copying(bench.journal, made.handover.id, how="copy")
    monkeypatch.undo()
    assert [entry.state for entry in bench.journal.pending()] == ["waiting"]


async def test_that_a_hand_over_the_server_did_not_hear_of_is_told_later(bench: Bench) -> None:
    made = await bench.create()
    bench.line.down = True
    with pytest.raises(ClientError):
        await handovers.acknowledge(**bench.parts, made=made, how="copy")
    assert [entry.state for entry in bench.journal.pending()] == ["handed_over"]
    assert await recover(bench) == []
    bench.line.down = False
    await bench.restart()
    assert bench.store.keys[made.key.id].handover is not None
    assert await recover(bench) == []
    assert bench.journal.pending() == ()
    assert bench.store.keys[made.key.id].handover is None


async def test_that_a_discarded_create_leaves_no_key(bench: Bench) -> None:
    made = await bench.create()
    await handovers.discard(**bench.parts, made=made)
    assert made.secret.spent
    assert bench.store.keys == {}
    assert bench.journal.pending() == ()
    assert await bench.names() == []


async def test_that_a_discarded_rotation_leaves_the_key_as_it_was(bench: Bench) -> None:
    made = await bench.create()
    value = made.secret.take()
    await handovers.acknowledge(**bench.parts, made=made, how="copy")
    rotated = await bench.rotate(made.key.id)
    await handovers.discard(**bench.parts, made=rotated)
    row = bench.store.keys[made.key.id]
    assert (row.rotation, row.handover, row.masked) == (None, None, made.key.masked)
    assert await bench.api.use(value) == 200


async def test_that_a_discard_the_server_did_not_hear_of_is_told_later(bench: Bench) -> None:
    made = await bench.create()
    bench.line.down = True
    with pytest.raises(ClientError):
        await handovers.discard(**bench.parts, made=made)
    bench.line.down = False
    assert await recover(bench) == []
    assert bench.store.keys == {}
    assert bench.journal.pending() == ()


async def test_that_discarding_what_somebody_used_says_so_and_ends_the_hand_over(bench: Bench) -> None:
    made = await bench.create()
    await bench.api.use(made.secret.show())
    with pytest.raises(Conflict) as refused:
        await handovers.discard(**bench.parts, made=made)
    assert refused.value.code == "version_used"
    assert bench.journal.pending() == ()
    assert bench.store.keys[made.key.id].handover is None


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


async def test_that_a_locked_secret_comes_again_and_stays_its_dialogs(bench: Bench) -> None:
    made = await bench.create()
    value = made.secret.take()
    bench.line.down = True
    with pytest.raises(ClientError):
        await handovers.replay(**bench.parts, handover_id=made.handover.id)
    bench.line.down = False
    assert await recover(bench) == []
    again = await handovers.replay(**bench.parts, handover_id=made.handover.id)
    assert again is not None
    assert again.secret.show() == value
    await bench.client.handovers.discard(made.handover.id)
    assert await handovers.replay(**bench.parts, handover_id=made.handover.id) is None
    assert await handovers.replay(**bench.parts, handover_id="hnd_unknown") is None


async def test_that_a_copied_secret_is_not_replayed(bench: Bench) -> None:
    made = await bench.create()
    await handovers.mark_copying(bench.journal, made.handover.id, how="copy")
    assert await handovers.replay(**bench.parts, handover_id=made.handover.id) is None


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
