"""Builds the authorization request of a run, and says first what in its setup cannot work."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, urlencode

from bcdesk.contract.redirects import parts_of
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.pkce import Pkce
from bcdesk.flow.values import AUTH_METHODS, PKCE_METHODS, THEN, Setup

TIMEOUT_MOST: Final = 3600.0


def check_setup(setup: Setup) -> None:
    """Raise SETUP_INVALID, naming ``what``, where a run cannot start so."""
    faults = {
        "issuer": not setup.issuer and setup.server is None,
        "client_id": not setup.client_id,
        "redirect_uri": parts_of(setup.redirect_uri) is None or any(ord(each) <= 0x20 for each in setup.redirect_uri),
        "auth_method": setup.auth_method not in AUTH_METHODS,
        "pkce": setup.pkce not in PKCE_METHODS,
        "then": any(step not in THEN for step in setup.then),
        "api_url": "call" in setup.then and not setup.api_url,
        "timeout": not 0 < setup.timeout <= TIMEOUT_MOST,
    }
    for what, faulty in faults.items():
        if faulty:
            raise FlowError(Reason.SETUP_INVALID, what=what)


def request_parameters(setup: Setup, *, state: str, pkce: Pkce, nonce: str | None) -> list[tuple[str, str]]:
    """Return the parameters of the authorization request; one given in the setup takes the place of the run's own."""
    own = {
        "response_type": "code",
        "client_id": setup.client_id,
        "redirect_uri": setup.redirect_uri,
        "scope": " ".join(setup.scopes) or None,
        "state": state,
        "nonce": nonce,
        "code_challenge": pkce.challenge,
        "code_challenge_method": pkce.method if pkce.challenge is not None else None,
    }
    given = {name for name, _ in setup.params}
    kept = [(name, value) for name, value in own.items() if value is not None and name not in given]
    return kept + list(setup.params)


def address_with(endpoint: str, parameters: Sequence[tuple[str, str]]) -> str:
    """Return ``endpoint`` with ``parameters`` added to a query that it may have."""
    joint = "&" if "?" in endpoint else "?"
    return endpoint + joint + urlencode(parameters, quote_via=quote, errors="surrogatepass")
