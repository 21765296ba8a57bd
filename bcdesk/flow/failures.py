"""Every way in which a run can fail, as data; sentences and remedies are the window's."""

from enum import StrEnum
from typing import NamedTuple


class Reason(StrEnum):
    """What went wrong; the first part is the step it happened at."""

    SETUP_INVALID = "setup.invalid"
    DISCOVERY_FAILED = "discovery.failed"
    DISCOVERY_FOREIGN_ISSUER = "discovery.foreign_issuer"
    DISCOVERY_NOT_METADATA = "discovery.not_metadata"
    LISTENER_PORT_TAKEN = "listener.port_taken"
    LISTENER_NOT_LOOPBACK = "listener.not_loopback"
    CALLBACK_NOT_REDIRECT = "callback.not_redirect"
    CALLBACK_REPEATED = "callback.repeated"
    CALLBACK_NO_STATE = "callback.no_state"
    CALLBACK_FOREIGN_STATE = "callback.foreign_state"
    CALLBACK_NO_ISS = "callback.no_iss"
    CALLBACK_FOREIGN_ISS = "callback.foreign_iss"
    CALLBACK_ERROR = "callback.error"
    CALLBACK_NO_CODE = "callback.no_code"
    CALLBACK_FRAGMENT = "callback.fragment"
    CALLBACK_QUERY_LOST = "callback.query_lost"
    BROWSER_TIMEOUT = "browser.timeout"
    BROWSER_PAGE_ERROR = "browser.page_error"
    BROWSER_CERTIFICATE = "browser.certificate"
    BROWSER_GONE = "browser.gone"
    TOKEN_REFUSED = "token.refused"
    TOKEN_GARBLED = "token.garbled"
    STEP_REFUSED = "step.refused"
    STEP_GARBLED = "step.garbled"
    STEP_MISSING = "step.missing"
    UNREACHABLE = "unreachable"


class StateCause(StrEnum):
    """Why a callback carries another state than the run's."""

    EARLIER_RUN = "earlier_run"
    ALTERED = "altered"
    FORGED = "forged"
    MISSING = "missing"


class Failure(NamedTuple):
    """What ended a run: the reason, the hop it is shown at, and facts for the sentence, none of them secret."""

    reason: Reason
    hop: int
    facts: dict[str, str]


class FlowError(Exception):
    """A step that did not succeed; the text names the reason alone."""

    def __init__(self, reason: Reason, **facts: str) -> None:
        """Name the reason and the facts that its sentence needs."""
        super().__init__(reason.value)
        self.reason = reason
        self.facts = facts
