"""What was watched as Markdown, and the command that watches the same in a terminal."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from bcdesk.ui.flow.diagnosis_words import advice
from bcdesk.ui.flow.lab_words import visible
from bcdesk.ui.flow.rule_words import reason_words
from bcdesk.ui.flow.watch_words import answer, compared, failed, program, step, verdict, why
from bcdesk.ui.text import counted, tr
from bcdesk.ui.times import local

if TYPE_CHECKING:
    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.flow.watch_log import WatchLog


def command(desk: Desk, client_id: str) -> str:
    """Return the command that watches ``client_id``: on this desk's own server, or on another by its address."""
    from bcdesk.settings import default_data_dir

    words = ["bcdesk", "watch", "--client", client_id]
    host, client = desk.connection.host, desk.client
    local = host.startswith(("127.0.0.1", "localhost", "[::1]"))
    if not local and client is not None:
        words += ["--server", client.base_url, "--token-env", "BCDESK_TOKEN"]
    elif desk.settings.data_dir != default_data_dir():
        words += ["--data", str(desk.settings.data_dir / "server")]
    return shlex.join(words)


def markdown(log: WatchLog, row: AppRow, host: str, now: float, *, demo: bool) -> str:
    """Write what was heard: the mistakes first, then each request with the rules that were not kept."""
    lines = [
        f"# {tr('Watched: {name}', name=_cell(row.name))}",
        "",
        f"- {tr('Client')}: `{row.client_id}`",
        f"- {tr('Server')}: {host}" + (f" ({tr('Pre-release demo')})" if demo else ""),
        f"- {tr('Written')}: {_iso(now)}",
        f"- {counted(len(log.rows), '{n} request', '{n} requests')}",
    ]
    if log.dropped:
        lines.append(f"- {counted(log.dropped, '{n} older request was dropped', '{n} older requests were dropped')}")
    lines += [f"- {tr('Nothing was heard from {start} to {end}', start=_iso(gap.start), end=_iso(gap.end))}"
              for gap in log.gaps]  # fmt: skip
    if log.diagnoses:
        lines += ["", f"## {tr('What to change')}", ""]
        for one in log.diagnoses:
            told, hop = advice(one.code, one.facts), log.rows.get(one.hop_id)
            at = f" ({_iso(hop.at)})" if hop is not None else ""
            lines.append(f"- **{told.what}**{at} {told.change}")
    heads = (tr("Time"), tr("Address"), tr("Program"), tr("Step"), tr("Answer"), tr("Rule"), tr("Request"))
    lines += ["", f"## {tr('Requests')}", "", "| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for hop in log.rows.values():
        rule = failed(hop)
        said = ": ".join(part for part in (verdict(hop), why(hop)) if part)
        if rule is not None:
            more = compared(rule)
            said = f"{rule.id} ({rule.source}): {reason_words(rule.reason)}" + (f"; {more}" if more else "")
        cells = (_iso(hop.at), hop.address, program(hop.user_agent), step(hop), answer(hop), said, hop.request_id)
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join(lines) + "\n"


def _iso(moment: float) -> str:
    return local(moment).isoformat(timespec="seconds")


def _cell(text: str) -> str:
    """Keep foreign text from being read as Markdown or HTML, or from leaving its cell."""
    shown = "".join(character if character == " " else visible(character) for character in text)
    for mark in "\\`*_[]<>|#":
        shown = shown.replace(mark, "\\" + mark if mark not in "<>" else {"<": "&lt;", ">": "&gt;"}[mark])
    return shown
