"""Searching and sorting a hundred thousand keys, by real key and mouse events, against a `QSortFilterProxyModel`."""

from tests.bench.figures import Figure
from tests.bench.processes import answer

COUNT = 100_000


def measure() -> list[Figure]:
    """Measure in a process of its own, where nothing else holds memory or events."""
    got = answer("tests.bench.table_child", str(COUNT), timeout=600)
    ours, proxy = (answer("tests.bench.share_child", one, str(COUNT))["share"] for one in ("ours", "proxy"))
    sizes = f"{COUNT:,} keys, 1280x800"
    return [
        Figure(
            name="keystroke to painted, p95", value=got["key_p95"], unit="ms", limit=50, aim=25, base=got["key_base"],
            note=f"median {got['key_median']:.1f} ms over {got['key_samples']} keystrokes; p95 computed "
            f"{got['key_computed']:.0f} ms; {sizes}; the proxy's median",
        ),
        Figure(
            name="search against the proxy", value=got["key_ratio"], unit="x faster", limit=60, better="more",
            note=f"median of {got['key_rounds']} keystrokes, each into both in turn",
        ),
        Figure(
            name="sort to painted, slowest column", value=got["sort_worst"], unit="ms", limit=100, aim=60,
            base=got["sort_base"],
            note="; ".join(f"{name} {ms:.0f}" for name, ms in got["sorts"].items())
            + f" ms; p90 computed {got['sort_computed']:.0f} ms; the proxy's median",
        ),
        Figure(
            name="sort against the proxy", value=got["sort_ratio"], unit="x faster", limit=100, better="more",
            note=f"median of {got['sort_rounds']} rounds over {', '.join(got['sorted_both'])}",
        ),
        Figure(
            name="table's share of a key", value=ours, unit="bytes", base=proxy,
            note="after one search and one sort, besides the row itself; the proxy's share",
        ),
        Figure(name="painting a full table", value=got["paint"], unit="ms", limit=8, note=got["paint_note"]),
        Figure(name="opening the page of all keys", value=got["load"], unit="ms", note="rows already in the store"),
    ]  # fmt: skip
