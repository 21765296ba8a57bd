"""The command line: without a verb the desk, with one the server and its tools; each is imported when called."""

import argparse
import gc
import os
import sys
from collections.abc import Collection
from pathlib import Path

from bcdesk import __version__, itself

VERBS = frozenset(("serve", "member", "flow", "watch", "doctor"))
SPOKEN = VERBS | {"--selftest", "--version", "--help", "-h"}
"""What answers on stdout."""


def main(arguments: list[str] | None = None) -> int:
    """Run the program with ``arguments`` (the command line's by default) and return its exit code."""
    if arguments is None:  # the process is this program's own
        from bcdesk.hardening import harden

        harden()
    words = sys.argv[1:] if arguments is None else arguments
    if itself.lacks_stdout() and words[:1] != ["--"] and not SPOKEN.isdisjoint(words):
        return itself.in_console(*words)
    if words[:1] == ["--"]:  # a system hands an address over so: whatever somebody hid in it is no option
        words = [word for word in words if word.lower().startswith("bcdesk:")]
    addresses = [] if VERBS & set(words) else [word for word in words if word.lower().startswith("bcdesk:")]
    options = parser(words).parse_args([word for word in words if word not in addresses])
    if options.selftest:
        from bcdesk.ui.selftest.main import main as selftest

        return selftest()
    if options.verb is None:
        from bcdesk.app import main as desk

        return desk(data_dir=options.data, words=addresses, locked=options.locked)
    if os.name == "posix":
        os.umask(0o077)  # whatever a server or its tools write is for this user alone
    if options.verb == "flow":
        if options.browser == "embedded":
            from bcdesk.ui.flow.alone import main as alone

            return alone(options)
        from bcdesk.flow.command import flow

        return flow(options)
    if options.verb == "watch":
        return _watch(options)
    if options.verb == "serve":
        gc.disable()  # nothing of what is imported now is ever garbage; `serve` turns it on again when it is ready
        from bcdesk.server.serve import serve

        return serve(options)
    from bcdesk.server import cli

    command = cli.doctor if options.verb == "doctor" else cli.member
    return command(options, sys.stdout)


def parser(words: Collection[str] | None = None) -> argparse.ArgumentParser:
    """Return the parser of the whole command line, or only what ``words`` call of verbs whose options are imported."""
    top = argparse.ArgumentParser(
        "bcdesk",
        description="Run a studio's BeatConnect credentials: without a verb the desk opens.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"bcdesk {__version__}")
    top.add_argument("--data", type=Path, metavar="DIR", help="the folder that bcdesk keeps its data in")
    top.add_argument("--locked", metavar="PAGE", help=argparse.SUPPRESS)  # how a desk that locks starts anew
    top.add_argument(
        "--selftest", action="store_true", help="try what bcdesk is for on this machine, report as JSON, and end"
    )
    verbs = top.add_subparsers(dest="verb", title="verbs")
    _serve(verbs.add_parser("serve", help="serve the management API and /v1", allow_abbrev=False))
    _member(verbs.add_parser("member", help="see to the people who run the studio", allow_abbrev=False))
    flow = verbs.add_parser("flow", help="run an OAuth flow and tell of every step", allow_abbrev=False)
    if words is None or "flow" in words:
        _flow(flow)
    watch = verbs.add_parser("watch", help="tell how the server judges an application's flows", allow_abbrev=False)
    if words is None or "watch" in words:
        _watch_options(watch)
    doctor = verbs.add_parser("doctor", help="examine the server's data", allow_abbrev=False)
    _place(doctor)
    doctor.add_argument("--json", action="store_true", help="answer as one JSON object")
    return top


def _watch(options: argparse.Namespace) -> int:
    """Watch at the server that is named, or else at the one that runs on the data folder."""
    from bcdesk.flow.watching import GONE, USAGE, Way, WayError, refuse, watch, way_by_token

    try:
        way = way_by_token(options, None) if options.server is not None else None
        if way is not None:
            return watch(options, way)
        from bcdesk.server.here import Here
        from bcdesk.server.refusal import RefusedError

        try:
            here = Here(options.data, options.database)
            by_token = way_by_token(options, here.base_url)
            try:
                return watch(options, by_token or Way(here.base_url, here.sign_in, again=True))
            finally:
                here.sign_out()
        except RefusedError as error:
            return refuse(str(error), GONE)
    except WayError as error:
        return refuse(str(error), USAGE)


def _flow(verb: argparse.ArgumentParser) -> None:
    from bcdesk.flow.options import add_options

    add_options(verb)


def _watch_options(verb: argparse.ArgumentParser) -> None:
    from bcdesk.flow.watching import add_options

    add_options(verb)
    _place(verb)


def _place(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="the server's data folder (key, audit head, SQLite database)",
    )
    verb.add_argument("--database", metavar="URL", help="a database elsewhere, as an SQLAlchemy URL")


def _serve(verb: argparse.ArgumentParser) -> None:
    _place(verb)
    verb.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    verb.add_argument("--port", type=int, default=0, help="the port to listen on; 0 takes a free one")
    verb.add_argument("--limits", metavar="URL", help="a store that several processes share, such as redis://…")
    verb.add_argument("--demo", action="store_true", help="put demo data into an empty database")
    verb.add_argument("--owner-token", action="store_true", help="hand a fresh owner token over in the ready line")
    verb.add_argument("--exit-with-parent", action="store_true", help="end when stdin ends or the parent dies")
    verb.add_argument("--public-url", metavar="URL", help="the address that a proxy publishes this server at")
    verb.add_argument("--tls-cert", type=Path, metavar="FILE", help="the certificate chain (PEM)")
    verb.add_argument("--tls-key", type=Path, metavar="FILE", help="the certificate's key (PEM)")
    verb.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        metavar="CIDR",
        help="believe X-Forwarded-For from these addresses; may be given again",
    )


def _member(verb: argparse.ArgumentParser) -> None:
    commands = verb.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="invite a member: id on stdout, set-up link on stderr", allow_abbrev=False)
    add.add_argument("name")
    add.add_argument("--role", required=True, choices=("owner", "manager", "viewer"))
    add.add_argument("--email", default="")
    listing = commands.add_parser("list", help="list the members", allow_abbrev=False)
    disable = commands.add_parser("disable", help="turn a member off", allow_abbrev=False)
    disable.add_argument("id")
    token = commands.add_parser("token", help="make a management token, shown once", allow_abbrev=False)
    token.add_argument("id")
    token.add_argument("--expires-days", type=float, default=30.0, metavar="DAYS")
    reset = commands.add_parser("reset", help="make a set-up link for a new password, shown once", allow_abbrev=False)
    reset.add_argument("id")
    for command in (add, listing, disable, token, reset):
        _place(command)


if __name__ == "__main__":
    sys.exit(main())
