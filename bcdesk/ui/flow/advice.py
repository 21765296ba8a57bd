"""What is said of a mistake that was seen."""

from typing import Final, NamedTuple


class Advice(NamedTuple):
    """What happened, what to change in their code, and a few lines that do it; ``mild`` where it works all the same."""

    what: str
    change: str
    snippet: str = ""
    mild: bool = False


CHALLENGE: Final = """\
verifier = secrets.token_urlsafe(32)
digest = hashlib.sha256(verifier.encode()).digest()
challenge = base64.urlsafe_b64encode(digest).rstrip(b"=")"""
STATE: Final = """\
session["state"] = secrets.token_urlsafe(24)
...
if not hmac.compare_digest(request.args["state"], session.pop("state")): abort(400)"""
ONCE: Final = """\
code = request.args["code"]
if not claim_once(code): return redirect("/")  # a second tab, a reload, a retry
tokens = exchange(code)"""
BASIC: Final = """\
user, password = quote_plus(client_id), quote_plus(client_secret)
headers = {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}"""
POST: Final = """\
data = {"grant_type": "authorization_code", "code": code, ...,
        "client_id": client_id, "client_secret": client_secret}"""
REFRESH: Final = """\
with lock_of(user):  # one refresh at a time, in all processes
    tokens = refresh(stored.refresh_token)
    store(tokens.access_token, tokens.refresh_token)  # the new one replaces the old"""
BEARER: Final = 'headers = {"Authorization": f"Bearer {access_token}"}'
