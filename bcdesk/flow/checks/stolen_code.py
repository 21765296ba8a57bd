"""Attacks with a code that fell into other hands, and on the proof that binds it to whoever asked for it."""

from typing import Final

from bcdesk.flow.checks.bench import Bench, made_up
from bcdesk.flow.checks.check import Check
from bcdesk.flow.checks.judge import NOT_POST, failed, front_refusal, passed, refusal
from bcdesk.flow.checks.model import Found, Group, Need, Saw, What
from bcdesk.flow.checks.requests import Asking, Reply
from bcdesk.flow.pkce import challenge_of

GRANT: Final = frozenset({"invalid_grant"})
EITHER: Final = frozenset({"invalid_grant", "invalid_request"})
REQUEST: Final = frozenset({"invalid_request"})
_GRANT: Final = Saw(What.REFUSED, "invalid_grant")
CODE_SECONDS: Final = 601.0


async def no_verifier(bench: Bench) -> Found:
    """Redeem a code without its verifier."""
    landed, party = await bench.code(), await bench.party()
    return refusal(await bench.send(bench.exchange(party, landed).drop("code_verifier")), EITHER)


async def wrong_verifier(bench: Bench) -> Found:
    """Redeem a code with another verifier."""
    landed, party = await bench.code(), await bench.party()
    return refusal(await bench.send(bench.exchange(party, landed).set("code_verifier", made_up())), GRANT)


async def challenge_as_verifier(bench: Bench) -> Found:
    """Redeem a code with what everybody on the way saw: the challenge in place of the verifier."""
    landed, party = await bench.code(), await bench.party()
    seen = challenge_of(landed.verifier.show(), "S256")
    return refusal(await bench.send(bench.exchange(party, landed).set("code_verifier", seen)), GRANT)


async def _replay(bench: Bench) -> tuple[Reply, str]:
    """Redeem a code twice; return the second answer, and the access token of the first."""
    landed, party = await bench.code(), await bench.party()
    first = bench.pair_of(await bench.send(bench.exchange(party, landed)))
    second = await bench.send(bench.exchange(party, landed))
    return second, first.access.show()


async def replayed(bench: Bench) -> Found:
    """Redeem a code for the second time."""
    reply, _ = await bench.once("replay", lambda: _replay(bench))
    return refusal(reply, GRANT)


async def replay_revokes(bench: Bench) -> Found:
    """Use the access token of a code that was redeemed twice."""
    _, access = await bench.once("replay", lambda: _replay(bench))
    return failed(What.OPENS) if await bench.opens(access) else passed(What.CLOSED)


async def expired(bench: Bench) -> Found:
    """Redeem a code when its ten minutes are over."""
    landed, party = await bench.code(), await bench.party()
    bench.move_clock(CODE_SECONDS)
    return refusal(await bench.send(bench.exchange(party, landed)), GRANT)


async def other_client(bench: Bench) -> Found:
    """Redeem a code as another client, which knows the verifier and the redirect URI."""
    landed, party, second = await bench.code(), await bench.party(), await bench.second()
    honest = bench.exchange(party, landed)
    form = [pair for pair in honest.form if pair[0] in ("grant_type", "code", "redirect_uri", "code_verifier")]
    return refusal(await bench.send(bench.post(second, form)), GRANT)


async def redirect_changed(bench: Bench) -> Found:
    """Redeem a code and name another redirect URI than the one that it was sent to."""
    landed, party = await bench.code(), await bench.party()
    post = bench.exchange(party, landed).set("redirect_uri", f"{party.redirect_uri}/other")
    return refusal(await bench.send(post), EITHER)


async def redirect_left_out(bench: Bench) -> Found:
    """Redeem a code without the redirect URI that was named when it was asked for."""
    landed, party = await bench.code(), await bench.party()
    return refusal(await bench.send(bench.exchange(party, landed).drop("redirect_uri")), EITHER)


async def by_get(bench: Bench) -> Found:
    """Redeem a code by GET, with everything in the address."""
    landed, party = await bench.code(), await bench.party()
    post = bench.exchange(party, landed)
    post.method, post.query = "GET", post.form
    return refusal(await bench.send(post), EITHER, bare=NOT_POST)


