"""What the embedded browser needs of the process: its libraries, its profiles, and the one proxy that Qt has.

The libraries are loaded in a thread, the large one through the C library itself, which leaves Python's lock alone
meanwhile. What cannot be moved is the engine's own start, see `browser_start`.
Pages are drawn in software, so that the main window needs no graphics context: with one, Qt would make the window
anew when the first page is put into it.
"""

from __future__ import annotations

import ctypes
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QLibraryInfo

from bcdesk.flow.failures import FlowError, Reason
from bcdesk.ui import imports
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from PySide6.QtNetwork import QNetworkProxy, QSslCertificate, QSslKey
    from PySide6.QtWebEngineCore import QWebEngineProfile

    from bcdesk.flow.values import TlsProfile
    from bcdesk.ui.flow.browser_trust import Bundle

_MODULES: Final = (
    "bcdesk.ui.flow.browser_library", "PySide6.QtNetwork", "PySide6.QtWebChannel", "PySide6.QtPrintSupport",
    "PySide6.QtQuick", "PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets", "bcdesk.ui.flow.browser_session",
)  # fmt: skip
_TRUST: Final = "bcdesk.ui.flow.browser_trust"


class _State:
    """What holds for the process: what the loading failed with, and how many sessions go through which proxy."""

    failure = ""
    drawn_in_software = False
    sessions = 0
    proxy: str | None = None
    proxy_before: QNetworkProxy | None = None


def browser_missing() -> str | None:
    """Return why there is no embedded browser, None where nothing speaks against it; loads nothing."""
    if _State.failure:
        return tr("The embedded browser cannot start here: {why}", why=_State.failure)
    if "PySide6.QtWebEngineWidgets" in sys.modules:
        return None
    try:
        found = find_spec("PySide6.QtWebEngineWidgets")
    except (ImportError, ValueError):
        found = None
    return None if found is not None else tr("This installation comes without the embedded browser.")


async def load() -> None:
    """Import the engine in a thread; raises ImportError where it is missing, and `browser_missing` says so since."""
    try:
        await imports.load(*_MODULES)
    except ImportError as error:
        cannot(str(error).splitlines()[0] if str(error) else type(error).__name__)
        raise
    if not _State.drawn_in_software:
        from PySide6.QtQuick import QQuickWindow, QSGRendererInterface

        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
        _State.drawn_in_software = True


def cannot(why: str) -> None:
    """Have `browser_missing` say from now on why the engine cannot start in this process."""
    _State.failure = why


def load_library(name: str) -> None:
    """Load a library of Qt without Python's lock; where that fails, the import that follows says why."""
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.LibrariesPath))
    if sys.platform == "win32":
        binaries = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.BinariesPath))
        load = ctypes.windll.kernel32.LoadLibraryW
        load.argtypes, load.restype = (ctypes.c_wchar_p,), ctypes.c_void_p
        load(str(binaries / f"{name}.dll"))
        return
    path = folder / (f"{name}.framework/{name}" if sys.platform == "darwin" else f"lib{name}.so.6")
    load = ctypes.CDLL(None).dlopen
    load.argtypes, load.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    load(str(path).encode(), ctypes.RTLD_LOCAL | 1)  # lazily


class Access(NamedTuple):
    """How a session reaches servers: a TLS profile, read."""

    bundle: Bundle | None = None
    identity: tuple[QSslCertificate, QSslKey] | None = None
    proxy: str | None = None


async def read(tls: TlsProfile) -> Access:
    """Read the files of a TLS profile in a thread; raises FlowError where one cannot be used."""
    import asyncio

    try:
        pem = await asyncio.to_thread(tls.ca_bundle.read_bytes) if tls.ca_bundle else None
        certificate = await asyncio.to_thread(tls.client_certificate.read_bytes) if tls.client_certificate else None
        key_file = tls.client_key or tls.client_certificate
        key = await asyncio.to_thread(key_file.read_bytes) if certificate and key_file else None
    except OSError as error:
        raise FlowError(Reason.SETUP_INVALID, cause="tls_file", errno=str(error.errno)) from None
    bundle = None
    if pem is not None:
        await imports.load(_TRUST)
        from bcdesk.ui.flow import browser_trust

        try:
            bundle = browser_trust.Bundle(pem)
        except ValueError:
            raise FlowError(Reason.SETUP_INVALID, cause="ca_bundle") from None
    identity = _identity(certificate, key) if certificate is not None and key is not None else None
    return Access(bundle, identity, tls.proxy)


