"""The inspector: its parts in order, last use, facts, versions and what they are turned to, by real events."""

import time

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bcdesk.contract.moments import UNKNOWN
from bcdesk.contract.rows import VersionRow
from bcdesk.ui.keys.reveal import RevealDialog
from bcdesk.ui.keys.turn_off import TurnOffDialog
from bcdesk.ui.keys.version_dialogs import ExtendDialog, RetireDialog
from bcdesk.ui.widgets import Card, Skeleton
from tests.ui.keys.inspecting import part
from tests.ui.keys.key_rows import DAY
from tests.ui.keys.studio import Studio, button, buttons, hear, press, says, until
from tests.ui.keys.test_rotate import leave_reveal, rotated
from tests.ui.walk import check_window


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


async def test_that_out_of_contact_no_callers_are_waited_for(studio: Studio) -> None:
    production = next(row for row in studio.store.keys.values() if row.name == "Production Key")
    await until(lambda: not studio.page.inspector.last_use.callers._loading)
    studio.store.set_link(state="offline")
    studio.page.table.select_id(None)
    studio.page.inspector.last_use._cache._known.clear()
    studio.select(production.id)
    await hear(part(studio, "callers"), "Callers are not known offline.")
    assert not studio.page.inspector.last_use.callers._loading
    studio.store.set_link(state="online")
    await hear(part(studio, "last_use"), "requests in 24 h")


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
