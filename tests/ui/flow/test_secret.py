"""The secret of a confidential application: asked for once a run, or made for it and deleted with it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from bcdesk.actions.applications import add_secret
from bcdesk.flow.values import Phase
from tests.ui.flow.flow_studio import FlowStudio
from tests.ui.keys.studio import button, hear, press, until
from tests.ui.walk import check_window

WEB = {"redirect_uris": ("http://127.0.0.1/callback", "https://app.example.com/cb"), "scopes": ("user.profile",)}
CTRL = Qt.KeyboardModifier.ControlModifier


async def test_that_a_secret_made_for_a_run_signs_in_and_is_deleted_when_the_run_is_put_away(
    studio: FlowStudio,
) -> None:
    row = await studio.registered("Shop", "web", **WEB)
    before = studio.app(row.id).secrets
    studio.test(row)
    studio.flow.runs.setup.put("redirect_uri", "https://app.example.com/cb")
    await studio.run()
    await hear(studio.flow, "The client secret of Shop", "It goes to 127.0.0.1:", "ends by itself within the hour")
    check_window(studio.flow)
    press(studio.flow, "secret.make")
    await studio.over()
    assert studio.session.phase is Phase.DONE
    assert len(studio.app(row.id).secrets) == 2
    old = next(one for one in studio.app(row.id).secrets if one.id == before[0].id)
    assert old.expires_at is None, "the secret in use is not put on a countdown"
    press(studio.flow, "token_step.put_away")
    await until(lambda: len(studio.app(row.id).secrets) == 1, "the end of the secret")
    left = (await studio.client.apps.get(row.id)).secrets
    assert [(one.id, one.expires_at) for one in left] == [(before[0].id, None)]


async def test_that_a_secret_made_for_a_run_is_deleted_when_the_desk_ends(studio: FlowStudio) -> None:
    row = await studio.registered("Ending", "web", **WEB)
    studio.test(row)
    await studio.run(None)
    press(studio.flow, "secret.make")
    await until(lambda: studio.opened, "the browser")
    assert len((await studio.client.apps.get(row.id)).secrets) == 2
    await studio.desk.scope.close()
    assert len((await studio.client.apps.get(row.id)).secrets) == 1


async def test_that_an_entered_secret_is_dots_is_not_remembered_and_goes_into_no_history(studio: FlowStudio) -> None:
    row = await studio.registered("Entered", "web", **WEB)
    made = await add_secret(client=studio.client, store=studio.store, journal=studio.journal, app_id=row.id)
    secret = made.secret.take()
    studio.test(row)
    studio.flow.runs.setup.put("redirect_uri", "https://app.example.com/cb")
    await studio.run()
    line = studio.flow.runs.body.secret.line
    QGuiApplication.clipboard().setText(secret)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_V, CTRL)
    assert secret not in line.displayText()
    press(studio.flow, "secret.use")
    await studio.over()
    assert studio.session.phase is Phase.DONE
    assert not line.text()
    assert not line.isUndoAvailable()
    studio.session.chosen = studio.hop("token").id
    assert secret not in repr([(hop.sent, hop.received) for hop in studio.session.hops])
    await studio.run()
    await hear(studio.flow, "The client secret of Entered")
    assert not line.text(), "asked anew"
    assert "Two secrets work already" in (button(studio.flow, "secret.make").reason or "")
    press(studio.flow, "secret.leave")
    assert not studio.flow.runs.asking


async def test_that_a_wrong_secret_is_explained(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Wrong", "web", **WEB))
    studio.flow.runs.setup.put("redirect_uri", "https://app.example.com/cb")
    await studio.run()
    line = studio.flow.runs.body.secret.line
    press(studio.flow, "secret.use")
    await hear(studio.flow, "Enter the secret, or have one made.")
    line.setFocus()
    QTest.keyClicks(line, "bcs_" + "A" * 43)
    QTest.keyClick(line, Qt.Key.Key_Return)
    await studio.over()
    assert studio.session.phase is Phase.FAILED
    await hear(studio.flow, "The server does not accept the client secret.")
