"""Answers of a real server, recorded once and given again by a server that does nothing else: ``FILE``."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

PAGE = 500


def record(base_url: str, token: str, file: Path) -> None:
    """Read the session, the members, all pages of keys and applications, and what changed since, into ``file``."""
    answers: dict[str, str] = {}
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=base_url, headers=headers, trust_env=False, timeout=60) as http:
        answers["session"] = http.get("/manage/v1/session").text
        answers["members "] = http.get("/manage/v1/members").text
        for name in ("keys", "apps"):
            query: dict[str, str] = {"limit": str(PAGE)}
            while True:
                text = http.get(f"/manage/v1/{name}", params=query).text
                answers[f"{name} {query.get('cursor', '')}"] = text
                found = json.loads(text)
                if found["next_cursor"] is None:
                    break
                query["cursor"] = found["next_cursor"]
            answers[f"{name} since"] = http.get(f"/manage/v1/{name}", params={"since": found["since"]}).text
    file.write_text(json.dumps(answers), "utf-8")


def pages(file: Path) -> list[bytes]:
    """Return the recorded pages of keys."""
    answers = json.loads(file.read_text("utf-8"))
    return [text.encode() for name, text in answers.items() if name.startswith("keys ") and name != "keys since"]


async def main() -> None:
    """Serve what is in the file on a free port, until stdin ends."""
    answers = {name: text.encode() for name, text in json.loads(Path(sys.argv[1]).read_text("utf-8")).items()}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = answers[_name(head.split(b" ", 2)[1].decode("ascii"))]
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: req_1\r\n"
                    b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(json.dumps({"base_url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"}), flush=True)
    await asyncio.to_thread(sys.stdin.read)


def _name(target: str) -> str:
    parts: Any = urlsplit(target)
    name = parts.path.rpartition("/")[2]
    if name == "session":
        return "session"
    query = parse_qs(parts.query)
    return f"{name} since" if "since" in query else f"{name} {query.get('cursor', [''])[0]}"


if __name__ == "__main__":
    asyncio.run(main())
