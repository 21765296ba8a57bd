"""Who answers at an address is known before anybody signs in there; nothing secret is sent to find out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bcdesk.actions.probe import Certificate, FoundServer, OtherServerError, probe
from bcdesk.client.errors import ClientError, Garbled, TlsFault, Unreachable
from bcdesk.store.vault import Vault
from tests.e2e.flow.browser.pages import Authority
from tests.e2e.serving import serving
from tests.unit.actions.signing_in import Desk, signing_in
from tests.unit.client.answering import answer
from tests.unit.store.conftest import ready_vault, use_keyring

__all__ = ["ready_vault", "use_keyring"]


async def found(desk: Desk, **changes: Any) -> Any:
    try:
        return await probe(connection=replace(desk.connection, **changes))
    except (ClientError, OtherServerError) as error:
        assert error.__context__ is None  # noqa: PT017 - the error is what is looked at
        return error


async def test_that_a_server_says_its_name_and_version(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        assert await found(desk) == FoundServer(desk.server.url, "1.2.3", None)
        assert desk.server.forms == []


@pytest.mark.parametrize(
    "description", [answer(b"{"), answer([]), answer({"info": 3}), answer({"info": {"version": "1\n2"}})]
)
async def test_that_a_version_that_is_none_is_left_out(ready_vault: Vault, tmp_path: Path, description: bytes) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        desk.server.description = description
        assert (await found(desk)).version == ""


async def test_that_a_long_version_is_cut(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        desk.server.description = answer({"info": {"version": "9" * 5000}})
        assert (await found(desk)).version == "9" * 64


async def test_that_another_server_is_told_with_its_name_where_it_has_one(ready_vault: Vault, tmp_path: Path) -> None:
    async with signing_in(ready_vault, tmp_path) as desk:
        desk.server.metadata = {"issuer": "https://other.example"}
        other = await found(desk)
        assert (type(other), other.named) == (OtherServerError, "https://other.example")
        desk.server.metadata = {"token_endpoint": 3}
        other = await found(desk)
        assert (type(other), other.named) == (OtherServerError, "")


async def test_that_what_fails_on_the_way_is_called_as_everywhere(ready_vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_text("nothing of use")
    async with signing_in(ready_vault, tmp_path) as desk:
        nobody = await found(desk, url="http://127.0.0.1:9")
        assert (type(nobody), nobody.reason) == (Unreachable, "refused")
        fault = await found(desk, url="https://desk.example", ca_bundle=tmp_path / "bad.pem")
        assert (type(fault), fault.what) == (TlsFault, "ca_bundle")
        desk.server.description = answer(b"x" * (2**20 + 1))
        assert type(await found(desk)) is Garbled


async def test_that_a_certificate_is_named_with_whoever_vouches_for_it(ready_vault: Vault, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("127.0.0.1")
    tls = ("--tls-cert", str(certificate), "--tls-key", str(key))
    with serving(tmp_path / "server", *tls) as served:
        async with signing_in(ready_vault, tmp_path, ca_bundle=authority.ca) as desk:
            server = await found(desk, url=served.base_url)
            strange = await found(desk, url=served.base_url, ca_bundle=None)
    assert isinstance(server.certificate, Certificate)
    assert server.certificate.subject == "127.0.0.1"
    assert (server.certificate.issuer, server.issuer) == ("Test authority", served.base_url)
    assert (type(strange), strange.reason) == (Unreachable, "tls")
