"""What the reveal says: sentences from rows, with no widget in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.contract.moments import UNKNOWN
from bcdesk.contract.rows import AppRow, MemberRow
from bcdesk.ui import times
from bcdesk.ui.roles import role_words
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.actions.secret_file import Trouble
    from bcdesk.client.values import About
    from bcdesk.contract.rows import AppSecretRow, KeyRow, VersionRow
    from bcdesk.ui.keys.secret_frame import SecretKind

    Row = KeyRow | AppRow | MemberRow


def about(row: Row) -> About:
    """Tell whether a secret of ``row`` is an API key, a client secret or that of a set-up link."""
    return "app" if isinstance(row, AppRow) else "member" if isinstance(row, MemberRow) else "key"


def by(what: About, key: str, app: str, member: str = "") -> str:
    """Return the one of the sentences that speaks of ``what``; without one of its own, a link has an app's."""
    return key if what == "key" else (member or app) if what == "member" else app


def version_of(row: Row, version_id: str) -> VersionRow | AppSecretRow | None:
    """Return a version or client secret of ``row`` by its id."""
    if isinstance(row, MemberRow):
        return None
    secrets: tuple[VersionRow | AppSecretRow, ...] = row.secrets if isinstance(row, AppRow) else row.versions
    return next((secret for secret in secrets if secret.id == version_id), None)


def moment(seconds: float, now: float) -> str:
    """Return the time of day of ``seconds`` (epoch), with its day where that is not the day of ``now``."""
    today = times.local(seconds).date() == times.local(now).date()
    return times.clock(seconds) if today else times.short(seconds, now)


def title(what: About) -> str:
    """Return the title of the dialog while the secret waits."""
    return by(
        what, tr("Hand this key over now"), tr("Hand this client secret over now"), tr("Hand this set-up link over now")
    )


def kind(row: Row) -> str:
    """Return the environment of a key, the type of an application, the role of a member, in a word."""
    if isinstance(row, MemberRow):
        return role_words(row.role)
    if isinstance(row, AppRow):
        types = {"web": tr("Web"), "mobile": tr("Mobile"), "spa": tr("SPA"), "service": tr("Service")}
        return types.get(row.type, row.type)
    return tr("Live") if row.environment == "live" else tr("Sandbox")


def secret_kind(row: Row) -> SecretKind:
    """Return what the secret's frame calls it."""
    if isinstance(row, MemberRow):
        return "link"
    if isinstance(row, AppRow):
        return "client"
    return "live" if row.environment == "live" else "sandbox"


def summary(row: Row, last4: str) -> str:
    """Return the secret's last four characters, and what else tells it: scopes and expiry, client id, address."""
    if isinstance(row, MemberRow):
        return " · ".join(one for one in (tr("ends in {last4}", last4=last4), row.email) if one)
    if isinstance(row, AppRow):
        return tr("ends in {last4} · client id {client_id}", last4=last4, client_id=row.client_id)
    expires = tr("never expires") if row.expires_at is None else tr("expires {day}", day=times.day(row.expires_at))
    return tr("ends in {last4} · {scopes} · {expires}", last4=last4, scopes=", ".join(row.scopes), expires=expires)


class Usage:
    """Whether the handed-over version was used: the first use that is seen stays what is said."""

    def __init__(self, version_id: str, now: float) -> None:
        """Watch ``version_id``; times of the day of ``now`` are said without their day."""
        self._version_id = version_id
        self._now = now
        self._first: tuple[float, str | None] | None = None
        self._member: MemberRow | None = None
        self._set_up = False

    @property
    def used(self) -> bool:
        """Tell whether any use was seen."""
        return self._first is not None or self._set_up

    def see(self, row: Row | None) -> None:
        """Take note of the present row."""
        if isinstance(row, MemberRow):
            before, self._member = self._member, self._member or row
            self._set_up = self._set_up or (before is not None and (before.state, row.state) == ("invited", "active"))
            return
        version = version_of(row, self._version_id) if row is not None else None
        if row is None or version is None or self._first is not None:
            return
        at = version.last_used_at
        if at is not None and at != UNKNOWN:
            # the address belongs to the key's last use: it is this version's only where the moments agree
            address = row.last_used_from if not isinstance(row, AppRow) and row.last_used_at == at else None
            self._first = (at, address)

    def words(self) -> str:
        """Return whether and when it was first used, and from where."""
        if self._set_up:
            return tr("Used: a password is set")
        if self._first is None:
            return tr("Not used yet")
        at, address = self._first
        if address is None:
            return tr("First used {time}", time=moment(at, self._now))
        return tr("First used {time} from {address}", time=moment(at, self._now), address=address)


