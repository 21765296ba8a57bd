"""What an answer has to hold so that its client can tell it from a forged one: state, issuer, and nothing more."""

from typing import Final

from bcdesk.flow.checks.bench import Bench, made_up
from bcdesk.flow.checks.check import Check
from bcdesk.flow.checks.front import SPECIAL_STATE
from bcdesk.flow.checks.judge import failed, passed
from bcdesk.flow.checks.model import Found, Group, Need, NotRunError, Saw, What, Why
from bcdesk.flow.checks.requests import parameters
from bcdesk.flow.checks.walker import Page

_TOKENS: Final = ("access_token", "id_token", "token", "refresh_token")
UNKNOWN: Final = "bcdesk-unknown"
"""A response type that no server has, so that it answers with an error."""


async def _comes_back(bench: Bench, state: str) -> Found:
    landed = await bench.land(state)
    bench.give_back(landed)
    return _same(landed.said("state"), state)


def _same(got: str | None, sent: str) -> Found:
    if got is None:
        return failed(What.ABSENT)
    if got != sent:
        return failed(What.DIFFERENT, str(_first_difference(got, sent)))
    return passed(What.SAME)


def _first_difference(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


async def unaltered(bench: Bench) -> Found:
    """Send a state that the server cannot know, and look at what comes back."""
    return await _comes_back(bench, made_up())


async def special(bench: Bench) -> Found:
    """Send a state of characters that are easily lost."""
    return await _comes_back(bench, SPECIAL_STATE)


async def not_made_up(bench: Bench) -> Found:
    """Send no state: none may come back."""
    landed = await bench.land(None)
    bench.give_back(landed)
    return passed(What.ABSENT) if landed.said("state") is None else failed(What.PRESENT)


async def _error(bench: Bench) -> tuple[dict[str, str], str]:
    """Have an error sent to the client; return its members and the state that it should hold."""
    asking, _ = await bench.asking(state=SPECIAL_STATE)
    at = await bench.open(asking.set("response_type", UNKNOWN))
    if isinstance(at, Page):
        raise NotRunError(Why.UNEXPECTED_PAGE, str(at.status))
    answer = dict(parameters(at.url))
    if "error" not in answer:
        raise NotRunError(Why.UNEXPECTED_PAGE, str(at.status))
    return answer, SPECIAL_STATE


async def state_in_error(bench: Bench) -> Found:
    """Look for the state in an error."""
    answer, sent = await _error(bench)
    return _same(answer.get("state"), sent)


def _issuer(got: str | None, expected: str) -> Found:
    if got is None:
        return failed(What.ABSENT)
    return passed(What.SAME, got) if got == expected else failed(What.DIFFERENT, got)


async def iss(bench: Bench) -> Found:
    """Look for the issuer in an answer with a code."""
    landed = await bench.any_answer()
    return _issuer(landed.said("iss"), bench.facts.issuer)


async def iss_in_error(bench: Bench) -> Found:
    """Look for the issuer in an error."""
    answer, _ = await _error(bench)
    return _issuer(answer.get("iss"), bench.facts.issuer)


async def no_token(bench: Bench) -> Found:
    """Look for tokens in an answer with a code."""
    landed = await bench.any_answer()
    found = next((name for name, _ in landed.answer if name in _TOKENS), None)
    return passed(What.ABSENT) if found is None else failed(What.PRESENT, found)


async def status(bench: Bench) -> Found:
    """Look at how the browser was sent back: with 307 or 308 it would send the form on, password and all."""
    landed = await bench.any_answer()
    if not landed.after_form:
        raise NotRunError(Why.SIGN_IN)
    return Found(landed.status not in (307, 308), Saw(What.REDIRECTED, "", landed.status))


_NEEDS: Final = frozenset({Need.TWIN, Need.CODE})
_ISS: Final = _NEEDS | {Need.ISS}
CHECKS: Final = (
    Check("answer.state", Group.ANSWER, "RFC 6749 §4.1.2", _NEEDS, Saw(What.SAME), unaltered),
    Check("answer.state_special", Group.ANSWER, "RFC 6749 §4.1.2", _NEEDS, Saw(What.SAME), special),
    Check("answer.state_not_made_up", Group.ANSWER, "RFC 6749 §4.1.2", _NEEDS, Saw(What.ABSENT), not_made_up),
    Check("answer.state_in_error", Group.ANSWER, "RFC 6749 §4.1.2.1", _NEEDS, Saw(What.SAME), state_in_error),
    Check("answer.iss", Group.ANSWER, "RFC 9207 §2", _ISS, Saw(What.SAME), iss),
    Check("answer.iss_in_error", Group.ANSWER, "RFC 9207 §2", _ISS, Saw(What.SAME), iss_in_error),
    Check("answer.no_token", Group.ANSWER, "RFC 9700 §2.1.2", _NEEDS, Saw(What.ABSENT), no_token),
    Check("answer.status", Group.ANSWER, "RFC 9700 §4.12", _NEEDS, Saw(What.REDIRECTED, "", 303), status),
)
