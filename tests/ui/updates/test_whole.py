"""*Check for updates* in the whole program: where a person finds it, and what a build from the sources says."""

from pathlib import Path

from PySide6.QtWidgets import QApplication

from bcdesk.ui.updates_command import CHECK
from tests.ui.whole import at_rest


async def test_that_the_command_is_in_the_palette_by_what_people_call_it(qapp: QApplication, tmp_path: Path) -> None:
    async with at_rest(qapp, tmp_path) as program:
        command = program.registry.command(CHECK)
        assert command.text == "Check for updates…"
        assert {"upgrade", "new version"} <= set(command.aliases)
        assert not program.registry.run(CHECK)
        assert "no address to ask for updates" in (program.registry.reason(CHECK) or "")


async def test_that_nothing_is_asked_until_somebody_asks(qapp: QApplication, tmp_path: Path) -> None:
    async with at_rest(qapp, tmp_path) as program:
        program.choices.choose(update_url="https://releases.example/release.json")
        program.window.go("settings")
        assert "updates" not in " ".join(program.scope.names)
