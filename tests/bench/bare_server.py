"""The plainest server that answers as ``/v1/me`` does: one Starlette route on uvicorn, set up as the real one is."""

import asyncio
import json
import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

BODY = b'{"id": "01JD0000000000000000000000", "name": "Studio", "kind": "studio"}'


async def me(request: Request) -> Response:
    """Answer whoever asks."""
    return Response(BODY, media_type="application/json")


async def main() -> None:
    """Serve on a free port of this machine, and say which."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        Starlette(routes=[Route("/v1/me", me)]), loop="asyncio", http="httptools", ws="none", log_config=None,
        access_log=False, server_header=False, proxy_headers=False,
    )  # fmt: skip
    listening.listen()
    print(json.dumps({"base_url": f"http://127.0.0.1:{listening.getsockname()[1]}"}), flush=True)
    server = uvicorn.Server(config)

    await server.serve(sockets=[listening])


if __name__ == "__main__":
    asyncio.run(main())
