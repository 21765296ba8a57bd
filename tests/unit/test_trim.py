"""What a frozen bcdesk leaves out: named files by pattern, and libraries that nothing kept needs."""

import re
from pathlib import Path

import pytest

from devlib import trim

TOP = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "PySide6/Qt/lib/libQt6VirtualKeyboard.so.6",
        "PySide6/Qt6Charts.dll",
        "PySide6\\plugins\\platforms\\qminimal.dll".replace("\\", "/"),
        "PySide6/Qt/lib/QtDataVisualization.framework/Versions/A/QtDataVisualization",
        "libreadline.so.8",
        "PySide6/Qt/translations/qt_de.qm",
        "PySide6/Qt/translations/qtwebengine_locales/de.pak",
        "PySide6/Qt/qml/QtQuick/qmldir",
        "PySide6/Qt/plugins/qmltooling/libqmldbg_tcp.so",
        "PySide6/Qt/plugins/networkinformation/libqglib.so",
        "libstdc++.so.6",
        "libsoftokn3.chk",
        "keyring-25.7.0.dist-info/RECORD",
    ],
)
def test_that_what_nobody_needs_or_may_ship_is_left_out(name: str) -> None:
    assert trim.unwanted(name)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/translations/qtwebengine_locales/en-US.pak",
        "PySide6/Qt/resources/icudtl.dat",
        "bcdesk/resources/themes/light.toml",
        "bcdesk-0.1.0.dist-info/RECORD",
        "keyring-25.7.0.dist-info/entry_points.txt",
        "bcdesk/server/migrations/env.py",
    ],
)
def test_that_what_the_program_needs_is_kept(name: str) -> None:
    assert trim.unwanted(name) is None


def test_that_libraries_go_with_the_plugin_that_needed_them_and_links_with_their_library() -> None:
    links = {
        "bcdesk": ["libz.so.1"],
        "PySide6/QtCore.abi3.so": ["libQt6Core.so.6"],
        "PySide6/Qt/lib/libQt6Core.so.6": ["libicu.so.73"],
        "libQt6Core.so.6": [],
        "libicu.so.73": [],
        "libz.so.1": [],
        "libgtk-3.so.0": ["libpango.so.0"],
        "libpango.so.0": [],
        "PySide6/Qt/lib/libQt6Pdf.so.6": ["libQt6Core.so.6"],
        "libQt6Pdf.so.6": [],
        "libsoftokn3.so": [],
        "_cffi_backend.cpython-311-x86_64-linux-gnu.so": [],
    }
    gone = {"libgtk-3.so.0", "libpango.so.0", "PySide6/Qt/lib/libQt6Pdf.so.6", "libQt6Pdf.so.6"}
    assert trim.orphans(links, links.__getitem__) == gone
    links["PySide6/Qt/plugins/platformthemes/libqgtk3.so"] = ["libgtk-3.so.0"]
    assert trim.orphans(links, links.__getitem__) == gone - {"libgtk-3.so.0", "libpango.so.0"}


@pytest.mark.parametrize("library", trim.OF_THE_SYSTEM)
def test_that_a_library_of_the_system_is_asked_for_by_both_packages(library: str) -> None:
    needs = (TOP / "packaging" / "linux" / "nfpm.yaml").read_text(encoding="utf-8").split("recommends:")
    assert re.search(rf"^ +- {re.escape(trim.OF_THE_SYSTEM[library])}( \|.*)?$", needs[0], re.MULTILINE)
    assert f"- {library}()(64bit)\n" in needs[1]
