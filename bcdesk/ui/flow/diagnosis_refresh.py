"""What goes wrong with refresh and access tokens, and what to change, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.flow.advice import BEARER, REFRESH, Advice
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Mapping


def refresh_advice(facts: Mapping[str, str]) -> dict[str, Advice]:
    """Return what is said of each mistake with a token."""
    return {
        "refresh_missing": Advice(
            tr("It sent no refresh token."), tr("Store the one of the last answer, and send it.")
        ),
        "refresh_unknown": Advice(
            tr("It sent a refresh token that is not known."),
            tr("Is it cut, an access token, or of another environment?"),
        ),
        "refresh_of_other_app": Advice(
            tr("It sent a refresh token of another app."), tr("Token and client_id must belong together.")
        ),
        "refresh_reused": Advice(
            tr("It used an old refresh token again."),
            tr("Each answer brings a new one: store it before you go on, and let one process refresh at a time."),
            REFRESH,
        ),
        "refresh_repeated": Advice(
            tr("It refreshed twice with the same token."),
            tr("Shortly after, that is forgiven. Make sure that one process refreshes at a time."), REFRESH, mild=True,
        ),
        "refresh_repeated_otherwise": Advice(
            tr("It repeated a refresh with other scopes."), tr("A repeated request must be the same request.")
        ),
        "refresh_expired": Advice(
            tr("Its refresh token is too old."), tr("The user was away too long: begin the sign-in anew.")
        ),
        "refresh_revoked": Advice(
            tr("Its refresh token is revoked."), tr("Forget it, and begin the sign-in anew. Do not try again.")
        ),
        "scope_wider_on_refresh": Advice(
            tr("It asked for more scopes when it refreshed."),
            tr("A refresh can only narrow. For “{got}” the user must sign in anew.", got=facts.get("got", "–")),
        ),
        "token_missing": Advice(
            tr("It called without a token."), tr("Send the access token in the Authorization header."), BEARER
        ),
        "token_unknown": Advice(
            tr("It called with a token that is not known."), tr("Is it cut, or of another environment?"), BEARER
        ),
        "token_expired": Advice(
            tr("It called with an access token that is over."),
            tr("Refresh shortly before it ends, or once after a 401, then repeat the call."), mild=True,
        ),
        "token_revoked": Advice(
            tr("It called with a revoked token."), tr("Forget it, and begin the sign-in anew.")
        ),
        "token_of_other_app": Advice(
            tr("It used a token of another app."), tr("A client may ask about its own tokens only.")
        ),
        "token_lacks_scope": Advice(
            tr("Its token lacks a scope for this call."),
            tr("Ask for “{scope}” in the authorization request.", scope=facts.get("expected", "–")),
        ),
    }  # fmt: skip
