"""Types, grants, sign-in methods and lifetimes of applications in words."""

from __future__ import annotations

from typing import Final

from bcdesk.contract import app_rules
from bcdesk.ui import times
from bcdesk.ui.text import tr

TYPES: Final = ("web", "mobile", "spa", "service")


def title() -> str:
    """Return the page's title."""
    return tr("OAuth apps")


def subtitle() -> str:
    """Return the page's sentence beneath it."""
    return tr("Manage your OAuth applications for user authentication.")


def type_words(app_type: str) -> str:
    """Name the type of an application."""
    return {
        "web": tr("Web"),
        "mobile": tr("Mobile"),
        "spa": tr("SPA"),
        "service": tr("Service"),
    }.get(app_type, app_type)


def kind_words(app_type: str) -> str:
    """Name the type of an application in full."""
    return {
        "web": tr("Web application"),
        "mobile": tr("Mobile application"),
        "spa": tr("Single-page application"),
        "service": tr("Service"),
    }.get(app_type, app_type)


def type_sentence(app_type: str) -> str:
    """Say where an application of a type runs."""
    return {
        "web": tr("Runs on your own server, which can keep a secret."),
        "mobile": tr("Runs on people's phones and computers."),
        "spa": tr("Runs in the browser, without a server of its own."),
        "service": tr("A server that calls for itself, with no user."),
    }[app_type]


def decided(app_type: str) -> str:
    """Say what the type decides: secret, grants, sign-in and PKCE."""
    return {
        "web": tr(
            "It gets a client secret. Users sign in by authorization code, and stay signed in by refresh tokens. "
            "PKCE is asked of it unless you turn that off."
        ),
        "mobile": tr(
            "It gets no secret: none could be kept there. Users sign in by authorization code, and stay signed in by "
            "refresh tokens. PKCE is always required."
        ),
        "spa": tr(
            "It gets no secret: none could be kept there. Users sign in by authorization code, and stay signed in by "
            "refresh tokens. PKCE is always required."
        ),
        "service": tr(
            "It gets a client secret and calls with that alone (client credentials): no user, no redirect, no PKCE."
        ),
    }[app_type]


def grant_words(grant: str) -> str:
    """Name a grant type."""
    return {
        "authorization_code": tr("Authorization code"),
        "refresh_token": tr("Refresh token"),
        "client_credentials": tr("Client credentials"),
    }.get(grant, grant)


def method_words(method: str) -> str:
    """Say how an application proves itself to the token endpoint."""
    return {
        "none": tr("Without a secret, by PKCE"),
        "client_secret_basic": tr("Secret in the header (Basic)"),
        "client_secret_post": tr("Secret in the form"),
    }.get(method, method)


def pkce_words(required: bool, app_type: str) -> str:
    """Say whether an application must use PKCE."""
    if app_type == "service":
        return tr("Not used")
    if app_rules.TYPES[app_type].pkce_always:
        return tr("Always required")
    return tr("Required") if required else tr("Not required")


def lifetime(seconds: int) -> str:
    """Say how long a token lives."""
    return times.span(seconds)
