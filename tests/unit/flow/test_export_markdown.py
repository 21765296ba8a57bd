"""A run as Markdown: hops, failure and rules are there, and nothing that a server says becomes markup."""

import re

from bcdesk.flow.export.markdown import cell, fenced, markdown, table
from bcdesk.flow.failures import Failure, Reason
from bcdesk.flow.run import Run
from tests.unit.flow.exporting import SECRETS, SETUP, leaks, recorded


def run() -> Run:
    made = Run(SETUP)
    made.trace.hops.extend(recorded().hops)
    made.failure = Failure(Reason.STEP_REFUSED, 5, {"error": "what|ever", "error_description": "<b>no</b>"})
    return made


def test_that_hops_failure_and_rules_are_told() -> None:
    text = markdown(run())
    assert "| 3 | token | back | ok | 200 |" in text
    assert "| 5 | revoke | back | failed | 400 |" in text
    assert "| reason | step.refused |" in text
    assert "| redirect.same | RFC 6749 §4.1.3 | failed | trailing\\_slash |" in text
    assert "| 12 |" in text  # characters are counted from 1 for people
    assert "Then: token_revoked" in text
    assert "status 400\n\nheaders:\n  Content-Type: text/html" in text


def test_that_a_run_that_did_not_begin_is_a_document_too() -> None:
    assert "not yet" in markdown(Run(SETUP))


def test_that_a_cell_stays_one_cell() -> None:
    row = table(("a", "b"), [("x|y\n| z", "[click](javascript:1) <img> `k`")]).splitlines()[2]
    assert len(re.findall(r"(?<!\\)\|", row)) == 3
    assert not re.search(r"(?<!\\)[\[<`]", row)
    assert cell("plain.name") == "plain.name"


def test_that_a_block_of_code_cannot_end_itself() -> None:
    text = fenced("a\n````\nb")
    assert text.startswith("`````text\n")
    assert text.endswith("\n`````")


def test_that_no_secret_stands_in_it_and_a_planted_one_is_found() -> None:
    made = run()
    assert not leaks(markdown(made))
    made.trace.hops[4].facts["oops"] = SECRETS["code"]
    assert leaks(markdown(made)) == ["code"]
