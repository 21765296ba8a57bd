"""A client secret is handed over by the same dialog as a key, in words of its own, on a real server."""

import asyncio
from pathlib import Path

import httpx
import pytest
import stamina
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.actions import applications as apps
from bcdesk.actions import handovers
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import Unreachable
from bcdesk.client.transport import Transport
from bcdesk.client.values import AppDraft, MadeApp, MadeSecret
from bcdesk.contract.rows import AppRow
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys.recovery import MaybeCopied, Recovery
from bcdesk.ui.keys.reveal import Outcome
from bcdesk.ui.unanswered import Unanswered
from bcdesk.ui.widgets import Button
from tests.e2e.cutting import cutting, through
from tests.ui.reveal.conftest import Bench, Served, button, press, says, until

WEB = AppDraft("Beat Shop", "web", ("user.profile", "beats.read"), ("https://shop.example/cb",))
SERVICE = AppDraft("Nightly", "service", ("beats.read",))


async def register(bench: Bench, draft: AppDraft = WEB) -> MadeApp:
    """Register an application on the server."""
    desk = bench.desk
    made = await apps.register_app(client=bench.client, store=desk.store, journal=desk.journal, draft=draft)
    assert isinstance(made, MadeApp)
    return made


async def row_of(bench: Bench, made: MadeApp | MadeSecret) -> AppRow:
    return await bench.client.apps.get(made.app.id)


async def token_for(bench: Bench, app: AppRow, secret: str) -> int:
    """Ask the authorization server for a token with client credentials, and return the status."""
    async with httpx.AsyncClient(trust_env=False) as caller:
        reply = await caller.post(
            f"{bench.base_url}/oauth/token", data={"grant_type": "client_credentials"}, auth=(app.client_id, secret)
        )
    return reply.status_code


async def test_that_the_dialog_speaks_of_a_client_secret(bench: Bench) -> None:
    made = await register(bench)
    last4 = made.secret.last4
    task = bench.reveal(made)
    dialog = await bench.dialog()
    said = says(dialog)
    assert dialog.title.text() == "Hand this client secret over now"
    assert all(words in said for words in ("Beat Shop", f"ends in {last4}", f"client id {made.app.client_id}"))
    assert "this key" not in said.casefold()
    frame = dialog.focusWidget()
    assert frame is not None
    assert frame.accessibleName() == f"New client secret ending {' '.join(last4)}, hidden"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    dialog = await bench.dialog("nobody")
    assert dialog.title.text() == "Nobody has this client secret."
    assert "Discarded, Beat Shop is gone: no application is left" in says(dialog)
    press(button(dialog, "reveal_discard"))
    assert await bench.end(task) == Outcome("discarded", made.app.id)
    assert made.app.id not in bench.desk.store.apps


async def test_that_it_is_copied_once_told_and_replaced_while_unused(bench: Bench) -> None:
    made = await register(bench)
    value = made.secret.show()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    press(button(dialog, "reveal_copy"))
    dialog = await bench.dialog("after")
    assert bench.desk.clipboard.holding
    await bench.quiet_but(task)
    assert (await row_of(bench, made)).handover is None
    press(button(dialog, "reveal_replace"))
    dialog = await bench.dialog()
    assert isinstance(dialog.handing.made, MadeSecret)
    assert dialog.handing.made.secret.show() != value
    assert f"The one ending in {value[-4:]} was not used" in says(dialog)
    assert [secret.id for secret in (await row_of(bench, made)).secrets] == [dialog.handing.made.version_id]
    press(button(dialog, "reveal_copy"))
    dialog = await bench.dialog("after")
    press(button(dialog, "reveal_done"))
    assert await bench.end(task) == Outcome("handed_over", made.app.id)


async def test_that_a_used_one_offers_another_instead_of_a_replacement(bench: Bench) -> None:
    made = await register(bench, SERVICE)
    value = made.secret.show()
    task = bench.reveal(made)
    press(button(await bench.dialog(), "reveal_copy"))
    dialog = await bench.dialog("after")
    await bench.quiet_but(task)
    assert await token_for(bench, made.app, value) == 200
    async with asyncio.timeout(20):
        while "First used" not in says(dialog):  # the server writes uses down every second
            await apps.refresh_app(client=bench.client, store=bench.desk.store, app_id=made.app.id)
    further = button(dialog, "reveal_rotate")
    assert further.text() == "New secret…"
    assert not any(one.isVisible() for one in dialog.findChildren(Button, "reveal_replace"))
    assert "make another secret" in says(dialog)
    press(button(dialog, "reveal_rotate"))
    assert await bench.end(task) == Outcome("handed_over", made.app.id, rotate=True)


