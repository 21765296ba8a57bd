"""The model: nothing moves unless it is asked to, and what would move is counted."""

import random
from collections.abc import Callable, Iterator, Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from pytestqt.qtbot import QtBot

from bcdesk.ui.table.model import MANY, TableModel
from bcdesk.ui.table.ordering import CHUNK
from tests.ui.table.sample import KIND, Row, columns, fruit


def shown(model: TableModel) -> list[str]:
    return [str(model.id_at(place)) for place in range(model.rowCount())]


@pytest.fixture
def rows() -> dict[str, Row]:
    return fruit()


@pytest.fixture
def model(rows: dict[str, Row], qapp: object) -> Iterator[TableModel]:
    made = TableModel(columns(), rows, KIND)
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    tester.deleteLater()
    made.deleteLater()


def only(rows: dict[str, Row], group: str) -> Callable[[Sequence[str]], list[str]]:
    return lambda ids: [one for one in ids if rows[one].group == group]


def test_that_a_cell_says_its_text_its_second_line_and_what_is_read_aloud(model: TableModel) -> None:
    role = Qt.ItemDataRole
    assert model.data(model.index(0, 0)) == "Pear"
    assert model.data(model.index(0, 0), role.AccessibleDescriptionRole) == "of plain"
    assert model.data(model.index(0, 4), role.AccessibleTextRole) == "Actions for Pear"
    assert model.data(model.index(0, 1), role.AccessibleTextRole) == "3"
    assert model.data(model.index(0, 0), role.DecorationRole) is None
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Name"
    assert model.headerData(1, Qt.Orientation.Vertical) == "apple"


def test_that_sorting_orders_every_row_and_puts_the_missing_last(model: TableModel) -> None:
    model.sort_by("name", False)
    assert shown(model) == ["r2", "r3", "r5", "r1", "r4"]
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert shown(model) == ["r1", "r4", "r5", "r2", "r3"]  # equals in the order in which they came
    with pytest.raises(KeyError):
        model.sort_by("group", False)


def test_that_the_search_keeps_the_order_and_gives_it_back(model: TableModel) -> None:
    model.sort_by("name", False)
    model.set_search("p")
    assert shown(model) == ["r2", "r1", "r4"]
    model.set_search("pl")
    assert shown(model) == ["r2", "r4"]
    model.set_search("plu")
    assert shown(model) == ["r4"]
    model.set_search("")
    assert shown(model) == ["r2", "r3", "r5", "r1", "r4"]


def test_that_filter_and_search_work_together(model: TableModel, rows: dict[str, Row]) -> None:
    model.set_search("p")
    model.set_filter(only(rows, "live"))
    assert shown(model) == ["r4"]
    model.set_search("")
    assert shown(model) == ["r4"]
    model.set_filter(None)
    assert shown(model) == list(rows)


def test_that_a_changed_cell_changes_in_place_and_is_counted(model: TableModel, rows: dict[str, Row]) -> None:
    model.sort_by("size", True)
    before, counted, told = shown(model), QSignalSpy(model.stale_order), QSignalSpy(model.dataChanged)
    rows["r2"] = rows["r2"]._replace(size=9)
    model.apply(changed=["r2"])
    assert shown(model) == before
    assert model.stale == 1
    assert counted.at(0) == [1]
    assert [told.at(0)[0].row(), told.at(0)[1].row()] == [3, 3]
    model.sort_again()
    assert shown(model)[0] == "r2"
    assert counted.at(1) == [0]


def test_that_a_change_which_keeps_its_place_is_not_counted(model: TableModel, rows: dict[str, Row]) -> None:
    model.sort_by("size", True)
    rows["r1"] = rows["r1"]._replace(size=99)
    model.apply(changed=["r1"])
    assert model.stale == 0
    rows["r1"] = rows["r1"]._replace(size=0)
    model.apply(changed=["r1"])
    assert model.stale == 1
    rows["r1"] = rows["r1"]._replace(size=9)
    model.apply(changed=["r1"])
    assert model.stale == 0


