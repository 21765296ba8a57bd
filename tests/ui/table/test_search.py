"""Words typed into the search box, against haystacks."""

from hypothesis import given
from hypothesis import strategies as st

from bcdesk.ui.table.search import holding, matching, narrows, words_of

text = st.text(alphabet="abc ", max_size=8)


def test_that_case_and_order_of_words_do_not_matter() -> None:
    assert words_of("  Live PROduction live ") == ("production", "live")


@given(text, text, st.lists(st.text(alphabet="abc ", max_size=8), max_size=20))
def test_that_narrowing_what_was_found_equals_searching_everything(before: str, now: str, haystacks: list[str]) -> None:
    rows = {str(place): one for place, one in enumerate(haystacks)}
    first, second = words_of(before), words_of(now)
    whole = matching(list(rows), rows, str, second)
    if narrows(first, second):
        assert matching(matching(list(rows), rows, str, first), rows, str, second) == whole
    assert whole == [one for one in rows if all(word in rows[one] for word in now.split())]


def test_that_reading_all_rows_finds_what_reading_each_does() -> None:
    rows = {"r1": "a live key", "r2": "a test key", "r3": "live"}
    assert holding(rows, str, "live") == {"r1", "r3"}
    assert holding({}, str, "live") == set()


def test_that_a_shorter_text_does_not_narrow() -> None:
    assert not narrows(words_of("live"), words_of("liv"))
    assert not narrows((), words_of("liv"))
    assert narrows(words_of("li"), words_of("live key"))
