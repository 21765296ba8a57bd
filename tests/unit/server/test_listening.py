"""Where a server may listen, and what it is called there."""

import socket
from argparse import Namespace
from pathlib import Path

import pytest

from bcdesk.server.listening import ListenError, listen


def options(**given: object) -> Namespace:
    defaults: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 0,
        "public_url": None,
        "tls_cert": None,
        "tls_key": None,
        "trusted_proxy": [],
    }
    return Namespace(**{**defaults, **given})


def test_that_a_free_port_is_bound_and_named() -> None:
    listening = listen(options())
    with listening.socket as bound:
        assert listening.base_url == listening.bound_url == f"http://127.0.0.1:{bound.getsockname()[1]}"
        assert bound.proto == socket.IPPROTO_TCP


def test_that_a_published_address_becomes_the_base_url() -> None:
    listening = listen(options(public_url="https://Keys.Example.org/"))
    with listening.socket:
        assert listening.base_url == "https://keys.example.org"
        assert listening.bound_url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"host": "0.0.0.0"}, "not loopback"),
        ({"host": "0.0.0.0", "tls_cert": Path("c"), "tls_key": Path("k")}, "every address"),
        ({"host": "0.0.0.0", "public_url": "http://127.0.0.1"}, "not loopback"),
        ({"public_url": "http://keys.example.org"}, "https"),
        ({"public_url": "https://keys.example.org/path"}, "alone"),
        ({"public_url": "https://user@keys.example.org"}, "alone"),
        ({"public_url": "https://keys.example.org:port"}, "alone"),
        ({"public_url": "keys.example.org"}, "alone"),
        ({"tls_cert": Path("c")}, "together"),
        ({"trusted_proxy": ["10.0.0.1/8"]}, "range"),
        ({"port": 70000}, "65535"),
        ({"host": "256.1.1.1"}, "no address"),
    ],
)
def test_that_what_is_unsafe_or_senseless_is_refused_with_the_reason(given: dict[str, object], words: str) -> None:
    with pytest.raises(ListenError, match=words):
        listen(options(**given)).socket.close()


def test_that_a_taken_port_is_said() -> None:
    with listen(options()).socket as first, pytest.raises(ListenError, match="cannot be listened on"):
        listen(options(port=first.getsockname()[1])).socket.close()
