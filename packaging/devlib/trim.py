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
    ("*/plugins/qmltooling/*", "for those who debug QML, and a port to listen on"),
    ("*/plugins/networkinformation/*", "nobody asks Qt about the network; pulls in GIO, libmount and libselinux"),
    ("*.pyi", "for those who check types"),
    ("*/py.typed", "for those who check types"),
    ("*.chk", "NSS compares itself with these in its FIPS mode alone"),
    ("*/plugins/imageformats/*pdf*", "pulls in QtPdf"),
    ("*/plugins/imageformats/*tiff*", "no such picture is shown"),
    ("*/plugins/imageformats/*tga*", "no such picture is shown"),
    ("*/plugins/imageformats/*wbmp*", "no such picture is shown"),
    ("*/plugins/imageformats/*icns*", "no such picture is shown"),
    ("*/plugins/wayland-shell-integration/*ivi*", "for cars"),
)
"""Patterns of what is left out although something in the bundle asks for it by name."""

UNWANTED_HOOKS = {
    "pyi_rth_inspect": "nobody reads the source of what runs",
    "pyi_rth_pkgutil": "nobody lists the modules of a package",
    "pyi_rth_multiprocessing": "no process is made so",
}
"""Parts of PyInstaller that run before the program and import for things that it does not do: 20 ms of each start."""

KEPT_LOCALES = ("en-US.pak",)
INSTALLED = tuple(f".dist-info/{name}" for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"))

OF_THE_SYSTEM = {
    "libstdc++.so.6": "libstdc++6",  # the drivers for graphics are built with the system's, which may be newer
    "libgcc_s.so.1": "libgcc-s1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-dri3.so.0": "libxcb-dri3-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libgbm.so.1": "libgbm1",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libexpat.so.1": "libexpat1",  # the drivers use it too
    "libz.so.1": "zlib1g",
    "libudev.so.1": "libudev1",  # speaks with the system's own service, as the next two do
    "libdbus-1.so.3": "libdbus-1-3",
    "libasound.so.2": "libasound2",
    "libfontconfig.so.1": "libfontconfig1",  # reads the system's own files
    "libfreetype.so.6": "libfreetype6",
}
"""Libraries that are never brought along but left to the system, each with Debian's package of it.

Each is part of something that the system has in one version: its drivers, its services, its fonts. An older copy beside
the program would be loaded in its stead, by the system's own drivers too, and they would fail.
"""


def unwanted(name: str) -> str | None:
    """Returns why a file of the bundle is left out; None where it stays."""
    plain = PurePath(name).as_posix()
    if plain.rsplit("/", 1)[-1] in OF_THE_SYSTEM:
        return "the system's own"
    if plain.endswith(INSTALLED) and not plain.startswith("bcdesk-"):
        return "tells of the installation that it was taken from"
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
