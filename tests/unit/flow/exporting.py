"""A run of every kind of hop, as the recorder writes it, and the secrets that went through it."""

from bcdesk.contract.flow_rows import HopRow, RuleRow
from bcdesk.flow.failures import Failure, Reason
from bcdesk.flow.recorder import Recorder
from bcdesk.flow.redact import Redactor
from bcdesk.flow.trace import Channel, Message, Trace
from bcdesk.flow.values import Setup

SECRETS = {
    "client_secret": "bcs_" + "s" * 43,
    "code": "code-that-nobody-may-see-0001",
    "code_verifier": "verifier-that-nobody-may-see-" + "v" * 30,
    "access_token": "bct_" + "a" * 43,
    "refresh_token": "bcr_" + "r" * 43,
}
SETUP = Setup(
    issuer="https://issuer.example",
    client_id="client_7d93c8e5f2a16b4d9c",
    redirect_uri="http://127.0.0.1:8123/callback",
    scopes=("user.profile", "beats.read"),
    auth_method="client_secret_basic",
    then=("refresh", "revoke"),
)
BASIC = "Basic Y2xpZW50OnNlY3JldC10aGF0LW5vYm9keS1tYXktc2Vl"
RULE = RuleRow("redirect.same", "RFC 6749 §4.1.3", "failed", "trailing_slash", "https://a/x", "https://a/x/", 11)


def recorded() -> Trace:
    """Write a run with every secret in every place that a run has for it."""
    trace, redactor = Trace(), Redactor()
    for kind, secret in SECRETS.items():
        redactor.hold(kind, secret)
    pen = Recorder(trace, redactor, now=lambda: 1_795_000_000.0)
    url = f"{SETUP.issuer}/authorize?client_id={SETUP.client_id}&state=st4te&scope=user.profile%20beats.read"
    pen.end(pen.begin("authorize", Channel.FRONT, redactor.request("GET", url)), ok=True)
    answer = f"{SETUP.redirect_uri}?code={SECRETS['code']}&state=st4te"
    base, query = redactor.url(answer)
    pen.end(pen.begin("callback", Channel.FRONT), ok=True, received=Message("GET", base, query=query))
    back = [("Accept", "application/json"), ("Authorization", BASIC)]
    form = [
        ("grant_type", "authorization_code"), ("code", SECRETS["code"]), ("code_verifier", SECRETS["code_verifier"]),
        ("redirect_uri", SETUP.redirect_uri),
    ]  # fmt: skip
    tokens = {name: SECRETS[name] for name in ("access_token", "refresh_token")}
    body = str({**tokens, "token_type": "Bearer", "expires_in": 3600}).replace("'", '"').encode()
    pen.end(
        pen.begin("token", Channel.BACK, redactor.request("POST", f"{SETUP.issuer}/token", back, form)),
        ok=True,
        received=redactor.response(200, [("Content-Type", "application/json"), ("Set-Cookie", "sid=1234567")], body),
    )
    bearer = [("Authorization", f"Bearer {SECRETS['access_token']}")]
    pen.end(
        pen.begin("userinfo", Channel.BACK, redactor.request("GET", f"{SETUP.issuer}/userinfo", bearer)),
        ok=True,
        received=redactor.response(200, [("Content-Type", "application/json")], b'{"sub": "usr_1"}'),
    )
    form = [("token", SECRETS["refresh_token"]), ("token_type_hint", "refresh_token")]
    hop = pen.begin("revoke", Channel.BACK, redactor.request("POST", f"{SETUP.issuer}/revoke", back, form))
    says = f'<p title="{SECRETS["refresh_token"]}">It is | not `known`</p>'.encode()
    pen.end(hop, ok=False, received=redactor.response(400, [("Content-Type", "text/html")], says), error="what|ever")
    hop.failure = Failure(Reason.STEP_REFUSED, hop.id, {"error": "what|ever"})
    hop.server.append(
        HopRow(
            "1", 1_795_000_000.0, "revoke", "POST", 400, "", SETUP.client_id, "app_1", None, "", "127.0.0.1", "bcdesk",
            "req_1", 2.5, (RULE,), ("token_revoked",),
        )
    )  # fmt: skip
    return trace


def leaks(text: str) -> list[str]:
    """Name the secrets that stand in ``text``."""
    return [kind for kind, secret in {**SECRETS, "basic": BASIC.partition(" ")[2]}.items() if secret in text]
