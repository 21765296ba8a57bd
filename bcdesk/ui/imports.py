"""Imports what is heavy after the first paint, in a thread, so that the window goes on answering."""

import asyncio
import threading
from importlib import import_module

_one_at_a_time = threading.Lock()
"""Two threads that import two packages which need each other can each find the other's half done."""


async def load(*modules: str) -> None:
    """Import ``modules`` in turn; return when the last one is there."""
    for module in modules:
        await asyncio.to_thread(_import, module)


def _import(module: str) -> None:
    with _one_at_a_time:
        import_module(module)
