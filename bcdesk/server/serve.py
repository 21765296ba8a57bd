"""``bcdesk serve``: refuses early and in one line what is unsafe or taken, then runs."""

import contextlib
import logging
import sys
from argparse import Namespace
from typing import Final

from bcdesk import log
from bcdesk.server.folder import locked, ready_folder
from bcdesk.server.listening import listen
from bcdesk.server.refusal import RefusedError

REFUSED: Final = 2


def serve(options: Namespace) -> int:
    """Serve until told to stop; return 0 then, or 2 with one line on stderr where it may not or cannot start."""
    log.setup(log.level_of_environment("INFO"), sys.stderr)
    for name in ("uvicorn.error", "sqlalchemy"):  # a tale of every start, and every statement with its parameters
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        with contextlib.ExitStack() as stack:
            listening = listen(options)
            stack.callback(listening.socket.close)
            folder = ready_folder(options.data)
            stack.enter_context(locked(folder))
            from bcdesk.server.running import run  # the whole server: a second of imports

            run(folder, listening, options)
    except RefusedError as error:
        sys.stderr.write(f"bcdesk serve: {error}\n")
        return REFUSED
    return 0
