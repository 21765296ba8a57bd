"""Every check, outcome and reason has words."""

from bcdesk.flow.checks.data import CHECKS
from bcdesk.flow.checks.model import Group, Outcome, Saw, What, Why
from bcdesk.ui.flow import checks_said
from bcdesk.ui.flow.checks_words import words_of


def test_that_every_check_says_what_it_is_what_is_gained_and_what_to_mend() -> None:
    titles = [words_of(check.id).title for check in CHECKS]
    assert len(set(titles)) == len(titles)
    for check in CHECKS:
        words = words_of(check.id)
        assert words.title[0].isupper()
        assert not words.title.endswith(".")
        for sentence in (words.gain, words.mend):
            assert sentence.endswith(".")
            assert "!" not in sentence
            assert "{" not in sentence


def test_that_everything_that_is_found_has_words() -> None:
    for group in Group:
        assert checks_said.group_words(group)
    for outcome in (None, *Outcome):
        assert checks_said.outcome_words(outcome)
        assert len(checks_said.mark(outcome)) == 2
    for what in What:
        assert checks_said.saw_words(Saw(what))
        assert checks_said.saw_words(Saw(what, "detail", 400)).endswith("400 · detail")
    for why in Why:
        assert checks_said.why_words(why, "detail").endswith(". (detail)")
