"""The members page by real events: what it shows and offers, why not, and links that are handed over once."""

import re
from html import unescape

import httpx
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from bcdesk.client.errors import Conflict, NotFound, Unreachable
from bcdesk.ui.keys.reveal_dialog import RevealDialog
from bcdesk.ui.members.changes import NewLinkDialog, RoleDialog, TurnOffMemberDialog
from bcdesk.ui.members.invite import InviteDialog
from bcdesk.ui.widgets import Label
from tests.ui.keys.studio import button, buttons, hear, press, until
from tests.ui.members.member_studio import MemberStudio
from tests.ui.walk import check_window

PASSWORD = "four words that nobody guesses"
CTRL = Qt.KeyboardModifier.ControlModifier


def me(studio: MemberStudio) -> str:
    assert studio.store.session is not None
    return studio.store.session.member.id


async def inviting(studio: MemberStudio) -> InviteDialog:
    QTest.keyClick(studio.window, Qt.Key.Key_N, CTRL)
    return await studio.dialog(InviteDialog)


async def test_that_the_owner_stands_there_and_is_told_who_it_is(studio: MemberStudio) -> None:
    studio.choose(me(studio))
    await hear(studio.members.inspector, "this is you", "May do everything, and sees to the members.")
    check_window(studio.window)


async def test_that_the_last_owner_offers_neither_role_nor_turning_off_and_says_why(studio: MemberStudio) -> None:
    others = [row for row in studio.store.members.values() if row.role == "owner" and row.id != me(studio)]
    studio.store.apply_members([], [row.id for row in others])
    studio.choose(me(studio))
    for name in ("members.edit", "members.disable"):
        for one in buttons(studio.members, name):
            assert one.reason == "The last owner stays: make somebody else an owner first."
    await hear(studio.members.inspector, "The only owner")
    await studio.invited("Coming", role="owner")
    studio.store.apply_members([], [row.id for row in others])
    studio.registry.refresh()
    for one in buttons(studio.members, "members.disable"):
        assert one.reason == "The last owner stays until another one has come in."


async def test_that_an_invitation_is_judged_at_its_fields_before_it_is_sent(studio: MemberStudio) -> None:
    await studio.invited("Here already", email="here@studio.example")
    dialog = await inviting(studio)
    check_window(dialog)
    press(dialog, "invite_member.make")
    assert dialog.form.field("/name").fault
    QTest.keyClicks(dialog.form.name, "Twice")
    QTest.keyClicks(dialog.form.email, "no address")
    press(dialog, "invite_member.make")
    assert not dialog.form.field("/name").fault
    assert dialog.form.field("/email").fault
    dialog.form.email.clear()
    QTest.keyClicks(dialog.form.email, "HERE@studio.example")
    press(dialog, "invite_member.make")
    assert dialog.form.field("/email").fault
    assert all(row.name != "Twice" for row in await studio.client.members.list())
    dialog.reject()
    await studio.back()


async def test_that_an_invited_member_gets_one_link_which_the_clipboard_holds_once(studio: MemberStudio) -> None:
    dialog = await inviting(studio)
    QTest.keyClicks(dialog.form.name, "Newcomer")
    QTest.keyClicks(dialog.form.email, "new@studio.example")
    QTest.mouseClick(dialog.form.role.button("manager"), Qt.MouseButton.LeftButton)
    press(dialog, "invite_member.make")
    reveal = await studio.dialog(RevealDialog)
    check_window(reveal)
    assert not buttons(reveal, "reveal_save")
    assert studio.journal.pending()[0].state == "waiting"
    assert not any("bcu_" in one.text() and len(one.text()) > 20 for one in reveal.findChildren(Label))
    press(reveal, "reveal_copy")
    await until(lambda: reveal.face == "after")
    link = QGuiApplication.clipboard().text()
    assert re.fullmatch(re.escape(studio.served.base_url) + r"/setup#bcu_[\w-]{43}", link)
    await until(lambda: not studio.journal.pending())
    press(reveal, "reveal_done")
    await studio.back()
    row = studio.named("Newcomer")
    assert (row.role, row.state, row.email) == ("manager", "invited", "new@studio.example")
    assert studio.members.inspector.row_id == row.id
    await hear(studio.members.inspector, "Has not come in yet")


