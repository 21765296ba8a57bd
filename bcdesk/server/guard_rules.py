"""What the gate asks of each path, as data: who may send there, what a body is, how errors are told."""

from typing import Final, NamedTuple

from bcdesk.contract.first_party import SETUP_PATH
from bcdesk.contract.routes import MANAGE

JSON: Final = frozenset({b"application/json"})
JSON_OR_PATCH: Final = JSON | {b"application/merge-patch+json"}
FORM: Final = frozenset({b"application/x-www-form-urlencoded"})


class Rule(NamedTuple):
    """What the paths below ``prefix`` put up with."""

    prefix: str
    foreign_pages: bool = False
    """Whether a page of another origin may send the request; it reads no answer but by ``cors``."""
    cors: bool = False
    """Whether the pages of enabled browser applications read answers."""
    pages: bool = False
    """Whether these are pages, to which other sites may lead a whole tab, and whose forms only they send."""
    media: frozenset[bytes] = JSON
    oauth: bool = False
    """Whether errors are told as RFC 6749 §5.2 has them, instead of by problem documents."""
    no_store: bool = True


RULES: Final = (
    Rule(MANAGE),
    Rule("/v1", foreign_pages=True, cors=True),  # opened by a credential alone, which no other page has
    Rule("/oauth/authorize", pages=True, media=FORM, oauth=True),
    Rule(SETUP_PATH, pages=True, media=FORM, oauth=True),
    Rule("/oauth/token", foreign_pages=True, cors=True, media=FORM, oauth=True),
    Rule("/oauth/revoke", foreign_pages=True, cors=True, media=FORM, oauth=True),
    Rule("/oauth/register", oauth=True),
    Rule("/oauth", media=FORM, oauth=True),
    Rule("/.well-known", foreign_pages=True, cors=True, oauth=True, no_store=False),
    Rule("", no_store=False),
)
"""The first rule whose prefix fits decides."""


def rule_of(path: str) -> Rule:
    """Return the rule of a path."""
    for rule in RULES:
        if path.startswith(rule.prefix) and path[len(rule.prefix) : len(rule.prefix) + 1] in ("", "/"):
            return rule
    return RULES[-1]
