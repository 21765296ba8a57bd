"""The line between a desk and a real server in the same process, which can break before or after the server acts."""

from collections.abc import Callable

import httpx
from starlette.types import ASGIApp


class Line(httpx.AsyncBaseTransport):
    """Carries requests to ``app``; ``breaks`` holds what happens to the next ones, oldest first."""

    def __init__(self, app: ASGIApp) -> None:
        self.inner = httpx.ASGITransport(app)
        self.down = False
        self.breaks: list[str] = []
        self.carried: list[httpx.Request] = []
        self.watch: Callable[[httpx.Request], None] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.watch is not None:
            self.watch(request)
        if self.down:
            raise httpx.ConnectError("down", request=request)
        how = self.breaks.pop(0) if self.breaks else ""
        if how == "before":
            raise httpx.ReadError("cut before the server saw it", request=request)
        self.carried.append(request)
        response = await self.inner.handle_async_request(request)
        if how == "after":
            await response.aread()
            raise httpx.ReadError("cut on the way back", request=request)
        if how == "garbled":
            await response.aread()
            return httpx.Response(
                response.status_code, headers={"Content-Type": "text/html"}, stream=httpx.ByteStream(b"<html>")
            )
        return response

    def count(self, method: str, path: str) -> int:
        """Count what arrived at the server."""
        return sum(request.method == method and request.url.path.endswith(path) for request in self.carried)
