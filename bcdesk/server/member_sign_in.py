"""Members' passwords: which may be taken, and whether one is right; wrong ones are counted and audited."""

import unicodedata
from typing import Final

import sqlalchemy as sa

from bcdesk.contract.first_party import PASSWORD_MAX, PASSWORD_MIN
from bcdesk.server import members, passwords
from bcdesk.server.audit import SERVER
from bcdesk.server.members import MemberRecord
from bcdesk.server.state import ServerState
from bcdesk.server.tables_members import member_passwords

NOBODY: Final = "nobody"
"""The target of a failed sign-in to an address that no member has."""


def check(password: str, *, name: str, email: str) -> str | None:
    """Return what is wrong with a new password: too_short, too_long or yourself; None where it may be taken."""
    password = _one_form(password)
    if len(password) < PASSWORD_MIN:
        return "too_short"
    if len(password) > PASSWORD_MAX:
        return "too_long"
    bare = password.strip().casefold()
    return "yourself" if bare in {email.casefold(), name.casefold()} or len(set(bare)) < 4 else None


def hash_of(password: str) -> str:
    """Return what is kept of a password."""
    return passwords.hash_of(_one_form(password))


def sign_in(state: ServerState, email: str, password: str, address: str) -> MemberRecord | None:
    """Return the member whose password this is, or None; takes as long where there is no such member."""
    with state.database.read() as connection:
        member = members.find_by_email(connection, email)
        its = sa.select(member_passwords).where(member_passwords.c.member_id == (member.id if member else ""))
        kept = connection.execute(its).one_or_none()
    right = passwords.fits(None if kept is None else kept.password_hash, _one_form(password))
    if member is None or kept is None or not right:
        _count(state, None if member is None else member.id, address)
        return None
    if kept.failed:
        with state.database.write() as connection:
            connection.execute(
                member_passwords.update().where(member_passwords.c.member_id == member.id).values(failed=0)
            )
    return None if member.disabled_at is not None else member


def _count(state: ServerState, member_id: str | None, address: str) -> None:
    """Count a wrong password, and audit it, whether there is such a member or not: both take as long.

    Those are few, since a sixth try in a minute is not even judged. What was typed as the address of somebody
    unknown may be a password, and is not kept.
    """
    with state.database.write() as connection:
        failed = connection.execute(
            member_passwords.update()
            .where(member_passwords.c.member_id == (member_id or ""))
            .values(failed=member_passwords.c.failed + 1)
            .returning(member_passwords.c.failed)
        ).scalar_one_or_none()
        state.audit.append(
            connection, at=state.now(), actor=SERVER, action="member.sign_in.failed", target=member_id or NOBODY,
            count=failed, address=address,
        )  # fmt: skip


def _one_form(password: str) -> str:
    """Return a password in the one form that every keyboard's spelling of it has (NIST SP 800-63B §3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
