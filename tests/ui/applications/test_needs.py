"""What an application asks of its owner, and how redirect URIs are said, from rows alone."""

import pytest

from bcdesk.contract.redirects import Caution, Reason, judge
from bcdesk.contract.rows import AppRow, AppSecretRow, HandoverRow
from bcdesk.contract.scopes import SCOPES
from bcdesk.ui.applications.columns import redirects, status_look
from bcdesk.ui.applications.needs import DAY, asks, cards_of, unused_secret
from bcdesk.ui.applications.redirect_words import caution_words, of_uri, refusal

NOW = 1_800_000_000.0


def secret(last4: str = "aaaa", *, made: float = NOW - DAY, used: float | None = NOW - 60, ends: float | None = None) \
        -> AppSecretRow:  # fmt: skip
    return AppSecretRow(f"sec_{last4}", last4, made, used, ends)


def app(**fields: object) -> AppRow:
    values: dict[str, object] = {
        "id": "app_1", "name": "App", "description": "", "owner": "", "tags": (), "type": "web", "status": "active",
        "client_id": "client_" + "0" * 18, "redirect_uris": ("https://app.example.com/cb",), "scopes": ("beats.read",),
        "grant_types": ("authorization_code", "refresh_token"), "token_endpoint_auth_method": "client_secret_basic",
        "pkce_required": True, "access_token_ttl": 3600, "refresh_token_ttl": 86400, "contacts": (), "client_uri": "",
        "secrets": (secret(),), "created_at": NOW - DAY, "created_by": "", "updated_at": NOW, "last_used_at": NOW,
        "handover": None, "revision": 1, "haystack": "app",
    }  # fmt: skip
    return AppRow(**{**values, **fields})  # type: ignore[arg-type]


def ids(row: AppRow) -> list[str]:
    return [card.id for card in cards_of(row, NOW)]


def test_that_a_sound_application_asks_for_nothing() -> None:
    assert not cards_of(app(), NOW)
    assert not asks(app(), NOW)
    assert status_look(app(), NOW).tone == "plain"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"pkce_required": False}, ["pkce"]),
        ({"redirect_uris": ("http://localhost:8400/cb",)}, ["localhost"]),
        ({"scopes": tuple(scope.name for scope in SCOPES)}, ["all_scopes"]),
        ({"secrets": ()}, ["no_secret"]),
        ({"secrets": (secret(made=NOW - 31 * DAY, used=None),)}, ["unused"]),
        ({"secrets": (secret(used=None),)}, []),
        ({"secrets": (secret("old1", ends=NOW + 60), secret("new1"))}, ["two"]),
        ({"secrets": (secret("old1", ends=NOW - 60), secret("new1"))}, []),
        ({"status": "disabled"}, ["disabled"]),
        ({"handover": HandoverRow("hnd_1", "waiting", NOW + 60)}, ["orphan"]),
        ({"handover": HandoverRow("hnd_1", "waiting", NOW - 60)}, []),
        ({"type": "mobile", "secrets": ()}, []),
        ({"type": "service", "pkce_required": False, "redirect_uris": ()}, []),
    ],
)
def test_that_each_thing_that_is_due_has_its_card(fields: dict[str, object], expected: list[str]) -> None:
    assert ids(app(**fields)) == expected


def test_that_being_off_asks_for_nobody() -> None:
    assert not asks(app(status="disabled"), NOW)


def test_that_only_the_newest_secret_can_be_unused() -> None:
    used_since = app(secrets=(secret("old1", used=None, made=NOW - 2 * DAY), secret("new1")))
    assert unused_secret(used_since, NOW) is None
    fresh = app(secrets=(secret("old1", made=NOW - 2 * DAY), secret("new1", used=None)))
    found = unused_secret(fresh, NOW)
    assert found is not None
    assert found.last4 == "new1"


def test_that_the_column_counts_further_redirect_uris() -> None:
    assert redirects(app(redirect_uris=())) == "None"
    assert redirects(app(redirect_uris=("a:/1", "b:/2", "c:/3"))) == "a:/1 +2"


def test_that_every_caution_and_every_refusal_has_words_of_its_own() -> None:
    assert len({caution_words(one) for one in Caution}) == len(Caution)
    refusals = set(Reason) - {Reason.OK, Reason.EXACT, Reason.LOOPBACK_PORT, Reason.NOT_REGISTERED, Reason.DIFFERS}
    general = refusal(judge("", app_type="web")._replace(reason=Reason.DIFFERS), "")
    for reason in refusals:
        assert refusal(judge("", app_type="web")._replace(reason=reason), "") != general, reason


@pytest.mark.parametrize(
    ("uri", "app_type", "tone"),
    [
        ("https://app.example.com/cb", "web", "muted"),
        ("http://127.0.0.1/cb", "web", "muted"),
        ("com.example.app:/cb", "mobile", "muted"),
        ("beatfusion://callback", "mobile", "warn"),
        ("beatfusion://callback", "web", "bad"),
        ("http://localhost/cb", "web", "warn"),
        ("http://app.example.com/cb", "web", "bad"),
        ("https://app.example.com/*", "web", "bad"),
    ],
)
def test_that_a_verdict_is_said_in_its_tone(uri: str, app_type: str, tone: str) -> None:
    assert of_uri(uri, app_type).tone == tone
