"""The whole desk behind a passphrase, and one that keeps nothing: what a start shows, and what is left."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bcdesk import settings
from bcdesk.actions.vault import begin_anew, keep_nothing
from bcdesk.program import Program
from bcdesk.store.vault import VaultState
from bcdesk.ui import icons, local_server
from bcdesk.ui.vault_unlock import UnlockDialog
from tests.ui.keys.studio import until
from tests.ui.test_offline import SILENT, running, state

PHRASE = "seven unlikely lanterns drift"


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """Give the desks of a test a system without a keyring."""
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)
    icons.forget()


def dialog(program: Program) -> UnlockDialog | None:
    return next((one for one in program.window.findChildren(UnlockDialog) if one.isVisible()), None)


async def test_that_the_passphrase_brings_back_what_was_known_before_any_request(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, qapp) as program:
        await state(program, "online")
        await until(program.asks.strip.isVisible, "the words about the keyring")
        await begin_anew(vault=program.vault, holders=program.asks.holders(), to="passphrase", passphrase=PHRASE)
        assert not program.asks.strip.isVisible()
        program.connection.sync_now()
        await until(lambda: program.copy.cache.known, "the copy")
        keys = dict(program.store.keys)
    monkeypatch.setattr(local_server, "server_command", lambda _folder, **_kind: SILENT)
    async with running(tmp_path, qapp) as program:
        asked = await until(lambda: dialog(program), "the question")
        assert not program.store.keys
        QTest.keyClicks(asked.line, PHRASE)
        QTest.keyClick(asked.line, Qt.Key.Key_Return)
        await state(program, "cached")
        assert program.vault.state is VaultState.READY
        assert program.store.keys == keys
        assert program.connection.client is None, "nothing could be asked"
    async with running(tmp_path, qapp) as program:
        QTest.keyClick(await until(lambda: dialog(program), "the question"), Qt.Key.Key_Escape)
        await until(program.asks.strip.isVisible, "the words about the passphrase")
        assert not program.store.keys
        assert "was not unlocked" in program.asks.strip.banner.text
    assert list((tmp_path / "desk" / "cache").glob("*.db")), "what is sealed stays for who knows the passphrase"


async def test_that_a_desk_that_keeps_nothing_says_nothing_of_it_and_leaves_nothing(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with running(tmp_path, qapp) as program:
        await state(program, "online")
        await keep_nothing(vault=program.vault, holders=program.asks.holders())
        program.choices.choose(vault_choice="memory")
    assert settings.load(tmp_path).vault_choice == "memory"
    async with running(tmp_path, qapp) as program:
        await state(program, "online")
        assert program.vault.state is VaultState.MEMORY
        assert not program.asks.strip.isVisible()
        assert program.store.keys
    left = {one.name for one in (tmp_path / "desk").rglob("*") if one.is_file()}
    assert left <= {"settings.json", "connections.json", "serving.json", "index.json"}, left
