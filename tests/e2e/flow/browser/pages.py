"""A server whose pages lead away in every way that a page can, and certificates that nobody but a test trusts."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

BODIES: Final = {
    "form": "<title>f</title><form id=f method=post action='/r303?{raw}'></form><script>f.submit()</script>",
    "meta": "<meta http-equiv=refresh content='0;url={to}'>",
    "js": "<script>location = '{to}'</script>",
    "open": "<title>opens</title><script>window.open('{to}')</script>",
    "frame": "<title>frames</title><iframe src='{to}'></iframe>",
    "frame302": "<title>frames</title><iframe src='/r302?{raw}'></iframe>",
    "image": "<title>images</title><img src='{to}'>",
    "says": "<title>says</title><script>alert('One ' + '<b>two</b>'); confirm('x'); prompt('y')</script>",
    "asks": "<title>asks</title><script>navigator.geolocation.getCurrentPosition(() => 0)</script>",
    "reads": "<title>reads</title><script>navigator.clipboard.readText().then(t => document.title = 'read ' + t,"
    " e => document.title = 'refused')</script>",
    "crash": "<title>crash</title>",
}
STATUSES: Final = {"r302": 302, "r303": 303, "r307": 307, "refuses": 400, "fails": 500, "password": 401}


class Pages:
    """``requests`` lists every path that was asked for."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        requests = self.requests = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                requests.append(f"{self.command} {self.path}")
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path, _, raw = self.path.partition("?")
                name, to = path.strip("/"), unquote(raw)
                self.send_response(STATUSES.get(name, 200))
                self.send_header("Content-Type", "text/html")
                if name in ("r302", "r303", "r307"):
                    self.send_header("Location", to)
                if name == "password":
                    self.send_header("WWW-Authenticate", "Basic realm=x")
                if name == "download":
                    self.send_header("Content-Disposition", "attachment; filename=x")
                if name == "cookie":
                    self.send_header("Set-Cookie", "kept=1; Max-Age=1000")
                title = f"cookie {self.headers.get('Cookie', 'none')}" if name == "cookie" else name
                body = BODIES.get(name, f"<title>{title}</title>{name}")
                data = body.replace("{to}", to).replace("{raw}", raw).encode()
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET  # noqa: N815 - the base class calls it so

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.base = f"http{'s' if context else ''}://127.0.0.1:{self.server.server_port}"

    def leading(self, how: str, to: str) -> str:
        """Return the address of a page that leads to ``to`` in the way of ``how``."""
        return f"{self.base}/{how}?{quote(to, safe='')}"


@contextlib.contextmanager
def serving_pages(context: ssl.SSLContext | None = None) -> Iterator[Pages]:
    """Serve until the block ends."""
    pages = Pages(context)
    thread = threading.Thread(target=pages.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield pages
    finally:
        pages.server.shutdown()
        thread.join()
        pages.server.server_close()


class Silent:
    """A port that counts who connects, and answers nobody."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=20)
        self._socket.setblocking(False)
        self.port = int(self._socket.getsockname()[1])

    def callers(self) -> int:
        """Count the connections so far."""
        count = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.accept()[0].close()
                count += 1
        return count

    def close(self) -> None:
        self._socket.close()


class Authority:
    """A private authority in a folder: ``ca`` is its bundle; it issues certificates for names and for clients."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        made = self._begin(self._name, self._key.public_key()).add_extension(x509.BasicConstraints(True, None), True)
        made = made.add_extension(usage, True)
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _begin(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, days: int = 30) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=2))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False)
        )

    def issue(self, name: str, *, client: bool = False, days: int = 30) -> tuple[Path, Path]:
        """Write a certificate for ``name`` and its key, and return both paths."""
        key = ec.generate_private_key(ec.SECP256R1())
        purpose = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        try:
            names: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(name))]
        except ValueError:
            names = [x509.DNSName(name)]
        made = (
            self._begin(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key.public_key(), days)
            .add_extension(x509.SubjectAlternativeName(names), False)
            .add_extension(x509.ExtendedKeyUsage([purpose]), False)
            .add_extension(x509.BasicConstraints(False, None), True)
            .sign(self._key, hashes.SHA256())
        )
        paths = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return paths

    def context(self, name: str, *, asks_client: bool = False) -> ssl.SSLContext:
        """Return what a server called ``name`` needs, which may ask for a client certificate of this authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(name))
        if asks_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca)
        return context
