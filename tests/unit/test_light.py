"""What the first window imports is light: heavy libraries come after the first paint, each when it is needed."""

import subprocess
import sys

import pytest

HEAVY = ("httpx", "pydantic", "keyring", "cryptography", "stamina", "anyio", "sqlalchemy", "fastapi")


@pytest.mark.parametrize(
    "module",
    [
        "bcdesk.settings",
        "bcdesk.log",
        "bcdesk.store.store",
        "bcdesk.store.cache",
        "bcdesk.store.vault",
        "bcdesk.store.journal",
        "bcdesk.store.connections",
        "bcdesk.store.session_vault",
        "bcdesk.client.errors",
        "bcdesk.client.values",
        "bcdesk.client.bearer",
        "bcdesk.client.address",
        "bcdesk.client.session_bearer",
        "bcdesk.client.tls",
        "bcdesk.client.release_keys",
        "bcdesk.actions",
        "bcdesk.actions.offline",
        "bcdesk.actions.sign_in",
        "bcdesk.actions.updates",
    ],
)
def test_that_a_light_module_imports_no_heavy_library(module: str) -> None:
    program = f"import sys, {module}\nprint(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_that_the_client_does_import_them() -> None:
    program = f"import sys, bcdesk.client.client\nprint(*[name for name in {HEAVY[:2]} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == list(HEAVY[:2])


@pytest.mark.parametrize(("words", "imported"), [([], False), (["serve"], False), (["flow"], True), (["watch"], True)])
def test_that_a_verb_is_imported_when_it_is_called(words: list[str], imported: bool) -> None:
    program = f"import sys, bcdesk.__main__ as m\nm.parser({words})\nprint('bcdesk.flow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(imported)
