"""What each check is called, what an attacker would gain, and what to mend: those of codes, redirects and answers."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from bcdesk.ui.flow.checks_words_more import Said, more_words
from bcdesk.ui.text import tr


class CheckWords(NamedTuple):
    """A check in words."""

    title: str
    gain: str
    mend: str


def words_of(check_id: str) -> CheckWords:
    """Return a check in words."""
    return _words()[check_id]


@cache
def _words() -> dict[str, CheckWords]:
    return {name: CheckWords(*said) for part in (_redirects(), _answers(), _codes(), more_words())
            for name, said in part.items()}  # fmt: skip


def _redirects() -> Said:
    exact = tr(
        "Compare the redirect URI with the registered ones byte for byte, and show an error page where none fits."
    )
    stolen = tr("The code goes to an address of the attacker, who redeems it, or has the app redeem it.")
    return {
        "redirect.unregistered": (tr("A redirect URI that nobody registered"), stolen, exact),
        "redirect.trailing_slash": (
            tr("A slash more or less at the end"),
            tr("Whoever answers for the other path, or an open redirector there, gets the code."),
            exact,
        ),
        "redirect.upper_case": (
            tr("A letter in upper case"),
            tr("Paths differ by case: whoever answers for the other one gets the code."),
            exact,
        ),
        "redirect.extra_query": (
            tr("One more parameter in the redirect URI"),
            tr("The attacker steers what the app does with the answer, such as where it goes next."),
            exact,
        ),
        "redirect.fragment": (
            tr("A redirect URI with a fragment"),
            tr("The answer ends up behind the fragment, where scripts of the page read it and the app does not."),
            tr("Refuse every redirect URI that holds a fragment, at registration and here."),
        ),
        "redirect.below": (
            tr("An address below the registered one"),
            tr("One page below it that others may fill, such as a profile, and the code is theirs."),
            exact,
        ),
        "redirect.lookalike": (
            tr("A host that begins as the registered one does"), stolen,
            tr("Never compare by beginning: {exact}", exact=exact),
        ),
        "redirect.userinfo": (
            tr("The registered host as a user's name before another host"), stolen,
            tr("Never look for the host within the text: {exact}", exact=exact),
        ),
        "redirect.twice": (
            tr("Two redirect URIs in one request"),
            tr("One part of the server judges the first, another part uses the second: the code goes to the attacker."),
            tr("Refuse a request that names its client or its address twice, with a page and no redirect."),
        ),
        "redirect.unknown_client": (
            tr("An error for a client that does not exist"),
            tr("The server's good name leads people to any page: an open redirector for phishing."),
            tr("Show an error page where the client is unknown. Never redirect."),
        ),
        "redirect.error_elsewhere": (
            tr("An error sent to a foreign address"),
            tr("The server's good name leads people to any page: an open redirector for phishing."),
            tr("Judge client and redirect URI before everything else; until both are good, show a page."),
        ),
        "redirect.pushed": (
            tr("A foreign redirect URI in a pushed request"), stolen,
            tr("Judge a pushed request by the rules of the authorization endpoint when it is pushed."),
        ),
    }  # fmt: skip


def _answers() -> Said:
    state = tr("Keep the state as the text that it is, and encode it once, when the answer is written.")
    forged = tr("The app cannot tell its own answer from a forged one, or gives up its check of the state.")
    mixed = tr("An app of several servers sends the code of this one to another one, which redeems it.")
    return {
        "answer.state": (tr("The state comes back"), forged, state),
        "answer.state_special": (tr("A state of unusual characters comes back unaltered"), forged, state),
        "answer.state_not_made_up": (
            tr("No state where none was sent"), forged, tr("Send a state back only where one was sent.")
        ),
        "answer.state_in_error": (tr("The state comes back with an error"), forged, state),
        "answer.iss": (
            tr("The answer names its issuer"), mixed, tr("Add iss to each answer, the very text of the metadata.")
        ),
        "answer.iss_in_error": (
            tr("An error names its issuer"), mixed, tr("Add iss to errors as to codes.")
        ),
        "answer.no_token": (
            tr("No token in the address"),
            tr("Tokens in addresses end up in histories, logs and referrers, where others read them."),
            tr("Answer with a code alone; tokens come from the token endpoint."),
        ),
        "answer.status": (
            tr("The browser is sent back by 303, not 307"),
            tr("With 307 the browser sends the sign-in form on, and the app gets the user's password."),
            tr("Redirect with 303 after a form."),
        ),
    }  # fmt: skip


def _codes() -> Said:
    stolen = tr("Whoever caught the code, from a log, a history or another app on the phone, gets the tokens.")
    pkce = tr("Store the challenge with the code, ask for a verifier, and compare its SHA-256.")
    once = tr("Spend a code in one conditional update, and revoke its tokens when it comes again.")
    bound = tr("Store client and redirect URI with the code, and refuse it where either differs.")
    body = tr("Take POST alone, with all parameters in the body.")
    return {
        "pkce.no_verifier": (tr("A code without its verifier"), stolen, pkce),
        "pkce.wrong_verifier": (tr("A code with another verifier"), stolen, pkce),
        "pkce.challenge_as_verifier": (
            tr("The challenge in place of the verifier"),
            tr("The challenge stands in the address: whoever saw that has all that redeeming the code takes."),
            pkce,
        ),
        "pkce.plain": (
            tr("PKCE by the method plain"),
            tr("The verifier itself stands in the address: whoever sees that redeems the code."),
            tr("Take S256 alone."),
        ),
        "pkce.no_challenge": (
            tr("A request without PKCE"), stolen, tr("Refuse a request without a challenge where the app uses PKCE.")
        ),
        "pkce.no_method": (
            tr("A challenge whose method is left out"),
            tr("Left out means plain: the verifier itself stands in the address."),
            tr("Refuse a challenge without code_challenge_method=S256."),
        ),
        "code.made_up": (
            tr("A code that was never given"), tr("Anybody gets tokens."), tr("Look codes up, and refuse unknown ones.")
        ),
        "code.replayed": (tr("A code for the second time"), stolen, once),
        "code.replay_revokes": (
            tr("A code that came twice ends its tokens"),
            tr("If the attacker came first, the tokens stay theirs although the theft was noticed."),
            once,
        ),
        "code.expired": (
            tr("A code after ten minutes"), tr("Codes in old logs and histories still give tokens."),
            tr("Let codes end after ten minutes at most."),
        ),
        "code.other_client": (
            tr("The code of another client"),
            tr("A malicious app redeems the code of an honest one, and acts for its user."), bound,
        ),
        "code.redirect_changed": (
            tr("Another redirect URI at the token request"),
            tr("A code that was sent to an address of the attacker is redeemed through the honest app."), bound,
        ),
        "code.redirect_left_out": (
            tr("No redirect URI at the token request"),
            tr("A code that was sent to an address of the attacker is redeemed through the honest app."), bound,
        ),
        "code.by_get": (
            tr("A code redeemed by GET"), tr("Codes, verifiers and secrets end up in the logs of every proxy."), body
        ),
        "code.in_query": (
            tr("A code in the address of a POST"),
            tr("Codes, verifiers and secrets end up in the logs of every proxy."), body,
        ),
    }  # fmt: skip
