"""The key of the desk: what is said where the keyring cannot be had, the passphrase, and where else it can be kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring
import keyring.backends.fail
from keyring.backend import KeyringBackend
from PySide6.QtWidgets import QApplication

from bcdesk.store import vault_keyring
from bcdesk.store.vault import Vault
from bcdesk.ui.dialogs import Dialog
from tests.shots.camera import Camera
from tests.shots.scenes_keys import NARROWEST
from tests.shots.stage import Stage, desk
from tests.unit.store import keyrings

PHRASE = "seven unlikely lanterns drift"


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Show every state of the vault, then what a person can do about it."""
    ring = keyrings.Prompting()
    with the_system_has(ring):
        async with desk(app, data / "prompt") as stage:
            stage.program.connection.start()
            await stage.online()
            await stage.hear("asks for the password")
            await camera.take("140-keyring-asks", stage.window)
            stage.run("vault.stop")
            await camera.take("141-keyring-dismissed", stage.window)
            await camera.take("141-keyring-dismissed", stage.window, size=NARROWEST)
            await lost(stage, camera)
            ring.answered.set()
    with the_system_has(absent()):
        async with desk(app, data / "none") as stage:
            stage.program.connection.start()
            await stage.online()
            await camera.take("144-no-keyring", stage.window)
            await choosing(stage, camera)
        vault = Vault(data / "phrase" / "desk")
        await vault.change("passphrase", PHRASE, anew=keyrings.remove_nothing)
        vault.close()
        async with desk(app, data / "phrase") as stage:
            stage.program.connection.start()
            await unlocking(stage, camera)


async def lost(stage: Stage, camera: Camera) -> None:
    """A key that is gone, and what beginning anew removes."""
    vault = stage.program.vault
    for number, state in ((142, "missing"), (143, "wrong")):
        stage.program.asks.strip.show_state(state)
        await camera.take(f"{number}-key-{state}", stage.window)
    stage.program.asks.strip.show_state(vault.state.value)


async def choosing(stage: Stage, camera: Camera) -> None:
    """The three places, a passphrase with its faults, and keeping nothing."""
    stage.run("vault.where")
    await stage.find(Dialog, "vault_where")
    await stage.type("passphrase", "lanterns drift")
    await camera.take("145-where", stage.window)
    await camera.take("145-where", stage.window, size=NARROWEST)
    await stage.press("vault_where.keep")
    await camera.take("146-where-faults", stage.window)
    await stage.press("vault_place.memory")
    await camera.take("147-where-nothing", stage.window)
    await stage.leave()


async def unlocking(stage: Stage, camera: Camera) -> None:
    """The passphrase at the start, a wrong one, and going on without."""
    await stage.find(Dialog, "unlock")
    await camera.take("148-unlock", stage.window)
    await stage.type("passphrase", "not the one at all")
    await stage.press("unlock.unlock")
    await stage.hear("This is not the passphrase.")
    await camera.take("149-unlock-wrong", stage.window)
    await stage.leave()
    await stage.online()
    await camera.take("150-not-unlocked", stage.window)
    stage.run("vault.unlock")
    await stage.type("passphrase", PHRASE)
    await stage.press("unlock.unlock")
    await stage.alone()
    stage.run("vault.where")
    await stage.find(Dialog, "vault_where")
    await stage.press("vault_place.memory")
    await camera.take("151-where-removes", stage.window)
    await stage.leave()


def absent() -> KeyringBackend:
    """Return the keyring of a system that has none."""
    made: KeyringBackend = keyring.backends.fail.Keyring()  # type: ignore[no-untyped-call]
    return made


@contextmanager
def the_system_has(ring: KeyringBackend) -> Iterator[None]:
    """Put a keyring in the place of the system's."""
    before, accepted = keyring.get_keyring(), vault_keyring.ACCEPTED
    vault_keyring.ACCEPTED = accepted | {keyrings.__name__}  # type: ignore[misc]
    keyring.set_keyring(ring)
    try:
        yield
    finally:
        keyring.set_keyring(before)
        vault_keyring.ACCEPTED = accepted  # type: ignore[misc]
