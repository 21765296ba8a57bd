"""The end of a hand-over, and what is left of one after a crash or a cut line."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bcdesk.actions.applications import add_secret
from bcdesk.actions.keys import rotate_key
from bcdesk.actions.making import LIFETIME, make_link, send, settled
from bcdesk.client.client import Client
from bcdesk.client.errors import ClientError, Conflict, NotFound
from bcdesk.client.values import About, Made, MadeMember, MadeSecret, MadeVersion
from bcdesk.contract.app_rules import confidential
from bcdesk.contract.codes import Code
from bcdesk.contract.rows import AppRow, KeyRow, MemberRow
from bcdesk.store.journal import Journal, Pending
from bcdesk.store.store import Store


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of an entry of the journal.

    ``waiting``: ``made`` is to be revealed. ``maybe_copied``: never shown again; `i_have_it` or `replace_unused`.
    ``expired``: nobody took it for 24 hours. ``ended``: it was over already. ``refused``: ``error`` says why.
    """

    kind: Literal["waiting", "maybe_copied", "expired", "ended", "refused"]
    pending: Pending
    made: Made | None = None
    error: ClientError | None = None


async def mark_copying(journal: Journal, handover_id: str, *, how: str, clock: Callable[[], float] = time.time) -> None:
    """Write down, durably, that the secret is about to leave; only then may clipboard or file be touched."""
    await _mark(journal, handover_id, state="copying", how=how, copied_at=clock())


async def mark_waiting(journal: Journal, handover_id: str) -> None:
    """Write down that nothing left after all: the clipboard or the file refused it."""
    await _mark(journal, handover_id, state="waiting", how=None, copied_at=None)


async def mark_handed_over(journal: Journal, handover_id: str, *, how: str) -> None:
    """Write down that the secret was taken: whatever happens now, it never comes again."""
    await _mark(journal, handover_id, state="handed_over", how=how)


async def acknowledge(*, client: Client, store: Store, journal: Journal, made: Made | Pending, how: str) -> None:
    """Tell the server that the secret was taken; where it does not hear that is raised, and `recover` tells it."""
    await mark_handed_over(journal, _handover_id(made), how=how)
    await _end(client, store, journal, made, how)


async def discard(*, client: Client, store: Store, journal: Journal, made: Made | Pending) -> None:
    """Tell the server that nobody has the secret; where it does not hear that is raised, and `recover` tells it."""
    if not isinstance(made, Pending):
        made.secret.discard()
    await _mark(journal, _handover_id(made), state="discarded")
    await _end(client, store, journal, made, None)


async def i_have_it(*, client: Client, store: Store, journal: Journal, pending: Pending) -> None:
    """Settle a ``maybe_copied`` entry: the person has the secret."""
    await acknowledge(client=client, store=store, journal=journal, made=pending, how=pending.how or "copy")


async def replace_unused(
    *, client: Client, store: Store, journal: Journal, key_id: str, version_id: str
) -> MadeVersion:
    """Make a new secret under the same id and end the unused one; a used one is refused (``version_used``)."""
    made = await rotate_key(client=client, store=store, journal=journal, key_id=key_id, replaces_version=version_id)
    await _forget(journal, version_id, made)
    return made


async def replace_unused_secret(
    *, client: Client, store: Store, journal: Journal, app_id: str, secret_id: str
) -> MadeSecret:
    """Make a new client secret in the place of one that nobody used; a used one is refused (``version_used``)."""
    made = await add_secret(client=client, store=store, journal=journal, app_id=app_id, replaces_secret=secret_id)
    await _forget(journal, secret_id, made)
    return made


async def replace_lost(
    *, client: Client, store: Store, journal: Journal, lost: Made | Pending
) -> MadeVersion | MadeSecret | MadeMember:
    """Replace what ``lost`` is a secret of: as `replace_unused`, `replace_unused_secret` or by another link."""
    row_id = (lost.key_id or "") if isinstance(lost, Pending) else lost.row.id
    secret_id = lost.version_id or ""
    if _about(lost) == "member":
        return await _replace_link(client, store, journal, row_id)
    if _about(lost) == "app":
        return await replace_unused_secret(
            client=client, store=store, journal=journal, app_id=row_id, secret_id=secret_id
        )
    return await replace_unused(client=client, store=store, journal=journal, key_id=row_id, version_id=secret_id)


async def _replace_link(client: Client, store: Store, journal: Journal, member_id: str) -> MadeMember:
    """Make another set-up link, which ends those before it, and forget their hand-overs."""
    made = await make_link(client=client, store=store, journal=journal, member_id=member_id, clock=store.clock.now)
    for entry in journal.pending():
        if (entry.about, entry.key_id) == ("member", member_id) and entry.handover_id not in (None, made.handover.id):
            await journal.remove(entry.id)
    return made


async def _forget(journal: Journal, version_id: str, made: Made) -> None:
    """Forget the hand-over of a secret that ``made`` replaced."""
    for entry in journal.pending():
        if entry.version_id == version_id and entry.handover_id != made.handover.id:
            await journal.remove(entry.id)


