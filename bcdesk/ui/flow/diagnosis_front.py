"""What goes wrong in the authorization request, and what to change, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.flow.advice import CHALLENGE, STATE, Advice
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Mapping


def front_advice(facts: Mapping[str, str]) -> dict[str, Advice]:
    """Return what is said of each mistake of an authorization request."""
    return {**_client(), **_redirect(facts), **_request(facts), **_pkce(facts), **_pushed()}


def _client() -> dict[str, Advice]:
    return {
        "client_id_missing": Advice(
            tr("It sent no client_id."), tr("Add client_id to the request: it is on the app's page here.")
        ),
        "client_unknown": Advice(
            tr("It sent a client_id that is not known here."),
            tr("Compare it with the one on the app's page. Does it belong to another environment?"),
        ),
        "app_disabled": Advice(
            tr("The app is turned off."), tr("Their code is right. Turn the app on in OAuth apps when it may go on.")
        ),
        "app_deleted": Advice(
            tr("The app is deleted."), tr("Restore it within 60 minutes, or register a new one and use its client ID.")
        ),
        "secret_as_client_id": Advice(
            tr("It sent a client secret as its client_id."),
            tr("Client ID and secret are swapped. The secret stood in a request in the clear: replace it."),
        ),
    }


def _redirect(facts: Mapping[str, str]) -> dict[str, Advice]:
    return {
        "redirect_missing": Advice(
            tr("It sent no redirect_uri."), tr("Send it always, exactly as it is registered.")
        ),
        "redirect_differs": Advice(
            tr("Its redirect_uri differs from the registered one."),
            tr("Send the registered text, character by character. It differs at the marked place."),
        ),
        "redirect_trailing_slash": Advice(
            tr("Its redirect_uri differs by the slash at the end."),
            tr("Add the slash or leave it, as it is registered. Some frameworks add one by themselves."),
        ),
        "redirect_case": Advice(
            tr("Its redirect_uri differs by capitals."), tr("Write it exactly as registered, in lower case.")
        ),
        "redirect_not_registered": Advice(
            tr("Its redirect_uri is not registered."),
            tr("Use a registered one, or add “{got}” to the app. The redirect lab compares it.",
               got=facts.get("got", "–")),
        ),
        "redirect_malformed": Advice(
            tr("Its redirect_uri is no address."),
            tr("Build it as one whole address with its scheme, and let the library encode it once."),
        ),
        "redirect_left_out": Advice(
            tr("It left out redirect_uri when it redeemed the code."),
            tr("Send the same redirect_uri to the token endpoint as in the authorization request."),
        ),
        "redirect_changed": Advice(
            tr("It redeemed the code with another redirect_uri."),
            tr("Keep the redirect_uri of the authorization request with its state, and send that very text again."),
        ),
    }  # fmt: skip


def _request(facts: Mapping[str, str]) -> dict[str, Advice]:
    return {
        "parameter_repeated": Advice(
            tr("It sent a parameter twice."),
            tr("Set each parameter once. Look where a query is appended to one that is there already."),
        ),
        "request_object": Advice(
            tr("It sent a signed request object."),
            tr("This server takes none. Send plain parameters, or push them first (PAR)."),
        ),
        "response_type_missing": Advice(tr("It sent no response_type."), tr("Add response_type=code.")),
        "response_type_other": Advice(
            tr("It asked for another response type than code."),
            tr("Tokens in an address leak; this server gives none. Use response_type=code with PKCE."),
        ),
        "response_mode_other": Advice(
            tr("It asked for another response mode than query."),
            tr("Leave response_mode out: the answer comes in the query."),
        ),
        "scope_escalation": Advice(
            tr("It asked for a scope that the app does not have."),
            tr("Leave “{got}” out, or give the app that scope in OAuth apps.", got=facts.get("got", "–")),
        ),
        "scope_none_left": Advice(
            tr("None of the scopes that it asked for is the app's."),
            tr("Ask for scopes of the app, set apart by spaces, not by commas."),
        ),
        "state_missing": Advice(
            tr("It sends no state."),
            tr("Without it anyone can slip a foreign code to its users. Draw one for each request, and compare it."),
            STATE, mild=True,
        ),
        "state_reused": Advice(
            tr("It used a state a second time."),
            tr("Draw a new state for each request; a fixed one protects nobody."), STATE, mild=True,
        ),
        "prompt_none": Advice(
            tr("It asked for a sign-in without any page (prompt=none)."),
            tr("Nobody is signed in there for certain. Send the user to the pages when login_required comes back."),
        ),
        "user_denied": Advice(
            tr("The user said no."),
            tr("That is no mistake. Take error=access_denied as an answer and offer to try again."), mild=True,
        ),
        "code_never_redeemed": Advice(
            tr("A code was given, but nobody redeemed it."),
            tr("Did the redirect reach the app? A custom scheme vanishes where no app has it. Look at the callback: it "
               "must read the code and call the token endpoint."), mild=True,
        ),
    }  # fmt: skip


def _pkce(facts: Mapping[str, str]) -> dict[str, Advice]:
    return {
        "challenge_missing": Advice(
            tr("It sent no code_challenge."), tr("Turn on PKCE in the library: S256 for every request."), CHALLENGE
        ),
        "challenge_advised": Advice(
            tr("It uses no PKCE."),
            tr("This app may, but a stolen code is worth nothing with it. Turn it on in the library, then require it "
               "for the app."), CHALLENGE, mild=True,
        ),
        "pkce_plain": Advice(
            tr("It uses PKCE with the method plain."),
            tr("Plain shows the verifier to whoever sees the request. Use S256."), CHALLENGE,
        ),
        "pkce_method_missing": Advice(
            tr("It sent a code_challenge without its method."),
            tr("Add code_challenge_method=S256: without it the method is plain, which is refused."),
        ),
        "pkce_method_unknown": Advice(
            tr("It named an unknown PKCE method."),
            tr("The method is called S256, with a capital S, not “{got}”.", got=facts.get("got", "–")),
        ),
        "challenge_padded": Advice(
            tr("Its code_challenge ends with “=”."),
            tr("Base64url for PKCE has no padding: cut off the signs at its end."), CHALLENGE,
        ),
        "challenge_alphabet": Advice(
            tr("Its code_challenge is in plain Base64."),
            tr("Use the alphabet of URLs: “-” and “_” instead of “+” and “/”."), CHALLENGE,
        ),
        "challenge_hex": Advice(
            tr("Its code_challenge is in hexadecimal."),
            tr("Encode the 32 bytes of the digest, not its hexadecimal text, in Base64url."), CHALLENGE,
        ),
        "challenge_malformed": Advice(
            tr("Its code_challenge is none."), tr("It must be 43 characters: Base64url of a SHA-256."), CHALLENGE
        ),
    }  # fmt: skip


def _pushed() -> dict[str, Advice]:
    return {
        "request_uri_unknown": Advice(
            tr("It sent a request_uri that is not its own or not known."),
            tr("Use the one that the pushed request answered with, unchanged, with the same client_id."),
        ),
        "request_uri_used": Advice(
            tr("It used a request_uri a second time."), tr("Push a new request for each sign-in.")
        ),
        "request_uri_expired": Advice(
            tr("Its request_uri was too old."), tr("Push the request right before you open the browser.")
        ),
    }