def test_that_a_new_row_stands_below_and_is_counted(model: TableModel, rows: dict[str, Row]) -> None:
    model.sort_by("name", False)
    rows["r6"] = Row("r6", "Banana", 7)
    model.apply(added=["r6"])
    assert shown(model)[-1] == "r6"
    assert model.stale == 1
    model.sort_again()
    assert shown(model)[1] == "r6"
    assert model.stale == 0


def test_that_a_row_that_is_gone_vanishes_and_says_so_first(model: TableModel, rows: dict[str, Row]) -> None:
    leaving = QSignalSpy(model.leaving)
    model.sort_by("name", False)
    model.set_search("l")
    del rows["r4"], rows["r1"]
    model.apply(removed=["r4", "r1"])
    assert leaving.at(0) == [{"r4", "r1"}]
    assert shown(model) == ["r2", "r5"]
    model.set_search("")
    assert shown(model) == ["r2", "r3", "r5"]
    assert model.total == 3


def test_that_a_row_which_the_filter_no_longer_lets_through_stays_and_counts(
    model: TableModel, rows: dict[str, Row]
) -> None:
    model.set_filter(only(rows, "plain"))
    rows["r1"] = rows["r1"]._replace(group="live")
    model.apply(changed=["r1"])
    assert shown(model) == ["r1", "r2", "r3", "r5"]
    assert model.stale == 1
    rows["r1"] = rows["r1"]._replace(group="plain")
    model.apply(changed=["r1"])
    assert model.stale == 0
    rows["r2"] = rows["r2"]._replace(group="live")
    model.apply(changed=["r2"])
    model.sort_again()
    assert shown(model) == ["r1", "r3", "r5"]


def test_that_a_row_which_the_filter_now_lets_through_appears_below(model: TableModel, rows: dict[str, Row]) -> None:
    model.set_filter(only(rows, "live"))
    rows["r1"] = rows["r1"]._replace(group="live")
    model.apply(changed=["r1"])
    assert shown(model) == ["r4", "r1"]


def test_that_a_renamed_row_is_found_by_its_new_name(model: TableModel, rows: dict[str, Row]) -> None:
    model.set_search("quince")
    assert shown(model) == []
    rows["r3"] = rows["r3"]._replace(name="Quince")
    model.apply(changed=["r3"])
    assert shown(model) == ["r3"]
    model.set_search("quinc")
    assert shown(model) == ["r3"]
    model.set_search("fig")
    assert shown(model) == []


def test_that_rows_which_stream_in_are_not_counted_and_end_sorted(qtbot: QtBot) -> None:
    random.seed(3)
    rows: dict[str, Row] = {}
    model = TableModel(columns(), rows, KIND)
    model.sort_by("size", False)
    model.set_loading(True)
    total = CHUNK + 600
    for start in range(0, total, 500):
        new = [Row(f"r{place}", f"n{place}", random.random()) for place in range(start, min(total, start + 500))]
        rows.update((row.id, row) for row in new)
        model.apply(added=[row.id for row in new])
    assert model.stale == 0
    assert shown(model) == sorted(shown(model)[:500], key=lambda one: rows[one].size or 0) + list(rows)[500:]
    with qtbot.waitSignal(model.modelReset):
        model.set_loading(False)
    assert shown(model) == sorted(rows, key=lambda one: rows[one].size or 0)
    model.deleteLater()


def test_that_a_change_during_the_last_sort_is_not_lost(qtbot: QtBot) -> None:
    rows = {f"r{place}": Row(f"r{place}", "", float(place % 977)) for place in range(CHUNK + 10)}
    model = TableModel(columns(), {}, KIND)
    model.sort_by("size", False)
    model.set_loading(True)
    model._ids.rows = rows
    model.apply(added=list(rows))
    with qtbot.waitSignal(model.modelReset):
        model.set_loading(False)
        rows["r5"] = rows["r5"]._replace(size=-1)
        model.apply(changed=["r5"])
    assert shown(model)[0] == "r5"
    model.deleteLater()


