"""Walks through the life of an OAuth application as a person would, with a picture of each step: ``DIR``."""

import re
import subprocess
import sys

import httpx

from tests.e2e.journey.screen import authenticate
from tests.e2e.journey.walk import Walk, run
from tests.e2e.kill import session

SECRET = re.compile(r"bcs_[0-9A-Za-z_-]{43}")
CLIENT_ID = re.compile(r"client_[0-9a-f]{18}")
NAME = "Stem Swap"
CALLBACK = "https://stemswap.example/oauth/callback"
SECOND = "https://stemswap.example/oauth/again"
SEEDS = {
    "Beat Fusion App": (
        "Mobile Application", "client_5f82a4b7e9d287a3b5", "beatfusion://callback",
        ("user.profile", "beats.read", "purchases.write"),
    ),
    "Beat Marketplace": (
        "Web Application", "client_7d93c8e5f2a16b4d9c", "https://beatmarketplace.com/oauth/callback",
        ("user.profile", "beats.read", "purchases.write", "user.subscription"),
    ),
}  # fmt: skip


class Journey(Walk):
    """The steps of an application's life."""

    client_id = ""

    def walk(self) -> None:
        """Go from the two applications of the demo to the restoring of a third."""
        self.connect()
        self.arrive()
        first = self.register()
        self.use(first)
        self.edit()
        second = self.renew(first)
        self.turn_off(first, second)
        self.delete(first, second)

    def arrive(self) -> None:
        """The page shows the two demo applications, as they stand in the portal."""
        self.me.click("check box", "OAuth apps")
        for name, (kind, client_id, redirect, scopes) in SEEDS.items():
            self.choose(name)
            self.tree.find("label", lambda text, kind=kind: text.casefold().endswith(kind.casefold()))  # type: ignore[misc]
            self.tree.find("label", client_id)
            self.tree.find("label", redirect)
            self.tree.find("filler", ", ".join(scopes))
            self.step(f"seed-{name.split()[1].lower()}", f"{name} has its client ID, redirect URI and scopes")

    def register(self) -> str:
        """A web application is registered once its redirect URI may be; its secret is copied once."""
        self.me.key("ctrl+n")
        self.tree.find("push button", "Register")
        self.step("register", "the empty form")
        self.me.type(NAME)
        self.me.click("text", "Redirect URI 1")
        self.me.type(f"{CALLBACK.replace('https', 'http')}")
        self.tree.find("label", lambda text: text.startswith("Without https anyone"))
        self.me.press("Register")
        assert self.tree.look("push button", "Register") is not None, "a refused address was sent"
        self.step("register-refused", "the fault stands at its line")
        self.me.click("text", "Redirect URI 1")
        self.me.key("ctrl+a")
        self.me.type(CALLBACK)
        self.tree.find("label", "Accepted: compared byte for byte.")
        self.step("register-mended", "the address is accepted")
        self.me.press("Register")
        secret = self.take("registered", SECRET)
        self.choose(NAME)
        self.me.key("ctrl+shift+c")
        self.client_id = self.me.clipboard()
        assert CLIENT_ID.fullmatch(self.client_id), self.client_id
        return secret

    def use(self, secret: str) -> None:
        """The application proves who it is with its secret, and the desk shows so."""
        self.answers(200, secret)
        self.answers(401, secret[:-1] + ("a" if secret[-1] != "a" else "b"))
        self.tree.find("label", lambda text: "last used just now" in text)
        self.step("used", "the secret answers 200, a wrong one 401; the use shows")

    def edit(self) -> None:
        """A second redirect URI is saved, although someone else changed the application meanwhile."""
        self.me.key("F2")
        self.tree.find("dialog", f"Edit {NAME}")
        self.step("edit", "the form is filled")
        self.change_elsewhere({"description": "Trades stems"})
        self.me.press("Add another")
        self.me.type(SECOND)
        self.tree.find("push button", "Save")
        self.me.press("Save")
        self.tree.find("push button", "Keep mine and go on")
        self.step("edit-refused", "the server refuses: it changed meanwhile, and in which field")
        self.me.press("Keep mine and go on")
        self.gone("push button", "Keep mine and go on")
        self.me.press("Save")
        self.gone("dialog", f"Edit {NAME}")
        self.tree.find("label", SECOND)
        self.tree.find("cell", f"{NAME}, Trades stems")
        self.step("edited", "both changes stand")

    def renew(self, old: str) -> str:
        """A new secret works beside the old one."""
        self.me.key("ctrl+r")
        self.tree.find("push button", "Make the secret")
        self.step("new-secret", "what will happen is said")
        self.me.press("Make the secret")
        new = self.take("renewed", SECRET)
        assert new != old
        self.answers(200, new, old)
        self.tree.find("label", lambda text: text.startswith("The old secret ends in"))
        self.step("two-secrets", "both answer 200")
        return new

    def turn_off(self, *secrets: str) -> None:
        """Turned off it is refused, turned on again it works."""
        self.me.key("ctrl+k")
        self.tree.find("dialog", "Commands")
        self.me.type("disable")
        self.step("palette", "the command is found by another word too")
        self.me.key("Return")
        self.tree.find("dialog", f"Turn off {NAME}")
        self.step("turn-off", "what stops is said")
        self.me.press("Turn off")
        self.tree.find("label", f"{NAME} is off.")
        self.answers(401, *secrets)
        self.step("off", "both answer 401")
        self.me.press("Turn on")
        self.gone("label", f"{NAME} is off.")
        self.answers(200, *secrets)
        self.step("on", "both answer 200")

    def delete(self, *secrets: str) -> None:
        """It is deleted once its name is typed, and restored as it was."""
        self.me.click("cell", f"{NAME}, Trades stems")
        self.me.key("Delete")
        self.tree.find("dialog", f"Delete {NAME}")
        self.me.click("text", "Type its name")
        self.me.type(NAME[:-1])
        assert self.tree.look("push button", "Delete") is None, "it can be deleted with a wrong name"
        self.step("delete-wrong-name", "Delete waits for the name")
        self.me.type(NAME[-1])
        self.tree.find("push button", "Delete")
        self.step("delete", "Delete is ready")
        self.me.press("Delete")
        self.tree.find("label", f"{NAME} is deleted.")
        self.gone("cell", f"{NAME}, Trades stems")
        self.answers(401, *secrets)
        self.step("deleted", "both answer 401")
        self.me.press("Undo")
        self.tree.find("cell", f"{NAME}, Trades stems")
        self.tree.find("label", self.client_id)
        self.answers(200, *secrets)
        self.step("restored", "both answer 200")

    # ------------------------------------------------------------------ what several steps do

    def choose(self, name: str) -> None:
        """Click on the row of an application."""
        cell = self.tree.find("cell", lambda text: text.split(", ")[0] == name)
        self.me.click("cell", cell.name)

    def answers(self, status: int, *secrets: str) -> None:
        """Check what the server answers to each secret."""
        found = [authenticate(self.base_url, self.client_id, one) for one in secrets]
        assert found == [status] * len(secrets), found

    def change_elsewhere(self, changes: dict[str, object]) -> None:
        """Change the application as another manager of the studio."""
        token = self.member("token", self.member("add", "Keeper", "--role", "manager"))
        with httpx.Client(base_url=self.base_url, headers={"Authorization": f"Bearer {token}"}) as keeper:
            apps = keeper.get("/manage/v1/apps").raise_for_status().json()["items"]
            app = next(one for one in apps if one["client_id"] == self.client_id)
            path, revision = f"/manage/v1/apps/{app['id']}", f'"{app["revision"]}"'
            keeper.patch(path, json=changes, headers={"If-Match": revision}).raise_for_status()

    def member(self, *words: str) -> str:
        """Run ``bcdesk member`` beside the running server."""
        command = [sys.executable, "-m", "bcdesk", "member", *words, "--data", str(self.data / "server")]
        return subprocess.run(command, cwd=session.TOP, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(run("tests.e2e.journey.applications", Journey))
