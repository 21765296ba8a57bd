"""Save to file: private, the one hand-over, over nothing, and warned of where it would be shared."""

import stat
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from bcdesk.actions.reveal import State
from tests.ui.reveal.conftest import Bench, button, press, says, until
from tests.ui.reveal.looking import face_of, set_path


@pytest.mark.parametrize("form", ["env", "bare"])
async def test_save_to_file_is_private_and_counts_as_the_one_hand_over(bench: Bench, tmp_path: Path, form: str) -> None:
    made = await bench.make()
    value = made.secret.show()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    press(button(dialog, "reveal_save"))
    press(button(dialog, f"save_form.{form}"))
    path = tmp_path / "out.env"
    set_path(dialog, path)
    press(button(dialog, "save_go"))
    await bench.dialog("after")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == (f"BEATCONNECT_API_KEY={value}\n" if form == "env" else value)
    assert made.secret.spent
    assert QGuiApplication.clipboard().text() == ""
    assert str(path) in says(dialog)
    press(button(dialog, "reveal_done"))
    assert (await bench.end(task)).kind == "handed_over"
    assert bench.desk.journal.pending() == ()


async def test_save_to_file_overwrites_nothing_and_uses_nothing_up(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "mine.env"
    path.write_text("MINE=1\n")
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    press(button(dialog, "reveal_save"))
    set_path(dialog, path)
    press(button(dialog, "save_go"))
    await until(lambda: "A file of this name is there already" in says(dialog) and not dialog.busy)
    assert "Nothing was used up." in says(dialog)
    assert path.read_text() == "MINE=1\n"
    assert dialog.handing.state is State.WAITING
    press(button(dialog, "save_back"))
    assert face_of(dialog) == "waiting"
    task.cancel()


@pytest.mark.parametrize(
    ("folder", "said"), [(".git", "This folder is a git work tree."), ("Dropbox", "This folder is synced.")]
)
async def test_save_to_file_is_warned_of_inside_a_git_or_synced_folder(
    bench: Bench, tmp_path: Path, folder: str, said: str
) -> None:
    (tmp_path / folder).mkdir()
    path = (tmp_path if folder == ".git" else tmp_path / folder) / "key.env"
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    press(button(dialog, "reveal_save"))
    set_path(dialog, path)
    assert said in says(dialog)
    assert not dialog.findChild(QWidget, "save_go").isVisible()  # type: ignore[union-attr]
    anyway = button(dialog, "save_anyway")
    assert anyway.text() == "Save there anyway"
    press(anyway)
    await bench.dialog("after")
    assert path.exists()
    await bench.quiet_but(task)
    task.cancel()
