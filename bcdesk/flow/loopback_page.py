"""The page that the browser shows when it has come back; it drops what it carried from its history."""

import base64
import hashlib
import html
from collections.abc import Mapping
from importlib import resources
from string import Template
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "title": "bcdesk",
    "code": "You can close this page. bcdesk has what it was waiting for.",
    "error": "The server sent an error instead of a code. You can close this page; bcdesk shows what it means.",
    "refused": "bcdesk did not accept this answer. You can close this page; bcdesk shows why.",
    "foreign": "This answer belongs to another run. bcdesk is still waiting for the one that it started.",
    "probe": "One moment: looking for an answer in this page’s address…",
}
"""What the page says of each kind of verdict."""
_LEAVE: Final = 'history.replaceState(null,"","/closed");'
_PROBE: Final = (
    "const at=location.pathname+location.search,found=location.hash;"
    + _LEAVE
    + 'fetch(at,{method:"POST",body:found}).then(told=>told.text())'
    + '.then(text=>{document.querySelector("p").textContent=text});'
)


def page(kind: str, words: Mapping[str, str] = WORDS) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the page for a verdict, or the ``probe`` that sends a fragment on, and its headers."""
    folder = resources.files("bcdesk.resources") / "pages"
    style, script = (folder / "callback.css").read_text("utf-8"), _PROBE if kind == "probe" else _LEAVE
    shown = Template((folder / "callback.html").read_text("utf-8")).substitute(
        title=html.escape(words["title"]), text=html.escape(words[kind]), style=style, script=script
    )
    rules = (
        "default-src 'none'",
        f"script-src {_hash(script)}",
        f"style-src {_hash(style)}",
        *(("connect-src 'self'",) if kind == "probe" else ()),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return shown, (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", "; ".join(rules)))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
