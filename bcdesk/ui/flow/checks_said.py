"""What a check expected, got, or why it was not run, and what it is on: in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.flow.checks.model import Group, Outcome, Saw, What, Why
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.flow.checks.model import Result
    from bcdesk.ui.widgets.chips import Glyph


def group_words(group: Group) -> str:
    """Say what the checks of a group are on."""
    return {
        Group.SERVER: tr("What the server says of itself"),
        Group.REDIRECT: tr("Where the answer goes"),
        Group.ANSWER: tr("What the answer holds"),
        Group.REQUEST: tr("What is asked for"),
        Group.PKCE: tr("The proof that binds a code"),
        Group.CODE: tr("Stolen codes"),
        Group.TOKEN: tr("Tokens"),
        Group.CLIENT: tr("Who the client is"),
    }[group]


def outcome_words(outcome: Outcome | None) -> str:
    """Name an outcome; None is a check that nobody ran yet."""
    if outcome is None:
        return tr("Not run yet")
    return {Outcome.PASSED: tr("Passed"), Outcome.FAILED: tr("Failed"), Outcome.NOT_RUN: tr("Not run")}[outcome]


def mark(outcome: Outcome | None) -> tuple[str, Glyph]:
    """Return tone and glyph of an outcome."""
    if outcome is Outcome.PASSED:
        return "ok", "dot"
    if outcome is Outcome.FAILED:
        return "bad", "cross"
    return ("warn", "ring") if outcome is Outcome.NOT_RUN else ("neutral", "ring")


def saw_words(saw: Saw) -> str:
    """Say what was expected or seen."""
    said = {
        What.REFUSED: tr("refused"),
        What.NOT_REDIRECTED: tr("an error page, and no redirect"),
        What.TOKEN: tr("a token"),
        What.ERROR_PAGE: tr("an error page"),
        What.SIGN_IN: tr("the sign-in page: the request was taken"),
        What.REDIRECTED: tr("the browser was sent on"),
        What.CODE: tr("a code"),
        What.SAME: tr("the same, byte for byte"),
        What.DIFFERENT: tr("something else"),
        What.ABSENT: tr("none"),
        What.PRESENT: tr("there") if not saw.detail else "",
        What.ACTIVE: tr("active"),
        What.INACTIVE: tr("not active"),
        What.OPENS: tr("it opens"),
        What.CLOSED: tr("it opens nothing"),
        What.GRANTED: tr("granted"),
        What.NOT_GRANTED: tr("left out"),
        What.ANSWERED: tr("answered"),
    }[saw.what]
    parts = [said, str(saw.status) if saw.status is not None else "", saw.detail]
    return " · ".join(part for part in parts if part)


def why_words(why: Why, detail: str) -> str:
    """Say why a check was not run, and what would change that."""
    said = {
        Why.CANCELLED: tr("It was cancelled."),
        Why.UNREACHABLE: tr("The server did not answer. Run it again when it does."),
        Why.NO_METADATA: tr("What the server says of itself cannot be used, so nothing was sent to it."),
        Why.LIMITED: tr("The server asks to wait. Run it again in a minute."),
        Why.SIGN_IN: tr("Somebody has to sign in, and nobody did."),
        Why.UNEXPECTED_PAGE: tr("The server showed a page that the check does not know."),
        Why.CANNOT_REGISTER: tr("Nothing can be registered here, and the app itself is not attacked."),
        Why.MANAGEMENT: tr("The server refused to change the twin."),
        Why.BASELINE: tr("A right request was refused too, so a refusal says nothing."),
        Why.NO_CODE_GRANT: tr("This app signs nobody in."),
        Why.NO_REFRESH_GRANT: tr("This app gets no refresh tokens."),
        Why.NO_SECRET: tr("This app has no secret."),
        Why.PKCE_OPTIONAL: tr("PKCE is not required for this app."),
        Why.NOT_MANAGED: tr("It needs the management of the server, which only the desk's own has."),
        Why.NO_CLOCK: tr("It would take ten minutes: nobody can move this server's clock."),
        Why.NO_ENDPOINT: tr("The server has no endpoint for it."),
        Why.NOT_OFFERED: tr("The server does not say that it does this."),
        Why.DECLARED: tr("The server says that it does this on purpose."),
        Why.BROKEN: tr("The check itself failed."),
    }[why]
    return f"{said} ({detail})" if detail else said


def short_words(result: Result) -> str:
    """Say in a few words what came of a check."""
    if result.outcome is Outcome.NOT_RUN and result.why is not None:
        return why_words(result.why, "")
    return saw_words(result.got) if result.got is not None else ""
