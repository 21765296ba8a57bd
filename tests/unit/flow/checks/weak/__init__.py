"""Servers of which one rule is off: `WEAK` has them all."""

from tests.unit.flow.checks.weak import asking, clients_and_tokens, codes, pages_and_metadata, redirecting
from tests.unit.flow.checks.weak.support import WEAK

__all__ = ["WEAK", "asking", "clients_and_tokens", "codes", "pages_and_metadata", "redirecting"]
