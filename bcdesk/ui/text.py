"""Every sentence that a user sees passes through here, so that it can be translated."""

from PySide6.QtCore import QCoreApplication


def tr(text: str, /, **values: object) -> str:
    """Translate ``text`` and fill its ``{names}`` with ``values``."""
    translated = QCoreApplication.translate("bcdesk", text)
    return translated.format(**values) if values else translated


def counted(number: int, one: str, many: str, /, **values: object) -> str:
    """Choose ``one`` or ``many`` by ``number`` and fill ``{n}`` with it, thousands grouped."""
    return tr(one if number == 1 else many, n=f"{number:,}", **values)
