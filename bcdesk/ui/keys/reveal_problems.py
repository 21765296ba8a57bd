"""What the reveal says when a step failed: the general words, and that nothing was used up where that is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.actions.handing import NoConnectionError
from bcdesk.actions.reveal import State
from bcdesk.client.errors import ClientError, Refused
from bcdesk.contract.codes import Code
from bcdesk.store.journal import JournalError
from bcdesk.ui.keys.reveal_words import by
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.client.values import About


def say(error: BaseException, state: State, about: About = "key") -> tuple[str, str]:
    """Return what happened, and why with the next step."""
    kept = tr("Nothing was used up.") if state in (State.WAITING, State.SEALED) else ""
    if isinstance(error, JournalError):
        what, why = tr("The desk could not write its journal."), tr("Free some space on the disk and try again.")
    elif isinstance(error, NoConnectionError):
        what, why = tr("There is no connection to the server now."), tr("Try again when it is back.")
    elif isinstance(error, Refused) and error.code == Code.VERSION_USED:
        what = tr("It was used meanwhile, so it cannot be replaced.")
        why = by(about, tr("Rotate the key instead."), tr("Make another secret instead: both work for a while."))
    elif isinstance(error, ClientError):
        from bcdesk.ui import problems

        said = problems.explain(error)
        what, why = said.what, " ".join(part for part in (said.why, said.next_step) if part)
    else:
        what, why = tr("That failed."), tr("The log of the desk says more.")
    return what, " ".join(part for part in (kept, why) if part)
