#!/usr/bin/env python3
"""Sets up, runs and tests bcdesk from a checkout, with nothing but Python's standard library."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one line an older Python reaches
    sys.exit("bcdesk needs Python 3.11 or newer; this one is " + sys.version.split()[0])

from devlib import comparing, deb_check, debian, freezing, installers, lockfile, running, setup, suites, terminal

USAGE = """\
usage: python3 packaging/dev.py VERB [arguments]

  run [ARGS…]       start bcdesk; the arguments are bcdesk's own (try: run --help, run serve --help)
  test [ARGS…]      ruff, mypy, the layers, then the tests; foreign arguments go to pytest
      --only STEPS      some of lint,types,layers,tests, separated by commas
      --keep-going      go on after a failing step
  soak [ARGS…]      the full-size suites (pytest -m slow), with a longer timeout
  bench [ARGS…]     the measurements (python -m tests.bench)
  shots DIR         pictures of the program, made without a display, written to DIR
  package           the program frozen into dist/bcdesk, which needs no Python
  compare A B       two frozen programs file by file, a line for each difference
  installers        what people install, made from dist/bcdesk (KIND… and --payload: installers --help)
  deb-check [FILE]  a .deb installed, started, tested and removed in a clean system, as root
  sums              SHA256SUMS of the files in dist
  release-note …    make the keys of release notes, sign one, check one (try: release-note --help)
  needs [run|test]  the system packages that running or testing needs, one a line
  setup [run|test]  only what each verb above does first: system libraries, .venv, locked packages
  lock [ARGS…]      write both locks in packaging again (ARGS for uv, such as --upgrade)
"""

VERBS = {
    "run": running.run,
    "test": suites.test,
    "soak": suites.soak,
    "bench": suites.bench,
    "shots": suites.shots,
    "package": freezing.package,
    "compare": comparing.command,
    "installers": installers.command,
    "deb-check": deb_check.command,
    "sums": installers.sums_command,
    "release-note": running.release_note,
    "needs": debian.command,
    "setup": setup.command,
    "lock": lockfile.write,
}


def main(argv: list[str]) -> int:
    """Runs one verb and returns the exit code."""
    if not argv or argv[0] in {"-h", "--help", "help"}:
        print(USAGE, end="")
        return 0 if argv else 2
    verb, rest = argv[0], argv[1:]
    if verb not in VERBS:
        raise terminal.Stop(f"There is no verb “{verb}”. See: python3 packaging/dev.py --help", code=2)
    return VERBS[verb](rest)


if __name__ == "__main__":
    sys.exit(terminal.guarded(main, sys.argv[1:]))
