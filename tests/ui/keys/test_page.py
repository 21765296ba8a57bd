"""The keys page: its states, filters, selection and narrow windows, by real events on a real server."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.client.errors import Forbidden, Garbled, Unreachable
from bcdesk.ui.keys.create import CreateDialog
from tests.ui.keys.paging import by_name, instead
from tests.ui.keys.studio import Studio, button, buttons, press, says, until
from tests.ui.walk import check_window

# ------------------------------------------------------------------ what the page shows


async def test_that_the_page_shows_the_three_keys_of_the_demo(studio: Studio) -> None:
    def shown() -> set[str]:
        model = studio.page.listing.model
        return {model.row_at(place).name for place in range(model.rowCount())}

    assert {"Production Key", "Sandbox Key"} <= shown()
    press(studio.page.filters, "filter.status.ended")
    assert "Old Production Key" in shown()
    assert "Manage your API keys for authentication with the BeatConnect API." in says(studio.page)


async def test_that_everything_on_the_page_has_a_name_and_plain_text(studio: Studio) -> None:
    for row in list(studio.store.keys.values()):
        studio.page.table.select_id(row.id)
        check_window(studio.page)


async def test_that_there_is_one_primary_button(studio: Studio) -> None:
    primary = [one for one in buttons(studio.page, "keys.new") if one.kind == "primary"]
    assert len(primary) == 1
    everything = [one for one in studio.page.findChildren(type(primary[0])) if one.isVisible()]
    assert [one for one in everything if one.kind == "primary"] == primary


async def test_that_the_first_row_is_chosen_once_everything_is_loaded(studio: Studio) -> None:
    assert studio.page.table.current_id() == studio.page.listing.model.id_at(0)
    assert studio.page.inspector.key_id == studio.page.table.current_id()


async def test_that_a_row_that_goes_leaves_nothing_chosen(studio: Studio) -> None:
    row = await studio.made("Going away")
    studio.select(row.id)
    studio.store.apply_keys([], [row.id])
    assert studio.page.inspector.key_id is None
    assert studio.registry.reason("keys.revoke") == "Choose a key first."


# ------------------------------------------------------------------ states


async def test_that_starting_shows_a_skeleton_and_says_so(studio: Studio) -> None:
    studio.store.replace_keys([])
    studio.store.set_link(state="starting", as_of=None)
    assert studio.page.table.isVisible()
    assert "The server is starting…" in says(studio.page)
    assert button(studio.page, "keys.new").reason == "Not connected yet."


async def test_that_loading_shows_rows_as_they_come(studio: Studio) -> None:
    rows = list(studio.store.keys.values())
    studio.store.replace_keys([])
    studio.store.set_link(state="loading")
    assert studio.page.table.isVisible()
    studio.store.apply_keys(rows[:1])
    assert studio.page.listing.model.rowCount() == 1


async def test_that_an_empty_list_says_what_to_do_next(studio: Studio) -> None:
    studio.store.replace_keys([])
    assert "No API keys yet" in says(instead(studio))
    press(instead(studio), "keys.new")
    dialog = await studio.dialog(CreateDialog)
    dialog.reject()


async def test_that_no_match_names_the_filters_and_clears_them(studio: Studio) -> None:
    QTest.keyClicks(studio.page.filters.search, "nothing of this kind")
    studio.page.filters.environment.button("sandbox").click()
    assert "“nothing of this kind” · Sandbox" in says(instead(studio))
    press(instead(studio), "keys.clear_filters")
    assert studio.page.table.isVisible()
    assert studio.page.filters.search.text() == ""
    assert studio.page.filters.environment.value == "all"


async def test_that_offline_says_as_of_and_disables_beforehand(studio: Studio) -> None:
    studio.store.set_link(state="offline", error=Unreachable("refused"))
    assert "Offline, as of" in says(studio.page.notices)
    assert studio.page.table.isVisible()
    for command in ("keys.new", "keys.rotate", "keys.edit", "keys.revoke"):
        assert studio.registry.reason(command) == "Offline: this needs the server."
    assert "ago" not in says(studio.page.inspector)
    QTest.keyClick(studio.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert studio.window.findChildren(CreateDialog) == []


async def test_that_retry_asks_for_a_sync(studio: Studio) -> None:
    studio.store.set_link(state="offline", error=Unreachable("timeout"))
    press(studio.page.notices, "sync.now")
    QTest.keyClick(studio.window, Qt.Key.Key_F5)
    assert studio.synced == 2


async def test_that_forbidden_says_who_can_help(studio: Studio) -> None:
    studio.store.replace_keys([])
    studio.store.set_link(state="forbidden", error=Forbidden(403, "member_disabled", ""))
    assert "Your account is turned off." in says(instead(studio))
    assert "owner" in says(instead(studio))


async def test_that_an_error_offers_retry(studio: Studio) -> None:
    studio.store.replace_keys([])
    studio.store.set_link(state="error", error=Garbled("shape"))
    press(instead(studio), "sync.now")
    assert studio.synced == 1


async def test_that_an_error_with_known_rows_keeps_them(studio: Studio) -> None:
    studio.store.set_link(state="error", error=Garbled("shape"))
    assert studio.page.table.isVisible()
    assert "makes no sense" in says(studio.page.notices)


# ------------------------------------------------------------------ filters


async def test_that_environment_and_status_narrow_together(studio: Studio) -> None:
    studio.page.filters.environment.button("live").click()
    studio.page.filters.status.button("ended").click()
    model = studio.page.listing.model
    rows = [model.row_at(place) for place in range(model.rowCount())]
    assert rows
    assert all(row.environment == "live" and row.status == "revoked" for row in rows)
    press(studio.page.filters, "keys.clear_filters")
    assert model.rowCount() == len(studio.store.keys) - studio.page.listing.tally.hidden()
    assert buttons(studio.page.filters, "keys.clear_filters") == []


async def test_that_the_chip_counts_what_needs_you(studio: Studio) -> None:
    before = studio.page.listing.tally.needing()
    await studio.make("Waits for its owner")
    assert studio.page.filters.status.button("needs").text() == f"Needs you {before + 1}"


async def test_that_a_change_counts_and_sorts_only_when_asked(studio: Studio) -> None:
    model = studio.page.listing.model
    last = model.id_at(model.rowCount() - 1)
    assert last is not None
    row = studio.row(last)
    corner = studio.page.table.mapToGlobal(studio.page.table.rect().topLeft())
    studio.store.apply_keys([row._replace(last_used_at=studio.now() + 5, revision=row.revision + 1)])
    assert model.place_of(last) == model.rowCount() - 1
    assert studio.page.table.mapToGlobal(studio.page.table.rect().topLeft()) == corner
    assert "1 change" in says(studio.page.stale)
    press(studio.page.stale, "keys.sort_again")
    assert model.place_of(last) == 0
    assert studio.page.stale.isHidden()


async def test_that_ctrl_f_goes_to_the_search(studio: Studio) -> None:
    studio.page.table.setFocus()
    QTest.keyClick(studio.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert studio.window.focusWidget() is studio.page.filters.search


# ------------------------------------------------------------------ narrow windows


async def test_that_a_narrow_window_opens_the_inspector_over_the_table(studio: Studio) -> None:
    studio.window.resize(960, 600)
    row = studio.row(by_name(studio, "Sandbox Key"))
    await until(lambda: studio.page.side.over)
    assert not studio.page.inspector.isVisible()
    studio.select(row.id)
    assert studio.page.inspector.isVisible()
    assert studio.page.inspector.geometry().right() == studio.page.rect().right()
    press(studio.page.inspector, "inspector.close")
    assert not studio.page.inspector.isVisible()
    studio.page.table.setFocus()
    QTest.keyClick(studio.page.table, Qt.Key.Key_Return)
    assert studio.page.inspector.isVisible()
    QTest.keyClick(studio.page.inspector, Qt.Key.Key_Escape)
    assert not studio.page.inspector.isVisible()
    studio.window.resize(1280, 800)
    await until(studio.page.inspector.isVisible)
