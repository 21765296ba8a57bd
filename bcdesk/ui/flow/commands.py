"""Every command of the flow tester, as data."""

from __future__ import annotations

from typing import Any

from bcdesk.flow.trace import Channel
from bcdesk.ui import access
from bcdesk.ui.commands import Command, Context
from bcdesk.ui.text import tr


def page_commands(page: Any) -> tuple[Command, ...]:
    """Return the commands of ``page``, the `FlowPage`."""
    group = tr("Flow tester")

    def hop_reason(_context: Context) -> str | None:
        hop = page.shown_hop()
        if hop is None or hop.sent is None or not hop.sent.url:
            return tr("Choose a step that sent something.")
        return None

    def curl_reason(context: Context) -> str | None:
        hop = page.shown_hop()
        if hop is not None and hop.channel is not Channel.BACK:
            return tr("A step of the browser cannot be repeated by cURL.")
        return hop_reason(context)

    def run_reason(_context: Context) -> str | None:
        return None if page.session is not None and page.session.run is not None else tr("Run it first.")

    def app_reason(_context: Context) -> str | None:
        return None if page.app_id is not None else tr("Choose an application first.")

    def add_reason(context: Context) -> str | None:
        return app_reason(context) or access.change_reason(page.desk.store)

    return (
        Command("flow.run", tr("Run the flow"), lambda _context: page.run(), shortcut="Ctrl+R", icon="flow",
                group=group, enabled=lambda _context: page.run_reason(), aliases=(tr("test"), tr("run again")),
                short=tr("Run")),
        Command("flow.cancel", tr("Cancel the run"), lambda _context: page.cancel(), shortcut="Ctrl+.", icon="close",
                group=group, enabled=lambda _context: page.cancel_reason(), short=tr("Cancel")),
        Command("flow.choose", tr("Choose what to test"), lambda _context: page.focus_target(), shortcut="Ctrl+F",
                icon="search", group=group),
        Command("flow.any_issuer", tr("Test any issuer…"), lambda _context: page.asks.ask_issuer(), group=group,
                icon="server", aliases=(tr("OpenID"), tr("discovery"))),
        Command("flow.embedded", tr("Use the embedded browser"), lambda _context: page.use_way("embedded"),
                group=group),
        Command("flow.system", tr("Use the system browser"), lambda _context: page.use_way("system"), group=group),
        Command("flow.keep_sign_in", tr("Keep the sign-in for the next run"), lambda _context: page.keep_sign_in(),
                group=group, enabled=lambda _context: None if page.session is not None else tr("Choose what to test."),
                checked=lambda _context: page.session is not None and page.session.keep_sign_in),
        Command("flow.forget_sign_ins", tr("Forget every sign-in of the flow tester"),
                lambda _context: page.forget_sign_ins(), group=group),
        Command("flow.connection", tr("Set the connection of the run"), lambda _context: page.show_field("tls"),
                group=group, enabled=lambda _context: None if page.session is not None else tr("Choose what to test."),
                aliases=(tr("CA bundle"), tr("proxy"), tr("client certificate"))),
        Command("flow.add_loopback", tr("Add http://127.0.0.1/callback to this app…"),
                lambda _context: page.asks.add_loopback(), group=group, enabled=add_reason),
        Command("flow.show_app", tr("Show the tested application"), lambda _context: page.show_app(), group=group,
                enabled=app_reason, icon="apps"),
        Command("flow.lab", tr("Compare in the redirect lab"), lambda _context: page.show_tab("lab"), group=group),
        Command("flow.copy_curl", tr("Copy as cURL"), lambda _context: page.copy_curl(), icon="copy", group=group,
                enabled=curl_reason),
        Command("flow.copy_command", tr("Copy as bcdesk flow"), lambda _context: page.copy_command(), icon="copy",
                group=group, enabled=run_reason),
        Command("flow.save_har", tr("Save HAR…"), lambda _context: page.save("har"), icon="save", group=group,
                enabled=run_reason),
        Command("flow.save_markdown", tr("Save Markdown…"), lambda _context: page.save("markdown"), icon="save",
                group=group, enabled=run_reason),
    )  # fmt: skip
