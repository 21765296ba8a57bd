"""Sends what a dialog asks for: once at a time, never after it closed, and nothing typed is lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from bcdesk.ui import problems
from bcdesk.ui.text import tr
from bcdesk.ui.unanswered import Unanswered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bcdesk.client.client import Client
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.dialogs import Dialog

T = TypeVar("T")


class Submission:
    """Holds the one request that a dialog may have under way.

    An answer that comes after the dialog closed reaches ``orphaned`` instead of the dialog.
    """

    def __init__(self, dialog: Dialog, desk: Desk) -> None:
        """Send for ``dialog``."""
        self._dialog, self._desk = dialog, desk
        self._open = True
        dialog.finished.connect(self._close)

    @property
    def open(self) -> bool:
        """Tell whether the dialog is still there to hear an answer."""
        return self._open

    def send(
        self,
        ask: Callable[[Client], Awaitable[T]],
        *,
        name: str,
        busy: str,
        done: Callable[[T], object],
        failed: Callable[[BaseException], bool] | None = None,
        orphaned: Callable[[Client, T], Awaitable[object]] | None = None,
    ) -> None:
        """Start ``ask`` unless one is under way; ``failed`` returns whether it said what went wrong itself.

        What makes a secret has an ``orphaned``, which takes it back; left without an answer, it goes on by itself.
        """
        if self._dialog.busy or not self._open:
            return
        client = self._desk.client
        if client is None:
            self._dialog.show_problem(tr("Offline."), tr("Nothing was sent. What you typed stays here."))
            return
        self._dialog.show_problem("")
        self._dialog.set_busy(busy)
        self._desk.scope.start(self._run(client, ask, done, failed, orphaned), name=name)

    async def throw_away(self, client: Client, made: Any) -> None:
        """Discard a secret that came after its dialog closed, as ``orphaned`` of `send`; what has none stays."""
        from bcdesk.actions.handovers import discard

        if hasattr(made, "handover") and hasattr(made, "secret"):
            await discard(client=client, store=self._desk.store, journal=self._desk.journal, made=made)

    async def _run(
        self,
        client: Client,
        ask: Callable[[Client], Awaitable[T]],
        done: Callable[[T], object],
        failed: Callable[[BaseException], bool] | None,
        orphaned: Callable[[Client, T], Awaitable[object]] | None,
    ) -> None:
        from bcdesk.client.errors import ClientError
        from bcdesk.store.journal import JournalError

        try:
            answer = await ask(client)
        except (ClientError, JournalError) as error:
            self._settle()
            if self._open and not (failed is not None and failed(error)):
                self._tell(error, makes_secret=orphaned is not None)
            return
        except BaseException:
            self._settle()
            raise
        if self._open:
            self._settle()
            done(answer)
        elif orphaned is not None:
            await orphaned(client, answer)

    def _settle(self) -> None:
        if self._open:
            self._dialog.set_busy(None)

    def _tell(self, error: BaseException, *, makes_secret: bool) -> None:
        if makes_secret and getattr(error, "uncertain", False):
            Unanswered(self._dialog, self._desk, error)
        else:
            show_error(self._dialog, error)

    def _close(self, _result: int) -> None:
        self._open = False


def show_error(dialog: Dialog, error: BaseException) -> None:
    """Put an error where it belongs: faults at their fields, the rest at the top of the dialog.

    What surely never reached the server says so: then it is for the person to try again, not for bcdesk.
    """
    from bcdesk.client.errors import Unreachable

    faults = problems.faults_of(error)
    if faults:
        dialog.show_faults(faults)
        return
    words = problems.explain(error)
    unsent = isinstance(error, Unreachable) and not error.uncertain
    rest = tr("Nothing was sent. What you typed stays here; try again.") if unsent else words.rest
    dialog.show_problem(words.what, rest)
