"""Why a sign-in came to nothing, in words."""

from __future__ import annotations

from bcdesk.ui import problems
from bcdesk.ui.problem_words import Words
from bcdesk.ui.text import tr


def failed_words(error: BaseException) -> Words:
    """Put what `bcdesk.actions.sign_in.sign_in` raised into words."""
    from bcdesk.actions.sign_in import SignInFailedError, Why

    if not isinstance(error, SignInFailedError):
        return problems.explain(error)
    named = error.facts.get("got", "")
    said = error.facts.get("error", "")
    again = tr("Nobody is signed in.")
    return {
        Why.PORT: Words(
            tr("Nothing can listen for the browser's answer."),
            tr("This computer gives out no port of its own, or something forbids it."),
            tr("Look whether a firewall keeps programs from listening on 127.0.0.1."),
        ),
        Why.NOT_OURS: Words(
            tr("What answers there is no BeatConnect server."),
            tr("It calls itself {named}.", named=named) if named else "",
            tr("Check the address of this connection."),
        ),
        Why.TIMED_OUT: Words(tr("No answer came from the browser."), tr("Five minutes are over."), again),
        Why.DENIED: Words(tr("The sign-in was declined in the browser."), again, ""),
        Why.ANSWER: Words(
            tr("The browser came back with something else."),
            tr("It is not the answer to what bcdesk asked, so it was not used."),
            again,
        ),
        Why.REFUSED: Words(
            tr("The server said no."),
            tr("It answered “{error}”.", error=said) if said else "",
            tr("Ask who runs the server whether your account is active."),
        ),
    }[error.why]
