"""The reports of a suite: JUnit as CI reads it, Markdown as people do, and nothing in either is markup of others."""

from xml.etree import ElementTree

from bcdesk.flow.checks.data import BY_ID, CHECKS
from bcdesk.flow.checks.junit import junit
from bcdesk.flow.checks.markdown import markdown
from bcdesk.flow.checks.model import Outcome, Result, Saw, What, Why

ODD = 'a "quoted" <b>&amp;</b> ]]> |`*_ \x00\x1b\ufffe end'


def results() -> list[Result]:
    outcomes = (Outcome.PASSED, Outcome.FAILED, Outcome.NOT_RUN)
    found = []
    for place, check in enumerate(CHECKS):
        outcome = outcomes[place % 3]
        got = None if outcome is Outcome.NOT_RUN else Saw(What.DIFFERENT, ODD, 400)
        why = Why.SIGN_IN if outcome is Outcome.NOT_RUN else None
        found.append(Result(check.id, outcome, check.expected, got, (), why, ODD, 12.5))
    return found


def test_that_the_junit_report_is_one_that_ci_reads() -> None:
    """Hold the document to the schema that CI servers share: elements, required attributes, counts."""
    text = junit(results(), name=f"Checks {ODD}")
    root = ElementTree.fromstring(text)  # noqa: S314 - our own
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    assert root.tag == "testsuites"
    assert all(child.tag == "testsuite" for child in root)
    cases = [case for suite in root for case in suite]
    assert len(cases) == len(CHECKS) == int(root.attrib["tests"])
    for suite in root:
        assert suite.attrib.keys() == {"name", "tests", "failures", "errors", "skipped", "time"}
        assert int(suite.attrib["tests"]) == len(suite)
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
        for case in suite:
            assert case.tag == "testcase"
            assert case.attrib.keys() == {"classname", "name", "time"}
            assert float(case.attrib["time"]) == 0.013 or float(case.attrib["time"]) == 0.012
            assert len(case) <= 1
            assert all(child.tag in ("failure", "skipped") and child.attrib["message"] for child in case)
    assert {case.attrib["name"] for case in cases} == set(BY_ID)
    failure = next(case[0] for case in cases if len(case) and case[0].tag == "failure")
    assert failure.attrib["message"].startswith("expected ")
    assert "got different 400 a" in failure.attrib["message"]


def test_that_the_markdown_report_is_one_table_whatever_servers_say() -> None:
    lines = markdown(results(), name=f"Checks {ODD}").splitlines()
    tally = {outcome: sum(one.outcome is outcome for one in results()) for outcome in Outcome}
    assert lines[2] == (
        f"{tally[Outcome.PASSED]} passed, {tally[Outcome.FAILED]} failed, {tally[Outcome.NOT_RUN]} not run"
    )
    table = lines[4:]
    assert len(table) == 2 + len(CHECKS)
    for line in table:
        assert line.replace("\\|", "").count("|") == 7
        assert "<b>" not in line.replace("\\<", "")


def test_that_every_check_has_its_place_and_its_source() -> None:
    assert len(CHECKS) == len(BY_ID)
    assert len(CHECKS) >= 24
    for check in CHECKS:
        assert check.id.partition(".")[0] == check.group.value
        assert check.source.startswith("RFC ")
        assert " §" in check.source
