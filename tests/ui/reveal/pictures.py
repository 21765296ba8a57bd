"""Draws every face of the reveal as PNG, always masked: ``python -m tests.ui.reveal.pictures DIR``."""

import asyncio
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget

from bcdesk.actions.handing import Handing
from bcdesk.client.values import Made, MadeApp, MadeKey
from bcdesk.contract.key_format import generate, mask
from bcdesk.contract.rows import AppRow, AppSecretRow, HandoverRow, KeyRow, VersionRow
from bcdesk.contract.secret import OneTimeSecret
from bcdesk.settings import Settings
from bcdesk.store.journal import Journal, Pending
from bcdesk.store.store import Store
from bcdesk.store.vault import Vault
from bcdesk.ui import theme
from bcdesk.ui.clipboard import ClipboardGuard
from bcdesk.ui.desk import Connection, Desk
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.gate import RevealGate, Turn
from bcdesk.ui.keys.recovery import MaybeCopied
from bcdesk.ui.keys.reveal_dialog import RevealDialog
from bcdesk.ui.keys.secret_frame import SecretFrame
from bcdesk.ui.tasks import TaskScope

SIZES = ((1280, 800), (720, 480))
ALL = ("user.profile", "beats.read", "purchases.write", "user.subscription")


def made_key(name: str, scopes: tuple[str, ...]) -> MadeKey:
    """Return a key made of nothing but chance."""
    value, now = generate("live"), time.time()
    version = VersionRow("ver_1", value[-4:], now, None, None, "current")
    handover = HandoverRow("hnd_1", "waiting", now + 86_400)
    row = KeyRow(
        "key_1", name, "", "Platform", (), "live", mask("bca_live_", value[-4:]), scopes, (), "active", None, now,
        "Owner", now, None, None, now + 90 * 86_400, None, None, False, None, None, (version,), handover, 1, "",
    )  # fmt: skip
    return MadeKey(row, handover, OneTimeSecret(value))


def made_app(name: str) -> MadeApp:
    """Return an application whose secret is made of nothing but chance."""
    value, now = f"bcs_{secrets.token_urlsafe(32)}", time.time()
    secret = AppSecretRow("sec_1", value[-4:], now, None, None)
    handover = HandoverRow("hnd_1", "waiting", now + 86_400)
    row = AppRow(
        "app_1", name, "", "Platform", (), "web", "active", "client_b7c84d2e3f91a6b2c0",
        ("https://market.example/callback",), ALL, ("authorization_code", "refresh_token"), "client_secret_basic",
        True, 3600, 30 * 86_400, (), "", (secret,), now, "Owner", now, None, handover, 1, "",
    )  # fmt: skip
    return MadeApp(row, handover, OneTimeSecret(value))


class Album:
    """One window with the dialogs of a desk that has no connection."""

    def __init__(self, app: QApplication, folder: Path, scratch: Path, size: tuple[int, int]) -> None:
        self.app, self.folder, self.size = app, folder, size
        self.window = QWidget()
        self.window.setObjectName("window")
        self.window.resize(*size)
        self.window.show()
        vault = Vault(scratch)
        self.desk = Desk(
            scope=TaskScope(),
            store=Store(),
            journal=Journal(scratch / "journal", vault),
            vault=vault,
            settings=Settings(data_dir=scratch),
            clipboard=ClipboardGuard(app.clipboard()),
            gate=RevealGate(),
            client_of=lambda: None,
            connection_of=lambda: Connection("Local server", "127.0.0.1:53121", demo=True),
            sync_now=lambda: None,
        )

    def reveal(self, made: Made, intro: str = "") -> RevealDialog:
        """Open the dialog of a new key or application."""
        desk = self.desk
        handing = Handing(made, store=desk.store, journal=desk.journal, client_of=desk.client_of)
        dialog = RevealDialog(self.window, handing, Turn(handing), desk=desk, intro=intro)
        dialog.open()
        return dialog

    async def take(self, dialog: Dialog, name: str) -> None:
        """Save the window with ``dialog`` over it."""
        for _ in range(4):
            await asyncio.sleep(0.02)
        assert all(not frame.shown for frame in dialog.findChildren(SecretFrame))
        picture = self.window.grab()
        painter = QPainter(picture)
        painter.drawPixmap(dialog.pos() - self.window.pos(), dialog.grab())
        painter.end()
        scheme = "dark" if theme.tokens().dark else "light"
        picture.save(str(self.folder / f"{name}-{scheme}-{self.size[0]}.png"))

    async def all(self) -> None:
        """Draw each face."""
        dialog = self.reveal(made_key("Storefront 2", ("beats.read",)))
        await self.take(dialog, "waiting")
        dialog.show_problem("The clipboard refused it. Nothing was used up.", tone="warn")
        await self.take(dialog, "refused")
        await self._turned(dialog, "")
        await self._turned(self.reveal(made_app("Beat Marketplace")), "client_")
        long = "A rather long name that somebody typed for the storefront of a shop, with its city and its floor"
        dialog = self.reveal(made_key(long, ALL), "bcdesk was interrupted before you took this key.")
        await self.take(dialog, "long")
        self.desk.gate.seal()
        dialog.handing.seal()
        dialog._to_sealed()
        await self.take(dialog, "sealed")
        dialog.handing.expire()
        dialog._to_expired()
        await self.take(dialog, "expired")
        dialog.done(0)
        now = time.time()
        pending = Pending("pen_1", "create", "", {"name": "Storefront 2"}, "", now, now, masked="bca_live_****a4f2")
        maybe = MaybeCopied(self.window, self.desk, pending)
        maybe.open()
        await self.take(maybe, "maybe")
        maybe.done(0)

    async def _turned(self, dialog: RevealDialog, before: str) -> None:
        """Draw the faces that any secret has."""
        if before:
            await self.take(dialog, f"{before}waiting")
        dialog.reject()
        await self.take(dialog, f"{before}nobody")
        dialog.to_waiting()
        dialog.to_save()
        await self.take(dialog, f"{before}save")
        dialog.to_waiting()
        dialog.copy_once()
        await self.take(dialog, f"{before}after")
        dialog.done(0)

    async def close(self) -> None:
        """End the desk."""
        await self.desk.scope.close()
        self.desk.clipboard.close()
        self.desk.journal.close()
        self.desk.vault.close()
        self.window.close()


async def draw(app: QApplication, folder: Path) -> None:
    """Draw all faces in both themes and sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    schemes: tuple[theme.Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        theme.apply(app, scheme)
        for size in SIZES:
            with tempfile.TemporaryDirectory() as scratch:
                album = Album(app, folder, Path(scratch), size)
                await album.all()
                await album.close()


if __name__ == "__main__":
    qt = QApplication(sys.argv[:1])
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(qt)) as runner:
        runner.run(draw(qt, Path(sys.argv[1])))
