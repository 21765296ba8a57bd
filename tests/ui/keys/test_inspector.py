"""The inspector: what needs you, last use, facts and versions, each with its remedy, by real events."""

import time

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bcdesk.contract.moments import UNKNOWN
from bcdesk.contract.rows import HandoverRow, KeyRow, RotationRow, VersionRow
from bcdesk.ui.keys.needs_cards import cards_of
from bcdesk.ui.keys.reveal import RevealDialog
from bcdesk.ui.keys.revoke import RevokeDialog
from bcdesk.ui.keys.turn_off import TurnOffDialog
from bcdesk.ui.keys.version_dialogs import ExtendDialog, RetireDialog
from bcdesk.ui.widgets import Card, Skeleton
from tests.ui.keys.key_rows import DAY, NOW, key_row
from tests.ui.keys.studio import Studio, button, buttons, hear, press, says, until
from tests.ui.keys.test_rotate import leave_reveal, rotated
from tests.ui.walk import check_window


def part(studio: Studio, name: str) -> QWidget:
    found = studio.page.inspector.findChild(QWidget, name)
    assert isinstance(found, QWidget)
    return found


def cards(studio: Studio) -> list[str]:
    return [one.property("name") or one.objectName() for one in part(studio, "needs").findChildren(Card)]


async def test_that_the_parts_stand_in_their_order(studio: Studio) -> None:
    row = await rotated(studio, await studio.made("In order", owner="Web"))
    studio.select(row.id)
    await hear(studio.page.inspector, "The old version ends in")
    inspector = studio.page.inspector
    order = [inspector.needs, inspector.last_use, inspector.rotate, inspector.facts, inspector.versions,
             inspector.edit, inspector.revoke]  # fmt: skip
    tops = [one.mapTo(inspector, one.rect().topLeft()).y() for one in order]
    assert tops == sorted(tops)
    check_window(inspector)


# ------------------------------------------------------------------ last use and callers


async def test_that_callers_are_shown_and_kept_for_the_next_look(studio: Studio) -> None:
    names = {row.name: row.id for row in studio.store.keys.values()}
    studio.select(names["Production Key"])
    await hear(part(studio, "last_use"), "requests in 24 h from", "beat-storefront")
    studio.select(names["Sandbox Key"])
    await until(lambda: "beat-storefront" not in says(part(studio, "last_use")))
    studio.line_up = False
    studio.select(names["Production Key"])
    await hear(part(studio, "last_use"), "beat-storefront")


async def test_that_a_skeleton_stands_where_callers_are_still_coming(studio: Studio) -> None:
    production = next(row for row in studio.store.keys.values() if row.name == "Production Key")
    studio.page.table.select_id(None)
    studio.page.inspector.last_use._cache._known.clear()
    studio.select(production.id)
    assert part(studio, "callers").findChildren(Skeleton)
    await hear(part(studio, "last_use"), "requests in 24 h")
    assert not [one for one in part(studio, "callers").findChildren(Skeleton) if one.isVisible()]


async def test_that_never_and_unknown_are_different_answers(studio: Studio) -> None:
    row = await studio.made("Never used")
    studio.select(row.id)
    assert "Never" in says(part(studio, "last_use"))
    studio.store.apply_keys([row._replace(last_used_at=UNKNOWN, revision=row.revision + 1)])
    assert "Unknown" in says(part(studio, "last_use"))
    assert "Never" not in says(part(studio, "last_use"))


async def test_that_a_sync_changes_times_in_place_and_keeps_the_focus(studio: Studio) -> None:
    row = await studio.made("Used meanwhile", environment="sandbox")
    studio.select(row.id)
    copy = await until(lambda: next(iter(buttons(studio.page.inspector, "fact.id.copy")), None))
    copy.setFocus()
    card = part(studio, "versions").findChild(Card)
    used = row._replace(
        last_used_at=time.time(), last_used_from="192.0.2.1", revision=row.revision + 1,
        versions=tuple(one._replace(last_used_at=time.time()) for one in row.versions),
    )  # fmt: skip
    studio.store.apply_keys([used._replace(versions=row.versions)])
    assert "just now from 192.0.2.1" in says(part(studio, "last_use"))
    assert part(studio, "versions").findChild(Card) is card
    assert studio.window.focusWidget() is copy


