"""What hops say of somebody's code: each failed rule, and what should have followed and did not."""

import string

import pytest

from bcdesk.contract.flow_rows import HopRow, RuleRow
from bcdesk.contract.flow_rules import REASONS, RULES
from bcdesk.flow.watch import CODES, METHODS, OF_RULE, Diagnosis, Watch, diagnose
from bcdesk.flow.watch_words import SENTENCES, sentence

AT = 1_790_000_000.0


def hop(
    number: int, endpoint: str, *rules: RuleRow, after: float = 0, error: str = "", effects: tuple[str, ...] = (),
    run: str | None = "run", method: str = "POST",
) -> HopRow:  # fmt: skip
    return HopRow(
        f"hop_{number:03}", AT + after, endpoint, method, 400 if error else 200, error, "client_a", "app_a", run, "",
        "127.0.0.1", "", "req_1", 1.0, rules, effects,
    )  # fmt: skip


def rule(id: str, reason: str, verdict: str = "failed", expected: str = "", got: str = "") -> RuleRow:
    return RuleRow(id, RULES[id], verdict, reason, expected, got, None)


def codes(found: tuple[Diagnosis, ...]) -> list[str]:
    return [one.code for one in found]


@pytest.mark.parametrize(("id", "reason"), OF_RULE)
def test_that_each_reason_has_its_diagnosis(id: str, reason: str) -> None:
    assert reason in REASONS[id]
    assert codes(diagnose([hop(1, "token", rule(id, reason))])) == [OF_RULE[id, reason]]


def test_that_every_reason_says_something_but_those_that_are_no_mistake_of_the_code() -> None:
    silent = {(id, reason) for id, reasons in REASONS.items() for reason in reasons} - set(OF_RULE)
    assert {id for id, _ in silent} == {
        "params.readable", "client.method", "page.fresh", "user.signed_in", "code.grant", "refresh.grant", "token.live",
        "token.presented", "request_uri.live",
    }  # fmt: skip
    assert set(REASONS) == set(RULES)


@pytest.mark.parametrize("got", METHODS)
def test_that_another_method_is_named_by_what_was_sent(got: str) -> None:
    said = diagnose([hop(1, "token", rule("client.method", "other_method", expected="x", got=got))])
    assert codes(said) == [METHODS[got]]


def test_that_what_is_kept_says_nothing() -> None:
    kept = [hop(1, "token", *(RuleRow(id, source, "passed", "", "", "", None) for id, source in RULES.items()))]
    assert diagnose(kept) == ()
    assert diagnose([]) == ()


def test_that_advice_is_given_once_and_not_at_each_page() -> None:
    advice = rule("state.present", "missing", "advice")
    said = diagnose([hop(1, "authorize", advice), hop(2, "sign_in", advice), hop(3, "consent", advice)])
    assert [(one.code, one.hop_id) for one in said] == [("state_missing", "hop_001")]


def test_that_a_code_that_never_came_is_missed_after_a_minute() -> None:
    consent = hop(1, "consent", effects=("code_issued",))
    assert diagnose([consent], AT + 59) == ()
    assert codes(diagnose([consent], AT + 60)) == ["code_never_redeemed"]
    assert diagnose([consent, hop(2, "token", after=5)], AT + 600) == ()
    assert codes(diagnose([consent, hop(2, "token", after=5, run="other")], AT + 600)) == ["code_never_redeemed"]


def test_that_a_state_that_brought_a_code_before_is_told() -> None:
    first = [hop(1, "authorize", method="GET"), hop(2, "consent", effects=("code_issued",)), hop(3, "token")]
    assert diagnose(first) == ()
    said = diagnose([*first, hop(4, "authorize", method="GET")])
    assert [(one.code, one.hop_id) for one in said] == [("state_reused", "hop_004")]


def test_that_the_same_refusal_three_times_in_a_minute_is_told_once() -> None:
    tries = [hop(number, "token", after=number, error="invalid_grant") for number in range(6)]
    assert codes(diagnose(tries)) == ["retries_refused"]
    slow = [hop(number, "token", after=number * 40, error="invalid_grant") for number in range(4)]
    assert diagnose(slow) == ()


def test_that_a_watch_tells_each_thing_once() -> None:
    watch = Watch()
    assert codes(watch.take(hop(1, "token", rule("code.unused", "used", got="3.0")))) == ["code_sent_twice"]
    assert watch.take(hop(2, "token")) == ()
    assert watch.take(hop(3, "consent", effects=("code_issued",))) == ()
    assert codes(watch.look(AT + 61)) == ["code_never_redeemed"]
    assert watch.look(AT + 62) == ()


def test_that_a_watch_keeps_no_more_than_it_may() -> None:
    watch = Watch(most=20)
    for number in range(200):
        watch.take(hop(number, "token", rule("pkce.s256", "wrong")))
    assert len(watch._hops) <= 21
    assert len(watch._told) <= 21


def test_that_every_diagnosis_has_its_sentence_and_no_other_placeholder() -> None:
    assert set(SENTENCES) == set(CODES)
    assert len(CODES) >= 15
    for code, words in SENTENCES.items():
        named = {name for _, name, _, _ in string.Formatter().parse(words) if name}
        assert named <= {"expected", "got", "position", "seconds", "times", "error"}
        assert sentence(Diagnosis(code, "hop_1", {})).endswith((".", "?"))


def test_that_the_facts_of_a_rule_come_with_it() -> None:
    replayed = hop(1, "token", rule("code.unused", "used", got="12.0"), effects=("family_revoked",))
    (said,) = diagnose([replayed])
    assert said.facts == {"rule": "code.unused", "reason": "used", "got": "12.0", "ended": "family"}
    assert sentence(said) == "Its code was sent twice, 12.0 s apart: exchange it once. What it gave ended."
