"""Runs in the window, by real events against the real server, walked by a person in another browser."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.flow.values import Phase
from bcdesk.ui.flow.issuer import IssuerDialog
from bcdesk.ui.flow.timeline import TOKENS
from tests.ui.flow.flow_studio import FlowStudio
from tests.ui.keys.studio import button, hear, press, says, until
from tests.ui.walk import check_window

MOBILE = {"redirect_uris": ("setlist://callback",), "scopes": ("user.profile", "beats.read")}


async def test_that_a_mobile_application_runs_to_its_tokens_and_the_server_tells_its_rules(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Setlist", "mobile", **MOBILE))
    await studio.run()
    await studio.over()
    assert studio.session.phase is Phase.DONE
    assert studio.names() == ["discovery", "prepare", "authorize", "callback", "token"]
    assert {hop.ok for hop in studio.session.hops} == {True}
    assert studio.session.chosen == TOKENS
    await hear(studio.flow, "Run 1", "Access token", "Refresh token", "Ends in 59:")
    check_window(studio.flow)
    QTest.mouseClick(studio.flow.runs.body.timeline.step(studio.hop("token").id), Qt.MouseButton.LeftButton)
    await hear(studio.flow, "The rule the server applied", "pkce.s256", "RFC 7636 §4.6", "tokens were issued")
    assert "code=••••••••" in studio.flow.runs.body.hop.sent.toPlainText()


async def test_that_a_run_again_is_counted_and_keeps_what_was_changed(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Again", "mobile", **MOBILE))
    studio.flow.runs.setup.put("scopes", ("beats.read",))
    assert studio.flow.runs.setup.fields["scopes"].state == "changed for this run"
    for number in (1, 2):
        await studio.run()
        await studio.over()
        assert studio.session.number == number
    assert studio.session.run is not None
    assert studio.session.run.setup.scopes == ("beats.read",)
    await hear(studio.flow, "Run 2")
    press(studio.flow, "setup.scopes.reset")
    assert studio.session.values.scopes == ("user.profile", "beats.read")


async def test_that_each_step_with_the_tokens_adds_itself_to_the_steps(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Steps", "mobile", **MOBILE))
    await studio.run()
    await studio.over()
    for step, ok in (("refresh", True), ("introspect", False), ("userinfo", True), ("call", True), ("revoke", True)):
        studio.flow.runs.choose(TOKENS)
        await until(lambda step=step: button(studio.flow, f"token_step.{step}").isEnabled(), step)  # type: ignore[misc]
        press(studio.flow, f"token_step.{step}")
        await until(lambda step=step: studio.names()[-1] == step and not studio.session.busy_step, step)  # type: ignore[misc]
        await studio.asked()
        assert studio.hop(step).ok is ok, step
    assert studio.session.phase is Phase.DONE
    studio.flow.runs.choose(studio.hop("introspect").id)
    await hear(studio.flow, "The server takes this step from clients with a secret alone.")


async def test_that_a_run_that_is_put_away_forgets_its_tokens(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Away", "mobile", **MOBILE))
    await studio.run()
    await studio.over()
    tokens = studio.session.run.tokens  # type: ignore[union-attr]
    assert tokens is not None
    press(studio.flow, "token_step.put_away")
    await until(lambda: studio.session.task is not None and studio.session.task.done(), "the end")
    assert tokens.access.spent
    await hear(studio.flow, "The tokens of this run are wiped.")


async def test_that_one_run_goes_on_while_another_application_is_looked_at(studio: FlowStudio) -> None:
    first = await studio.registered("First", "mobile", **MOBILE)
    second = await studio.registered("Second", "mobile", **MOBILE)
    studio.test(first)
    await studio.run(None)
    await until(lambda: studio.session.run is not None and studio.session.run.phase is Phase.AUTHORIZING, "waiting")
    waiting = studio.session
    studio.test(second)
    assert studio.session is not waiting
    await studio.run()
    await studio.over()
    assert studio.session.phase is Phase.DONE
    assert waiting.running
    studio.test(first)
    await hear(studio.flow, "Waiting for the browser…")
    QTest.keyClick(studio.window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: waiting.phase is Phase.CANCELLED, "the cancel")
    await hear(studio.flow, "Cancelled.")


async def test_that_an_address_that_was_brought_is_checked_and_a_foreign_one_is_not_taken(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Brought", "mobile", **MOBILE))
    await studio.run(None)
    await hear(studio.flow, "Paste the address you landed on")
    line = studio.flow.runs.body.waiting.line
    line.setFocus()
    QTest.keyClicks(line, "https://elsewhere.example.com/?code=1")
    press(studio.flow, "waiting.use")
    assert not line.text()
    await hear(studio.flow, "That is not the answer to this run.")
    assert studio.session.running
    assert "elsewhere.example.com/?code" not in says(studio.window)


async def test_that_a_service_is_told_that_nobody_signs_in_to_it(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Royalties", "service"))
    await hear(studio.flow, "Royalties is a service")
    assert "no users" in (button(studio.flow, "flow.run").reason or "")


async def test_that_test_this_app_stands_on_every_row_and_fills_everything_in(studio: FlowStudio) -> None:
    row = await studio.registered("From its row", "mobile", **MOBILE)
    studio.window.go("apps")
    studio.choose(row.id)
    press(studio.apps.inspector, "apps.test")
    assert studio.window.stack.currentWidget() is studio.flow
    assert studio.flow.app_id == row.id
    setup = studio.flow.runs.setup
    assert (setup.redirect.value(), setup.scopes.value()) == ("setlist://callback", "user.profile beats.read")
    assert {setup.fields[name].state for name in ("redirect_uri", "scopes", "pkce", "auth_method")} == {"as registered"}


async def test_that_any_issuer_works_while_the_desks_own_server_is_out_of_reach(studio: FlowStudio) -> None:
    row = await studio.registered("Elsewhere", "mobile", **MOBILE)
    issuer = studio.client.base_url
    studio.store.set_link(state="offline")
    assert "Offline" in (button(studio.flow, "flow.run").reason or "")
    studio.registry.run("flow.any_issuer")
    dialog = await studio.dialog(IssuerDialog)
    press(dialog, "issuer.use")
    await hear(dialog, "Which server?", "The client ID that the server knows it by.")
    for editor, text in (
        (dialog.issuer, issuer + "/"), (dialog.client_id, row.client_id), (dialog.redirect, "setlist://callback"),
    ):  # fmt: skip
        editor.setText(text)
    press(dialog, "issuer.look")
    await hear(dialog, "The metadata belongs to another issuer.")
    dialog.issuer.setText(issuer)
    press(dialog, "issuer.look")
    await hear(dialog, "What it says of itself", f"{issuer}/oauth/token")
    check_window(dialog)
    press(dialog, "issuer.use")
    await studio.asked()
    studio.flow.use_way("system")
    await studio.run()
    await studio.over()
    assert studio.session.phase is Phase.DONE
    assert studio.flow.app_id is None
    assert "as registered" not in says(studio.flow)