# ------------------------------------------------------------------ facts


async def test_that_facts_say_scopes_owner_end_and_addresses(studio: Studio) -> None:
    row = await studio.made("Facts", owner="Web", tags=("shop", "eu"), allowed_cidrs=("196.201.4.0/24",),
                            scopes=("beats.read", "user.profile"))  # fmt: skip
    studio.select(row.id)
    facts = part(studio, "facts")
    await hear(facts, "beats.read", "user.profile", "Web", "shop, eu", "196.201.4.0/24", "Never", row.id)
    scope = facts.findChild(QWidget, "fact.scope.beats.read")
    assert isinstance(scope, QWidget)
    assert scope.toolTip() == "Browse and search beats"
    press(facts, "fact.id.copy")
    assert QGuiApplication.clipboard().text() == row.id


async def test_that_a_replaced_key_leads_to_its_replacement(studio: Studio) -> None:
    names = {row.name: row.id for row in studio.store.keys.values()}
    studio.select(names["Old Production Key"])
    await until(lambda: buttons(studio.page.inspector, "fact.replaced_by.link"))
    press(studio.page.inspector, "fact.replaced_by.link")
    assert studio.page.table.current_id() == names["Production Key"]
    await until(lambda: buttons(studio.page.inspector, "fact.replaces.link"))


# ------------------------------------------------------------------ versions


async def test_that_a_retiring_version_can_be_extended_and_retired(studio: Studio) -> None:
    row = await rotated(studio, await studio.made("Two versions"))
    studio.select(row.id)
    versions = part(studio, "versions")
    await until(lambda: buttons(versions, "keys.extend"))
    press(versions, "keys.extend")
    extend = await studio.dialog(ExtendDialog)
    check_window(extend)
    press(extend, "span.604800")
    assert "works until" in says(extend)
    press(extend, "extend_version.extend")
    await studio.back()
    old = next(one for one in studio.row(row.id).versions if one.state == "retiring")
    assert old.retires_at is not None
    assert abs(old.retires_at - time.time() - 7 * DAY) < 60
    await until(lambda: buttons(versions, "keys.retire"))
    press(versions, "keys.retire")
    retire = await studio.dialog(RetireDialog)
    check_window(retire)
    assert "whoever still calls with it gets 401" in says(retire)
    QTest.keyClick(retire, Qt.Key.Key_Return)
    await studio.back()
    assert old.id in {one.id for one in studio.row(row.id).versions if one.state == "retiring"}
    await until(lambda: buttons(versions, "keys.retire"))
    press(versions, "keys.retire")
    press(await studio.dialog(RetireDialog), "retire_version.retire")
    await studio.back()
    assert not [one for one in studio.row(row.id).versions if one.state == "retiring"]


async def test_that_a_fault_of_the_new_end_lands_at_it(studio: Studio) -> None:
    row = await rotated(studio, await studio.made("Bad end"))
    studio.select(row.id)
    studio.registry.run("keys.extend")
    dialog = await studio.dialog(ExtendDialog)
    dialog.retires_at = lambda: time.time() - 60  # type: ignore[method-assign]
    press(dialog, "extend_version.extend")
    await until(lambda: dialog._field.fault)
    assert dialog._field.fault == "This lies in the past."
    dialog.reject()