async def test_that_an_invitation_that_nobody_took_leaves_no_member(studio: MemberStudio) -> None:
    dialog = await inviting(studio)
    QTest.keyClicks(dialog.form.name, "Nobody")
    press(dialog, "invite_member.make")
    reveal = await studio.dialog(RevealDialog)
    QTest.keyClick(reveal, Qt.Key.Key_Escape)
    await hear(reveal, "Nobody has this link.", "Nobody is not invited")
    press(reveal, "reveal_discard")
    await studio.back()
    await until(lambda: not any(row.name == "Nobody" for row in studio.store.members.values()))
    assert not any(row.name == "Nobody" for row in await studio.client.members.list())
    assert studio.journal.pending() == ()


async def test_that_a_lost_link_is_replaced_under_the_same_member(studio: MemberStudio) -> None:
    row = await studio.invited("Lost it")
    studio.choose(row.id)
    await until(lambda: buttons(studio.members.inspector, "members.new_link"))
    press(studio.members.inspector, "members.new_link")
    asked = await studio.dialog(NewLinkDialog)
    check_window(asked)
    press(asked, "new_link.act")
    reveal = await studio.dialog(RevealDialog)
    press(reveal, "reveal_copy")
    await until(lambda: reveal.face == "after")
    first = QGuiApplication.clipboard().text()
    press(reveal, "reveal_replace")
    await until(lambda: reveal.face == "waiting")
    await hear(reveal, "This is a new link.")
    press(reveal, "reveal_copy")
    await until(lambda: reveal.face == "after")
    assert QGuiApplication.clipboard().text() != first
    press(reveal, "reveal_done")
    await studio.back()
    assert studio.named("Lost it").id == row.id


async def set_up(link: str) -> httpx.Response:
    """Open a set-up link in a browser and set a password, as whoever got it does."""
    address, _, token = link.partition("#")
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as browser:
        page = await browser.post(address, data={"action": "open", "token": token})
        ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
        assert ticket is not None, page.text
        form = {"action": "set", "ticket": unescape(ticket[1]), "password": PASSWORD, "again": PASSWORD}
        return await browser.post(address, data=form)


async def test_that_a_link_which_was_used_says_so_and_offers_no_other(studio: MemberStudio) -> None:
    dialog = await inviting(studio)
    QTest.keyClicks(dialog.form.name, "Came in")
    QTest.keyClicks(dialog.form.email, "in@studio.example")
    press(dialog, "invite_member.make")
    reveal = await studio.dialog(RevealDialog)
    press(reveal, "reveal_copy")
    await until(lambda: reveal.face == "after")
    await hear(reveal, "Not used yet")
    await until(lambda: buttons(reveal, "reveal_replace"))
    assert (await set_up(QGuiApplication.clipboard().text())).status_code == 303
    await studio.sync()
    await hear(reveal, "Used: a password is set", "It was used, and opens nothing any more.")
    await until(lambda: not buttons(reveal, "reveal_replace"))
    press(reveal, "reveal_done")
    await studio.back()
    assert studio.named("Came in").state == "active"
    await until(lambda: buttons(studio.members.inspector, "members.new_link"))


async def test_that_a_role_is_changed_and_said_what_it_does(studio: MemberStudio) -> None:
    row = await studio.invited("Rises")
    studio.choose(row.id)
    QTest.keyClick(studio.window, Qt.Key.Key_F2)
    dialog = await studio.dialog(RoleDialog)
    check_window(dialog)
    assert button(dialog, "member_role.act").reason == "This is the role that they have."
    QTest.mouseClick(dialog.role.button("owner"), Qt.MouseButton.LeftButton)
    await hear(dialog, "An owner can turn off you, too.")
    press(dialog, "member_role.act")
    await studio.back()
    assert studio.named("Rises").role == "owner"


