"""What a form holds, judged before it is sent."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.contract import key_rules
from bcdesk.contract.codes import Fault
from bcdesk.ui.keys.draft import FormValues, day_after, day_of, end_of_day, likely_range
from tests.ui.keys.key_rows import DAY, NOW, key_row


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("10.1.2.3/8", "10.0.0.0/8"), ("2001:db8::1/32", "2001:db8::/32"), ("10.0.0.0/8", None), ("nonsense", None)],
)
def test_that_the_range_that_was_meant_is_known(typed: str, meant: str | None) -> None:
    assert likely_range(typed) == meant


@given(st.ip_addresses(), st.integers(0, 128))
def test_that_a_likely_range_is_always_one_that_the_contract_takes(address: object, bits: int) -> None:
    meant = likely_range(f"{address}/{bits}")
    if meant is not None:
        assert key_rules.check_cidrs([meant]) == []


def test_that_only_what_differs_is_a_change_and_the_environment_never_is() -> None:
    base = FormValues.of(key_row(tags=("a",), expires_at=NOW + DAY))
    changed = FormValues(**{**{name: getattr(base, name) for name in base.__slots__},
                            "tags": ("a", "b"), "expires_at": None, "environment": "sandbox"})  # fmt: skip
    assert base.changes_from(base) == {}
    assert changed.changes_from(base) == {"tags": ["a", "b"], "expires_at": None}


def test_that_an_expiry_that_stands_already_is_not_judged_again() -> None:
    values = FormValues(name="a", scopes=("beats.read",), expires_at=NOW - 1)
    assert [fault.code for fault in values.faults(NOW)] == [Fault.IN_THE_PAST]
    assert values.faults(NOW, known_expiry=NOW - 1) == []


def test_that_a_replacement_drops_an_expiry_that_has_passed() -> None:
    assert FormValues.of(key_row(expires_at=NOW - 1)).still_valid(NOW).expires_at is None
    assert FormValues.of(key_row(expires_at=NOW + 1)).still_valid(NOW).expires_at == NOW + 1


@given(st.dates(date(2024, 1, 1), date(2040, 1, 1)))
def test_that_a_day_ends_within_itself(day: date) -> None:
    assert day_of(end_of_day(day)) == day
    assert day_of(end_of_day(day) + 1) != day


def test_that_a_span_of_days_ends_that_many_days_later() -> None:
    assert (day_after(90, NOW) - day_of(NOW)).days == 90
