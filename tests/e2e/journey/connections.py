"""Walks from a new desk to a studio's server on another port: signed in, renewed, expired, revoked, left: ``DIR``."""

import asyncio
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.e2e.journey.browser import TITLE as BROWSER
from tests.e2e.journey.walk import Walk, run
from tests.e2e.kill import session
from tests.e2e.serving import Served, serving
from tests.e2e.signing_in.studio import (
    Member,
    count,
    disable,
    let_access_expire,
    let_refresh_expire,
)

NAME = "Mixdown"
EMAIL = "hand@studio.example"
PASSWORD = "violet cassette 71 harbour"
ENVIRONMENT = {
    "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QTWEBENGINE_DISABLE_SANDBOX": "1",
    "QT_LOGGING_RULES": "qt.accessibility.atspi*=false",
}  # fmt: skip
"""What our browser needs where the desk does not start it."""
SOON = 5.0
"""Seconds from a change on the server to the moment that the desk shows it."""


class Journey(Walk):
    """The steps of a member at a server."""

    served: Served

    @classmethod
    def prepare(cls, data: Path) -> dict[str, str]:
        """Leave the folder as new as it is, and put our browser in the place of the system's."""
        browser = data.parent / f"{data.name}-browser"
        browser.write_text(
            f'#!/bin/sh\ncd "{session.TOP}" && exec "{sys.executable}" -m tests.e2e.journey.browser "$1"\n'
        )
        browser.chmod(stat.S_IRWXU)
        return {"BROWSER": str(browser), "QTWEBENGINE_DISABLE_SANDBOX": "1"}

    def walk(self) -> None:
        """Go from the first question to the demo data of this computer."""
        with serving(self.data.parent / f"{self.data.name}-studio") as self.served:
            self.tree.find("dialog", "Where are your credentials?")
            self.step("first-run", "asked once")
            member = self.invite()
            self.add()
            self.sign_in()
            self.follow()
            self.renew()
            self.expire()
            self.revoke(member)
            self.sign_out()
            self.look_around()

    # ------------------------------------------------------------------ getting in

    def invite(self) -> Member:
        """An owner invites a manager, who chooses a password by the link."""
        body = {"name": "Studio hand", "email": EMAIL, "role": "manager"}
        with self.served.client() as owner:
            made = owner.post("/manage/v1/members", json=body, headers={"Idempotency-Key": "j" * 43}).raise_for_status()
        link = f"{self.served.base_url}/setup#{made.json()['secret']}"
        environment = {**self.me.environment, **ENVIRONMENT}
        command = [sys.executable, "-m", "tests.e2e.journey.browser", link]
        browser = subprocess.Popen(command, cwd=session.TOP, env=environment)
        self.me.click("text", "Set-up code")
        self.me.key("Return")
        self.me.click("text", "New password")
        self.me.type(PASSWORD)
        self.me.key("Tab")
        self.me.type(PASSWORD)
        self.step("set-up", "the link asks for a password once")
        self.me.key("Return")
        self.tree.find("heading", lambda text: "You are set up" in text)
        self.me.key("ctrl+w")
        browser.wait(20)
        return Member(made.json()["member"]["id"], EMAIL, "manager", PASSWORD, "")

    def add(self) -> None:
        """The server's address is judged and tested before it is kept."""
        self.me.press("Go on")
        self.tree.find("dialog", "Add a connection")
        self.me.type("http://studio.example")
        self.me.press("Test")
        self.tree.find("label", lambda text: text.startswith("Without https anyone"))
        self.step("address-refused", "http off this machine is refused at the field")
        self.me.click("text", "Address")
        self.me.key("ctrl+a")
        self.me.type(self.served.base_url)
        self.me.key("Tab")
        self.me.type("Our studio")
        self.me.press("Test")
        self.tree.find("label", "A BeatConnect server answers")
        self.step("address-tested", "who answers there")

    def sign_in(self) -> None:
        """The system's browser signs in, and the desk goes on by itself."""
        self.me.press("Add")
        self.in_browser("sign-in")
        self.online("manager")
        self.step("signed-in", "the card says host and role")

    def in_browser(self, name: str) -> None:
        """Sign in on the pages of the server, and close the browser."""
        self.tree.find("label", "Go on in your browser")
        self.me.click("text", "Email address")
        self.me.type(EMAIL)
        self.me.key("Tab")
        self.me.type(PASSWORD)
        self.step(f"{name}-browser", "the browser asks who it is")
        self.me.key("Return")
        self.tree.find("push button", "Sign in bcdesk")
        self.step(f"{name}-consent", "as whom, and on which computer")
        self.me.press("Sign in bcdesk")
        self.gone("label", "Go on in your browser")
        self.step(f"{name}-back", "the desk took the answer by itself, and came to the front")
        self.me.turn_to(BROWSER)
        self.step(f"{name}-browser-end", "the browser says that its page can be closed")
        self.me.key("ctrl+w")
        self.gone("push button", "Sign in bcdesk")

    def online(self, role: str) -> None:
        """Wait until the card says that the desk is connected, and as whom."""
        host = self.served.authority
        self.tree.find(
            "push button",
            lambda name: name.startswith("Connection: ") and f"{role} · {host}" in name and "connected" in name,
        )

    # ------------------------------------------------------------------ while it is used

    def follow(self) -> None:
        """What another member makes shows by itself."""
        took = self.made_elsewhere(NAME)
        self.step("in-use", f"a key of another member shows after {took:.1f} s")

    def renew(self) -> None:
        """An hour later the access token is renewed in the middle of the work, and nobody notices."""
        before = count(self.served, "member_refresh_tokens")
        let_access_expire(self.served)
        self.me.key("F5")
        took = self.made_elsewhere("Second pressing")
        assert count(self.served, "member_refresh_tokens") == before + 1, "one renewal"
        assert self.tree.look("push button", "Sign in…") is None
        self.online("manager")
        self.step("renewed", f"one renewal, unseen; the next key shows after {took:.1f} s")

    def made_elsewhere(self, name: str) -> float:
        """Have an owner make a key, and return the seconds until the desk shows it."""
        body = {"name": name, "environment": "live", "scopes": ["beats.read"]}
        headers = {"Idempotency-Key": f"{name.replace(' ', '-'):j<43}"}
        before = time.monotonic()
        with self.served.client() as owner:
            owner.post("/manage/v1/keys", json=body, headers=headers).raise_for_status()
        self.tree.find("cell", lambda cell: cell.startswith(name))
        took = time.monotonic() - before
        assert took <= SOON, f"it showed after {took:.1f} s"
        return took

    def expire(self) -> None:
        """Thirty days later the session is over: what was known stays, with its age, and one button signs in."""
        let_refresh_expire(self.served)
        self.me.key("F5")
        self.tree.find("label", lambda text: text.startswith("You are signed out. What you see is as of"))
        self.tree.find("cell", lambda cell: cell.startswith(NAME))
        self.step("expired", "the rows stay, as of their time")
        self.me.press("Sign in…")
        self.in_browser("again")
        self.online("manager")
        self.step("signed-in-again", "in sync again")

    def revoke(self, member: Member) -> None:
        """Turned off by an owner nothing answers any more; let in again, a new sign-in is due."""
        before = time.monotonic()
        asyncio.run(disable(self.served, member))
        self.tree.find("label", "Your account is turned off.")
        took = time.monotonic() - before
        assert took <= SOON, f"it showed after {took:.1f} s"
        self.step("turned-off", f"turned off elsewhere: said after {took:.1f} s")
        self.enable(member)  # the desk tries again by itself, within its pauses
        self.tree.find("label", lambda text: text.startswith("You are signed out. What you see is as of"))
        self.step("revoked", "the session was revoked: let in again, one signs in anew")
        self.me.press("Sign in…")
        self.in_browser("anew")
        self.online("manager")
        self.step("let-in-again", "in sync again")

    def enable(self, member: Member) -> None:
        """Let the member in again, as an owner does."""
        with self.served.client() as owner:
            rows = owner.get("/manage/v1/members").json()["items"]
            revision = next(one["revision"] for one in rows if one["id"] == member.id)
            headers = {"If-Match": f'"{revision}"', "Content-Type": "application/merge-patch+json"}
            owner.patch(f"/manage/v1/members/{member.id}", json={"disabled": False}, headers=headers).raise_for_status()

    # ------------------------------------------------------------------ leaving

    def sign_out(self) -> None:
        """Signing out ends the session on the server, and wipes what lay here."""
        kept = [*(self.data / "desk" / "sessions").glob("*.session")]
        assert len(kept) == 1
        self.me.key("ctrl+k")
        self.tree.find("dialog", "Commands")
        self.me.type("sign out")
        self.me.key("Return")
        self.tree.find("dialog", lambda name: name.startswith("Sign out of "))
        self.step("sign-out", "what ends here and there is said")
        self.me.press("Sign out")
        self.tree.find("label", "Signed out. The server ended the session.")
        self.gone("cell", NAME)
        self.tree.find("label", "You are signed out")
        assert not kept[0].exists()
        assert not [*(self.data / "desk" / "cache").glob("*.db*")]
        with httpx.Client(base_url=self.served.base_url) as nobody:
            assert nobody.get("/manage/v1/session").status_code == 401
        self.step("signed-out", "no session, no offline copy, no rows")

    def look_around(self) -> None:
        """The switcher goes over to the demo data of this computer, and says so."""
        self.me.click("push button", lambda name: name.startswith("Connection: "))
        self.me.key("Down", "Down")
        self.step("switcher", "every connection, and what can be done with this one")
        self.me.key("Return")
        self.tree.find("cell", lambda cell: cell.startswith("Production Key"))
        self.tree.find(
            "push button", lambda name: name.startswith("Connection: Demo data") and "Pre-release demo" in name
        )
        self.step("demo", "demo data, with its badge")


if __name__ == "__main__":
    sys.exit(run("tests.e2e.journey.connections", Journey))
