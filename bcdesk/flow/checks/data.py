"""Every check, in the order in which they run: what only looks comes before what ends something."""

from typing import Final

from bcdesk.flow.checks import answers, asking_wrong, authentication, redirects, server, stolen_code, token_life
from bcdesk.flow.checks.check import Check

CHECKS: Final[tuple[Check, ...]] = (
    *server.CHECKS,
    *redirects.CHECKS,
    *answers.CHECKS,
    *asking_wrong.CHECKS,
    *stolen_code.CHECKS,
    *token_life.CHECKS,
    *authentication.CHECKS,
)
BY_ID: Final = {check.id: check for check in CHECKS}
