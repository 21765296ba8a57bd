"""How client secrets are handed over: once, over a cut line too, and what becomes of those nobody took."""

import pytest

from bcdesk.actions import handovers
from bcdesk.actions.handing import Handing
from bcdesk.actions.reveal import State
from bcdesk.actions.secret_file import Form
from bcdesk.client.errors import Conflict, Garbled, Unreachable
from bcdesk.client.values import MadeApp, MadeSecret
from tests.unit.actions.conftest import Bench
from tests.unit.actions.registering import add, known, live, register, taken

# ------------------------------------------------------------------ lost, doubled, discarded


@pytest.mark.parametrize("cut", ["before", "after", "garbled"])
async def test_that_a_registration_cut_on_its_way_comes_back_once(bench: Bench, cut: str) -> None:
    bench.line.breaks = [cut] * 4
    with pytest.raises((Unreachable, Garbled)):
        await register(bench)
    bench.line.breaks = []
    await bench.restart()
    (found,) = await handovers.recover(**bench.parts, clock=bench.clock)
    assert isinstance(found.made, MadeApp)
    assert (found.kind, found.pending.about) == ("waiting", "app")
    assert len(await known(bench)) == 1
    await handovers.acknowledge(**bench.parts, made=found.made, how="copy")
    assert bench.journal.pending() == ()
    assert bench.store.apps[found.made.app.id].handover is None


async def test_that_a_new_secret_cut_on_its_way_comes_back_once(bench: Bench) -> None:
    made = await taken(bench)
    bench.line.breaks = ["after"] * 4
    with pytest.raises(Unreachable):
        await add(bench, made.app.id)
    await bench.restart()
    (found,) = await handovers.recover(**bench.parts, clock=bench.clock)
    assert isinstance(found.made, MadeSecret)
    assert live(bench, made.app.id) == [made.secret.last4, found.made.secret.last4]


async def test_that_the_same_registration_pressed_again_is_not_doubled(bench: Bench) -> None:
    bench.line.breaks = ["after"] * 4
    with pytest.raises(Unreachable):
        await register(bench)
    made = await register(bench)
    assert list(await known(bench)) == [made.app.id]


async def test_that_a_discarded_registration_leaves_no_app(bench: Bench) -> None:
    made = await register(bench)
    await handovers.discard(**bench.parts, made=made)
    assert made.secret.spent
    assert (bench.store.apps, await known(bench), bench.journal.pending()) == ({}, {}, ())


async def test_that_a_discarded_secret_leaves_the_old_as_it_was(bench: Bench) -> None:
    made = await taken(bench)
    before = bench.store.apps[made.app.id].secrets
    new = await add(bench, made.app.id)
    await handovers.discard(**bench.parts, made=new)
    assert bench.store.apps[made.app.id].secrets == before


async def test_that_an_ended_handover_tells_which_app_it_was(bench: Bench) -> None:
    made = await register(bench)
    (entry,) = bench.journal.pending()
    await handovers.acknowledge(**bench.parts, made=made, how="copy")
    with pytest.raises(Conflict) as over:
        await bench.client.apps.create_from(entry.body, entry.idempotency_key)
    assert over.value.members["app_id"] == made.app.id


async def test_that_a_secret_that_may_have_been_copied_is_asked_about_and_replaced(bench: Bench) -> None:
    made = await register(bench)
    await handovers.mark_copying(bench.journal, made.handover.id, how="copy", clock=bench.clock)
    await bench.restart()
    (found,) = await handovers.recover(**bench.parts, clock=bench.clock)
    assert (found.kind, found.made) == ("maybe_copied", None)
    new = await handovers.replace_lost(**bench.parts, lost=found.pending)
    assert isinstance(new, MadeSecret)
    assert live(bench, made.app.id) == [new.secret.last4]
    assert [entry.version_id for entry in bench.journal.pending()] == [new.version_id]


# ------------------------------------------------------------------ handing over


def handing(bench: Bench, made: MadeApp | MadeSecret) -> Handing:
    return Handing(made, store=bench.store, journal=bench.journal, client_of=lambda: bench.client, now=bench.clock)


async def test_that_a_client_secret_is_copied_told_and_replaced(bench: Bench) -> None:
    made = await register(bench)
    hand = handing(bench, made)
    assert (hand.about, hand.kind) == ("app", "create")
    placed: list[str] = []

    async def put(value: str) -> bool:
        placed.append(value)
        return True

    assert await hand.copy(put)
    await hand.tell()
    assert (hand.told, hand.state, hand.secret) == ("told", State.HANDED_OVER, None)
    assert placed[0].startswith("bcs_")
    assert bench.store.apps[made.app.id].handover is None
    after = await hand.replace()
    assert (hand.state, after.kind, after.about) == (State.DISCARDED, "rotate", "app")
    assert live(bench, made.app.id) == [after.made.secret.last4]
    await after.discard()
    assert live(bench, made.app.id) == [made.secret.last4]


async def test_that_a_client_secret_is_saved_under_its_own_variable(bench: Bench) -> None:
    made = await register(bench)
    value = made.secret.show()
    file = bench.folder / "market.env"
    await handing(bench, made).save(file, Form.ENV)
    assert file.read_text() == f"BEATCONNECT_CLIENT_SECRET={value}\n"


async def test_that_a_sealed_client_secret_is_asked_for_again(bench: Bench) -> None:
    made = await register(bench)
    value = made.secret.show()
    hand = handing(bench, made)
    hand.seal()
    assert made.secret.spent
    assert await hand.unseal()
    assert hand.secret is not None
    assert hand.secret.show() == value
