"""One run's browser: view, profile and page, and what it tells of them. Imported with the first run only."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtNetwork import QNetworkCookie, QSslCertificate, QSslKey
from PySide6.QtWebEngineCore import (  # noqa: TID253 - this file is imported when a run needs it
    QWebEngineCertificateError,
    QWebEngineClientCertificateSelection,
    QWebEngineDownloadRequest,
    QWebEngineFileSystemAccessRequest,
    QWebEngineFullScreenRequest,
    QWebEngineLoadingInfo,
    QWebEngineNewWindowRequest,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineRegisterProtocolHandlerRequest,
    QWebEngineSettings,
    QWebEngineWebAuthUxRequest,
)
from PySide6.QtWebEngineWidgets import QWebEngineView  # noqa: TID253 - as above
from PySide6.QtWidgets import QWidget
from shiboken6 import delete, isValid

from bcdesk.ui.flow.browser_aim import Aim, text_of
from bcdesk.ui.flow.browser_nets import Gate, Interceptor, Page

_A: Final = QWebEngineSettings.WebAttribute
_OFF: Final = (
    _A.JavascriptCanAccessClipboard, _A.JavascriptCanPaste, _A.PluginsEnabled,
    _A.PdfViewerEnabled, _A.FullScreenSupportEnabled, _A.ScreenCaptureEnabled, _A.WebGLEnabled, _A.ErrorPageEnabled,
    _A.DnsPrefetchEnabled, _A.HyperlinkAuditingEnabled, _A.AutoLoadIconsForPage, _A.NavigateOnDropEnabled,
    _A.AllowRunningInsecureContent, _A.AllowGeolocationOnInsecureOrigins, _A.AllowWindowActivationFromJavaScript,
    _A.LocalContentCanAccessFileUrls, _A.LocalContentCanAccessRemoteUrls, _A.BackForwardCacheEnabled,
)  # fmt: skip

Judges = Callable[[str, Sequence[bytes]], str]
"""What a bundle of the user's own finds wrong with a host's chain of DER certificates; empty where it vouches."""


def new_profile(identity: tuple[QSslCertificate, QSslKey] | None = None) -> QWebEngineProfile:
    """Make a profile that is in memory alone, with the client certificate that it may show."""
    profile = QWebEngineProfile()
    profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.MemoryHttpCache)
    profile.setPersistentCookiesPolicy(QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies)
    profile.setPersistentPermissionsPolicy(QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime)
    profile.setSpellCheckEnabled(False)
    profile.setPushServiceEnabled(False)
    for attribute in _OFF:
        profile.settings().setAttribute(attribute, False)
    profile.settings().setAttribute(_A.WebRTCPublicInterfacesOnly, True)
    profile.settings().setUnknownUrlSchemePolicy(
        QWebEngineSettings.UnknownUrlSchemePolicy.AllowAllUnknownUrlSchemes  # each is asked for, and refused there
    )
    if identity is not None:
        profile.clientCertificateStore().add(*identity)
    return profile


class Session(QObject):
    """A page of one run with all that serves it; its signals are for queued connections, outside the engine's stack."""

    captured = Signal(str)
    moved = Signal(str)
    progressed = Signal(int)
    loaded = Signal(str, str, int)
    """Address, title, and HTTP status where it was an error, else 0."""
    failed = Signal(str, str)
    certificate = Signal(str, str)
    refused = Signal(str, str)
    alerted = Signal(str)
    gone = Signal(str)
    cookies = Signal(int)

    def __init__(self, aim: Aim, profile: QWebEngineProfile, place: QWidget, *, judges: Judges | None = None,
                 has_identity: bool = False) -> None:  # fmt: skip
        """Make view and page in ``place``; nothing is loaded yet."""
        super().__init__()
        self.gate = Gate(aim)
        self.profile = profile
        self._judges, self._has_identity = judges, has_identity
        self._delivered = False
        self._cookies: set[bytes] = set()
        self.view = QWebEngineView(place)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.view.setAcceptDrops(False)
        self.page = Page(self.gate, profile, self.view)
        self._interceptor = Interceptor(self.gate, self)
        self.page.setUrlRequestInterceptor(self._interceptor)
        self._connect()
        self.view.setPage(self.page)

    def _connect(self) -> None:
        page, store = self.page, self.profile.cookieStore()
        page.led.connect(self._led)
        self._interceptor.led.connect(self._led)
        page.refused.connect(self.refused)
        page.alerted.connect(self.alerted)
        page.urlChanged.connect(lambda url: self.moved.emit(text_of(url)))
        page.loadProgress.connect(self.progressed)
        page.loadingChanged.connect(self._loading)
        page.certificateError.connect(self._certificate)
        page.selectClientCertificate.connect(self._choose)
        page.permissionRequested.connect(self._deny)
        page.fullScreenRequested.connect(self._deny_full_screen)
        page.fileSystemAccessRequested.connect(self._deny_files)
        page.registerProtocolHandlerRequested.connect(self._deny_protocol)
        page.webAuthUxRequested.connect(self._deny_passkey)
        page.printRequested.connect(lambda: self.refused.emit("print", ""))
        page.newWindowRequested.connect(self._deny_window)
        page.authenticationRequired.connect(lambda url, _: self._deny_password("password", url.host()))
        page.proxyAuthenticationRequired.connect(lambda _url, _auth, host: self._deny_password("proxy_password", host))
        page.renderProcessTerminated.connect(lambda status, _code: self.gone.emit(status.name))
        self.profile.downloadRequested.connect(self._deny_download)
        store.cookieAdded.connect(self._cookie_added)
        store.cookieRemoved.connect(self._cookie_removed)
        store.loadAllCookies()

    def load(self, url: str) -> None:
        """Go to an address."""
        self.page.load(QUrl.fromEncoded(url.encode()))

    def let_through(self, url: str) -> None:
        """Let the redirect be a page like another, and go there."""
        self.gate.is_down = True
        self.load(url)

    def close(self) -> None:
        """End the page, then the view; the profile is the caller's. Not to be called from within the engine."""
        if not isValid(self.page):
            return
        self.blockSignals(True)
        self.profile.downloadRequested.disconnect(self._deny_download)
        self.profile.cookieStore().cookieAdded.disconnect(self._cookie_added)
        self.profile.cookieStore().cookieRemoved.disconnect(self._cookie_removed)
        delete(self.page)
        delete(self.view)
        delete(self)

    def _led(self, text: str) -> None:
        if not self._delivered:
            self._delivered = True
            self.captured.emit(text)

    def _loading(self, info: QWebEngineLoadingInfo) -> None:
        status = QWebEngineLoadingInfo.LoadStatus
        url = info.url()
        if info.status() == status.LoadStoppedStatus:
            text = self.gate.led(url)
            if text is not None:
                self._led(text)
        elif info.status() == status.LoadSucceededStatus:
            self.loaded.emit(text_of(url), self.page.title(), 0)
        elif info.status() == status.LoadFailedStatus:
            if info.errorDomain() == QWebEngineLoadingInfo.ErrorDomain.HttpStatusCodeDomain:
                self.loaded.emit(text_of(url), self.page.title(), info.errorCode())
            elif self.gate.led(url) is None:
                self.failed.emit(text_of(url), info.errorString() or str(info.errorCode()))

    def _certificate(self, error: QWebEngineCertificateError) -> None:
        host = error.url().host()
        reason = error.type().name
        if error.type() == QWebEngineCertificateError.Type.CertificateAuthorityInvalid and self._judges is not None:
            reason = self._judges(host, [bytes(one.toDer().data()) for one in error.certificateChain()])
            if not reason and error.isOverridable():
                error.acceptCertificate()
                return
        error.rejectCertificate()
        self.certificate.emit(host, reason or error.type().name)

    def _choose(self, selection: QWebEngineClientCertificateSelection) -> None:
        found = selection.certificates()
        if self._has_identity and found:
            selection.select(found[0])
        else:
            selection.selectNone()
            self.refused.emit("identity", selection.host().host())

    def _deny(self, permission: QWebEnginePermission) -> None:
        permission.deny()
        self.refused.emit("permission", permission.permissionType().name)

    def _deny_password(self, what: str, host: str) -> None:
        """Stop there: an answer without a name would be asked for 32 times."""
        self.page.triggerAction(self.page.WebAction.Stop)
        self.refused.emit(what, host)

    def _deny_full_screen(self, request: QWebEngineFullScreenRequest) -> None:
        request.reject()

    def _deny_files(self, request: QWebEngineFileSystemAccessRequest) -> None:
        request.reject()
        self.refused.emit("file", "")

    def _deny_protocol(self, request: QWebEngineRegisterProtocolHandlerRequest) -> None:
        request.reject()

    def _deny_passkey(self, request: QWebEngineWebAuthUxRequest) -> None:
        request.cancel()
        self.refused.emit("passkey", "")

    def _deny_window(self, _request: QWebEngineNewWindowRequest) -> None:
        """Open nothing: a request that nobody takes up is dropped; the page told of it already."""

    def _deny_download(self, download: QWebEngineDownloadRequest) -> None:
        download.cancel()
        self.refused.emit("download", "")

    def _cookie_added(self, cookie: QNetworkCookie) -> None:
        self._cookies.add(_name(cookie))
        self.cookies.emit(len(self._cookies))

    def _cookie_removed(self, cookie: QNetworkCookie) -> None:
        self._cookies.discard(_name(cookie))
        self.cookies.emit(len(self._cookies))


def _name(cookie: QNetworkCookie) -> bytes:
    return bytes(cookie.name().data()) + b"\0" + f"{cookie.domain()}\0{cookie.path()}".encode()
