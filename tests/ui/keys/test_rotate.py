"""*Rotate…* by real events: what will happen is said beforehand, and two live versions are explained."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.contract.rows import KeyRow, VersionRow
from bcdesk.ui.keys import rotation
from bcdesk.ui.keys.reveal import RevealDialog
from bcdesk.ui.keys.rotate import RotateDialog
from tests.ui.keys.studio import Studio, button, hear, press, says, until
from tests.ui.walk import check_window

DAY = 86_400


async def opened(studio: Studio, row: KeyRow) -> RotateDialog:
    studio.select(row.id)
    QTest.keyClick(studio.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    return await studio.dialog(RotateDialog)


async def leave_reveal(studio: Studio) -> None:
    reveal = await studio.dialog(RevealDialog)
    reveal.done(0)
    await studio.back()


async def rotated(studio: Studio, row: KeyRow, *, starts: str = "now", overlap: int = DAY) -> KeyRow:
    """Rotate a key and hand the new version over."""
    from bcdesk.actions.keys import rotate_key

    made = await rotate_key(
        client=studio.client, store=studio.store, journal=studio.journal, key_id=row.id,
        overlap_seconds=overlap, starts=starts,  # type: ignore[arg-type]
    )  # fmt: skip
    await studio.client.handovers.ack(made.handover.id, "copy")
    for entry in studio.journal.pending():
        await studio.journal.remove(entry.id)
    made.secret.discard()
    studio.store.apply_keys([await studio.client.keys.get(row.id)])
    return studio.row(row.id)


async def test_that_a_rotation_begins_with_24_hours_after_the_first_use(studio: Studio) -> None:
    row = await studio.made("Rotate me")
    dialog = await opened(studio, row)
    check_window(dialog)
    assert "The old key works until 24 hours after the new one is first used." in says(dialog)
    assert "A new key that nobody takes breaks nothing." in says(dialog)
    press(dialog, "rotate_key.make")
    reveal = await studio.dialog(RevealDialog)
    after = studio.row(row.id)
    assert after.rotation is not None
    assert (after.rotation.state, after.rotation.overlap_seconds) == ("waiting", DAY)
    assert reveal.handing.made.row.id == row.id
    await leave_reveal(studio)


async def test_that_the_consequence_follows_the_choice(studio: Studio) -> None:
    dialog = await opened(studio, await studio.made("Choices"))
    press(dialog, "starts.now")
    await hear(dialog, "The old key works until")
    assert "first used." not in says(dialog)
    press(dialog, "overlap_choice.0")
    await hear(dialog, "Whoever still calls with it gets 401 from then on.")
    press(dialog, "overlap_choice.-1")
    assert dialog.overlap.days.isVisible()
    dialog.overlap.days.setValue(90)
    press(dialog, "starts.first_use")
    await hear(dialog, "until 90 days after the new one is first used")
    assert dialog.overlap.days.maximum() == 90
    dialog.reject()


async def test_that_a_rotation_that_starts_now_is_sent_so(studio: Studio) -> None:
    row = await studio.made("Start now")
    dialog = await opened(studio, row)
    press(dialog, "starts.now")
    press(dialog, "overlap_choice.3600")
    press(dialog, "rotate_key.make")
    await studio.dialog(RevealDialog)
    after = studio.row(row.id)
    assert after.rotation is not None
    assert after.rotation.state == "overlapping"
    assert after.rotation.overlap_seconds == 3600
    await leave_reveal(studio)


async def test_that_two_live_versions_are_explained_and_the_old_one_can_be_ended(studio: Studio) -> None:
    row = await rotated(studio, await studio.made("Twice"))
    dialog = await opened(studio, row)
    assert "Two keys work under this name already" in says(dialog)
    assert not dialog.make.isVisible()
    assert not dialog.overlap.isVisible()
    check_window(dialog)
    press(dialog, "blocked.end_old")
    await until(dialog.make.isVisible)
    assert dialog.blocked.isHidden()
    assert sum(version.state == "retired" for version in studio.row(row.id).versions) == 1
    dialog.reject()


async def test_that_an_unused_new_version_can_be_replaced_from_there(studio: Studio) -> None:
    row = await rotated(studio, await studio.made("Unused"), starts="first_use")
    unused = next(version for version in row.versions if version.state == "pending")
    dialog = await opened(studio, row)
    assert "was made but not used yet" in says(dialog)
    assert button(dialog, "blocked.replace_new").text() == f"Replace …{unused.last4}"
    press(dialog, "blocked.replace_new")
    await studio.dialog(RevealDialog)
    states = {version.id: version.state for version in studio.row(row.id).versions}
    assert states[unused.id] not in rotation.LIVE
    assert list(states.values()).count("pending") == 1
    await leave_reveal(studio)


async def test_that_a_second_rotation_elsewhere_is_explained_when_the_server_refuses(studio: Studio) -> None:
    row = await studio.made("Rotated elsewhere")
    dialog = await opened(studio, row)
    await studio.client.keys.rotate(row.id, overlap_seconds=DAY, starts="now", idempotency_key="e" * 43)
    press(dialog, "rotate_key.make")
    await until(dialog.blocked.isVisible)
    assert "Two keys work under this name already" in says(dialog)
    dialog.reject()


async def test_that_a_key_that_ended_meanwhile_is_said_and_the_choice_is_kept(studio: Studio) -> None:
    row = await studio.made("Ends while rotated")
    dialog = await opened(studio, row)
    press(dialog, "overlap_choice.604800")
    await studio.client.keys.revoke(row.id, reason="", compromised=False)
    press(dialog, "rotate_key.make")
    await until(lambda: dialog.problem.text)
    assert "This key has ended." in dialog.problem.text
    assert dialog.overlap.seconds() == 7 * DAY
    assert studio.journal.pending() == ()
    dialog.reject()


async def test_that_leaving_while_it_is_made_leaves_the_old_version_as_it_was(studio: Studio) -> None:
    row = await studio.made("Left while rotating")
    dialog = await opened(studio, row)
    press(dialog, "rotate_key.make")
    assert dialog.busy
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await until(lambda: "rotate key" not in studio.desk.scope.names)
    after = await studio.client.keys.get(row.id)
    assert after.rotation is None
    assert [version.state for version in after.versions if version.state in rotation.LIVE] == ["current"]


# ------------------------------------------------------------------ the words alone


def version(last4: str, state: str, created: float = 0.0) -> VersionRow:
    return VersionRow(f"ver_{last4}", last4, created, None, None, state)


def test_that_one_live_version_blocks_nothing_and_two_do() -> None:
    from tests.ui.keys.key_rows import key_row

    row = key_row()
    assert rotation.blocking(row._replace(versions=(version("aaaa", "retired"), version("bbbb", "current")))) is None
    two = row._replace(versions=(version("bbbb", "current", 2.0), version("aaaa", "retiring", 1.0)))
    block = rotation.blocking(two)
    assert block is not None
    assert [one.last4 for one in block] == ["aaaa", "bbbb"]


def test_that_an_overlap_never_promises_more_than_the_expiry() -> None:
    from tests.ui.keys.key_rows import key_row

    row = key_row()._replace(expires_at=1_000.0)
    said = rotation.consequences(row, overlap=DAY, at_once=True, now=900.0, exact=lambda moment: f"<{moment:.0f}>")
    assert "The old key works until it expires, <1000>." in said
    said = rotation.consequences(row, overlap=DAY, at_once=False, now=900.0, exact=lambda moment: f"<{moment:.0f}>")
    assert "Both end when the key expires, <1000>." in said
