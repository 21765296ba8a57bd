"""The key of the desk in front of a person: each state with its words, the passphrase, and moving it."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from bcdesk.store import vault_keyring
from bcdesk.store.journal import Journal
from bcdesk.store.vault import Vault, VaultState
from bcdesk.ui import icons
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.vault_choose import ChooseDialog
from bcdesk.ui.vault_unlock import UnlockDialog
from bcdesk.ui.vault_words import words_of
from tests.ui.vault_bench import Bench, press
from tests.ui.walk import check_window
from tests.unit.store import keyrings
from tests.unit.store.test_journal import pending

Absent: Callable[[], KeyringBackend] = keyring.backends.fail.Keyring
PHRASE = "seven unlikely lanterns drift"


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[KeyringBackend], None]]:
    """Return how to make a keyring the system's."""
    monkeypatch.setattr(vault_keyring, "ACCEPTED", vault_keyring.ACCEPTED | {keyrings.__name__})
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
async def bench(tmp_path: Path, scope: TaskScope, qapp: QApplication) -> AsyncIterator[Bench]:
    """Give a window with a vault that nobody opened yet."""
    made = Bench(tmp_path / "desk", scope)
    yield made
    made.close()
    icons.forget()


@pytest.mark.parametrize(
    ("ring", "state", "offered"),
    [
        (keyrings.Locked, "locked", {"vault.ask", "vault.where"}),
        (keyrings.Dismissed, "dismissed", {"vault.ask", "vault.where"}),
        (keyrings.Died, "gone", {"vault.ask", "vault.where"}),
        (keyring.backends.fail.Keyring, "none", {"vault.where"}),
    ],
)
async def test_that_each_state_has_words_and_remedies_of_its_own(
    bench: Bench, use: Callable[[KeyringBackend], None], ring: type[KeyringBackend], state: str, offered: set[str]
) -> None:
    use(ring())
    assert await bench.vault.open() == state
    words = words_of(state)
    assert words is not None
    assert bench.said == f"{words.what} {words.rest}"
    assert bench.offers() == offered
    check_window(bench.window)


def test_that_no_two_states_say_the_same() -> None:
    said = [words_of(state.value) for state in VaultState]
    whats = [one.what for one in said if one is not None]
    assert len(set(whats)) == len(whats) == 8


async def test_that_an_open_prompt_is_said_and_can_be_left(bench: Bench, use: Callable[[KeyringBackend], None]) -> None:
    ring = keyrings.Prompting()
    use(ring)
    await bench.vault.open(patience=0)
    assert bench.said == ""
    await bench.until(lambda: "asks for the password" in bench.said)
    assert bench.offers() == {"vault.stop"}
    bench.registry.run("vault.stop")
    assert "was not opened" in bench.said
    bench.registry.run("vault.ask")
    await bench.until(lambda: "asks for the password" in bench.said)
    ring.answered.set()
    await bench.until(lambda: bench.vault.state is VaultState.READY)
    assert bench.said == ""


async def test_that_a_key_gone_from_the_keyring_begins_anew_by_two_clicks(
    bench: Bench, use: Callable[[KeyringBackend], None], tmp_path: Path
) -> None:
    use(ring := keyrings.Working())
    old = Vault(tmp_path / "desk")
    await old.open()
    await Journal(tmp_path / "desk" / "journal", old).put(pending())
    ring.held.clear()
    await bench.vault.open()
    assert "no longer holds the key" in bench.said
    bench.registry.run("vault.where")
    dialog = await bench.find(ChooseDialog)
    says = " ".join(one.text() for one in dialog.findChildren(QLabel) if one.isVisible())
    assert "What is kept on this computer is removed." in says
    assert "Nothing on a server is lost." in says
    press(dialog, "vault_where.keep")
    await bench.until(lambda: bench.chosen)
    assert bench.chosen == ["keyring"]
    assert bench.vault.state is VaultState.READY
    assert bench.said == ""
    assert list((tmp_path / "desk" / "journal").iterdir()) == []
    await bench.until(lambda: len(ring.held) == 1)


async def test_that_without_a_keyring_a_passphrase_is_set_and_asked_for_at_the_next_start(
    bench: Bench, use: Callable[[KeyringBackend], None], tmp_path: Path, scope: TaskScope
) -> None:
    use(Absent())
    await bench.vault.open()
    await bench.journal.put(pending())
    bench.registry.run("vault.where")
    dialog = await bench.find(ChooseDialog)
    assert isinstance(dialog, ChooseDialog)
    assert dialog.chosen == "passphrase"
    check_window(bench.window)
    await bench.type(dialog, passphrase="short")
    press(dialog, "vault_where.keep")
    assert dialog.first_field.fault == "It takes at least 12 characters."
    dialog.first.clear()
    await bench.type(dialog, passphrase=PHRASE, passphrase_again=PHRASE[:-1])
    press(dialog, "vault_where.keep")
    assert dialog.second_field.fault == "The two are not the same."
    await bench.type(dialog, passphrase_again=PHRASE)  # what was wrong is selected: typing takes its place
    press(dialog, "vault_where.keep")
    await bench.until(lambda: bench.chosen)
    assert bench.vault.state is VaultState.READY
    await bench.journal.load()

    again = Bench(tmp_path / "desk", scope)
    await again.vault.open()
    task = scope.start(again.asks.unlock(), name="unlock")
    dialog = await again.find(UnlockDialog)
    assert isinstance(dialog, UnlockDialog)
    check_window(again.window)
    await again.type(dialog, passphrase="not the one at all")
    press(dialog, "unlock.unlock")
    await again.until(lambda: dialog.field.fault)
    assert "This is not the passphrase." in dialog.field.fault
    QTest.keyClicks(dialog.line, PHRASE)  # what was wrong is selected: typing takes its place
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    await task
    assert again.vault.state is VaultState.READY
    assert [one.id for one in await again.journal.load()] == ["pen_1"]
    again.close()


