"""Which sections the settings page has here: what a system or a server has no part of has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.ui.choices import Choices
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.offline_copy import OfflineCopy
    from bcdesk.ui.settings.section import SettingSection
    from bcdesk.ui.updates import Updates


class SectionKind(NamedTuple):
    """A section: what makes it, and what it needs: the command of a part (empty: none), and what else must be so."""

    make: Callable[[], SettingSection]
    needs: str = ""
    there: Callable[[], bool] = lambda: True


def sections(
    desk: Desk, registry: Registry, choices: Choices, copy: OfflineCopy, updates: Updates
) -> dict[str, SectionKind]:
    """Return each section in the order of the page; it is imported when the page is first shown."""

    def appearance() -> SettingSection:
        from bcdesk.ui.settings.appearance import AppearanceSection

        return AppearanceSection(choices)

    def connections() -> SettingSection:
        from bcdesk.ui.settings.connections import ConnectionsSection

        return ConnectionsSection(desk.store, registry)

    def lock() -> SettingSection:
        from bcdesk.ui.settings.lock import LockSection

        return LockSection(choices, registry)

    def clipboard() -> SettingSection:
        from bcdesk.ui.settings.clipboard import ClipboardSection

        return ClipboardSection(choices)

    def screen() -> SettingSection:
        from bcdesk.ui.settings.screen import ScreenSection

        return ScreenSection(choices)

    def offline() -> SettingSection:
        from bcdesk.ui.settings.offline import OfflineSection

        return OfflineSection(desk, choices, lambda: copy.cache)

    def vault() -> SettingSection:
        from bcdesk.ui.settings.vault import VaultSection

        return VaultSection(desk.vault, registry, choices)

    def about() -> SettingSection:
        from bcdesk.ui.settings.about import AboutSection

        return AboutSection(desk, registry, updates)

    return {
        "appearance": SectionKind(appearance),
        "connections": SectionKind(connections, "connection.add"),
        "lock": SectionKind(lock, "app.lock"),
        "clipboard": SectionKind(clipboard),
        "screen": SectionKind(screen, there=_can_shield),
        "offline": SectionKind(offline),
        "vault": SectionKind(vault, "vault.where"),
        "about": SectionKind(about),
    }


def _can_shield() -> bool:
    from bcdesk.ui.screen_shield import shield

    return shield() is not None