def _identity(certificate: bytes, key: bytes) -> tuple[QSslCertificate, QSslKey]:
    from PySide6.QtNetwork import QSsl, QSslCertificate, QSslKey

    for kind in (QSsl.KeyAlgorithm.Rsa, QSsl.KeyAlgorithm.Ec):
        made = QSslKey(key, kind, QSsl.EncodingFormat.Pem, QSsl.KeyType.PrivateKey)
        found = QSslCertificate.fromData(certificate, QSsl.EncodingFormat.Pem)
        if found and not made.isNull():
            return found[0], made
    raise FlowError(Reason.SETUP_INVALID, cause="client_certificate")


class Tenure:
    """A session's hold on the proxy, which is one for the whole process while any session is open."""

    def __init__(self, proxy: str | None) -> None:
        """Take hold; raises FlowError where another session is open that goes another way."""
        if _State.sessions and _State.proxy != proxy:
            raise FlowError(Reason.SETUP_INVALID, cause="proxy_in_use", proxy=_State.proxy or "")
        if not _State.sessions and proxy is not None:
            from PySide6.QtNetwork import QNetworkProxy

            chosen = _proxy(proxy)
            _State.proxy_before = QNetworkProxy.applicationProxy()
            QNetworkProxy.setApplicationProxy(chosen)
        _State.proxy = proxy
        _State.sessions += 1
        self._held = True

    def release(self) -> None:
        """Let go; with the last one the proxy of before is in force again."""
        if not self._held:
            return
        self._held = False
        _State.sessions -= 1
        if not _State.sessions and _State.proxy_before is not None:
            from PySide6.QtNetwork import QNetworkProxy

            QNetworkProxy.setApplicationProxy(_State.proxy_before)
            _State.proxy_before = None


def _proxy(address: str) -> QNetworkProxy:
    from PySide6.QtCore import QUrl
    from PySide6.QtNetwork import QNetworkProxy

    url = QUrl(address)
    if url.scheme() != "http" or not url.host():
        raise FlowError(Reason.SETUP_INVALID, cause="proxy", proxy=address)
    return QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, url.host(), url.port(80))


class SignIns:
    """The profiles in which a sign-in is kept for an application, in memory and until the program ends."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: dict[tuple[str, TlsProfile], QWebEngineProfile] = {}
        self._in_use: set[QWebEngineProfile] = set()

    def take(self, keep_for: str, tls: TlsProfile, access: Access) -> QWebEngineProfile:
        """Return the profile that is kept for an application, or a new one that is kept where ``keep_for`` names it."""
        from bcdesk.ui.flow.browser_session import new_profile

        profile = self._kept.get((keep_for, tls))
        if profile is None:
            profile = new_profile(access.identity)
            if keep_for:
                self._kept[keep_for, tls] = profile
        self._in_use.add(profile)
        return profile

    def give_back(self, profile: QWebEngineProfile) -> None:
        """End a profile whose page is gone, unless it is kept."""
        self._in_use.discard(profile)
        if profile not in self._kept.values():
            _end(profile)

    def kept(self, keep_for: str) -> bool:
        """Tell whether a sign-in is kept for an application."""
        return any(name == keep_for for name, _ in self._kept)

    def forget(self, keep_for: str | None = None) -> None:
        """Forget the sign-in of an application, or of all; one in use loses its cookies now and ends with its page."""
        for place in [place for place in self._kept if keep_for in (None, place[0])]:
            profile = self._kept.pop(place)
            if profile in self._in_use:
                profile.cookieStore().deleteAllCookies()
            else:
                _end(profile)


def _end(profile: QWebEngineProfile) -> None:
    from shiboken6 import delete, isValid

    if isValid(profile):
        delete(profile)