async def test_that_it_is_saved_under_its_own_variable(bench: Bench, tmp_path: Path) -> None:
    made = await register(bench)
    value = made.secret.show()
    task = bench.reveal(made)
    press(button(await bench.dialog(), "reveal_save"))
    dialog = await bench.dialog("save")
    assert dialog.title.text() == "Save this client secret to a file"
    assert "BEATCONNECT_CLIENT_SECRET=…" in says(dialog)
    path = dialog._save.path  # type: ignore[union-attr]
    assert Path(path.text()).name == "beat-shop.env"
    path.setText(str(tmp_path / "beat-shop.env"))
    press(button(dialog, "save_go"))
    dialog = await bench.dialog("after")
    assert (tmp_path / "beat-shop.env").read_text() == f"BEATCONNECT_CLIENT_SECRET={value}\n"
    press(button(dialog, "reveal_done"))
    assert (await bench.end(task)).kind == "handed_over"


async def test_that_a_further_one_discarded_leaves_the_old(bench: Bench) -> None:
    made = await register(bench)
    desk = bench.desk
    parts = {"client": bench.client, "store": desk.store, "journal": desk.journal}
    await handovers.acknowledge(**parts, made=made, how="copy")  # type: ignore[arg-type]
    made.secret.discard()
    new = await apps.add_secret(**parts, app_id=made.app.id)  # type: ignore[arg-type]
    task = bench.reveal(new)
    QTest.keyClick(await bench.dialog(), Qt.Key.Key_Escape)
    dialog = await bench.dialog("nobody")
    assert "the new secret is gone and Beat Shop works on as it did before" in says(dialog)
    press(button(dialog, "reveal_discard"))
    assert (await bench.end(task)).kind == "discarded"
    assert [secret.id for secret in (await row_of(bench, made)).secrets] == [made.version_id]


@pytest.mark.parametrize("way", ["waiting", "copying"])
async def test_that_an_interrupted_one_is_taken_up_again(bench: Bench, way: str) -> None:
    made = await register(bench)
    desk = bench.desk
    if way == "copying":
        await handovers.mark_copying(desk.journal, made.handover.id, how="copy")
    desk.journal.claimed.clear()
    made.secret.discard()
    recovery = Recovery(bench.window, desk)
    recovery.poke()
    if way == "copying":
        asked = await until(lambda: next((d for d in bench.window.findChildren(MaybeCopied) if d.isVisible()), None))
        assert "the secret of Beat Shop" in says(asked)
        press(button(asked, "maybe_replace"))
    dialog = await bench.dialog()
    assert dialog.title.text() == "Hand this client secret over now"
    if way == "waiting":
        assert "bcdesk was interrupted before you took this client secret." in says(dialog)
    assert len((await row_of(bench, made)).secrets) == 1
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    press(button(await bench.dialog("nobody"), "reveal_discard"))
    await bench.quiet()
    recovery.close()


async def test_that_a_public_app_whose_answer_was_lost_closes_its_dialog_once_it_is_there(
    bench: Bench, served: Served
) -> None:
    desk = bench.desk
    dialog = Dialog(bench.window, "Register", name="register")
    dialog.open()
    draft = AppDraft("Lost page", "spa", ("beats.read",), ("https://page.example/cb",))
    host, port = served.base_url.removeprefix("http://").split(":")
    async with cutting((host, int(port))) as proxy:
        proxy.watched, proxy.cut_after = b"POST /manage/v1/apps HTTP/1.1\r\n", 100
        client = Client(Transport(served.base_url, Bearer(served.token), inner=through(proxy)))
        with stamina.set_testing(True, attempts=1), pytest.raises(Unreachable) as lost:
            await apps.register_app(client=client, store=desk.store, journal=desk.journal, draft=draft)
        await client.aclose()
    Unanswered(dialog, desk, lost.value)
    assert dialog.busy
    recovery = Recovery(bench.window, desk)
    recovery.poke()
    await bench.quiet()
    assert not dialog.isVisible()
    (row,) = [row for row in desk.store.apps.values() if row.name == "Lost page"]
    known = [one for one in (await bench.client.apps.list()).items if isinstance(one, AppRow)]
    assert [one.id for one in known if one.name == "Lost page"] == [row.id]
    assert desk.journal.pending() == ()
    recovery.close()
