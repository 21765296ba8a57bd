"""What one table holds besides its rows, in a process of its own: ``ours COUNT`` or ``proxy COUNT``."""

import ctypes
import gc
import json
import sys
import time

from PySide6.QtWidgets import QApplication, QLineEdit, QTableView

from bcdesk.store.store import Store
from bcdesk.ui import theme
from bcdesk.ui.keys.columns import key_columns
from bcdesk.ui.keys.listing import KeyListing
from bcdesk.ui.page.moment import Moment
from tests.bench.plain_table import plain_table
from tests.bench.processes import memory
from tests.bench.sample_keys import sample_keys


def main() -> None:
    """Build the table over rows that are there already, search and sort it once, and print bytes a row."""
    what, count = sys.argv[1], int(sys.argv[2])
    app = QApplication(sys.argv[:1])
    theme.apply(app, "light")
    store = Store()
    store.apply_keys(sample_keys(count))
    rows = list(store.keys.values())
    before = _held()
    if what == "ours":
        listing = KeyListing(store)
        listing.view.resize(1000, 700)
        listing.view.show()
        app.processEvents()
        listing.model.set_search("s")
        listing.model.set_search("")
        listing.model.sort_by("name", False)
        after = _held()
        listing.close()
    else:
        moment = Moment(time.time())
        window, field, view = plain_table(rows, key_columns(lambda: moment))
        after = _use(app, field, view)
        window.close()
    print(json.dumps({"share": (after - before) / count}))


def _use(app: QApplication, field: QLineEdit, view: QTableView) -> int:
    app.processEvents()
    field.setText("s")
    field.setText("")
    view.sortByColumn(0, view.horizontalHeader().sortIndicatorOrder())
    app.processEvents()
    return _held()


def _held() -> int:
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return memory(kind="Pss_Anon")


if __name__ == "__main__":
    main()
