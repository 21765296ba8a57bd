"""Runs that fail in the window: what is said, which rule of the server it was, and what mends it."""

from urllib.parse import urlsplit, urlunsplit

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.flow.failures import Reason
from bcdesk.flow.values import Phase
from bcdesk.ui.applications.edit import EditAppDialog
from tests.ui.applications.forms import lines
from tests.ui.flow.flow_studio import FlowStudio
from tests.ui.keys.studio import hear, press, until
from tests.ui.walk import check_window

MOBILE = {"redirect_uris": ("setlist://callback",), "scopes": ("user.profile", "beats.read")}


async def failed(studio: FlowStudio) -> Reason:
    await studio.over()
    assert studio.session.phase is Phase.FAILED
    assert studio.session.ended_with is not None
    check_window(studio.flow)
    return studio.session.ended_with.reason


async def test_that_a_changed_verifier_is_refused_explained_and_mended_as_a_difference(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Verifier", "mobile", **MOBILE))
    studio.flow.runs.setup.put("verifier", "not-the-verifier-of-this-run-but-another-one-of-some-length")
    studio.flow.runs.setup.put("params", (("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),))
    await studio.run()
    assert await failed(studio) is Reason.TOKEN_REFUSED
    await hear(studio.flow, "The server refused the code.", "The verifier you changed for this run")
    await hear(studio.flow, "RFC 7636 §4.6 · pkce.s256")
    assert "invalid_grant" in studio.flow.runs.body.hop.received.toPlainText()
    press(studio.flow, "mend.0")
    await hear(studio.flow, "from not-the-verifier", "to –", "It holds for this run alone.")
    press(studio.flow, "mend.accept")
    assert studio.session.values.verifier is None
    assert studio.session.number == 1, "a mend starts nothing by itself"


async def test_that_an_unregistered_redirect_is_found_by_the_servers_own_words(studio: FlowStudio) -> None:
    row = await studio.registered("Slash", "mobile", **MOBILE)
    studio.test(row)
    studio.flow.runs.setup.put("redirect_uri", "setlist://callback/")
    await studio.run(None)
    await until(lambda: studio.opened, "the browser")
    await _look(studio)
    assert await failed(studio) is Reason.BROWSER_PAGE_ERROR
    await hear(studio.flow, "The server does not know this redirect URI.", "RFC 9700 §2.1 · redirect.exact")
    await hear(studio.flow, "a slash at the end differs")
    press(studio.flow, "mend.1")
    await hear(studio.flow, "from setlist://callback", "to setlist://callback setlist://callback/")
    press(studio.flow, "mend.accept")
    dialog = await studio.dialog(EditAppDialog)
    assert [line.editor.text() for line in lines(dialog).lines][:2] == ["setlist://callback", "setlist://callback/"]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await studio.asked()
    assert studio.app(row.id).redirect_uris == ("setlist://callback",), "nothing was saved"
    press(studio.flow, "mend.0")
    press(studio.flow, "mend.accept")
    assert studio.session.values.redirect_uri == "setlist://callback"


async def _look(studio: FlowStudio) -> None:
    """Open the page as a browser does, without signing in."""
    import httpx

    async with httpx.AsyncClient(trust_env=False) as browser:
        assert (await browser.get(studio.opened[-1])).status_code == 400


async def test_that_an_answer_with_another_state_says_expected_got_and_its_cause(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Altered", "mobile", **MOBILE))

    def cut(landed: str) -> str:
        state = studio.session.run.state  # type: ignore[union-attr]
        assert state is not None
        return landed.replace(state, state[:-3])

    await studio.run(cut)
    assert await failed(studio) is Reason.CALLBACK_FOREIGN_STATE
    state = studio.session.run.state  # type: ignore[union-attr]
    await hear(studio.flow, "The state is not that of this run.", f"Expected “{state[:12]}", "changed on the way")  # type: ignore[index]
    assert "token" not in studio.names(), "nothing was redeemed"


async def test_that_a_late_answer_of_an_earlier_run_is_named_and_the_run_goes_on(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Late", "mobile", **MOBILE))
    landed: list[str] = []

    def keep(url: str) -> str:
        landed.append(url)
        return url

    await studio.run(keep)
    await studio.over()
    await studio.run(None)
    await until(lambda: studio.session.run is not None and studio.session.run.phase is Phase.AUTHORIZING, "waiting")
    studio.flow.runs.runner.offer(studio.session, landed[0], via="paste")
    assert studio.session.running
    studio.flow.runs.choose(studio.hop("callback").id)
    await hear(studio.flow, "It is that of an earlier run", "Close the old tab")


async def test_that_a_refusal_of_the_person_is_an_answer(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Denied", "mobile", **MOBILE))

    def deny(landed: str) -> str:
        parts = urlsplit(landed)
        kept = [pair for pair in parts.query.split("&") if not pair.startswith("code=")]
        return urlunsplit(parts._replace(query="&".join(["error=access_denied", *kept])))

    await studio.run(deny)
    assert await failed(studio) is Reason.CALLBACK_ERROR
    await hear(studio.flow, "The person refused.")


async def test_that_a_scope_beyond_the_registration_can_be_undone_or_added(studio: FlowStudio) -> None:
    row = await studio.registered("Wider", "mobile", **MOBILE)
    studio.test(row)
    studio.flow.runs.setup.put("scopes", ("beats.read", "purchases.write"))
    await studio.run(None)
    await until(lambda: studio.opened, "the browser")
    import httpx

    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(studio.opened[-1])
    studio.flow.runs.runner.offer(studio.session, answer.headers["location"], via="paste")
    assert await failed(studio) is Reason.CALLBACK_ERROR
    await hear(studio.flow, "A scope was refused.", "purchases.write")
    press(studio.flow, "mend.0")
    press(studio.flow, "mend.accept")
    assert studio.session.values.scopes == row.scopes


async def test_that_a_server_that_is_gone_is_said(studio: FlowStudio) -> None:
    from bcdesk.ui.flow import target

    values = target.RunValues(redirect_uri="http://127.0.0.1/callback")
    studio.flow.take(target.of_issuer("http://127.0.0.1:9", "abc", values))
    studio.flow.use_way("system")
    await studio.run(None)
    assert await failed(studio) is Reason.UNREACHABLE
    await hear(studio.flow, "The server cannot be reached.", "Nothing listens at 127.0.0.1.")
    studio.flow.runs.choose(studio.hop("discovery").id)
    await hear(studio.flow, "This server is not the desk's own: it tells nothing of its rules.")