async def test_that_escape_goes_on_without_the_passphrase_and_keeps_what_is_there(
    bench: Bench, use: Callable[[KeyringBackend], None], tmp_path: Path, scope: TaskScope
) -> None:
    use(Absent())
    first = Vault(tmp_path / "desk")
    await first.change("passphrase", PHRASE, anew=keyrings.remove_nothing)
    await Journal(tmp_path / "desk" / "journal", first).put(pending())
    await bench.vault.open()
    assert bench.said == ""
    task = scope.start(bench.asks.unlock(), name="unlock")
    QTest.keyClick(await bench.find(UnlockDialog), Qt.Key.Key_Escape)
    await task
    assert bench.offers() == {"vault.unlock"}
    assert not bench.journal.durable
    assert [file.name for file in (tmp_path / "desk" / "journal").iterdir()] == ["pen_1.sealed"]


async def test_that_a_forgotten_passphrase_begins_anew(
    bench: Bench, use: Callable[[KeyringBackend], None], tmp_path: Path, scope: TaskScope
) -> None:
    use(Absent())
    first = Vault(tmp_path / "desk")
    await first.change("passphrase", PHRASE, anew=keyrings.remove_nothing)
    await Journal(tmp_path / "desk" / "journal", first).put(pending())
    await bench.vault.open()
    task = scope.start(bench.asks.unlock(), name="unlock")
    press(await bench.find(UnlockDialog), "unlock.forgotten")
    dialog = await bench.find(ChooseDialog)
    await bench.type(dialog, passphrase="another one with words", passphrase_again="another one with words")
    press(dialog, "vault_where.keep")
    await task
    assert bench.chosen == ["passphrase"]
    assert bench.vault.state is VaultState.READY
    assert not list((tmp_path / "desk" / "journal").iterdir())
    again = Vault(tmp_path / "desk")
    await again.open()
    assert not await again.unlock(PHRASE)
    assert await again.unlock("another one with words")


async def test_that_the_key_moves_from_the_keyring_behind_a_passphrase_and_to_nowhere(
    bench: Bench, use: Callable[[KeyringBackend], None], tmp_path: Path
) -> None:
    use(ring := keyrings.Working())
    await bench.vault.open()
    await bench.journal.put(pending())
    bench.registry.run("vault.where")
    dialog = await bench.find(ChooseDialog)
    assert isinstance(dialog, ChooseDialog)
    assert dialog.keep.reason == "It is so now."
    dialog.places.radio("passphrase").click()
    await bench.type(dialog, passphrase=PHRASE, passphrase_again=PHRASE)
    press(dialog, "vault_where.keep")
    await bench.until(lambda: bench.chosen == ["passphrase"])
    await bench.until(lambda: not ring.held)
    assert len(list((tmp_path / "desk" / "journal").iterdir())) == 1
    assert not bench.vault.moving
    bench.registry.run("vault.where")
    dialog = await bench.find(ChooseDialog)
    assert isinstance(dialog, ChooseDialog)
    dialog.places.radio("memory").click()
    press(dialog, "vault_where.keep")
    await bench.until(lambda: bench.chosen[-1:] == ["memory"])
    assert bench.vault.state is VaultState.MEMORY
    assert not list((tmp_path / "desk" / "journal").iterdir())
    assert not (tmp_path / "desk" / "vault.json").exists()
    assert [one.id for one in bench.journal.pending()] == ["pen_1"]


async def test_that_leaving_while_the_keyring_is_asked_changes_nothing(
    bench: Bench, use: Callable[[KeyringBackend], None]
) -> None:
    use(ring := keyrings.Prompting())
    await bench.vault.change("passphrase", PHRASE, anew=keyrings.remove_nothing)
    bench.registry.run("vault.where")
    dialog = await bench.find(ChooseDialog)
    assert isinstance(dialog, ChooseDialog)
    dialog.places.radio("keyring").click()
    press(dialog, "vault_where.keep")
    assert dialog.progress.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.busy
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    ring.answered.set()
    await bench.until(lambda: not dialog.isVisible())
    await bench.vault._worker.submit(lambda: None)
    assert ring.held == {}, "the key that came too late was taken out again"
    assert bench.chosen == []
    assert bench.vault.kind == "passphrase"
