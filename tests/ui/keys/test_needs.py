"""What needs you: a card for each need with its remedy, and what waits to be handed over."""

from bcdesk.contract.rows import HandoverRow, KeyRow, RotationRow
from bcdesk.ui.keys.needs_cards import cards_of
from bcdesk.ui.keys.reveal import RevealDialog
from bcdesk.ui.keys.revoke import RevokeDialog
from tests.ui.keys.inspecting import part
from tests.ui.keys.key_rows import DAY, NOW, key_row
from tests.ui.keys.studio import Studio, buttons, hear, press, until
from tests.ui.keys.test_rotate import leave_reveal

# ------------------------------------------------------------------ what waits to be handed over


async def test_that_a_secret_that_waits_here_can_be_handed_over(studio: Studio) -> None:
    made = await studio.make("Waits here")
    made.secret.discard()
    studio.select(made.key.id)
    needs = part(studio, "needs")
    await hear(needs, "Its secret waits")
    press(needs, "keys.hand_over")
    reveal = await studio.dialog(RevealDialog)
    assert reveal.handing.made.row.id == made.key.id
    await leave_reveal(studio)


async def test_that_an_orphan_says_so_and_can_be_revoked(studio: Studio) -> None:
    made = await studio.make("Orphan")
    for entry in studio.journal.pending():
        await studio.journal.remove(entry.id)
    studio.select(made.key.id)
    needs = part(studio, "needs")
    await hear(needs, "Nobody can hand this key over")
    assert not buttons(studio.page.inspector, "keys.hand_over")
    press(needs, "keys.revoke")
    dialog = await studio.dialog(RevokeDialog)
    assert dialog.row.id == made.key.id
    dialog.reject()


async def test_that_a_waiting_key_can_be_discarded_and_is_gone(studio: Studio) -> None:
    made = await studio.make("Discard me")
    studio.select(made.key.id)
    versions = part(studio, "versions")
    await until(lambda: buttons(versions, "keys.discard_unused"))
    press(versions, "keys.discard_unused")
    await until(lambda: made.key.id not in studio.store.keys)
    assert studio.page.inspector.key_id is None


# ------------------------------------------------------------------ the cards alone


def ids(row: KeyRow, *, knows: bool = False) -> list[str]:
    return [card.id for card in cards_of(row, NOW, knows_secret=knows)]


def test_that_a_healthy_key_needs_nothing() -> None:
    assert ids(key_row()) == []


def test_that_each_need_has_its_card_and_a_remedy() -> None:
    waiting = HandoverRow("hnd_1", "waiting", NOW + DAY)
    overlap = RotationRow("overlapping", "ver_1", "ver_2", 86_400, NOW + DAY)
    expected = {
        "old": key_row(created_at=NOW - 200 * DAY),
        "expiring": key_row(expires_at=NOW + 3 * DAY),
        "rotating": key_row(rotation=overlap),
        "restorable": key_row(status="revoked", revoked_at=NOW - 60),
        "unreplaced": key_row(status="revoked", revoked_at=NOW - 60, compromised=True),
    }
    for need, row in expected.items():
        assert ids(row) == [need]
        assert all(card.commands for card in cards_of(row, NOW, knows_secret=False))
    assert ids(key_row(handover=waiting), knows=True) == ["handover"]
    assert ids(key_row(handover=waiting)) == ["orphan"]
    assert "keys.revoke" in cards_of(key_row(handover=waiting), NOW, knows_secret=False)[0].commands


def test_that_a_key_over_for_an_hour_offers_no_restore() -> None:
    assert ids(key_row(status="revoked", revoked_at=NOW - 3_600)) == []


async def test_that_rotate_stands_once_where_its_card_has_it(studio: Studio) -> None:
    production = next(row for row in studio.store.keys.values() if row.name == "Production Key")
    studio.select(production.id)
    await hear(part(studio, "needs"), "Older than 90 days")
    await until(lambda: buttons(studio.page.inspector, "keys.rotate"))
    assert len(buttons(studio.page.inspector, "keys.rotate")) == 1
    fresh = await studio.made("Fresh one")
    studio.select(fresh.id)
    assert studio.page.inspector.rotate.isVisible()