async def test_that_two_who_change_a_member_at_once_are_told(studio: MemberStudio) -> None:
    row = await studio.invited("Between two")
    studio.choose(row.id)
    QTest.keyClick(studio.window, Qt.Key.Key_F2)
    dialog = await studio.dialog(RoleDialog)
    await studio.client.members.patch(row.id, {"role": "manager"}, row.revision)
    QTest.mouseClick(dialog.role.button("owner"), Qt.MouseButton.LeftButton)
    press(dialog, "member_role.act")
    await hear(dialog, "Someone else changed this member meanwhile.")
    await until(lambda: button(dialog, "member_role.act").reason is None)
    press(dialog, "member_role.act")
    await studio.back()
    assert studio.named("Between two").role == "owner"


async def test_that_a_member_is_turned_off_after_the_dialog_and_on_again_by_undo(studio: MemberStudio) -> None:
    row = await studio.invited("On and off")
    studio.choose(row.id)
    await until(lambda: buttons(studio.members.inspector, "members.disable"))
    press(studio.members.inspector, "members.disable")
    dialog = await studio.dialog(TurnOffMemberDialog)
    check_window(dialog)
    press(dialog, "turn_off_member.act")
    await studio.back()
    assert studio.named("On and off").disabled
    await hear(studio.members, "On and off is off.")
    for one in buttons(studio.members, "members.new_link"):
        assert one.reason == "Turned off: turn them on first."
    press(studio.members, "undo")
    await until(lambda: not studio.named("On and off").disabled)


async def test_that_turning_on_a_member_whom_someone_changed_says_so_and_works_at_the_next_press(
    studio: MemberStudio,
) -> None:
    row = await studio.invited("Changed twice")
    off = await studio.client.members.patch(row.id, {"disabled": True}, row.revision)
    await studio.fresh()
    await studio.client.members.patch(row.id, {"role": "manager"}, off.revision)
    studio.choose(row.id)
    await until(lambda: buttons(studio.members.inspector, "members.enable"))
    press(studio.members.inspector, "members.enable")
    await hear(studio.members, "Someone else changed this member meanwhile.")
    await until(lambda: studio.named("Changed twice").role == "manager")
    press(studio.members.inspector, "members.enable")
    await until(lambda: not studio.named("Changed twice").disabled)


async def test_that_search_role_and_state_narrow_and_clear_widens(studio: MemberStudio) -> None:
    await studio.invited("Looked for", "manager", "find@studio.example")
    QTest.keyClicks(studio.members.filters.search, "find@")
    assert studio.shown_names() == ["Looked for"]
    press(studio.members, "filter.role.viewer")
    await hear(studio.members, "No member matches", "Nothing matches “find@” · Viewer.")
    assert studio.registry.run("members.clear_filters")
    press(studio.members, "filter.state.invited")
    assert "Looked for" in studio.shown_names()
    assert studio.registry.run("members.clear_filters")


async def test_that_offline_says_so_and_why_nothing_can_be_changed(studio: MemberStudio) -> None:
    studio.choose(me(studio))
    studio.line_up = False
    studio.store.set_link(state="offline", error=Unreachable("refused"))
    studio.tell_window()
    await hear(studio.members, "Offline, as of")
    for one in buttons(studio.members, "members.invite"):
        assert one.reason == "Offline: this needs the server."
    assert studio.members.table.model().rowCount() >= 1


async def test_that_who_was_removed_meanwhile_is_not_changed(studio: MemberStudio) -> None:
    row = await studio.invited("Goes")
    studio.choose(row.id)
    QTest.keyClick(studio.window, Qt.Key.Key_F2)
    dialog = await studio.dialog(RoleDialog)
    studio.store.apply_members([], [row.id])
    await hear(dialog, "This member is no longer on the server.")
    assert button(dialog, "member_role.act").reason == "This member is no longer on the server."
    dialog.reject()
    await studio.back()


async def test_that_a_problem_speaks_of_the_member_and_not_of_a_key(studio: MemberStudio) -> None:
    for error in (Conflict(409, "handover_ended", "", ()), NotFound(404, "not_found", "", ())):
        studio.members.tell(error)
        assert "key" not in studio.members.notices.problem.text.lower().replace("keeps", "")
