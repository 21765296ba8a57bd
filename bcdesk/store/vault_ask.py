"""Asking for the key of a desk: what the desk's file and the keyring say of it together; blocking."""

import hmac
import logging
import secrets
from collections.abc import Callable
from threading import Event
from typing import NamedTuple

from bcdesk.store.sealing import check_of
from bcdesk.store.vault_file import DamagedError, Kept, VaultFile
from bcdesk.store.vault_keyring import Entry, key_in
from bcdesk.store.vault_states import VaultClosedError, VaultState

_log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """What came of asking: with ``ready`` the key, and what is known of it wherever that could be read."""

    state: VaultState
    kept: Kept | None = None
    key: bytes | None = None


def ask(file: VaultFile, service: str, keep: Callable[[Kept], bool]) -> Answer:
    """Fetch the key, or make the first one, which ``keep`` writes down unless another was chosen meanwhile."""
    kept: Kept | None = None
    try:
        kept = file.read()
        if kept is None:
            return _first(service, keep)
        if kept.kind == "passphrase":
            return Answer(VaultState.PASSPHRASE, kept)
        stored = Entry(service, kept.name).fetch()
    except VaultClosedError as closed:
        return Answer(closed.state, kept)
    except DamagedError:
        return Answer(VaultState.WRONG)
    except OSError as error:
        _log.warning("what is known of the key cannot be read or written: errno %s", error.errno)
        return Answer(VaultState.GONE, kept)
    if stored is None:
        return Answer(VaultState.MISSING, kept)
    key = key_in(stored)
    if key is None or not fits(key, kept):
        return Answer(VaultState.WRONG, kept)
    return Answer(VaultState.READY, kept, key)


def new_entry(service: str, given_up: Event) -> tuple[Kept, bytes]:
    """Make a key in a new entry of the keyring, which is removed where that was given up meanwhile."""
    entry = Entry(service, name := secrets.token_hex(16))
    key = entry.make()
    if given_up.is_set():
        entry.remove()
    return Kept("keyring", check_of(key), name), key


def fits(key: bytes, kept: Kept) -> bool:
    """Tell whether ``key`` is the one that ``kept`` is about."""
    return hmac.compare_digest(check_of(key), kept.check)


def _first(service: str, keep: Callable[[Kept], bool]) -> Answer:
    kept, key = new_entry(service, Event())
    if keep(kept):
        return Answer(VaultState.READY, kept, key)
    Entry(service, kept.name).remove()
    return Answer(VaultState.DISMISSED)
