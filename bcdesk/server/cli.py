"""``bcdesk member`` and ``bcdesk doctor``: what can be done to a server's data, whether it runs or not."""

import json
import logging
import sys
from argparse import Namespace
from collections.abc import Callable
from typing import Final, TextIO

from bcdesk import __version__, log
from bcdesk.contract.codes import Fault
from bcdesk.contract.first_party import setup_link
from bcdesk.contract.key_rules import FieldFault
from bcdesk.contract.moments import format_moment
from bcdesk.server import members, setups
from bcdesk.server.audit import COMMAND_LINE as ACTOR
from bcdesk.server.doctor import examine
from bcdesk.server.faults import SENTENCES
from bcdesk.server.folder import PlaceError, ready_folder
from bcdesk.server.here import published_by
from bcdesk.server.place import opened
from bcdesk.server.problems import ProblemError, invalid
from bcdesk.server.state import ServerState

DAYS_MAX: Final = 3660
_DAY: Final = 86_400
_MARKS: Final = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def doctor(options: Namespace, out: TextIO) -> int:
    """Write what every check found to ``out``; return 1 where one failed, 2 where there is no such folder."""
    log.setup(logging.ERROR, sys.stderr)
    try:
        folder = ready_folder(options.data, make=False)
    except PlaceError as error:
        return _refused("doctor", str(error))
    findings = list(examine(folder, options.database))
    good = all(finding.state != "fail" for finding in findings)
    if options.json:
        out.write(json.dumps({"ok": good, "checks": [finding._asdict() for finding in findings]}) + "\n")
    else:
        for finding in findings:
            out.write(f"{_MARKS[finding.state]}  {finding.check:<13}{finding.detail}\n")
    return 0 if good else 1


def member(options: Namespace, out: TextIO) -> int:
    """Do what ``bcdesk member`` was asked to; return 2 with one line on stderr where it may not."""
    log.setup(logging.WARNING, sys.stderr)
    try:
        with opened(ready_folder(options.data), options.database) as place:
            state = ServerState(place.database, place.secret, place.server_id, __version__, place.folder)
            _COMMANDS[options.command](state, options, out)
    except PlaceError as error:
        return _refused("member", str(error))
    except ProblemError as error:
        words = [f"{fault.pointer.strip('/')}: {SENTENCES[fault.code]}" for fault in error.errors]
        return _refused("member", " ".join([error.detail, *words]))
    return 0


def _add(state: ServerState, options: Namespace, out: TextIO) -> None:
    with state.database.write() as connection:
        added = members.add(
            state,
            connection,
            actor=ACTOR,
            name=options.name,
            role=options.role,
            email=options.email,
            now=state.now(),
        )
        made = setups.make(state, connection, added.id, actor=ACTOR, now=state.now())
    out.write(f"{added.id}\n")
    sys.stderr.write(f"bcdesk member: {added.name} sets up at {_link(state, made)} (works once, for 15 minutes)\n")


def _reset(state: ServerState, options: Namespace, out: TextIO) -> None:
    with state.database.write() as connection:
        made = setups.make(state, connection, options.id, actor=ACTOR, now=state.now())
    out.write(f"{_link(state, made)}\n")


def _link(state: ServerState, made: setups.Made) -> str:
    """Return a set-up link at the address of the server that runs, or else one that has to be added to an address."""
    running = published_by(state.data_dir) if state.data_dir is not None else None
    return setup_link(running or "", made.token)


def _list(state: ServerState, options: Namespace, out: TextIO) -> None:
    with state.database.read() as connection:
        everyone = members.every(connection)
    for one in everyone:
        since = format_moment(one.created_at)[:10]
        off = "" if one.state == "active" else f"  ({one.state})"
        out.write(f"{one.id}  {one.role:<8} {since}  {one.name}{f' <{one.email}>' if one.email else ''}{off}\n")


def _disable(state: ServerState, options: Namespace, out: TextIO) -> None:
    with state.database.write() as connection:
        members.change(state, connection, options.id, actor=ACTOR, disabled=True, now=state.now())


def _token(state: ServerState, options: Namespace, out: TextIO) -> None:
    if not 0 < options.expires_days <= DAYS_MAX:
        raise invalid([FieldFault("/--expires-days", Fault.OUT_OF_RANGE)])
    now = state.now()
    with state.database.write() as connection:
        token = members.issue_token(
            state, connection, options.id, actor=ACTOR, expires_at=now + options.expires_days * _DAY, now=now
        )
    out.write(f"{token}\n")


_COMMANDS: Final[dict[str, Callable[[ServerState, Namespace, TextIO], None]]] = {
    "add": _add,
    "list": _list,
    "disable": _disable,
    "token": _token,
    "reset": _reset,
}


def _refused(verb: str, words: str) -> int:
    sys.stderr.write(f"bcdesk {verb}: {words}\n")
    return 2
