"""What can be done with checks: run all, one or those that failed, cancel, and take the results along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from bcdesk.flow.checks.data import BY_ID
from bcdesk.flow.checks.junit import junit
from bcdesk.flow.checks.markdown import markdown
from bcdesk.ui import problems
from bcdesk.ui.commands import Command, Context
from bcdesk.ui.flow.checks_words import words_of
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from PySide6.QtWidgets import QWidget

    from bcdesk.ui.flow.checks_list import ChecksList
    from bcdesk.ui.flow.checks_suite import Suite


class Tab(Protocol):
    """What the commands need of the tab."""

    list: ChecksList

    @property
    def suite(self) -> Suite | None:
        """Return the checks of what is chosen."""

    @property
    def running(self) -> bool:
        """Tell whether they run."""

    @property
    def report_name(self) -> str:
        """Return what a report is headed by."""

    def run_reason(self) -> str | None:
        """Return why no check can be run now, or None."""

    def run(self, only: Collection[str] | None) -> None:
        """Run all checks, or ``only`` these."""

    def run_one(self) -> None:
        """Run the check that is chosen."""

    def run_failed(self) -> None:
        """Run those again that failed."""

    def cancel(self) -> None:
        """End the suite."""

    def tell(self, what: str, why: str = "", tone: str = "ok") -> None:
        """Say what was done."""


class ChecksCommands:
    """The commands of the tab, all about the client that is chosen."""

    def __init__(self, tab: Tab, host: QWidget) -> None:
        """Act on ``tab``, and open file dialogs over ``host``."""
        self._tab, self._host = tab, host

    def all(self) -> tuple[Command, ...]:
        """Return the commands."""
        tab = self._tab
        return (
            self._one("checks.run_all", tr("Run all checks"), tr("Run all"), lambda: tab.run(None), tab.run_reason,
                      icon="flow", shown=lambda: not tab.running),
            self._one("checks.run_one", tr("Run this check"), tr("Run this one"), tab.run_one, self._one_reason),
            self._one("checks.run_failed", tr("Run the failed checks again"), tr("Run failed ones"), tab.run_failed,
                      self._failed_reason, shown=lambda: not tab.running),
            self._one("checks.cancel", tr("Cancel the checks"), tr("Cancel"), tab.cancel, self._cancel_reason,
                      icon="close", shown=lambda: tab.running),
            self._one("checks.export_junit", tr("Export the checks as JUnit…"), tr("Export JUnit…"),
                      lambda: self._export("junit"), self._nothing, icon="save"),
            self._one("checks.export_markdown", tr("Export the checks as Markdown…"), tr("Export Markdown…"),
                      lambda: self._export("markdown"), self._nothing, icon="save"),
        )  # fmt: skip

    def _one(
        self, id: str, text: str, short: str, run: Callable[[], object], reason: Callable[[], str | None],
        *, icon: str = "", shown: Callable[[], bool] = lambda: True,
    ) -> Command:  # fmt: skip
        def enabled(_context: Context) -> str | None:
            return reason()

        return Command(
            id, text, lambda _context: run(), icon=icon, group=tr("Flow tester"), short=short, enabled=enabled,
            shown=lambda _context: shown(),
        )  # fmt: skip

    # ------------------------------------------------------------------ when

    def _one_reason(self) -> str | None:
        return self._tab.run_reason() or (None if self._tab.list.value else tr("Choose a check."))

    def _failed_reason(self) -> str | None:
        suite = self._tab.suite
        return self._tab.run_reason() or (None if suite is not None and suite.failed else tr("No check failed."))

    def _cancel_reason(self) -> str | None:
        return None if self._tab.running else tr("Nothing is running.")

    def _nothing(self) -> str | None:
        suite = self._tab.suite
        return None if suite is not None and suite.results else tr("Nothing was checked yet.")

    # ------------------------------------------------------------------ taking along

    def _export(self, kind: str) -> None:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        what = tr("JUnit (*.xml)") if kind == "junit" else tr("Markdown (*.md)")
        files = QFileDialog(self._host, tr("Save the checks"), home, what)
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.selectFile("checks.xml" if kind == "junit" else "checks.md")
        files.fileSelected.connect(lambda path: self.save_to(kind, path))
        files.finished.connect(files.deleteLater)
        files.open()

    def save_to(self, kind: str, path: str) -> None:
        """Write the results to ``path``, and say where they are or why they are not."""
        suite = self._tab.suite
        if suite is None:
            return
        results = [suite.results[check_id] for check_id in BY_ID if check_id in suite.results]
        titles = {result.check_id: words_of(result.check_id).title for result in results}
        write = junit if kind == "junit" else markdown
        try:
            Path(path).write_text(write(results, name=self._tab.report_name, titles=titles), encoding="utf-8")
        except OSError as error:
            words = problems.explain(error)
            self._tab.tell(words.what, words.rest, "bad")
        else:
            self._tab.tell(tr("Saved to {path}. It holds no secret.", path=path))
