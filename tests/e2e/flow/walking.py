"""A browser of sorts that signs in and agrees, or cancels; as a program it takes the address and follows to the end."""

import re
import ssl
import sys
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from bcdesk.flow.checks.forms import Button, Form, filled, forms_of

_OURS = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
_PAGES_MAX = 16


def walk(url: str, redirect_uri: str, *, deny: bool = False, trusts: ssl.SSLContext | None = None) -> str:
    """Open an authorization URL in a fresh browser, press on, and return the address that it is sent away to."""
    with httpx.Client(trust_env=False, timeout=30, verify=trusts or True) as browser:
        reply = browser.get(url)
        for _ in range(_PAGES_MAX):
            if reply.is_redirect:
                location = reply.headers["location"]
                if location.partition("?")[0] == redirect_uri:
                    return str(location)
                reply = browser.get(urljoin(str(reply.url), location))
                continue
            assert reply.status_code == 200, reply.text
            abort = re.search(r'href="([^"]+/abort)"', reply.text)
            if deny and abort is not None:
                reply = browser.get(unescape(abort[1]))
                continue
            form = forms_of(reply.text)[0]
            target = urljoin(str(reply.url), form.action) if form.action else str(reply.url)
            reply = browser.post(target, data=dict(filled(form, _pressed(form, deny=deny))), headers=_OURS)
    raise AssertionError(f"no end after {_PAGES_MAX} pages at {reply.url.copy_with(query=None)}")


def _pressed(form: Form, *, deny: bool) -> Button | None:
    if deny:
        return next(one for one in form.buttons if one.value == "deny")
    return next(iter(form.people), None) or form.agreeing()


if __name__ == "__main__":
    address = sys.argv[1]
    landing = walk(address, parse_qs(urlsplit(address).query)["redirect_uri"][0])
    sys.exit(0 if httpx.get(landing, trust_env=False, timeout=30).status_code == 200 else 1)
