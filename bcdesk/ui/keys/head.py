"""What the head of the keys page says; the first frame says it before the page is there."""

from bcdesk.ui.text import tr


def title() -> str:
    """Return the page's title."""
    return tr("API keys")


def subtitle() -> str:
    """Return the page's sentence beneath it."""
    return tr("Manage your API keys for authentication with the BeatConnect API.")
