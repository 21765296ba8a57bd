"""Every failure and every rule has its words, and each mend names something that there is."""

import itertools

import pytest
from PySide6.QtWidgets import QApplication

from bcdesk.contract.flow_rules import EFFECTS, REASONS
from bcdesk.flow.failures import Failure, Reason, StateCause
from bcdesk.ui.flow import oauth_words, target, words
from bcdesk.ui.flow.failure_words import tell
from bcdesk.ui.flow.rule_words import reason_words
from bcdesk.ui.flow.target import RunValues, Target
from bcdesk.ui.flow.told import About, Told

REGISTERED = RunValues(redirect_uri="https://a.example.com/cb", scopes=("beats.read",))
OURS = Target("app_1", "Setlist", "http://127.0.0.1:1", "client_1", ("https://a.example.com/cb",), "web", "app_1",
              REGISTERED)  # fmt: skip
FOREIGN = target.of_issuer("https://login.example.com", "abc", REGISTERED)
CHANGED = RunValues(
    redirect_uri="https://a.example.com/cb/", scopes=("beats.read", "admin"), pkce="plain", verifier="v" * 43, state="s"
)
ABOUTS = (About(OURS, REGISTERED), About(OURS, CHANGED), About(FOREIGN, REGISTERED))


@pytest.mark.parametrize("reason", Reason)
def test_that_every_reason_says_what_why_and_what_to_do(qapp: QApplication, reason: Reason) -> None:
    for about in ABOUTS:
        _whole(tell(Failure(reason, 0, {}), about))


@pytest.mark.parametrize("cause", StateCause)
def test_that_a_foreign_state_says_expected_got_age_and_its_cause(qapp: QApplication, cause: StateCause) -> None:
    facts = {"expected": "expected-state", "got": "other-state", "cause": cause.value, "age": "130"}
    told = tell(Failure(Reason.CALLBACK_FOREIGN_STATE, 0, facts), ABOUTS[0])
    _whole(told)
    assert "expected-sta" in told.why
    assert "other-state" in told.why
    assert ("2 min" in told.why) is (cause is StateCause.EARLIER_RUN)


def test_that_the_four_causes_read_differently(qapp: QApplication) -> None:
    said = {
        tell(Failure(Reason.CALLBACK_FOREIGN_STATE, 0, {"cause": cause.value}), ABOUTS[0]).why for cause in StateCause
    }
    assert len(said) == len(StateCause)


@pytest.mark.parametrize("error", sorted({*oauth_words._AUTHORIZE, *oauth_words._TOKEN, "a_code_of_its_own"}))
def test_that_every_error_of_oauth_has_words(qapp: QApplication, error: str) -> None:
    for about, authorize in itertools.product(ABOUTS, (True, False)):
        told = oauth_words.of_error(error, about, authorize=authorize)
        _whole(told)
    reason = Reason.TOKEN_REFUSED
    told = tell(Failure(reason, 0, {"error": error, "error_description": "its own words"}), ABOUTS[2])
    assert "“its own words”" in told.why


def test_that_a_changed_verifier_is_what_is_mended_first(qapp: QApplication) -> None:
    about = About(OURS, CHANGED, (("pkce.s256", "wrong"),))
    told = tell(Failure(Reason.TOKEN_REFUSED, 0, {"error": "invalid_grant"}), about)
    assert told.what == "The server refused the code."
    assert "The verifier you changed for this run" in told.why
    assert [(mend.where, mend.field, mend.value) for mend in told.mends] == [("run", "verifier", None)]


def test_that_an_unregistered_redirect_can_be_undone_or_registered(qapp: QApplication) -> None:
    about = About(OURS, CHANGED, (("redirect.exact", "trailing_slash"),))
    told = tell(Failure(Reason.BROWSER_PAGE_ERROR, 0, {"status": "400"}), about)
    assert [(mend.where, mend.field) for mend in told.mends] == [
        ("run", "redirect_uri"), ("app", "redirect_uris"), ("command", "flow.lab"),
    ]  # fmt: skip
    assert told.mends[1].value == ("https://a.example.com/cb", "https://a.example.com/cb/")


def test_that_every_rule_reason_and_every_effect_has_words(qapp: QApplication) -> None:
    reasons = {reason for those in REASONS.values() for reason in those}
    raw = {reason for reason in reasons if reason_words(reason) == reason.replace("_", " ")}
    assert not raw
    assert not {effect for effect in EFFECTS if words.effect_words(effect) == effect.replace("_", " ")}


def test_that_every_rule_and_reason_leaves_a_failure_whole(qapp: QApplication) -> None:
    for rule, reasons in REASONS.items():
        for reason, about in itertools.product(reasons, ABOUTS):
            failed = about._replace(rules=((rule, reason),))
            _whole(tell(Failure(Reason.TOKEN_REFUSED, 0, {"error": "invalid_grant"}), failed))
            _whole(tell(Failure(Reason.BROWSER_PAGE_ERROR, 0, {"status": "400"}), failed))


def _whole(told: Told) -> None:
    for text in (told.what, told.why, told.do):
        assert text.strip()
        assert "{" not in text
        assert "!" not in text
    for mend in told.mends:
        assert mend.text
        assert mend.where in ("run", "app", "command")
        if mend.where == "run":
            assert hasattr(RunValues(), mend.field)
        if mend.where == "command":
            assert mend.field.startswith("flow.")
