"""Walks both applications of the demo to their tokens in the embedded browser, by real keys and clicks: ``DIR``."""

import sys
from pathlib import Path

from tests.e2e.journey.walk import Walk, run

ALLOW = "Allow"
LISTENER, PRODUCER = "Sign in as Demo listener", "Sign in as Demo producer"


class Journey(Walk):
    """The steps of two runs."""

    @classmethod
    def prepare(cls, data: Path) -> dict[str, str]:
        """Open the demo by itself; whoever runs this as root has no sandbox for the browser."""
        return {**super().prepare(data), "QTWEBENGINE_DISABLE_SANDBOX": "1"}

    def walk(self) -> None:
        """Go from the list of applications to the tokens of each."""
        self.connect()
        self.begin("Beat Fusion App", "mobile")
        self.pages("mobile", LISTENER)
        self.over("mobile")
        self.begin("Beat Marketplace", "web")
        self.me.press("Make one for this run")
        self.pages("web", PRODUCER)
        self.tree.find("push button", "Use it here")
        self.step("web-held", "the https answer is held before its page loads")
        self.me.press("Use it here")
        self.over("web")

    def begin(self, name: str, kind: str) -> None:
        """Choose an application, go over to the tester, and run it."""
        self.me.click("check box", "OAuth apps")
        cell = self.tree.find("cell", lambda text: text.split(", ")[0] == name)
        self.me.click("cell", cell.name)
        self.me.key("ctrl+t")
        self.tree.find("push button", "Run")
        self.step(f"{kind}-ready", "everything is filled from the registration")
        self.me.press("Run")

    def pages(self, kind: str, who: str) -> None:
        """Sign in and consent on the server's two pages, within the window of the desk."""
        self.tree.find("push button", who)
        self.step(f"{kind}-sign-in", "the first page asks who it is")
        self.me.press(who)
        self.tree.find("heading", lambda text: text.endswith("may then"))
        self.me.key("End")
        self.tree.find("push button", ALLOW)
        self.step(f"{kind}-consent", "the second says what the application may do")
        self.me.press(ALLOW)

    def over(self, kind: str) -> None:
        """Wait for the tokens, and call the API with one."""
        self.tree.find("push button", "Call the API")
        self.step(f"{kind}-tokens", "the tokens are there")
        self.me.press("Call the API")
        self.tree.find("check box", lambda text: text.startswith("GET /v1/me, passed"))
        self.tree.find("label", lambda text: text.startswith("api 200"))
        self.step(f"{kind}-called", "the token opens the API")


if __name__ == "__main__":
    sys.exit(run("tests.e2e.journey.flows", Journey))