async def replay(*, client: Client, store: Store, journal: Journal, handover_id: str) -> Made | None:
    """Fetch a waiting secret again, as after a lock; None where its hand-over is over, or unknown here."""
    entry = journal.find(handover_id)
    if entry is None or entry.state not in ("sealed", "waiting") or not _asked_by_us(entry, store):
        return None
    journal.claimed.add(entry.id)
    try:
        made = await send(client=client, store=store, journal=journal, entry=entry)
    except ClientError as error:
        if settled(error):
            return None
        journal.claimed.add(entry.id)  # it is still its dialog's to show
        raise
    return None if isinstance(made, AppRow) else made


async def recover(
    *, client: Client, store: Store, journal: Journal, clock: Callable[[], float] = time.time
) -> list[Recovered]:
    """Settle what earlier desks or cut lines left, at start and after each reconnect; stops where the line is down."""
    session = store.session
    found: list[Recovered] = []
    for entry in await journal.load():
        if entry.id in journal.claimed or session is None or entry.connection != session.server_id:
            continue
        if entry.state in ("handed_over", "discarded"):
            try:
                await _end(client, store, journal, entry, entry.how if entry.state == "handed_over" else None)
            except ClientError:
                break
        elif entry.state == "copying":
            journal.claimed.add(entry.id)
            found.append(Recovered("maybe_copied", entry))
        elif entry.state == "sealed" and clock() - entry.started_at >= LIFETIME:
            # Sending it now could make a key that nobody waits for; if it was made, the server ended it by now.
            await journal.remove(entry.id)
            if _makes_secret(entry):
                found.append(Recovered("expired", entry))
        elif _asked_by_us(entry, store):
            try:
                journal.claimed.add(entry.id)
                made = await send(client=client, store=store, journal=journal, entry=entry)
                if isinstance(made, MadeMember) and made.handover.expires_at <= clock():
                    await discard(client=client, store=store, journal=journal, made=made)  # its link opens nothing now
                    found.append(Recovered("expired", entry))
                elif not isinstance(made, AppRow):
                    found.append(Recovered("waiting", entry, made))
            except ClientError as error:
                if not settled(error):
                    break
                found.append(_over(entry, error, clock() - entry.started_at >= LIFETIME))
    return found


def orphans(*, store: Store, journal: Journal) -> tuple[KeyRow, ...]:
    """Return new keys of this member whose secret waits although no journal entry can fetch it."""
    if store.session is None:
        return ()
    known = {entry.handover_id for entry in journal.pending()}
    me = store.session.member.name
    return tuple(
        row
        for row in store.keys.values()
        if row.handover is not None
        and row.handover.state == "waiting"
        and row.handover.id not in known
        and row.created_by == me
        and row.rotation is None  # the old version of a rotation works on, and the server ends the new one by itself
    )


def _asked_by_us(entry: Pending, store: Store) -> bool:
    """Tell whether the server would know the request again: for another member it would make a second secret."""
    return store.session is None or entry.member in ("", store.session.member.id)


def _makes_secret(entry: Pending) -> bool:
    """Tell whether there is a secret to lose: a public application has none."""
    return entry.kind != "app" or confidential(str(entry.body.get("type")))


def _over(entry: Pending, error: ClientError, late: bool) -> Recovered:
    if isinstance(error, Conflict) and error.code == Code.HANDOVER_ENDED:
        return Recovered("expired" if late else "ended", entry, error=error)
    return Recovered("refused", entry, error=error)


def _handover_id(made: Made | Pending) -> str:
    return (made.handover_id or "") if isinstance(made, Pending) else made.handover.id


async def _mark(journal: Journal, handover_id: str, **changes: object) -> None:
    entry = journal.find(handover_id)
    if entry is not None:
        await journal.update(entry.id, **changes)


async def _end(client: Client, store: Store, journal: Journal, made: Made | Pending, how: str | None) -> None:
    """Tell the server how a hand-over ended, then forget it here; raise where the server did not hear it."""
    handover_id = _handover_id(made)
    entry = made if isinstance(made, Pending) else journal.find(handover_id)
    row_id = made.key_id if isinstance(made, Pending) else made.row.id
    ended: ClientError | None = None
    try:
        if handover_id and how is None:
            await client.handovers.discard(handover_id)
        elif handover_id:
            await client.handovers.ack(handover_id, how or "copy")
    except (Conflict, NotFound) as error:
        ended = error  # it was over before, one way or the other
        if error.code == Code.VERSION_USED:  # it was evidently taken: have the server know
            with contextlib.suppress(ClientError):
                await client.handovers.ack(handover_id, "copy")
    except ClientError:
        if entry is not None:
            journal.claimed.discard(entry.id)
        raise
    if entry is not None:
        await journal.remove(entry.id)
    if row_id is not None:
        await _fetch(client, store, row_id, _about(made))
    if ended is not None and not isinstance(made, Pending):
        raise ended


def _about(made: Made | Pending) -> About:
    if isinstance(made, Pending):
        return made.about
    return "app" if isinstance(made.row, AppRow) else "member" if isinstance(made.row, MemberRow) else "key"


async def _fetch(client: Client, store: Store, row_id: str, about: About) -> None:
    """Bring the row up to date; where that fails the next sync does it."""
    with contextlib.suppress(ClientError):
        if about == "member":
            store.replace_members(await client.members.list())
            return
        try:
            store.apply_row(await (client.apps.get(row_id) if about == "app" else client.keys.get(row_id)))
        except NotFound:
            store.apply_keys([], [row_id])
            store.apply_apps([], [row_id])
