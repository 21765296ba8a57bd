"""Keyrings for tests, written against the keyring library's own interface; each misbehaves in one known way."""

import threading

from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError


class Working(KeyringBackend):
    """Holds passwords in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no annotation there
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError("no such password")


class Locked(Working):
    """Is locked, and its prompt is declined."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("declined")


class Dismissed(Working):
    """Could not be set up: its prompt was closed."""

    def get_password(self, service: str, username: str) -> str | None:
        raise InitError("dismissed")


class Died(Working):
    """Stops answering between reading and writing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise ConnectionResetError("the daemon is gone")


class Forgetful(Working):
    """Takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class Prompting(Working):
    """Blocks until somebody answers its prompt."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answered.wait(30)
        return super().get_password(service, username)


async def remove_nothing() -> None:
    """Leave what a lost key sealed where it is."""
