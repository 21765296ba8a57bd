"""Which form and button a walk chooses, and which cookies it sends."""

import pytest

from bcdesk.flow.checks.cookies import Cookies
from bcdesk.flow.checks.forms import filled, forms_of
from bcdesk.flow.checks.model import NotRunError, Why
from bcdesk.flow.checks.walker import Page, _choose

DEVELOPMENT = """<form autocomplete="off" action="/interaction/1" method="post">
<input type="hidden" name="prompt" value="login"/><input required type="text" name="login" placeholder="Enter">
<input required type="password" name="password"><button type="submit" class="login">Sign-in</button></form>"""
CONSENT = """<form action="/a" method="POST"><input type="hidden" name="ticket" value="t&amp;1">
<button name="action" value="deny">Do not allow</button><button name="action" value="allow">Allow</button></form>"""
PASSWORD = "<form method=post><input name=email><input type=password name=password><button>Sign in</button></form>"
PEOPLE = """<form method="post"><input type="hidden" name="ticket" value="t">
<button name="user" value="usr_1">Sign in as Demo</button><button name="action" value="deny">Cancel</button></form>"""
UNCLEAR = "<form method=post><button>Left</button><button>Right</button></form>"


def page(html: str) -> Page:
    return Page("https://as.example/a", 200, (), tuple(forms_of(html)))


@pytest.mark.parametrize(
    ("html", "sent"),
    [
        (DEVELOPMENT, [("prompt", "login"), ("login", "bcdesk-checks"), ("password", "bcdesk-checks")]),
        (CONSENT, [("ticket", "t&1"), ("action", "allow")]),
        (PEOPLE, [("ticket", "t"), ("user", "usr_1")]),
        ("<form method=post><input type=hidden name=prompt value=consent><button>Continue</button></form>",
         [("prompt", "consent")]),
        ("<form method=post><input type=submit name=go value=Yes><input type=submit name=go value=No></form>",
         [("go", "Yes")]),
        ("<form method=post><button type=button>Help</button><button>Weiter</button></form>", []),
    ],
)  # fmt: skip
def test_that_it_presses_what_agrees(html: str, sent: list[tuple[str, str]]) -> None:
    form, button = _choose(page(html))
    assert filled(form, button) == sent


@pytest.mark.parametrize(("html", "why"), [(PASSWORD, Why.SIGN_IN), (UNCLEAR, Why.UNEXPECTED_PAGE)])
def test_that_it_stops_where_it_cannot_know(html: str, why: Why) -> None:
    with pytest.raises(NotRunError) as stopped:
        _choose(page(html))
    assert stopped.value.why is why


def test_that_a_cookie_goes_to_its_host_and_path_alone() -> None:
    jar = Cookies()
    jar.take("https://as.example/auth", [("Set-Cookie", "a=1; Path=/interaction; HttpOnly"), ("set-cookie", "b=2")])
    assert jar.header("https://as.example/interaction/x") == [("Cookie", "a=1; b=2")]
    assert jar.header("https://as.example/interactions") == [("Cookie", "b=2")]
    assert jar.header("https://other.example/interaction/x") == []
    jar.take("https://as.example/auth", [("Set-Cookie", "a=; Path=/interaction; Max-Age=0"), ("Set-Cookie", "b=")])
    assert jar.header("https://as.example/interaction/x") == [("Cookie", "b=")]
    jar.take("https://as.example/", [("Set-Cookie", "b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT")])
    assert len(jar) == 0
