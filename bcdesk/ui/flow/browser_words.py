"""What an embedded page was refused, could not do, or came to, in words."""

from typing import NamedTuple

from bcdesk.flow.failures import FlowError
from bcdesk.ui.text import tr


class Told(NamedTuple):
    """A title and a sentence."""

    what: str
    why: str


def refused(what: str, detail: str) -> str:
    """Say what a page asked for and was refused."""
    return {
        "window": tr("The page tried to open another window. A run has one page; the window was not opened."),
        "scheme": tr("The page led to “{scheme}:”, which is not this run's redirect URI. Nothing was opened.",
                     scheme=detail),
        "download": tr("The page offered a download. It was refused: nothing of a run is kept on disk."),
        "permission": tr("The page asked for a permission ({name}). It was refused.", name=detail),
        "file": tr("The page asked for a file. It was refused."),
        "print": tr("The page asked to print. It was refused."),
        "passkey": tr("The page asked for a passkey, which this browser cannot give. Use the system browser for that."),
        "password": tr("{host} asks for a name and password in a dialog of the browser (HTTP authentication), which "
                       "is refused here. Use the system browser.", host=detail),
        "proxy_password": tr("The proxy {host} asks for a name and password, which cannot be given here.", host=detail),
        "identity": tr("{host} asks for a client certificate, and this run has none.", host=detail),
    }.get(what, tr("The page asked for something that no sign-in needs. It was refused."))  # fmt: skip


def alert(text: str) -> str:
    """Say what a page said in a dialog of its own."""
    most = 200
    return tr("The page says: {text}", text=" ".join(text.split())[:most])


def failed(host: str, code: str) -> Told:
    """Say why a page did not load."""
    what = tr("{host} did not answer", host=host or tr("The server"))
    words = {
        "net::ERR_CONNECTION_REFUSED": tr("Nothing listens there. Is the server running, and is the port right?"),
        "net::ERR_NAME_NOT_RESOLVED": tr("The name was not found. Check the spelling, and whether you are online."),
        "net::ERR_INTERNET_DISCONNECTED": tr("This machine is offline."),
        "net::ERR_UNSAFE_PORT": tr("Browsers refuse to open this port."),
        "net::ERR_CONNECTION_TIMED_OUT": tr("The connection was never answered."),
        "net::ERR_TIMED_OUT": tr("It took too long."),
        "net::ERR_CONNECTION_RESET": tr("The connection was cut."),
        "net::ERR_EMPTY_RESPONSE": tr("The connection was closed without an answer."),
        "net::ERR_PROXY_CONNECTION_FAILED": tr("The proxy of this run did not answer."),
        "net::ERR_TUNNEL_CONNECTION_FAILED": tr("The proxy of this run would not connect to it."),
        "net::ERR_TOO_MANY_REDIRECTS": tr("The server leads in a circle: too many redirects."),
        "net::ERR_SSL_PROTOCOL_ERROR": tr("It does not speak TLS there. Is it http rather than https?"),
        "net::ERR_BAD_SSL_CLIENT_AUTH_CERT": tr("It refused the client certificate, or wants one."),
        "net::ERR_ABORTED": tr("The loading was stopped."),
    }
    return Told(what, words.get(code, tr("The browser says: {code}", code=code)))


def certificate(host: str, reason: str) -> Told:
    """Say what is wrong with a certificate."""
    what = tr("The certificate of {host} is not trusted", host=host)
    words = {
        "CertificateAuthorityInvalid": tr("No authority that this machine trusts, nor a CA bundle of this run, vouches "
                                          "for it. For a private authority choose its CA bundle in this run's TLS."),
        "CertificateCommonNameInvalid": tr("It was issued for another name."),
        "CertificateDateInvalid": tr("It has expired, or is not valid yet."),
        "CertificateRevoked": tr("Its authority has revoked it."),
        "CertificateContainsErrors": tr("It contains errors."),
        "CertificateWeakSignatureAlgorithm": tr("Its signature is too weak."),
        "CertificateWeakKey": tr("Its key is too weak."),
        "CertificateValidityTooLong": tr("It is valid for longer than browsers accept."),
        "CertificateInvalid": tr("It is not valid."),
        "SslPinnedKeyNotInCertificateChain": tr("Its chain lacks the key that the site is pinned to."),
    }  # fmt: skip
    return Told(what, words.get(reason, tr("The browser says: {code}", code=reason)) + " "
                + tr("The page was not loaded."))  # fmt: skip


def gone(status: str) -> Told:
    """Say that the page's process ended."""
    memory = status == "KilledTerminationStatus"
    return Told(
        tr("The page stopped working"),
        tr("Its process was ended, perhaps for want of memory. The run goes on: load the page again.")
        if memory
        else tr("Its process crashed. The run goes on: load the page again."),
    )


def unusable(error: FlowError) -> Told:
    """Say why a session could not be set up."""
    what = tr("The browser cannot be set up as this run asks")
    return Told(what, {
        "tls_file": tr("A file of this run's TLS settings cannot be read."),
        "ca_bundle": tr("The CA bundle holds no certificate in PEM form."),
        "client_certificate": tr("The client certificate or its key cannot be used: both must be PEM, the key without "
                                 "a passphrase."),
        "proxy": tr("The proxy must be written as http://host:port."),
        "proxy_in_use": tr("Another run is open and goes another way. The proxy is one for all pages: end that run "
                           "first."),
    }.get(error.facts.get("cause", ""), tr("Check this run's TLS settings.")))  # fmt: skip