async def test_that_an_unused_version_can_be_replaced(studio: Studio) -> None:
    row = await studio.made("Copied but lost")
    studio.select(row.id)
    versions = part(studio, "versions")
    await until(lambda: buttons(versions, "keys.replace_unused"))
    assert "not used yet" in says(versions)
    press(versions, "keys.replace_unused")
    reveal = await studio.dialog(RevealDialog)
    assert reveal.handing.made.row.id == row.id
    assert row.masked[-4:] != studio.row(row.id).masked[-4:]
    await leave_reveal(studio)


async def test_that_a_rotation_nobody_used_can_be_called_off(studio: Studio) -> None:
    row = await rotated(studio, await studio.made("Called off"), starts="first_use")
    studio.select(row.id)
    needs = part(studio, "needs")
    await hear(needs, "The new version waits for its first use")
    await until(lambda: buttons(needs, "keys.discard_unused"))
    press(needs, "keys.discard_unused")
    await until(lambda: studio.row(row.id).rotation is None)
    assert [one.state for one in studio.row(row.id).versions if one.state == "current"] == ["current"]


async def test_that_old_versions_are_folded(studio: Studio) -> None:
    row = await studio.made("Many versions")
    made = row.versions[0]
    gone = tuple(
        VersionRow(f"ver_{n:026d}", f"old{n}", made.created_at - n - 1, None, made.created_at, "retired")
        for n in range(6)
    )
    studio.store.apply_keys([row._replace(versions=(*gone, made), revision=row.revision + 1)])
    studio.select(row.id)
    versions = part(studio, "versions")
    await until(lambda: buttons(versions, "versions.more"))
    assert len([one for one in versions.findChildren(Card) if one.isVisible()]) == 3
    press(versions, "versions.more")
    await until(lambda: len([one for one in versions.findChildren(Card) if one.isVisible()]) == 7)


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


# ------------------------------------------------------------------ turning off and on


async def test_that_a_sandbox_key_turns_off_at_once_with_undo(studio: Studio) -> None:
    row = await studio.made("Off at once", environment="sandbox")
    studio.select(row.id)
    press(studio.page.inspector, "keys.disable")
    await until(lambda: studio.row(row.id).status == "disabled")
    await hear(studio.page.undo, "Off at once is off.")
    await until(lambda: buttons(studio.page.inspector, "keys.enable"))
    press(studio.page.undo, "undo")
    await until(lambda: studio.row(row.id).status == "active")


async def test_that_a_live_key_asks_before_it_turns_off(studio: Studio) -> None:
    row = await studio.made("Ask first")
    studio.select(row.id)
    press(studio.page.inspector, "keys.disable")
    dialog = await studio.dialog(TurnOffDialog)
    check_window(dialog)
    await hear(dialog, "Every call with this key gets 401 until it is turned on again.")
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await studio.back()
    assert studio.row(row.id).status == "active"
    press(studio.page.inspector, "keys.disable")
    press(await studio.dialog(TurnOffDialog), "turn_off_key.turn_off")
    await studio.back()
    assert studio.row(row.id).status == "disabled"
    press(studio.page.inspector, "keys.enable")
    await until(lambda: studio.row(row.id).status == "active")
    assert studio.page.undo.isHidden()


async def test_that_a_refusal_without_a_dialog_is_said_on_the_page(studio: Studio) -> None:
    row = await studio.made("Refused", environment="sandbox")
    await studio.client.keys.revoke(row.id, reason="", compromised=False)
    studio.select(row.id)
    press(studio.page.inspector, "keys.disable")
    await hear(studio.page.notices, "This key has ended.")
    press(studio.page.notices, "problem.close")
    assert studio.page.notices.problem.isHidden()


async def test_that_what_a_button_says_follows_the_link(studio: Studio) -> None:
    row = await studio.made("Follows the link")
    studio.select(row.id)
    assert button(studio.page.inspector, "keys.edit").reason is None
    studio.store.set_link(state="offline")
    assert button(studio.page.inspector, "keys.edit").reason == "Offline: this needs the server."
    studio.store.set_link(state="online")
    assert button(studio.page.inspector, "keys.edit").reason is None


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
