"""A run as HAR 1.2: what its readers require is there, and no secret is."""

import json
from typing import Any

from bcdesk import __version__
from bcdesk.contract.moments import parse_moment
from bcdesk.flow.export.har import GONE, har
from tests.unit.flow.exporting import SECRETS, SETUP, leaks, recorded

_NUMBER = (int, float)
_ENTRY = {"startedDateTime": str, "time": _NUMBER} | dict.fromkeys(("request", "response", "cache", "timings"), dict)
_BOTH = {"httpVersion": str, "cookies": list, "headers": list, "headersSize": int, "bodySize": int}
_REQUEST = {**_BOTH, "method": str, "url": str, "queryString": list}
_RESPONSE = {**_BOTH, "status": int, "statusText": str, "content": dict, "redirectURL": str}


def check(part: dict[str, Any], required: dict[str, Any]) -> None:
    for name, kind in required.items():
        assert isinstance(part[name], kind), name


def entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(har(recorded(), SETUP))["log"]["entries"]
    return found


def test_that_it_has_what_har_requires() -> None:
    log = json.loads(har(recorded(), SETUP))["log"]
    assert log["version"] == "1.2"
    assert log["creator"] == {"name": "bcdesk", "version": __version__}
    assert len(log["entries"]) == 5
    for entry in log["entries"]:
        check(entry, _ENTRY)
        parse_moment(entry["startedDateTime"])
        check(entry["request"], _REQUEST)
        check(entry["response"], _RESPONSE)
        check(entry["response"]["content"], {"size": int, "mimeType": str})
        check(entry["timings"], dict.fromkeys(("send", "wait", "receive"), _NUMBER))
        assert entry["time"] == entry["timings"]["wait"] >= 0
        for pair in (*entry["request"]["headers"], *entry["request"]["queryString"], *entry["response"]["headers"]):
            check(pair, {"name": str, "value": str})


def test_that_hops_read_as_what_was_sent() -> None:
    authorize, callback, token, userinfo, revoke = entries()
    assert authorize["request"]["url"].endswith("&state=st4te&scope=user.profile%20beats.read")
    assert authorize["response"]["status"] == 0
    assert callback["request"]["url"].startswith(SETUP.redirect_uri + "?code=%5Bredacted%5D")
    assert token["request"]["postData"]["params"][0] == {"name": "grant_type", "value": "authorization_code"}
    assert json.loads(token["response"]["content"]["text"])["access_token"] == GONE
    assert json.loads(userinfo["response"]["content"]["text"]) == {"sub": "usr_1"}
    assert "step.refused" in revoke["comment"]


def test_that_two_secrets_can_be_told_apart() -> None:
    code, verifier = [one for one in entries()[2]["request"]["postData"]["params"] if one["value"] == GONE]
    assert code["comment"].startswith(f"code, {len(SECRETS['code'])} characters, SHA-256 ")
    assert code["comment"].split()[-1] != verifier["comment"].split()[-1]


def test_that_no_secret_stands_in_it_and_a_planted_one_is_found() -> None:
    trace = recorded()
    assert not leaks(har(trace, SETUP))
    trace.hops[0].sent = trace.hops[0].sent and trace.hops[0].sent.__class__(url=f"https://a/{SECRETS['code']}")
    assert leaks(har(trace, SETUP)) == ["code"]
