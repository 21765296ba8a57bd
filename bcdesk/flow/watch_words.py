"""What ``bcdesk watch`` says of each diagnosis: what to change in the code of whoever sent the request."""

from collections.abc import Mapping
from typing import Final

from bcdesk.flow.watch import Diagnosis

SENTENCES: Final[Mapping[str, str]] = {
    "parameter_repeated": "A parameter was sent twice: {got}. Send each once.",
    "parameters_in_query": "The parameters were sent in the address: post them in the body.",
    "request_object": "A request object was sent: this server takes plain parameters, or pushed ones.",
    "client_id_missing": "The client_id is missing.",
    "client_unknown": "Nobody has this client_id: is it of another server?",
    "app_disabled": "The application is turned off.",
    "app_deleted": "The application was deleted.",
    "secret_as_client_id": "A secret was sent as the client_id: the two are swapped. Rotate that secret.",
    "public_app_sends_secret": "This public application has no secret and sends one: leave it out.",
    "no_authentication": "The request does not say who sends it: send client_id, or authenticate.",
    "authenticates_twice": "It authenticates in two ways: use the registered one alone.",
    "authorization_not_basic": "The Authorization header is not Basic.",
    "basic_malformed": "The Basic header cannot be read: base64 of client_id:secret, each form-encoded first.",
    "client_assertion": "A client assertion was sent: this server takes a secret.",
    "secret_wrong": "The client secret is none of this application's.",
    "secret_rotated_out": "The client secret was replaced and ended {got} s ago: deploy the new one.",
    "secret_of_other_app": "The client secret belongs to another application.",
    "redirect_missing": "The redirect_uri is missing, and more than one is registered.",
    "redirect_differs": "The redirect_uri differs from the registered {expected} at character {position}.",
    "redirect_trailing_slash": "The redirect_uri differs from the registered {expected} by a slash at its end.",
    "redirect_case": "The redirect_uri differs from the registered {expected} in upper and lower case.",
    "redirect_not_registered": "The redirect_uri {got} is not registered.",
    "redirect_malformed": "The redirect_uri {got} has a form that is never taken.",
    "redirect_left_out": "The token request leaves the redirect_uri out: send {expected} again.",
    "redirect_changed": "The token request names {got}, its code was sent to {expected}.",
    "response_type_missing": "The response_type is missing: send code.",
    "response_type_other": "The response_type is {got}: use code.",
    "response_mode_other": "The response_mode is {got}: answers come in the query.",
    "grant_not_registered": "The application is not registered for {got}, only for {expected}.",
    "grant_type_missing": "The grant_type is missing.",
    "grant_type_unknown": "The grant_type {got} is none of {expected}.",
    "challenge_missing": "The code_challenge is missing: use PKCE with S256.",
    "challenge_advised": "PKCE is not used: send a code_challenge although this application need not.",
    "pkce_plain": "PKCE with plain: use S256.",
    "pkce_method_missing": "The code_challenge_method is missing, which means plain: send S256.",
    "pkce_method_unknown": "The code_challenge_method {got} is unknown: use S256.",
    "challenge_padded": "The code_challenge ends in =: encode it as base64url without padding.",
    "challenge_alphabet": "The code_challenge is plain base64: use the url alphabet, - and _ for + and /.",
    "challenge_hex": "The code_challenge is hexadecimal: encode the 32 bytes of the digest as base64url.",
    "challenge_malformed": "The code_challenge has {got} characters: SHA-256 as base64url has {expected}.",
    "verifier_missing": "The token request has no code_verifier.",
    "verifier_wrong": "The code_verifier is not the one of its code_challenge: keep one for each request.",
    "verifier_not_asked": "A code_verifier came although the request had no code_challenge.",
    "verifier_malformed": "The code_verifier has {got} characters or strange ones: 43 to 128 of A-Z a-z 0-9 - . _ ~.",
    "challenge_is_verifier": "The code_challenge is the verifier itself: send its SHA-256 as base64url.",
    "verifier_decoded_first": "The challenge hashes the decoded bytes: hash the verifier's own letters.",
    "scope_escalation": "It asks for {got}, which is not registered for it.",
    "scope_none_left": "None of the scopes that were allowed is left to the application.",
    "scope_wider_on_refresh": "The refresh asks for {got}, which the user did not allow.",
    "refresh_repeated_otherwise": "A repeated refresh asks for another scope than the first time.",
    "state_missing": "No state was sent: draw one for each request and compare it.",
    "prompt_none": "The prompt none cannot be had: nobody stays signed in here.",
    "request_uri_unknown": "The request_uri is none that this application pushed.",
    "request_uri_used": "The request_uri was used before: push a new request each time.",
    "request_uri_expired": "The request_uri ended {got} s ago: it lasts a minute.",
    "user_denied": "The user did not allow it: handle error=access_denied.",
    "code_missing": "The token request has no code.",
    "code_unknown": "The code is none of this server's: is it decoded as it came, and whole?",
    "code_of_other_app": "The code was given to another application.",
    "code_sent_twice": "Its code was sent twice, {got} s apart: exchange it once. What it gave ended.",
    "code_expired": "The code was {got} s old: exchange it at once, it lasts {expected} s.",
    "code_revoked": "What the code stands for was taken back.",
    "refresh_missing": "The token request has no refresh_token.",
    "refresh_unknown": "The refresh token is none of this server's.",
    "refresh_of_other_app": "The refresh token was given to another application.",
    "refresh_reused": "A refresh token was used again: keep the new one of each reply. The whole family ended.",
    "refresh_repeated": "The refresh was repeated after {got} s: was the first reply lost?",
    "refresh_expired": "The refresh token has expired: sign in again.",
    "refresh_revoked": "The refresh token was taken back: sign in again.",
    "origin_not_registered": "A page of {got} asked: the browser hides the reply, since it has no redirect there.",
    "token_missing": "No token was sent.",
    "token_unknown": "The token is none of this server's.",
    "token_expired": "The access token expired {got} s ago: refresh before expires_in has passed.",
    "token_revoked": "The access token was taken back.",
    "token_of_other_app": "The token belongs to another application: a client is told of its own alone.",
    "token_lacks_scope": "The token lacks {expected}: ask for it.",
    "rate_limited": "It calls too often: wait for Retry-After.",
    "secret_not_sent": "The secret was not sent: authenticate by {expected}.",
    "basic_instead_of_post": "The secret came in the header: this application is registered for {expected}.",
    "post_instead_of_basic": "The secret came in the body: this application is registered for {expected}.",
    "code_never_redeemed": "A code was sent {seconds} s ago and never came to the token endpoint.",
    "state_reused": "This state brought a code before: draw a fresh one for each request.",
    "retries_refused": "It was refused with {error} {times} times in a row: trying again changes nothing.",
}


class _Facts(dict[str, str]):
    """Facts of which one may be missing."""

    def __missing__(self, name: str) -> str:
        return "it"


def sentence(found: Diagnosis) -> str:
    """Return a diagnosis in words."""
    return SENTENCES[found.code].format_map(_Facts(found.facts))
