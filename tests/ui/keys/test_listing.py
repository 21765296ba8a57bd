"""The keys table over a real store: what the server answers shows, in place."""

from collections.abc import Iterator

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QWidget

from bcdesk.store.store import Store
from bcdesk.ui.keys.listing import KeyListing
from tests.ui.keys.key_rows import DAY, NOW, key_row
from tests.ui.walk import rich, unnamed


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def listing(host: QWidget, clock: Clock) -> Iterator[KeyListing]:
    made = KeyListing(Store(), now=clock, parent=host)
    made.view.setParent(host)
    made.view.show()
    yield made
    made.close()


def shown(listing: KeyListing) -> list[int]:
    return [int(str(listing.model.id_at(place))[4:]) for place in range(listing.model.rowCount())]


def test_that_a_load_shows_bars_then_rows_newest_use_first(listing: KeyListing) -> None:
    store = listing._store
    store.set_link(state="loading")
    assert listing.model.loading
    store.apply_keys([key_row(1, last_used_at=NOW - 50), key_row(2, last_used_at=None)])
    store.apply_keys([key_row(3, last_used_at=NOW - 5)])
    assert shown(listing) == [1, 2, 3]
    store.set_link(state="online", as_of=NOW)
    assert shown(listing) == [3, 1, 2]
    assert listing.model.stale == 0


def test_that_a_use_is_shown_in_place_and_counted(listing: KeyListing) -> None:
    store, counts = listing._store, QSignalSpy(listing.counts_changed)
    store.apply_keys([key_row(1, last_used_at=NOW - 5), key_row(2, last_used_at=NOW - 50)])
    store.apply_keys([key_row(2, last_used_at=NOW)])
    assert shown(listing) == [1, 2]
    assert listing.model.stale == 1
    assert counts.count() == 2


def test_that_the_clock_alone_ends_a_key(listing: KeyListing, clock: Clock) -> None:
    store = listing._store
    store.apply_keys([key_row(1, expires_at=NOW + DAY), key_row(2)])
    assert [listing.tally.needing(), listing.tally.ended()] == [1, 0]
    clock.now += DAY + 1
    listing.tick()
    assert [listing.tally.needing(), listing.tally.ended()] == [0, 1]
    listing.set_filters("live", "ended")
    assert shown(listing) == [1]


def test_that_the_rows_are_as_of_the_last_contact_while_there_is_none(listing: KeyListing) -> None:
    store = listing._store
    store.set_link(state="online", as_of=NOW - 9)
    assert listing.moment().as_of is None
    store.set_link(state="offline")
    assert listing.moment().as_of == NOW - 9


def test_that_a_listing_that_is_closed_hears_no_more(listing: KeyListing) -> None:
    listing.close()
    listing._store.apply_keys([key_row(1)])
    assert listing.model.total == 0


def test_that_every_part_of_the_table_is_named_and_plain(listing: KeyListing) -> None:
    assert not unnamed(listing.view)
    assert not rich(listing.view)
