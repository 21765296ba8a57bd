"""Requests as a server told of them, as data: what the tests and the pictures of *Watch my app* show."""

from bcdesk.contract.flow_rows import HopRow, RuleRow

PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari"
KEPT = RuleRow("client.known", "RFC 6749 §2.2", "passed", "", "", "", None)


def hop(number: int, **more: object) -> HopRow:
    """Return a request; the further ones differ in what is given."""
    values: dict[str, object] = {
        "id": f"hop_{number:026d}", "at": 1_790_000_000.0 + number, "endpoint": "authorize", "method": "GET",
        "status": 200, "error": "", "client_id": "client_5f82a4b7e9d287a3b5", "app_id": "app_1", "run": None,
        "grant_type": "", "address": "192.0.2.14", "user_agent": PHONE, "request_id": f"req_{number:026d}",
        "milliseconds": 4.2, "rules": (KEPT,), "effects": (),
    }  # fmt: skip
    return HopRow(**{**values, **more})  # type: ignore[arg-type]


def redirect_differs(number: int, registered: str, got: str, at: int) -> HopRow:
    """Return an authorization request whose redirect URI is not the registered one."""
    rule = RuleRow("redirect.exact", "RFC 9700 §2.1", "failed", "trailing_slash", registered, got, at)
    return hop(number, status=400, error="invalid_request", rules=(KEPT, rule))


def code_twice(number: int) -> HopRow:
    """Return a token request with a code that was redeemed before."""
    rule = RuleRow("code.unused", "RFC 6749 §4.1.2", "failed", "used", "", "12", None)
    return hop(
        number, endpoint="token", method="POST", grant_type="authorization_code", status=400, error="invalid_grant",
        user_agent="python-requests/2.32.3", rules=(KEPT, rule), effects=("family_revoked",),
    )  # fmt: skip
