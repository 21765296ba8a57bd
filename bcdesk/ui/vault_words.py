"""The words of each state of the vault: what it means for the person, and the commands that answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.store.vault_states import Kind

ASK: Final = "vault.ask"
STOP: Final = "vault.stop"
UNLOCK: Final = "vault.unlock"
WHERE: Final = "vault.where"


class VaultWords(NamedTuple):
    """A state in words: what is, what follows from it, and the commands that answer it."""

    what: str
    rest: str = ""
    tone: str = "warn"
    commands: tuple[str, ...] = ()


def words_of(state: str) -> VaultWords | None:
    """Return what to say of a state; None where all is as the person chose."""
    meanwhile = tr("Until then nothing is kept on this computer, and what was kept stays closed.")
    lost = tr(
        "What was kept on this computer cannot be opened without it: the offline copy and your sign-ins. "
        "Nothing on a server is lost."
    )
    return {
        "waiting": VaultWords(
            tr("The system asks for the password of your keyring."),
            tr("Answer it there. bcdesk works meanwhile; what it kept is shown once the keyring is open."),
            "info",
            (STOP,),
        ),
        "none": VaultWords(
            tr("This system has no keyring."),
            tr("One that keeps plain text is never used. Choose a passphrase, or that nothing is kept."),
            commands=(WHERE,),
        ),
        "locked": VaultWords(
            tr("Your keyring is locked, and could not ask you."),
            tr("Unlock it in your system's password manager, then ask again.") + " " + meanwhile,
            commands=(ASK, WHERE),
        ),
        "dismissed": VaultWords(
            tr("Your keyring was not opened."),
            tr("Its question was closed or not answered.") + " " + meanwhile,
            commands=(ASK, WHERE),
        ),
        "gone": VaultWords(
            tr("Your keyring does not answer."),
            tr("It may be starting, or have ended.") + " " + meanwhile,
            commands=(ASK, WHERE),
        ),
        "missing": VaultWords(
            tr("Your keyring no longer holds the key of this desk."),
            tr("It was deleted, or this is another keyring.") + " " + lost,
            "bad",
            (ASK, WHERE),
        ),
        "wrong": VaultWords(
            tr("The key of this desk is not the one that sealed its files."),
            tr("It was replaced in the keyring, or the desk's file about it is damaged.") + " " + lost,
            "bad",
            (ASK, WHERE),
        ),
        "passphrase": VaultWords(
            tr("bcdesk was not unlocked."),
            tr("Your passphrase has not been given.") + " " + meanwhile,
            "info",
            (UNLOCK,),
        ),
    }.get(state)


def place_words(kind: Kind) -> tuple[str, str]:
    """Return the name of a place for the key, and what choosing it means."""
    return {
        "keyring": (
            tr("In the keyring of this system"),
            tr("It opens with your session. There is nothing to remember."),
        ),
        "passphrase": (
            tr("Behind a passphrase"),
            tr("bcdesk asks for it at each start. Nobody can tell it you again; without it you begin anew."),
        ),
        "memory": (
            tr("Nowhere: keep nothing"),
            tr("No offline copy; you sign in at each start; a hand-over that is cut off cannot be taken up again."),
        ),
    }[kind]


def standing(state: str, kind: Kind) -> tuple[str, str]:
    """Say in one sentence how the key stands, with the tone of it, as *Settings* shows it."""
    if state in ("ready", "memory"):
        return place_words(kind)[0], "text"
    words = words_of(state)
    return (words.what, words.tone) if words is not None else (tr("Not asked yet"), "muted")


def strength_words(strength: str) -> tuple[str, str]:
    """Say how hard a passphrase is to guess, with the tone of it."""
    return {
        "short": (tr("At least 12 characters; four words that have nothing to do with one another do well."), "muted"),
        "weak": (tr("Weak: a computer could guess it. Another word, or two, makes it strong."), "warn"),
        "fair": (tr("Fair: it takes much to guess it. Another word makes it strong."), "muted"),
        "strong": (tr("Strong."), "ok"),
    }[strength]
