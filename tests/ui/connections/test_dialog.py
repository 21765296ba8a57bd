"""Adding a server by its address: each fault at its field, what answers there, and what is kept."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from bcdesk.program import Program
from bcdesk.ui.connections.connection_dialog import ConnectionDialog
from tests.e2e.flow.browser.pages import Authority
from tests.e2e.serving import Served, serving
from tests.profiles import at_demo
from tests.ui.connections.conftest import Running, followed, standing
from tests.ui.keys.studio import says, until


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("studio") / "data") as server:
        yield server


async def opened(program: Program) -> ConnectionDialog:
    await followed(program)
    assert program.registry.run("connection.add")
    return await standing(ConnectionDialog)


def at(dialog: ConnectionDialog, pointer: str) -> str:
    return dialog._fields[pointer].fault


async def test_that_each_fault_stands_at_its_field(running: Running, tmp_path: Path, served: Served) -> None:
    async with running(at_demo(tmp_path)) as program:
        dialog = await opened(program)
        for url, words in (
            ("", "Which server?"),
            ("auth.example.com", "It begins with https://"),
            ("http://auth.example.com", "Without https anyone on the way"),
            ("https://who:what@auth.example.com", "holds a name or password"),
            ("https://auth.example.com/?key=1", "has more after its path"),
        ):
            dialog.url.setText(url)
            dialog.keep.click()
            assert words in at(dialog, "/url"), url
            assert dialog.isVisible()
        dialog.url.setText("https://127.0.0.1:9")
        dialog.files["client_certificate"].edit.setText(str(tmp_path / "mine.pem"))
        dialog.keep.click()
        assert at(dialog, "/client_key") == "A certificate needs its private key, and a key its certificate."
        assert dialog.files["client_key"].isVisible()
        dialog.files["client_certificate"].edit.setText("")
        (tmp_path / "bundle.pem").write_text("no certificate", encoding="ascii")
        dialog.files["ca_bundle"].edit.setText(str(tmp_path / "bundle.pem"))
        dialog.test.click()
        await until(lambda: not dialog.busy, "the answer")
        assert at(dialog, "/ca_bundle") == "This is no PEM file of certificates that can be read."
        assert len(program.connections.list()) == 2


async def test_that_a_test_tells_what_answers(running: Running, tmp_path: Path, served: Served) -> None:
    async with running(at_demo(tmp_path)) as program:
        dialog = await opened(program)
        dialog.url.setText("http://127.0.0.1:9")
        dialog.test.click()
        await until(lambda: not dialog.busy, "the answer")
        assert dialog.problem.text.startswith("The server is not running.")
        something = await asyncio.start_server(_not_found, "127.0.0.1", 0)
        async with something:
            dialog.url.setText(f"http://127.0.0.1:{something.sockets[0].getsockname()[1]}")
            dialog.test.click()
            await until(lambda: not dialog.busy, "the answer")
        assert at(dialog, "/url") == "What answers there is no BeatConnect server."
        dialog.url.setText(served.base_url)
        dialog.test.click()
        await until(lambda: not dialog.busy, "the answer")
        assert dialog.found.isVisible()
        said = says(dialog.found)
        assert served.base_url in said
        assert served.ready["version"] in said
        assert "none: it is on this machine" in said
        dialog.url.setText(f"{served.base_url}0")
        assert not dialog.found.isVisible(), "what was found is not that of another address"


async def test_that_a_certificate_is_shown_and_always_verified(running: Running, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("127.0.0.1")
    with serving(tmp_path / "secure", "--tls-cert", str(certificate), "--tls-key", str(key)) as secure:
        async with running(at_demo(tmp_path / "desk")) as program:
            dialog = await opened(program)
            dialog.url.setText(secure.base_url)
            dialog.test.click()
            await until(lambda: not dialog.busy, "the answer")
            assert dialog.problem.text.startswith("The connection is not safe.")
            dialog.files["ca_bundle"].edit.setText(str(authority.ca))
            dialog.test.click()
            await until(lambda: not dialog.busy, "the answer")
            assert dialog.found.isVisible(), dialog.problem.text
            assert "by Test authority, until" in says(dialog.found)


async def test_that_what_is_kept_is_there_once_and_found_again(
    running: Running, tmp_path: Path, served: Served
) -> None:
    async with running(at_demo(tmp_path)) as program:
        program.switcher.open_browser = lambda _address: True
        dialog = await opened(program)
        dialog.url.setText(f"{served.base_url}/")
        dialog.keep.click()
        await until(lambda: program.connection.record.kind == "remote", "the switch")
        made = program.connection.record
        assert (made.url, made.name) == (served.base_url, served.base_url.removeprefix("http://"))
        waits = await until(QApplication.activeModalWidget, "the sign-in")
        waits.close()
        await until(lambda: program.switcher.reason() is None, "the end of it")
        assert f"connection.go.{made.id}" in {one.id for one in program.registry.all()}
        program.registry.run("connection.add")
        dialog = await standing(ConnectionDialog)
        dialog.url.setText(served.base_url)
        dialog.keep.click()
        assert at(dialog, "/url") == f"{made.name} leads there already."
    async with running(tmp_path) as program:
        await until(lambda: program.store.link.state == "signed_out", "the last connection")
        assert program.connection.record == made


async def _not_found(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()
