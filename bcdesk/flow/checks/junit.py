"""Results as JUnit XML, for a CI job: a suite for each group, failures, and skips for what was not run."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bcdesk.flow.checks.data import BY_ID
from bcdesk.flow.checks.model import Group, Outcome, Result


def junit(results: Sequence[Result], *, name: str = "bcdesk checks", titles: dict[str, str] | None = None) -> str:
    """Return the document; ``titles`` are what checks are called, their ids where none is given."""
    root = Element("testsuites", {"name": _plain(name), **_counts(results)})
    for group in Group:
        of_group = [result for result in results if BY_ID[result.check_id].group is group]
        if not of_group:
            continue
        suite = SubElement(root, "testsuite", {"name": group.value, **_counts(of_group)})
        for result in of_group:
            _case(suite, result, (titles or {}).get(result.check_id, result.check_id))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(suite: Element, result: Result, title: str) -> None:
    check = BY_ID[result.check_id]
    case = SubElement(
        suite,
        "testcase",
        classname=f"bcdesk.checks.{check.group.value}",
        name=_plain(title),
        time=_seconds(result.milliseconds),
    )
    expected, got = _plain(str(result.expected)), _plain(str(result.got or ""))
    if result.outcome is Outcome.FAILED:
        failure = SubElement(case, "failure", message=f"expected {expected}, got {got}", type=result.check_id)
        failure.text = _plain(f"{check.source}\nexpected: {result.expected}\ngot: {result.got}")
    elif result.outcome is Outcome.NOT_RUN:
        why = " ".join(part for part in (result.why and result.why.value, result.detail) if part)
        SubElement(case, "skipped", message=_plain(f"not run: {why}"))


def _counts(results: Sequence[Result]) -> dict[str, str]:
    return {
        "tests": str(len(results)),
        "failures": str(sum(result.outcome is Outcome.FAILED for result in results)),
        "errors": "0",
        "skipped": str(sum(result.outcome is Outcome.NOT_RUN for result in results)),
        "time": _seconds(sum(result.milliseconds for result in results)),
    }


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3f}"


def _plain(text: str) -> str:
    """Return ``text`` without characters that XML 1.0 cannot hold (§2.2)."""
    return "".join(
        sign for sign in text
        if sign in "\t\n\r" or "\x20" <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd" or sign >= "\U00010000"
    )  # fmt: skip
