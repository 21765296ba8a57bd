"""Which sections the settings page has here: what a system or a server has no part of has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.ui.choices import Choices
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.offline_copy import OfflineCopy
    from bcdesk.ui.settings.section import SettingSection


def sections(desk: Desk, choices: Choices, copy: OfflineCopy) -> dict[str, Callable[[], SettingSection]]:
    """Return what makes each section, in the order of the page; each is imported when the page is first shown."""

    def appearance() -> SettingSection:
        from bcdesk.ui.settings.appearance import AppearanceSection

        return AppearanceSection(choices)

    def clipboard() -> SettingSection:
        from bcdesk.ui.settings.clipboard import ClipboardSection

        return ClipboardSection(choices)

    def offline() -> SettingSection:
        from bcdesk.ui.settings.offline import OfflineSection

        return OfflineSection(desk, choices, lambda: copy.cache)

    def about() -> SettingSection:
        from bcdesk.ui.settings.about import AboutSection

        return AboutSection(desk)

    return {"appearance": appearance, "clipboard": clipboard, "offline": offline, "about": about}
