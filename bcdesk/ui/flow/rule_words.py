"""Reasons of the server's rules in words."""

from bcdesk.ui.text import tr


def reason_words(reason: str) -> str:
    """Say why a rule failed; a code that is not known here stands for itself."""
    return _reasons().get(reason) or reason.replace("_", " ")


def _reasons() -> dict[str, str]:
    return {
        "app_deleted": tr("the application is deleted"),
        "app_disabled": tr("the application is off"),
        "assertion": tr("an assertion was sent, which this server does not take"),
        "case": tr("capitals differ"),
        "decoded_first": tr("the verifier was decoded before it was hashed"),
        "deleted": tr("the application is deleted"),
        "denied": tr("the user refused"),
        "differs": tr("it differs"),
        "disabled": tr("the application is off"),
        "expired": tr("its time is over"),
        "hex": tr("it is written in hexadecimal digits, not in base64url"),
        "in_query": tr("it was sent in the address, where logs keep it"),
        "insufficient": tr("the token lacks the scope"),
        "limited": tr("too many attempts in a minute"),
        "looks_like_secret": tr("this looks like a client secret, not a client ID"),
        "malformed": tr("it is not written as it must be"),
        "missing": tr("it is missing"),
        "nested": tr("a pushed request cannot name another one"),
        "none": tr("prompt=none, and somebody has to sign in or decide"),
        "none_left": tr("nothing that was asked for is left"),
        "none_sent": tr("the client did not prove who it is"),
        "none_with_others": tr("prompt=none stands beside other prompts"),
        "not_asked": tr("the request had no challenge, so there is nothing to verify"),
        "not_basic": tr("the header is not Basic"),
        "not_bearer": tr("the header is not Bearer"),
        "not_registered": tr("it is not registered"),
        "optional": tr("the application may do without; it is better with"),
        "other": tr("it is another value than the one allowed"),
        "other_client": tr("it belongs to another client"),
        "other_method": tr("it came another way than registered"),
        "other_than_before": tr("it is not what was granted before"),
        "padded": tr("it ends in =, which base64url without padding does not have"),
        "plain": tr("plain is not taken: S256 alone"),
        "public_secret": tr("a public client sent a secret"),
        "repeated": tr("it is there more than once"),
        "revoked": tr("it is revoked"),
        "rotated_out": tr("the overlap of this secret is over"),
        "sent": tr("it was sent, and this server does not take it"),
        "standard_alphabet": tr("it is written in base64 with + and /, not in base64url"),
        "trailing_slash": tr("a slash at the end differs"),
        "two_sent": tr("two were sent at once"),
        "unknown": tr("it is unknown"),
        "unnamed": tr("the method is not named, which means plain"),
        "unreadable": tr("it cannot be read"),
        "used": tr("it was used before"),
        "user_disabled": tr("the user's account is off"),
        "wider": tr("it asks for more than was granted"),
        "without_challenge": tr("a method without a challenge"),
        "wrong": tr("it is wrong"),
    }


def verdict_words(verdict: str) -> str:
    """Name a verdict."""
    return {"passed": tr("passed"), "failed": tr("failed"), "advice": tr("advice")}.get(verdict, verdict)
