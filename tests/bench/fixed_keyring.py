"""A keyring of the bench: one key, in memory, the same in every process."""

from base64 import b64encode
from typing import Final

from keyring.backend import KeyringBackend

from bcdesk.store import vault_keyring

KEY: Final = bytes(range(32))


class Fixed(KeyringBackend):
    """Knows one password and forgets what it is told."""

    priority = 1

    def __init__(self) -> None:
        """Begin, as every keyring does."""
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no annotation there

    def get_password(self, service: str, username: str) -> str | None:
        return b64encode(KEY).decode("ascii")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep nothing: there is a key already."""


def use() -> None:
    """Make it the keyring of this process."""
    import keyring

    vault_keyring.ACCEPTED = vault_keyring.ACCEPTED | {__name__}  # type: ignore[misc]
    keyring.set_keyring(Fixed())
