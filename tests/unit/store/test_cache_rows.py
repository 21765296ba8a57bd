"""Rows come out of their text as they went in, whatever they hold, and share what many have in common."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.contract.packed import PackedVersions
from bcdesk.contract.rows import AppRow, KeyRow, VersionRow
from bcdesk.store.cache_rows import LISTS, RowForm, session_of, session_text
from tests.unit.store.sample_rows import SESSION, any_row, key


@given(st.lists(any_row(KeyRow), max_size=3))
def test_that_any_key_comes_out_as_it_went_in(rows: list[KeyRow]) -> None:
    form = LISTS["keys"].form
    assert form.rows(form.text(rows)) == rows


@given(st.lists(any_row(AppRow), max_size=3))
def test_that_any_application_comes_out_as_it_went_in(rows: list[AppRow]) -> None:
    form = LISTS["apps"].form
    found = form.rows(form.text(rows))
    assert found == rows
    assert [type(value) for one in found for value in one] == [type(value) for one in rows for value in one]


def test_that_rows_share_what_they_have_in_common() -> None:
    form = LISTS["keys"].form
    one, other = form.rows(form.text([key(place, owner="Platform", scopes=("beats.read",)) for place in (1, 2)]))
    assert one.owner is other.owner
    assert one.scopes is other.scopes
    assert isinstance(one.versions, PackedVersions)


def test_that_versions_that_do_not_pack_come_out_too() -> None:
    odd = key(1, versions=(VersionRow("ver_" + "x" * 300, "a4f2", 1.0, None, None, "current"),))
    form = LISTS["keys"].form
    assert form.rows(form.text([odd])) == [odd]


def test_that_every_field_of_a_list_is_read_back(tmp_path: object) -> None:
    for one in LISTS.values():
        assert isinstance(one.form, RowForm)
        assert one.form.fields[0] == "id"


@pytest.mark.parametrize("text", ["", "{", "[3]", "[[1]]", '{"a": 1}', "[null]"])
def test_that_what_is_no_rows_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError, IndexError)):
        LISTS["keys"].form.rows(text)


def test_that_the_session_comes_out_as_it_went_in() -> None:
    assert session_of(session_text(SESSION)) == SESSION


@pytest.mark.parametrize("found", [None, [], ["x"], [[1], "owner", "srv", "1", []]])
def test_that_what_is_no_session_is_refused(found: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        session_of(found)
