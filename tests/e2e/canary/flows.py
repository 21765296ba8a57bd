"""Every operation that makes or moves a secret, by keys and mouse in the real program."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.kill.program import Program


class Canary:
    """The program on its data, every secret that it made so far, and the operations."""

    def __init__(self, data: Path, logs: Path, handed: Path, **environment: str) -> None:
        """Begin without secrets; files go to ``handed``."""
        self.data, self.logs, self.handed = data, logs, handed
        self._environment = environment
        self.listener: Callable[[], None] = lambda: None
        """Called whenever the windows are walked."""
        self.secrets: list[str] = []
        self.found: list[str] = []
        self.walked = 0
        self.keys: dict[str, str] = {}
        """The last secret of each key by name."""
        self._number = 0
        self.program = self._started()

    def _started(self) -> Program:
        program = Program(
            self.data,
            self.logs / "program",
            module="tests.e2e.canary.driven_process",
            BCDESK_LOG="DEBUG",
            **self._environment,
        )
        program.online()
        return program

    # ------------------------------------------------------------------ operations

    def create_and_copy(self) -> None:
        """Make a key and copy it once."""
        self._create()
        self._copy()

    def create_and_save(self) -> None:
        """Make a key and save it to a file."""
        name = self._create()
        self._peeked(name)
        self._do("press", name="reveal_save")
        self._walk()
        self._do("type", name="save_path", text=str(self.handed / f"{name}.env"))
        self._do("press", name="save_go")
        self._close()

    def create_and_discard(self) -> None:
        """Make a key and discard it."""
        name = self._create()
        self._peeked(name)
        self._do("press", name="reveal_close")
        self._walk()
        self._do("press", name="reveal_discard")
        self._do("gone", name="reveal")
        self.keys.pop(name)

    def rotate(self) -> None:
        """Make a new version of the first key that has one."""
        name = next(iter(self.keys))
        self.program.open_row(name)
        self._do("key", keys="Ctrl+R")
        self._do("press", name="rotate_key.make")
        self._copy(name)
        self.keys.pop(name)

    def replace(self) -> None:
        """Make a key, copy it, and replace it."""
        name = self._create()
        self._peeked(name)
        self._do("press", name="reveal_copy")
        self._do("press", name="reveal_replace")
        self._do("wait", name="reveal_copy")
        self._copy(name)

    def leak(self) -> None:
        """Revoke a key as leaked and make its replacement."""
        name = next(iter(self.keys))
        self.keys.pop(name)
        self.program.open_row(name)
        self._do("key", keys="Del")
        self._do("press", name="kind.leaked")
        self._do("press", name="revoke_key.revoke")
        self._do("press", name="replacement.make")
        self._copy(name)
        self.keys.pop(name)

    def recover(self) -> None:
        """Make a key, kill the desk before it is copied, and take it after the restart."""
        name = self._create()
        self._peeked(name)
        self.program.kill()
        self.program.drain()
        self.program = self._started()
        self._copy(name)

    def identify(self) -> None:
        """Paste the last key into the search field."""
        name, secret = list(self.keys.items())[-1]
        self._do("key", keys="Ctrl+F")
        self._do("type", name="keys-search", text="")
        self._do("paste", text=f" {secret}\n")
        self._do("key", keys="Ctrl+V")
        self._do("text", name="identified", has=name)
        self._walk()
        self._do("type", name="keys-search", text="")

    def type_it(self) -> None:
        """Type the last key into the search field, character by character."""
        secret = list(self.keys.values())[-1]
        self._do("key", keys="Ctrl+F")
        self._do("type", name="keys-search", text=secret)
        self._do("text", name="identified", has="This key is")
        self._walk()
        self._do("type", name="keys-search", text="")

    def use(self) -> None:
        """Use the last key rightly, and in every wrong place of a request."""
        secret = list(self.keys.values())[-1]
        bearer = {"Authorization": f"Bearer {secret}"}
        with httpx.Client(base_url=f"http://{self.program.host}", trust_env=False, timeout=30) as caller:
            assert caller.get("/v1/beats", headers=bearer).status_code == 200
            for path in (f"/v1/beats?key={secret}", f"/v1/{secret}", f"/manage/v1/keys/{secret}"):
                caller.get(path, headers=bearer)
            assert caller.get("/manage/v1/keys", headers=bearer).status_code == 403
            caller.post("/manage/v1/keys", headers=bearer, json={"name": secret, "scopes": [secret]})
            caller.post("/v1/purchases", headers=bearer, content=secret.encode())
            caller.get("/v1/me", headers={"Authorization": f"Basic {secret}", "X-Request-Id": secret})

    # ------------------------------------------------------------------ steps

    def _create(self) -> str:
        self._number += 1
        name = f"canary-{self._number:03}"
        self._do("key", keys="Ctrl+N")
        self._do("type", name="name", text=name)
        self._do("press", name="create_key.make")
        self._do("wait", name="reveal_copy")
        self._made = name
        return name

    def _peeked(self, name: str) -> None:
        """Take note of the secret that waits, and look while it is on screen."""
        secret = self._do("peek")["secret"]
        self.secrets.append(secret)
        self.keys[name] = secret
        self._do("press", name="reveal_show")
        self._walk(secret)

    def _copy(self, name: str = "") -> None:
        self._do("wait", name="reveal_copy")
        if self._do("peek")["secret"] not in self.secrets:
            self._peeked(name or self._made)
        self._do("press", name="reveal_copy")
        self._close()
        assert self._do("copied")["holds_key"]

    def _close(self) -> None:
        self._do("wait", name="reveal_done")
        self._walk()
        self._do("press", name="reveal_done")
        self._do("gone", name="reveal")

    def _walk(self, *secrets: str) -> None:
        """Look for the newest secrets in every window."""
        seen = self._do("traces", secrets=[*secrets, *self.secrets[-3:]])
        self.found += seen["found"]
        self.walked += 1
        self.listener()

    def _do(self, what: str, **more: Any) -> dict[str, Any]:
        return self.program.do(what, **more)


OPERATIONS: tuple[tuple[Callable[[Canary], None], int], ...] = (
    (Canary.create_and_copy, 14),
    (Canary.use, 14),
    (Canary.identify, 6),
    (Canary.type_it, 2),
    (Canary.create_and_save, 6),
    (Canary.create_and_discard, 5),
    (Canary.replace, 6),
    (Canary.recover, 4),
    (Canary.rotate, 5),
    (Canary.leak, 4),
)
"""Each operation with how often it is done: 50 secrets in all."""
