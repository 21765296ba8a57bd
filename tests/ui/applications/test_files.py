"""The file of a registration: what an export holds, and what an import understood."""

import json
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from bcdesk.ui.applications.export_app import ExportDialog
from bcdesk.ui.applications.import_app import ImportDialog
from bcdesk.ui.applications.register import RegisterDialog
from bcdesk.ui.keys.reveal import RevealDialog
from tests.ui.applications.app_studio import CALLBACK, AppStudio
from tests.ui.applications.forms import lines
from tests.ui.keys.studio import button, buttons, hear, press, until
from tests.ui.walk import check_window


async def test_that_an_export_holds_the_registration_and_no_secret(studio: AppStudio, tmp_path: Path) -> None:
    row = await studio.registered("Exported")
    studio.choose(row.id)
    studio.registry.run("apps.export")
    dialog = await studio.dialog(ExportDialog)
    check_window(dialog)
    press(dialog, "export_app.copy")
    told = json.loads(QGuiApplication.clipboard().text())
    assert (told["client_id"], told["client_name"], told["redirect_uris"]) == (row.client_id, "Exported", [CALLBACK])
    assert not {"client_secret", "secret"} & told.keys()
    dialog.save_to(str(tmp_path / "exported.json"))
    assert json.loads((tmp_path / "exported.json").read_text("utf-8")) == told
    dialog.save_to(str(tmp_path / "nowhere" / "exported.json"))
    await hear(dialog, "The disk did not take it.")
    dialog.reject()
    await studio.back()


async def test_that_an_import_says_what_it_understood_and_fills_the_form(studio: AppStudio, tmp_path: Path) -> None:
    studio.registry.run("apps.import")
    dialog = await studio.dialog(ImportDialog)
    check_window(dialog)
    dialog.editor.setPlainText("{ no")
    await hear(dialog, "This is no JSON: line 1, column 3.")
    assert button(dialog, "import_app.go_on").reason is not None
    metadata = {"client_name": "Radio", "redirect_uris": [CALLBACK, "http://radio.example.com/cb"],
                "scope": "beats.read", "client_secret": "elsewhere", "logo_uri": "x"}  # fmt: skip
    (tmp_path / "radio.json").write_text(json.dumps(metadata), "utf-8")
    dialog.read_file(str(tmp_path / "radio.json"))
    await hear(dialog, "Radio · Web application · 2 redirect URIs · beats.read", "redirect_uris 2: Without https",
               "client_secret: a secret of elsewhere, left out", "logo_uri: left out")  # fmt: skip
    press(dialog, "import_app.go_on")
    form = await studio.dialog(RegisterDialog)
    assert form.form.values().redirect_uris == (CALLBACK, "http://radio.example.com/cb")
    press(form, "register_app.make")
    assert lines(form).lines[1].field.fault
    lines(form).lines[1].remove.click()
    press(form, "register_app.make")
    reveal = await studio.dialog(RevealDialog)
    assert studio.named("Radio").scopes == ("beats.read",)
    press(reveal, "reveal_close")
    await until(lambda: buttons(reveal, "reveal_discard"))
    press(reveal, "reveal_discard")
    await studio.back()