def opens(host: str, usage: Usage, what: About = "key") -> str:
    """Return which host the secret is for, and whether it was used."""
    if not host:
        return usage.words()
    if what != "key":
        return tr("For {host} only · {usage}", host=host, usage=usage.words())
    return tr("Opens {host} only · {usage}", host=host, usage=usage.words())


def discarding(row: Row, version_id: str, kind: str, replacement: bool, replaced: KeyRow | None) -> str:
    """Return what discarding does: to what is new, to a new version or secret, and to the key it was to replace."""
    if isinstance(row, MemberRow):
        if kind == "rotate":
            return tr("Discarded, the link opens nothing, and {name} stays as before.", name=row.name)
        return tr("Discarded, {name} is not invited: only a line in the audit log is left.", name=row.name)
    if isinstance(row, AppRow):
        return _discarding_of_app(row, version_id, kind, replacement)
    if kind == "rotate":
        others = [one for one in row.versions if one.id != version_id and one.state in ("current", "retiring")]
        if others:
            return tr("Discarded, the new version is gone and {name} works on as it did before.", name=row.name)
        if replacement:
            return tr(
                "Discarded, {name} has no secret left, since the lost one ended. Rotate… makes one.", name=row.name
            )
        return tr("Discarded, the new version is gone; {name} stays as it was before.", name=row.name)
    said = tr("Discarded, {name} is gone: no key is left, only a line in the audit log.", name=row.name)
    if replaced is not None and replaced.compromised:
        return said + " " + tr("{name}, which may have leaked, stays revoked.", name=replaced.name)
    if replaced is not None:
        return said + " " + tr("{name} stays as it is.", name=replaced.name)
    return said


def _discarding_of_app(row: AppRow, version_id: str, kind: str, replacement: bool) -> str:
    if kind == "create":
        return tr("Discarded, {name} is gone: no application is left, only a line in the audit log.", name=row.name)
    if replacement and all(one.id == version_id for one in row.secrets):
        return tr("Discarded, the new secret is gone. {name} needs another: New secret… makes it.", name=row.name)
    return tr("Discarded, the new secret is gone and {name} works on as it did before.", name=row.name)


def expired(name: str, what: About = "key") -> str:
    """Return what became of the secret of what is called ``name``, which nobody took."""
    gone = tr("Nobody took the secret of {name} for 24 hours, so the server threw it away.", name=name)
    link = tr("The set-up link of {name} was not handed over within its 15 minutes. Make another.", name=name)
    return by(what, gone, gone, link)


def expired_title(what: About) -> str:
    """Return the title above `expired`."""
    link = tr("This set-up link was discarded")
    return by(what, tr("This key was discarded"), tr("This client secret was discarded"), link)


def replaced(last4: str, what: About = "key") -> str:
    """Return why a second secret is shown."""
    if what == "member":
        return tr("This is a new link. The one ending in {last4} opens nothing now.", last4=last4)
    return tr("This is a new secret. The one ending in {last4} was not used and opens nothing now.", last4=last4)


def interrupted(what: About = "key") -> str:
    """Return why a secret is shown that nobody asked for just now."""
    return by(
        what,
        tr("bcdesk was interrupted before you took this key."),
        tr("bcdesk was interrupted before you took this client secret."),
        tr("bcdesk was interrupted before you took this set-up link."),
    )


def refused() -> str:
    """Return what a clipboard that did not take the secret means."""
    return tr("The clipboard refused it. Nothing was used up.")


def not_saved(trouble: Trouble) -> str:
    """Return why a file was not written; nothing was used up in any case."""
    words = {
        "exists": tr("A file of this name is there already. bcdesk overwrites none: choose another name."),
        "no_folder": tr("That folder does not exist."),
        "not_allowed": tr("You may not write to that folder."),
        "no_space": tr("The disk is full."),
        "not_read_back": tr("The file did not read back as it was written, so it was removed."),
        "failed": tr("The file could not be written."),
    }
    return words[trouble.value] + " " + tr("Nothing was used up.")
