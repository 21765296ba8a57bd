"""`bcdesk flow` at a server whose certificate is of a private authority."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.flow.browser.pages import Authority
from tests.e2e.flow.flowing import CUSTOM, PUBLIC, Flow
from tests.e2e.flow.walking import walk
from tests.e2e.serving import Served, serving


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secured(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    certificate, key = authority.issue("127.0.0.1")
    folder = tmp_path_factory.mktemp("secured") / "server"
    with serving(folder, "--demo", "--tls-cert", str(certificate), "--tls-key", str(key)) as served:
        yield served


def test_that_a_bundle_makes_the_authority_known(authority: Authority, secured: Served) -> None:
    assert secured.base_url.startswith("https:")
    with Flow("--issuer", secured.base_url, *PUBLIC, "--ca-bundle", str(authority.ca)) as flow:
        landing = walk(flow.url, CUSTOM, trusts=ssl.create_default_context(cafile=authority.ca))
        ended = flow.end(landing)
    assert (ended.code, ended.result["ok"]) == (0, True), ended.said


def test_that_without_it_nothing_is_sent(secured: Served) -> None:
    with Flow("--issuer", secured.base_url, *PUBLIC) as flow:
        ended = flow.end()
    assert (ended.code, ended.result["error"]) == (1, "unreachable")
    assert "cause tls" in ended.steps["discovery"]["detail"]


def test_that_a_bundle_that_is_none_is_said(secured: Served) -> None:
    with Flow("--issuer", secured.base_url, *PUBLIC, "--ca-bundle", str(Path(__file__))) as flow:
        ended = flow.end()
    assert (ended.code, ended.result["error"]) == (1, "setup.invalid")
    assert "ca_bundle" in ended.steps["discovery"]["detail"]
