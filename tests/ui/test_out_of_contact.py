"""Out of contact every command that needs the server says so beforehand, on every page; online each can run."""

import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from bcdesk.actions import applications, keys
from bcdesk.client.errors import Forbidden, SignInNeeded, Unreachable
from bcdesk.client.values import AppDraft, KeyDraft
from bcdesk.contract.rows import AppRow
from bcdesk.program import Program
from bcdesk.ui import local_server
from bcdesk.ui.access import link_reason
from bcdesk.ui.commands import Context
from bcdesk.ui.widgets import Button
from tests.ui.keys.studio import until
from tests.ui.test_offline import SILENT, running, state
from tests.ui.test_offline import one_keyring as one_keyring

HERE_ALONE = {
    "app.palette", "app.quit", "app.lock", "sync.now", "go", "theme", "settings", "clipboard", "vault",
    "connection", "keys.copy_id", "apps.copy_client_id", "members.copy_email", "apps.export", "apps.test",
    "flow.choose", "flow.any_issuer", "flow.embedded", "flow.system", "flow.keep_sign_in", "flow.forget_sign_ins",
    "flow.connection", "flow.show_app", "flow.lab", "flow.cancel", "flow.copy_curl", "flow.copy_command",
    "flow.save_har", "flow.save_markdown", "checks.export_junit", "checks.export_markdown", "checks.cancel",
    "watch.export", "watch.stop", "watch.clear", "watch.pause", "watch.resume", "watch.copy_command",
    "watch.copy_request", "app.check_updates",
}  # fmt: skip
"""What needs no server: commands, or groups of them by the first part of their ids."""
OF_THE_PAGE = {"search", "clear_filters", "sort_again", "details", "reset_columns"}
SPECIAL = {"keys.hand_over", "keys.replacement", "apps.hand_over", "checks.run_failed"}
"""What is there for a moment after something was done; its own tests drive it."""


def needs_server(command_id: str) -> bool:
    group, _, verb = command_id.partition(".")
    return verb not in OF_THE_PAGE and not {command_id, group} & HERE_ALONE


def contexts(program: Program) -> Iterator[Context]:
    """Yield everything that a command can be about."""
    window, store = program.window, program.store
    yield Context(None, window)
    for key in store.keys.values():
        yield Context(key.id, window)
        yield from (Context((key.id, version.id), window) for version in key.versions)
    for app in store.apps.values():
        yield Context(app.id, window)
        yield from (Context((app.id, secret.id), window) for secret in app.secrets)
        yield Context((app.id, "grant_1"), window)
    yield from (Context(member_id, window) for member_id in store.members)


def told(program: Program, command_id: str) -> list[str | None]:
    """Return what a command says of everything that it is there for."""
    command = program.registry.command(command_id)
    wheres = [*contexts(program), program.registry.context(command_id)]
    return [command.enabled(where) for where in wheres if command.shown(where)]


def open_tabs(program: Program) -> None:
    """Go to every tab, so that its commands are there."""
    for tab in ("lab", "checks", "watch", "run"):
        program.flow.show_tab(tab)


async def one_of_each(program: Program) -> None:
    """Bring about what the commands are for: keys and applications in every state that one of them changes."""
    client = program.desk.client
    assert client is not None
    parts: dict[str, Any] = {"client": client, "store": program.store, "journal": program.journal}

    async def key(name: str) -> str:
        draft = KeyDraft(name=name, environment="live", scopes=("beats.read",))
        made = await keys.create_key(**parts, draft=draft)
        await client.handovers.ack(made.handover.id, "copy")
        return made.key.id

    await keys.disable_key(client=client, store=program.store, key_id=await key("Off"))
    for name, compromised in (("Undone", False), ("Leaked", True)):
        key_id = await key(name)
        await keys.revoke_key(client=client, store=program.store, key_id=key_id, reason="", compromised=compromised)
    for name in ("Rotating", "Unused"):
        key_id = await key(name)
        made = await keys.rotate_key(**parts, key_id=key_id, starts="now" if name == "Rotating" else "first_use")
        await client.handovers.ack(made.handover.id, "copy")
    app = await applications.register_app(**parts, draft=AppDraft(
        name="Off", type="web", redirect_uris=("https://shop.example/back",), scopes=("beats.read",)
    ))  # fmt: skip
    row = app if isinstance(app, AppRow) else app.app
    await applications.disable_app(client=client, store=program.store, app_id=row.id)
    for name in ("Off", "Invited"):
        invited = await client.members.create(
            name=name, email=f"{name.lower()}@studio.example", role="viewer", idempotency_key=secrets.token_urlsafe(32)
        )
        invited.secret.discard()
        if name == "Off":
            await client.members.patch(invited.member.id, {"disabled": True}, invited.member.revision)


async def test_that_every_command_that_needs_the_server_says_beforehand_why_it_cannot_run(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, qapp) as program:
        await state(program, "online")
        await one_of_each(program)
        program.connection.sync_now()
        await until(lambda: any(row.name == "Leaked" for row in program.store.keys.values()), "the rows")
        await until(lambda: any(row.state == "disabled" for row in program.store.members.values()), "the members")
        open_tabs(program)
        able = {one.id for one in program.registry.all() if None in told(program, one.id)}
        wanted = {one.id for one in program.registry.all() if needs_server(one.id)}
        assert wanted - able <= SPECIAL, "the control: online each can run for something"
        as_of = program.store.link.as_of
    monkeypatch.setattr(local_server, "server_command", lambda _folder, **_kind: SILENT)
    async with running(tmp_path, qapp) as program:
        await state(program, "cached")
        open_tabs(program)
        assert wanted <= {one.id for one in program.registry.all()}
        for link in (
            {"state": "cached"},
            {"state": "offline", "error": Unreachable("refused")},
            {"state": "error", "error": SignInNeeded(401, "invalid_token", "")},
            {"state": "forbidden", "error": Forbidden(403, "member_disabled", "")},
            {"state": "signed_out"},
            {"state": "starting"},
        ):
            program.store.set_link(**{"error": None, **link})
            assert program.store.link.as_of == as_of or link["state"]
            assert link_reason(program.store)
            for command_id in sorted(wanted):
                assert None not in told(program, command_id), (link, command_id)
            _check_buttons(program)


def _check_buttons(program: Program) -> None:
    """Check that no button of such a command can be pressed, and that each says why."""
    seen = 0
    for button in program.window.findChildren(Button):
        command_id = button.property("command")
        if command_id and needs_server(command_id):
            seen += 1
            assert button.reason, command_id
    assert seen > 10


@pytest.mark.parametrize("hours", [-9.0, 9.0, 24.0 * 40])
async def test_that_a_clock_which_is_set_changes_no_age(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: float
) -> None:
    async with running(tmp_path, qapp) as program:
        await state(program, "online")
        before = _ages(program)
        assert any("ago" in cell for cell in before)
        wall = time.time
        monkeypatch.setattr(time, "time", lambda: wall() + hours * 3_600.0)
        program.keys._tick()
        program.connection.sync_now()
        assert _ages(program) == before
        assert abs(program.desk.now() - wall()) < 60.0


def _ages(program: Program) -> list[str]:
    """Return every cell that tells a time or what becomes of a key with it; a minute may pass meanwhile."""
    model = program.keys.listing.model
    places = [place for place, one in enumerate(model.columns) if one.id in ("created", "last_used", "status")]
    cells = [str(model.data(model.index(row, place))) for row in range(model.rowCount()) for place in places]
    return [re.sub(r"\d+ min", "some min", cell) for cell in cells]
