"""What each check is called, what an attacker would gain, and what to mend: requests, clients, tokens and server."""

from __future__ import annotations

from bcdesk.ui.text import tr

Said = dict[str, tuple[str, str, str]]
"""Title, gain and mend of each check."""


def more_words() -> Said:
    """Return the checks of this file in words."""
    return _requests() | _clients() | _tokens() | _server()


def _requests() -> Said:
    implicit = tr("Tokens in addresses end up in histories, logs and referrers, and nothing binds them to the app.")
    code_alone = tr("Take response_type=code alone.")
    mode = tr("The answer goes another way than the app expects, to scripts or forms that were not meant to see it.")
    query_alone = tr("Refuse every response_mode that the metadata does not name.")
    more = tr("An app gets more than was registered for it, and more than its users expect.")
    return {
        "request.token": (tr("The implicit flow"), implicit, code_alone),
        "request.code_token": (tr("A code and a token at once"), implicit, code_alone),
        "request.fragment": (tr("The answer in the fragment"), mode, query_alone),
        "request.form_post": (tr("The answer as a form"), mode, query_alone),
        "request.scope": (
            tr("A scope that is not registered"), more, tr("Refuse scopes that the client is not registered for.")
        ),
        "request.manage": (
            tr("The scope of the management"), tr("An app manages the studio's keys and applications."),
            tr("Never give manage to a registered client."),
        ),
        "request.repeated": (
            tr("A parameter twice"),
            tr("Two parts of the server read two values: what was judged is not what is done."),
            tr("Refuse a request that holds a parameter twice."),
        ),
        "request.request_object": (
            tr("A request object that nobody signed"), tr("It overrules what was judged, redirect URI and scope too."),
            tr("Refuse request objects, or take signed ones alone."),
        ),
    }  # fmt: skip


def _clients() -> Said:
    poses = tr("Anybody who knows the client id, which is no secret, acts as this app.")
    method = tr("Take the one method that the client registered.")
    logs = tr("The secret ends up in the logs of every proxy.")
    return {
        "client.wrong_secret": (
            tr("A wrong secret"), poses, tr("Compare the secret's keyed hash, in constant time.")
        ),
        "client.no_secret": (
            tr("No secret"), poses, tr("Refuse a client that has a secret and does not show it.")
        ),
        "client.other_method": (
            tr("The right secret in another way"),
            tr("A secret that was registered for one way leaks by another, less guarded one."), method,
        ),
        "client.both_methods": (
            tr("The right secret in two ways"),
            tr("Two parts of the server believe two clients: one is judged, the other acts."),
            tr("Refuse a request that authenticates in more than one way."),
        ),
        "client.in_query": (
            tr("The right secret in the address"), logs, tr("Take credentials in the header or in the body alone.")
        ),
        "client.other_without_secret": (
            tr("Another client without its secret"), poses,
            tr("Refuse a client that has a secret and does not show it."),
        ),
        "client.password_grant": (
            tr("A user's password for a token"), tr("Apps, and whoever poses as one, collect passwords."),
            tr("Do not offer the password grant."),
        ),
        "client.other_grant": (
            tr("A grant that is not registered"), tr("An app acts without any user's consent."),
            tr("Judge the grant type by the client's registration."),
        ),
        "client.repeated": (
            tr("A parameter of the token request twice"),
            tr("Two parts of the server read two values: what was judged is not what is done."),
            tr("Refuse a request that holds a parameter twice."),
        ),
        "client.deleted_secret": (
            tr("A secret that was rotated out"),
            tr("A secret that leaked goes on working after it was replaced."),
            tr("Compare with live secrets alone, and let an overlap end."),
        ),
        "client.disabled": (
            tr("An application that is turned off"), tr("Turning an app off stops nobody."),
            tr("Ask for the application's state at each code, token and use."),
        ),
    }  # fmt: skip


