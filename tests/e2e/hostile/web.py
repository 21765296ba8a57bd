"""The servers around a hostile page: where it lies, one that believes everything, and one that listens in."""

import contextlib
import http.client
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

PAGE = Path(__file__).with_name("page.html").read_bytes()
REBOUND = "rebound.example"


class Heard(NamedTuple):
    """A request as it came, and what it was answered; ``attack`` is its name."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    reply_headers: dict[str, str]

    @property
    def attack(self) -> str:
        return parse_qs(urlsplit(self.path).query).get("attack", [""])[0]


class Reply(NamedTuple):
    """What is answered."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


Answer = Callable[[BaseHTTPRequestHandler, bytes], Reply]


class Web:
    """An HTTP server on loopback that answers by one function and keeps what it heard."""

    def __init__(self, answer: Answer) -> None:
        self.heard: list[Heard] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                with contextlib.suppress(ConnectionError):
                    super().handle_one_request()

            def __getattr__(self, name: str) -> Callable[[], None]:
                if name.startswith("do_"):
                    return self.any
                raise AttributeError(name)

            def any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                reply = answer(self, body)
                headers = {name.lower(): value for name, value in self.headers.items()}
                sent = {name.lower(): value for name, value in reply.headers.items()}
                heard.append(Heard(self.command, self.path, headers, body, reply.status, sent))
                self.send_response_only(reply.status)
                for name, value in reply.headers.items():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                self.wfile.write(reply.body)

            def log_message(self, *_arguments: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]

    def at(self, host: str = "127.0.0.1") -> str:
        """Return the origin by which the server is called ``host``."""
        return f"http://{host}:{self.port}"

    @contextlib.contextmanager
    def running(self) -> Iterator["Web"]:
        """Answer until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


def lair(request: BaseHTTPRequestHandler, _body: bytes) -> Reply:
    """Answer with the hostile page, or with a redirect to wherever it wishes."""
    parts = urlsplit(request.path)
    if parts.path == "/redirect":
        wish = parse_qs(parts.query)
        headers = {"Location": wish["to"][0], "Access-Control-Allow-Origin": "*"}
        return Reply(int(wish["status"][0]), headers)
    return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, PAGE)


def gullible(request: BaseHTTPRequestHandler, _body: bytes) -> Reply:
    """Answer everybody everything, as a server without a guard would, in the way that each asks for."""
    asked = request.headers
    headers = {
        "Access-Control-Allow-Origin": asked.get("Origin", "*"),
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "GET, POST, PATCH",
        "Access-Control-Allow-Headers": asked.get("Access-Control-Request-Headers", "*"),
        "Content-Type": "text/html" if asked.get("Sec-Fetch-Dest") in ("document", "iframe") else "application/json",
    }
    return Reply(200, headers, json.dumps({"items": ["what it kept"]}).encode())


def listening_in(port: int) -> Web:
    """Return a server that hands everything on to the one at ``port`` as it came, but for the port in its names.

    Where it is called by `REBOUND` it has the hostile page too, as a name has that pointed elsewhere a moment ago.
    """

    def pass_on(request: BaseHTTPRequestHandler, body: bytes) -> Reply:
        if request.headers.get("Host", "").startswith(REBOUND) and request.path.startswith("/lair"):
            return lair(request, body)
        onward = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        onward.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.items():
            if name.lower() in ("host", "origin", "referer"):
                value = value.replace(f":{web.port}", f":{port}")
            onward.putheader(name, value)
        onward.endheaders(body or None)
        answer = onward.getresponse()
        reply = Reply(answer.status, dict(answer.getheaders()), answer.read())
        onward.close()
        return reply

    web = Web(pass_on)
    return web
