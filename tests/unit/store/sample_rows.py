"""Rows and facts for tests of the offline copy: plain ones, and any that the annotations allow."""

from typing import Any, Final, get_args, get_origin

from hypothesis import strategies as st

from bcdesk.contract.packed import packed
from bcdesk.contract.rows import AppRow, KeyRow, MemberRow, SessionRow, VersionRow

SESSION: Final = SessionRow(
    MemberRow("mem_1", "Owner Unmistakable", "", "owner", False, 1.0), "owner", "srv_1", "1", frozenset({"demo"})
)
_FILLED: Final = {str: "", bool: False, int: 0, float: 0.0}


def row_of(kind: Any, **more: Any) -> Any:
    """Return a row with nothing in it but ``more``."""
    values = {name: _nothing(one) for name, one in kind.__annotations__.items()}
    return kind._make({**values, **more}.values())


def key(place: int, **more: Any) -> KeyRow:
    """Return a key with one version."""
    version = VersionRow(f"ver_{place}", "a4f2", 1.0, None, None, "current")
    values = {"id": f"key_{place:05d}", "name": f"Unmistakable {place}", "versions": packed((version,)), **more}
    made: KeyRow = row_of(KeyRow, **values)
    return made


def app(place: int, **more: Any) -> AppRow:
    """Return an application."""
    made: AppRow = row_of(AppRow, id=f"app_{place:05d}", name=f"Application {place}", **more)
    return made


def any_row(kind: Any) -> st.SearchStrategy[Any]:
    """Return every row that the annotations of ``kind`` allow."""
    return st.tuples(*map(_any, kind.__annotations__.values())).map(kind._make)


def _nothing(kind: Any) -> Any:
    if get_origin(kind) is tuple:
        return ()
    return _FILLED.get(kind)  # of ``X | None`` there is none


def _any(kind: Any) -> st.SearchStrategy[Any]:
    if kind is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if kind in _FILLED:
        return st.from_type(kind)
    if get_origin(kind) is tuple:
        inside = get_args(kind)[0]
        if inside is VersionRow:
            states = st.sampled_from(("pending", "current", "retiring", "retired", "revoked", "one of tomorrow"))
            version = st.tuples(any_row(VersionRow), states).map(lambda pair: pair[0]._replace(state=pair[1]))
            return st.lists(version, max_size=3).map(tuple).map(packed)
        return st.lists(_any(inside), max_size=3).map(tuple)
    if get_args(kind):
        return st.one_of(*map(_any, get_args(kind)))
    return st.none() if kind is type(None) else any_row(kind)