def _tokens() -> Said:
    cached = tr("Tokens stay in a cache, and the next user of it has them.")
    no_store = tr("Send Cache-Control: no-store with every answer of the token endpoint.")
    mine = tr("Store the client with each token, and refuse it to any other.")
    stolen = tr("Whoever stole a refresh token lives on beside the app, and nobody notices.")
    rotate = tr("Give a new refresh token with each use, and end the family when an old one comes again.")
    ended = tr("A token that was revoked because it leaked goes on opening things.")
    end = tr("Ask for the token's state at each use.")
    return {
        "token.no_store": (tr("Tokens stay out of caches"), cached, no_store),
        "token.error_no_store": (tr("Refusals stay out of caches"), cached, no_store),
        "token.refresh_scope": (
            tr("A refresh that asks for more"), tr("An app gets what its user never allowed."),
            tr("Give a refresh no scope that its grant does not have."),
        ),
        "token.refresh_other_client": (tr("The refresh token of another client"), stolen, mine),
        "token.access_as_refresh": (
            tr("An access token as a refresh token"),
            tr("Every API that sees an access token can keep it alive for ever."),
            tr("Keep the two kinds apart."),
        ),
        "token.refresh_as_access": (
            tr("A refresh token as an access token"),
            tr("A token that lives for weeks opens what one of an hour should."),
            tr("Keep the two kinds apart."),
        ),
        "token.in_query": (
            tr("An access token in the address"),
            tr("Tokens end up in histories, logs and referrers."), tr("Take tokens in the Authorization header alone."),
        ),
        "token.introspected_by_other": (
            tr("Another client asks what a token is"),
            tr("Whoever found a token learns whose it is and what it opens."),
            tr("Tell a client of its own tokens alone; of others, that they are not active."),
        ),
        "token.revoked_by_other": (
            tr("Another client ends a token"), tr("Anybody signs users out of other apps."), mine
        ),
        "token.unknown_revoked": (
            tr("The end of a token that never was"), tr("The answer tells which tokens exist."),
            tr("Answer 200 whether the token was known or not."),
        ),
        "token.revoked": (tr("A token after its end"), ended, end),
        "token.refresh_reuse": (tr("A refresh token for the second time"), stolen, rotate),
        "token.refresh_reuse_revokes": (
            tr("A refresh token that came twice ends its family"), stolen, rotate
        ),
        "token.revoke_family": (
            tr("The end of a refresh token ends its access token"), ended,
            tr("End everything of the grant with its refresh token."),
        ),
    }  # fmt: skip


def _server() -> Said:
    return {
        "server.issuer": (
            tr("The metadata is the issuer's own"),
            tr("An app believes it talks to one server, and talks to another."),
            tr("Name in the metadata the very issuer that it was asked for, to the last slash."),
        ),
        "server.s256": (
            tr("The metadata offers S256 and nothing weaker"), tr("Clients choose plain, or do without PKCE."),
            tr("List S256 alone in code_challenge_methods_supported."),
        ),
        "server.endpoints": (
            tr("Every endpoint is https"), tr("Whoever listens on the way has codes, secrets and tokens."),
            tr("Publish https addresses."),
        ),
        "server.no_implicit": (
            tr("Neither implicit flow nor password grant is offered"),
            tr("Clients use ways in which tokens and passwords leak."),
            tr("Take both out of the metadata, and refuse them."),
        ),
        "server.token_by_get": (
            tr("The token endpoint opened as a page"),
            tr("What is taken by GET stands in histories and logs."), tr("Answer 405 to GET."),
        ),
        "server.frames": (
            tr("The sign-in page in a frame"),
            tr("A page lays it invisibly under its own buttons: the user allows what nobody sees."),
            tr("Send frame-ancestors 'none' with both pages."),
        ),
        "server.page_no_store": (
            tr("The sign-in page stays out of caches"), tr("Whoever uses the machine next sees what was asked."),
            tr("Send Cache-Control: no-store with the pages."),
        ),
        "server.referrer": (
            tr("The sign-in page tells no other site its address"),
            tr("Other sites learn the state and what was asked for."),
            tr("Send Referrer-Policy: no-referrer with the pages."),
        ),
    }  # fmt: skip
