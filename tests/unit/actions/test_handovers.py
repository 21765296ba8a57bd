"""How hand-overs end: acknowledged, discarded, replaced, or shown again after a lock."""

import os

import pytest

from bcdesk.actions import handovers
from bcdesk.client.errors import ClientError, Conflict
from bcdesk.store.journal import JournalError
from tests.unit.actions.conftest import Bench
from tests.unit.actions.recovering import recover


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
