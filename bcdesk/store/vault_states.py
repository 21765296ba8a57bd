"""How the key that seals the desk's files stands, and what is raised where it cannot be had."""

from enum import StrEnum
from typing import Literal

Kind = Literal["keyring", "passphrase", "memory"]
"""Where the key is kept: in the system's keyring, in a person's head, or nowhere."""


class VaultState(StrEnum):
    """What the keyring last said, or what is waited for. In all but ``ready`` nothing is written to disk."""

    UNOPENED = "unopened"
    WAITING = "waiting"
    """The keyring is asked; it takes as long as a person takes to answer its prompt."""
    READY = "ready"
    NONE = "none"
    """There is no keyring, or one that keeps plain text."""
    LOCKED = "locked"
    """It is locked, and could not ask anybody."""
    DISMISSED = "dismissed"
    """Its prompt was closed."""
    GONE = "gone"
    """It stopped answering."""
    MISSING = "missing"
    """It answers, but the key that it held is no longer there."""
    WRONG = "wrong"
    """It holds something else than the key that the files were sealed with, or what the desk knew of it is damaged."""
    PASSPHRASE = "passphrase"
    """A passphrase was chosen, and nobody has typed it yet."""
    MEMORY = "memory"
    """The user chose to keep nothing."""


class VaultClosedError(Exception):
    """The key is not at hand; ``state`` says why."""

    def __init__(self, state: VaultState) -> None:
        """Name the state."""
        super().__init__(state.value)
        self.state = state


class UnreadableError(Exception):
    """What was sealed is damaged, or was sealed under another key or for another purpose."""
