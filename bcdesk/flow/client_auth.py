"""How a client says who it is (RFC 6749 §2.3): as headers and members of the form."""

import base64
from collections.abc import Mapping
from urllib.parse import quote_plus

from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.held import Held
from bcdesk.flow.values import AUTH_METHODS


def proof(method: str, client_id: str, secret: Held | None) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return what ``method`` adds to a request; raise SETUP_INVALID where it needs a secret and there is none."""
    if method not in AUTH_METHODS:
        raise FlowError(Reason.SETUP_INVALID, what="auth_method")
    if method == "none":
        return {}, {"client_id": client_id}
    if secret is None or secret.spent or not secret.show():
        raise FlowError(Reason.SETUP_INVALID, what="secret")
    if method == "client_secret_post":
        return {}, {"client_id": client_id, "client_secret": secret.show()}
    pair = ":".join(quote_plus(each, errors="surrogatepass") for each in (client_id, secret.show()))  # RFC 6749 §2.3.1
    return {"Authorization": f"Basic {base64.b64encode(pair.encode('ascii')).decode('ascii')}"}, {}