async def in_query(bench: Bench) -> Found:
    """Redeem a code that stands in the address of a POST."""
    landed, party = await bench.code(), await bench.party()
    post = bench.exchange(party, landed)
    post.query, post.form = post.form, []
    # Whoever reads nothing from the address sees no client, or no grant type.
    return refusal(await bench.send(post), EITHER | {"invalid_client", "unsupported_grant_type"})


async def made_up_code(bench: Bench) -> Found:
    """Redeem a code that the server never gave."""
    party = await bench.party()
    _, verifier = await bench.asking()
    await bench.baseline()
    post = bench.post(
        party,
        [
            ("grant_type", "authorization_code"),
            ("code", made_up()),
            ("redirect_uri", party.redirect_uri),
            ("code_verifier", verifier.show()),
        ],
    )
    return refusal(await bench.send(post), GRANT)


async def _pkce(bench: Bench, asking: Asking) -> Found:
    return front_refusal(await bench.open(asking), REQUEST)


async def plain(bench: Bench) -> Found:
    """Ask for a code with a challenge that is the verifier itself."""
    asking, verifier = await bench.asking()
    asking.set("code_challenge_method", "plain").set("code_challenge", verifier.show())
    return await _pkce(bench, asking)


async def no_challenge(bench: Bench) -> Found:
    """Ask for a code without a challenge."""
    asking, _ = await bench.asking()
    return await _pkce(bench, asking.drop("code_challenge", "code_challenge_method"))


async def no_method(bench: Bench) -> Found:
    """Ask for a code with a challenge whose method is left out, which means plain."""
    asking, _ = await bench.asking()
    return await _pkce(bench, asking.drop("code_challenge_method"))


_NEEDS: Final = frozenset({Need.TWIN, Need.CODE})
_ASKED: Final = Saw(What.REFUSED, "invalid_request")
CHECKS: Final = (
    Check("pkce.no_verifier", Group.PKCE, "RFC 7636 §4.6", _NEEDS, _GRANT, no_verifier),
    Check("pkce.wrong_verifier", Group.PKCE, "RFC 7636 §4.6", _NEEDS, _GRANT, wrong_verifier),
    Check("pkce.challenge_as_verifier", Group.PKCE, "RFC 7636 §4.6", _NEEDS, _GRANT, challenge_as_verifier),
    Check("pkce.plain", Group.PKCE, "RFC 9700 §2.1.1", _NEEDS, _ASKED, plain),
    Check("pkce.no_challenge", Group.PKCE, "RFC 7636 §4.4.1", _NEEDS | {Need.PKCE}, _ASKED, no_challenge),
    Check("pkce.no_method", Group.PKCE, "RFC 7636 §4.3", _NEEDS, _ASKED, no_method),
    Check("code.made_up", Group.CODE, "RFC 6749 §4.1.3", _NEEDS, _GRANT, made_up_code),
    Check("code.replayed", Group.CODE, "RFC 6749 §4.1.2", _NEEDS, _GRANT, replayed),
    Check("code.replay_revokes", Group.CODE, "RFC 6749 §4.1.2", _NEEDS, Saw(What.CLOSED), replay_revokes),
    Check("code.expired", Group.CODE, "RFC 6749 §4.1.2", _NEEDS | {Need.CLOCK}, _GRANT, expired),
    Check("code.other_client", Group.CODE, "RFC 6749 §4.1.3", _NEEDS | {Need.SECOND_APP}, _GRANT, other_client),
    Check("code.redirect_changed", Group.CODE, "RFC 6749 §4.1.3", _NEEDS, _GRANT, redirect_changed),
    Check("code.redirect_left_out", Group.CODE, "RFC 6749 §4.1.3", _NEEDS, _GRANT, redirect_left_out),
    Check("code.by_get", Group.CODE, "RFC 6749 §3.2", _NEEDS, Saw(What.REFUSED), by_get),
    Check("code.in_query", Group.CODE, "RFC 9700 §4.3.2", _NEEDS, Saw(What.REFUSED), in_query),
)
