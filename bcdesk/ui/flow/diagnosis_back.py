"""What goes wrong when a code is redeemed, and what to change, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.flow.advice import BASIC, CHALLENGE, ONCE, POST, Advice
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Mapping


def back_advice(facts: Mapping[str, str]) -> dict[str, Advice]:
    """Return what is said of each mistake of a client with a code or with its own secret."""
    return {**_code(), **_verifier(), **_signing_in(), **_request(facts)}


def _code() -> dict[str, Advice]:
    return {
        "code_missing": Advice(
            tr("It called the token endpoint without a code."),
            tr("Read code from the callback's query; when error is there instead, stop and show that."),
        ),
        "code_unknown": Advice(
            tr("It sent a code that was never given."),
            tr("Is it cut, or decoded twice? Send it exactly as it came, to the server that gave it."),
        ),
        "code_of_other_app": Advice(
            tr("It sent a code of another app."),
            tr("Code and client_id must belong together. Are two environments mixed up?"),
        ),
        "code_sent_twice": Advice(
            tr("Its code was sent twice."),
            tr("A code works once. Redeem it in one place: look for a retry, a reload, a second handler, or an effect "
               "that runs twice."), ONCE,
        ),
        "code_expired": Advice(
            tr("It redeemed its code too late."),
            tr("A code lives ten minutes. Redeem it as soon as the callback arrives, not in a queue."),
        ),
        "code_revoked": Advice(
            tr("Its code had been revoked."),
            tr("The user took the permission back, or was blocked meanwhile. Begin the sign-in anew."),
        ),
    }  # fmt: skip


def _verifier() -> dict[str, Advice]:
    return {
        "verifier_missing": Advice(
            tr("It sent no code_verifier."),
            tr("Keep the verifier from the beginning of the sign-in, and send it with the code."),
        ),
        "verifier_wrong": Advice(
            tr("Its code_verifier is not that of this sign-in."),
            tr("Store it with its state, not in one global place: a second tab overwrites it."),
        ),
        "verifier_not_asked": Advice(
            tr("It sent a code_verifier although its request had no challenge."),
            tr("Send the code_challenge in the authorization request, too."), CHALLENGE,
        ),
        "verifier_malformed": Advice(
            tr("Its code_verifier is none."), tr("It must be 43 to 128 letters, digits or - . _ ~."), CHALLENGE
        ),
        "challenge_is_verifier": Advice(
            tr("It sent the verifier itself as the challenge."),
            tr("Hash it first: the challenge is Base64url of its SHA-256."), CHALLENGE,
        ),
        "verifier_decoded_first": Advice(
            tr("It hashed the bytes that the verifier stands for."),
            tr("Hash the text of the verifier as it is, without decoding it."), CHALLENGE,
        ),
    }  # fmt: skip


def _signing_in() -> dict[str, Advice]:
    return {
        "public_app_sends_secret": Advice(
            tr("A public app sent a client secret."),
            tr("It has none: send client_id alone. A secret in a phone or browser is known to everyone."),
        ),
        "no_authentication": Advice(
            tr("It did not say who it is."), tr("Send the client secret in the way that is registered for the app.")
        ),
        "authenticates_twice": Advice(
            tr("It sent its secret in two ways at once."),
            tr("Send it in the header or in the form, as registered, never in both."),
        ),
        "authorization_not_basic": Advice(
            tr("Its Authorization header is not Basic."), tr("A token does not belong there: send Basic."), BASIC
        ),
        "basic_malformed": Advice(
            tr("Its Basic header cannot be read."),
            tr("Percent-encode ID and secret, join them by a colon, then Base64."), BASIC,
        ),
        "client_assertion": Advice(
            tr("It signed in with an assertion."), tr("This server takes a secret: in the header or in the form.")
        ),
        "secret_wrong": Advice(
            tr("Its client secret is wrong."),
            tr("Is it cut, or of another environment? Compare its last four with the app's page."),
        ),
        "secret_rotated_out": Advice(
            tr("It still uses a client secret that has ended."),
            tr("The overlap is over. Give it the new secret, or make one if it is lost."),
        ),
        "secret_of_other_app": Advice(
            tr("It sent the secret of another app."), tr("Client ID and secret must be of the same app.")
        ),
        "secret_not_sent": Advice(
            tr("It sent no client secret."), tr("This app has one: send it in the way that is registered.")
        ),
        "basic_instead_of_post": Advice(
            tr("It sent its secret in the header, but the form is registered."),
            tr("Set client_secret_post in the library."), POST,
        ),
        "post_instead_of_basic": Advice(
            tr("It sent its secret in the form, but the header is registered."),
            tr("Set client_secret_basic in the library."), BASIC,
        ),
    }  # fmt: skip


def _request(facts: Mapping[str, str]) -> dict[str, Advice]:
    return {
        "parameters_in_query": Advice(
            tr("It sent the token request's parameters in the address."),
            tr("Addresses are logged. Send them as a form in the body, by POST."),
        ),
        "grant_type_missing": Advice(
            tr("It sent no grant_type."),
            tr("Add it, and send the body as application/x-www-form-urlencoded, not as JSON."),
        ),
        "grant_type_unknown": Advice(
            tr("It asked for a grant that is not offered here."),
            tr("Use authorization_code, refresh_token or client_credentials."),
        ),
        "grant_not_registered": Advice(
            tr("It used a grant that the app does not have."),
            tr("Use a grant of the app; its type decides which those are."),
        ),
        "retries_refused": Advice(
            tr("It repeated a request that was refused."),
            tr("“{error}” does not pass by itself: stop at the first refusal and begin the sign-in anew.",
               error=facts.get("error", "–")),
        ),
        "rate_limited": Advice(
            tr("It asks too often."), tr("Wait as long as Retry-After says, then longer each time.")
        ),
        "origin_not_registered": Advice(
            tr("A page of an origin that is not the app's called the token endpoint."),
            tr("Only the origins of a single-page app's redirect URIs may. Register the page's address, or call from "
               "your server."),
        ),
    }  # fmt: skip
