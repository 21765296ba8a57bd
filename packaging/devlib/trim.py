"""What a frozen bcdesk leaves out, and why; names are those of the bundle, with forward slashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from pathlib import PurePath

EXCLUDED_MODULES = (
    # for other toolkits, for tests, or never imported
    "tkinter", "hypothesis", "pytest", "_pytest", "mypy", "schemathesis", "PyInstaller", "pip", "setuptools",
    "pkg_resources", "IPython", "PIL", "numpy", "lxml",
    # under the GPL alone
    "readline", "PySide6.QtCharts", "PySide6.QtDataVisualization", "PySide6.QtGraphs", "PySide6.QtGraphsWidgets",
    "PySide6.QtVirtualKeyboard", "PySide6.QtHttpServer", "PySide6.QtNetworkAuth",
    # large, and nothing here draws with them
    "PySide6.QtQuickWidgets", "PySide6.QtQuick3D", "PySide6.QtMultimedia",
    "PySide6.QtPdf", "PySide6.QtPdfWidgets", "PySide6.QtSql", "PySide6.QtOpenGLWidgets",
    "PySide6.Qt3DCore", "PySide6.QtDesigner", "PySide6.QtHelp", "PySide6.QtSerialPort", "PySide6.QtBluetooth",
)  # fmt: skip

UNWANTED = (
    ("*qt*virtualkeyboard*", "GPL alone"),
    ("*Qt*VirtualKeyboard*", "GPL alone"),
    ("*Qt*Charts*", "GPL alone"),
    ("*Qt*DataVisualization*", "GPL alone"),
    ("*Qt*Graphs*", "GPL alone"),
    ("*libreadline*", "GPL alone"),
    ("*/qtwebengine_devtools_resources*", "nobody debugs pages in the embedded browser"),
    ("*/qtwebengine_resources_200p.pak.debug", "for those who debug the engine"),
    ("*.debug.*", "for those who debug the engine"),
    ("PySide6/*qml/*", "the window is made of widgets"),
    ("PySide6/*/translations/*", "the program speaks English"),
    ("PySide6/translations/*", "the program speaks English"),
    ("*/plugins/sqldrivers/*", "the database is not Qt's"),
    ("*/plugins/position/*", "a page gets no permission"),
    ("*/plugins/generic/*", "for devices without a window system"),
    ("*/plugins/egldeviceintegrations/*", "for devices without a window system"),
    ("*/plugins/platforms/*eglfs*", "for devices without a window system"),
    ("*/plugins/platforms/*linuxfb*", "for devices without a window system"),
    ("*/plugins/platforms/*minimal*", "for devices without a window system"),
    ("*/plugins/platforms/*vkkhr*", "for devices without a window system"),
    ("*/plugins/platforms/*vnc*", "a window that anybody may look into"),
    ("*/plugins/platformthemes/*gtk3*", "pulls in all of GTK; the program draws itself"),
    ("*/plugins/printsupport/*", "nothing is printed"),
    ("*/plugins/imageformats/*pdf*", "pulls in QtPdf"),
    ("*/plugins/imageformats/*tiff*", "no such picture is shown"),
    ("*/plugins/imageformats/*tga*", "no such picture is shown"),
    ("*/plugins/imageformats/*wbmp*", "no such picture is shown"),
    ("*/plugins/imageformats/*icns*", "no such picture is shown"),
    ("*/plugins/wayland-shell-integration/*ivi*", "for cars"),
)
"""Patterns of what is left out although something in the bundle asks for it by name."""

KEPT_LOCALES = ("en-US.pak",)


def unwanted(name: str) -> str | None:
    """Returns why a file of the bundle is left out; None where it stays."""
    plain = PurePath(name).as_posix()
    if "/qtwebengine_locales/" in plain:
        return None if plain.rsplit("/", 1)[-1] in KEPT_LOCALES else "the program speaks English"
    return next((why for pattern, why in UNWANTED if fnmatchcase(plain, pattern)), None)


def orphans(names: Iterable[str], needs: Callable[[str], Iterable[str]]) -> set[str]:
    """Returns the libraries of the bundle that nothing kept needs any more.

    ``needs`` names the libraries that a file is linked against. Programs, plugins and modules of Python are a reason
    to be kept in themselves; so are the libraries that are opened by name, as the engine of the browser does (NSS).
    """
    places: dict[str, list[str]] = {}  # a library lies in a folder and is linked to at the top
    roots: list[str] = []
    for name in names:
        plain = PurePath(name)
        in_its_place = (
            plain.parent.as_posix() in LIBRARY_FOLDERS and plain.name.startswith("lib") and ".so" in plain.name
        )
        if in_its_place and not plain.name.startswith(OPENED):
            places.setdefault(plain.name, []).append(name)
        else:
            roots.append(name)
    waiting, reached = roots, set[str]()
    while waiting:
        for needed in needs(waiting.pop()):
            library = PurePath(needed).name
            if library in places and library not in reached:
                reached.add(library)
                waiting += places[library]
    return {name for library, found in places.items() if library not in reached for name in found}


LIBRARY_FOLDERS = (".", "PySide6/Qt/lib")
OPENED = ("libsoftokn3", "libfreebl", "libnssckbi", "libpython", "libpyside6", "libshiboken6", "libcrypto", "libssl")
