"""Nothing of a session is left in a file, a log, an argument or a variable; and no kill at any moment ends one."""

import asyncio
import contextlib
import json
import random
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.e2e.canary.places import found_in_process, in_files, in_processes, in_text
from tests.e2e.kill.child import Child
from tests.e2e.serving import Served, serving
from tests.e2e.signing_in.studio import Browser, Member, join, let_access_expire

NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Desk(Child):
    """A desk in a process of its own."""

    def __init__(self, folder: Path, served: Served, errors: Path) -> None:
        super().__init__(["-m", "tests.e2e.signing_in.desk", str(folder), served.base_url], errors, **NO_KEYRING)
        self.at("up")

    async def do(self, order: str, **more: Any) -> dict[str, Any]:
        """Give an order and return the next line."""
        self.tell(do=order, **more)
        return await asyncio.to_thread(self.next)

    async def sign_in(self, served: Served, member: Member) -> list[str]:
        """Sign in by the server's pages, and return the one-time values that went through the browser."""
        url = (await self.do("sign_in"))["url"]
        async with Browser(served) as browser:
            page = await browser.sign_in(url, member)
            assert (await asyncio.to_thread(self.next))["at"] == "signed_in"
        asked, answered = (dict(parse_qsl(urlsplit(str(one)).query)) for one in (url, page.url))
        assert asked["state"] == answered["state"]
        return [answered["code"]]

    async def held(self) -> list[str]:
        told = await self.do("secrets")
        assert in_text(told["repr"], told["held"]) == []
        return list(told["held"])


@contextlib.asynccontextmanager
async def desk_of(folder: Path, served: Served, errors: Path) -> AsyncIterator[Desk]:
    desk = await asyncio.to_thread(Desk, folder, served, errors)
    try:
        yield desk
    finally:
        desk.kill()
        await asyncio.to_thread(desk.drain)


@pytest.mark.timeout(120)
async def test_that_nothing_of_a_session_is_left_anywhere(tmp_path: Path) -> None:
    data, errors = tmp_path / "data", tmp_path / "desk-log"
    with serving(tmp_path / "server") as served:
        member = await join(served)
        async with desk_of(data / "desk", served, errors) as desk:
            seen = [*await desk.sign_in(served, member), *await desk.held()]
            for _ in range(3):
                let_access_expire(served)
                assert await desk.do("use") == {"at": "used", "failed": []}
                seen += await desk.held()
            assert len(set(seen)) == 1 + 2 * 4
            found = [*in_files([data], seen), *in_processes(seen)]
            assert found == []
            assert sorted(file.suffix for file in data.rglob("*.session")) == [".session"]
        async with desk_of(data / "desk", served, errors) as desk:
            assert await desk.do("resume") == {"at": "resumed", "there": True}
            assert await desk.do("use") == {"at": "used", "failed": []}
            seen += await desk.held()
            planted = "bcr_" + secrets.token_urlsafe(32)
            await desk.do("plant", text=planted)
            assert await desk.do("sign_out") == {"at": "signed_out", "heard": True}
            assert (await desk.do("use"))["failed"] == ["SignInNeeded"]
            assert await desk.do("resume") == {"at": "resumed", "there": False}
            assert [*in_files([data], seen), *in_processes(seen)] == []
            assert [file.name for file in data.rglob("*") if file.suffix in (".session", ".db")] == []
    said = errors.read_text() + served.errors.read_text()
    all_of_it = [*seen, member.password, member.link]
    assert in_text(said, all_of_it) == []
    assert in_files([served.folder, data], all_of_it) == []
    # Each search finds what is planted: a token in the log, in a file, in an argument and in a variable.
    assert "POST /oauth/token" in said or "/oauth/token" in said  # it does tell of requests
    assert in_text(said, [planted])
    (data / "planted").write_text(json.dumps({"refresh": seen[-1]}))
    assert in_files([data], seen)
    assert await asyncio.to_thread(found_in_process, seen[0])
    assert await asyncio.to_thread(found_in_process, seen[1], variable=True)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kills", [4, pytest.param(40, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])])
async def test_that_no_kill_ends_a_session(tmp_path: Path, kills: int) -> None:
    draw = random.Random(kills)
    with serving(tmp_path / "server") as served:
        member = await join(served)
        async with desk_of(tmp_path / "desk", served, tmp_path / "log") as desk:
            await desk.sign_in(served, member)
        renewed = 0
        for number in range(kills):
            async with desk_of(tmp_path / "desk", served, tmp_path / "log") as desk:
                assert await desk.do("resume") == {"at": "resumed", "there": True}, number
                assert await desk.do("use") == {"at": "used", "failed": []}, number
                await desk.do("renew")
                for _ in range(number % 3):
                    await asyncio.to_thread(desk.next)
                await asyncio.sleep(draw.random() * 0.03)  # the moment of death is the thing varied here
                desk.kill()
                await asyncio.to_thread(desk.drain)
                renewed += desk.places().count("renewed")
                assert "ended" not in desk.places()
        assert renewed >= sum(number % 3 for number in range(kills))
