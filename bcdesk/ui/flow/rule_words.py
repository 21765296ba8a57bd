"""Reasons of the server's rules in words."""

from bcdesk.ui.text import tr


def reason_words(reason: str) -> str:
    """Say why a rule failed; a code that is not known here stands for itself."""
    return {
        "used": tr("it was used before"),
        "expired": tr("it is over"),
        "other_client": tr("it belongs to another client"),
        "unknown": tr("it is unknown"),
        "rotated_out": tr("its overlap ended"),
        "wrong": tr("it is wrong"),
        "other_method": tr("it came another way than registered"),
        "differs": tr("it differs"),
        "trailing_slash": tr("a slash at the end differs"),
        "case": tr("capitals differ"),
        "not_registered": tr("it is not registered"),
        "disabled": tr("the application is off"),
        "deleted": tr("the application is deleted"),
        "missing": tr("it is missing"),
        "not_asked": tr("it was not asked for"),
        "revoked": tr("it is revoked"),
    }.get(reason, reason.replace("_", " "))


def verdict_words(verdict: str) -> str:
    """Name a verdict."""
    return {"passed": tr("passed"), "failed": tr("failed"), "advice": tr("advice")}.get(verdict, verdict)