def test_that_rows_which_come_again_into_a_full_table_do_not_move(model: TableModel, rows: dict[str, Row]) -> None:
    model.sort_by("size", True)
    model.set_loading(True)
    rows["r2"] = rows["r2"]._replace(size=50)
    rows["r6"] = Row("r6", "Kiwi", 60)
    model.apply(added=["r6"], changed=["r2"])
    model.set_loading(False)
    assert shown(model) == ["r1", "r4", "r5", "r2", "r3", "r6"]
    assert model.stale == 2


def test_that_other_rows_can_take_the_place_of_all(model: TableModel) -> None:
    model.sort_by("name", False)
    other = {"x1": Row("x1", "zeta", 1), "x2": Row("x2", "Alpha", 2)}
    model.set_rows(other)
    assert shown(model) == ["x2", "x1"]
    other["x3"] = Row("x3", "omega", 3)
    model.apply(added=["x3"])
    assert model.total == 3


@pytest.mark.parametrize("seed", range(6))
def test_that_any_run_of_changes_ends_as_a_fresh_model_would_show_it(seed: int, qapp: object) -> None:
    dice = random.Random(seed)
    rows = {f"r{n}": Row(f"r{n}", f"name {n}", float(n), dice.choice(["plain", "live"])) for n in range(150)}
    model = TableModel(columns(), rows, KIND)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    count = 150
    for _ in range(120):
        what = dice.randrange(9)  # as many go as come: Qt's tester looks at every row after each change
        some = dice.sample(sorted(rows), k=min(len(rows), dice.choice([1, 2, 5, MANY + 9])))
        if what == 0:
            model.set_search(dice.choice(["", "1", "12", "name 1", "me 2"]))
        elif what == 1:
            model.set_filter(dice.choice([None, only(rows, "live")]))
        elif what == 2:
            model.sort_by(dice.choice(["name", "size"]), dice.random() < 0.5)
        elif what < 5:
            for one in some:
                del rows[one]
            model.apply(removed=some)
        elif what < 7:
            new = [Row(f"r{n}", f"name {n}", dice.random(), "plain") for n in range(count, count + len(some))]
            count += len(some)
            rows.update((row.id, row) for row in new)
            model.apply(added=[row.id for row in new])
        else:
            for one in some:
                rows[one] = rows[one]._replace(size=dice.random(), group=dice.choice(["plain", "live"]))
            model.apply(changed=some)
    model.sort_by("size", False)
    assert model.stale == 0
    fresh = TableModel(columns(), rows, KIND)
    fresh.set_filter(model._ids.select)
    fresh.set_search(model.search)
    fresh.sort_by("size", False)
    assert shown(model) == shown(fresh)
    assert model.total == len(rows)
    for made in (model, fresh, tester):
        made.deleteLater()


def test_that_one_signal_tells_of_many_changes(model: TableModel, rows: dict[str, Row]) -> None:
    new = {f"x{place}": Row(f"x{place}", "x", 1.0) for place in range(MANY * 2)}
    rows.update(new)
    model.apply(added=list(new))
    told = QSignalSpy(model.dataChanged)
    model.apply(changed=list(new))
    assert told.count() == 1


def test_that_a_row_which_a_sort_took_in_is_not_added_twice(model: TableModel, rows: dict[str, Row]) -> None:
    rows["r6"] = Row("r6", "Kiwi", 60)
    del rows["r2"]
    model.sort_by("name", False)
    assert "r6" in shown(model)
    model.apply(added=["r6"], removed=["r2"])
    assert shown(model) == ["r3", "r6", "r5", "r1", "r4"]
    assert model.total == len(rows)


def test_that_a_table_that_lost_every_row_takes_others(model: TableModel, rows: dict[str, Row]) -> None:
    gone = list(rows)
    kept = rows["r2"]
    rows.clear()
    model.apply(removed=gone)
    assert (shown(model), model.stale, model.total) == ([], 0, 0)
    rows["r2"] = kept
    model.apply(added=["r2"])
    assert shown(model) == ["r2"]
