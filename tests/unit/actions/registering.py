"""Applications that a test registers, and what it asks of them."""

from typing import Any

from bcdesk.actions import applications as apps
from bcdesk.actions import handovers
from bcdesk.client.values import AppDraft, MadeApp, MadeSecret
from bcdesk.contract.rows import AppRow
from tests.unit.actions.conftest import Bench

WEB = AppDraft("Market", "web", ("user.profile",), ("https://shop.example/cb",))
SPA = AppDraft("Page", "spa", ("beats.read",), ("https://page.example/cb",))


async def register(bench: Bench, draft: AppDraft = WEB) -> MadeApp:
    made = await apps.register_app(**bench.parts, draft=draft, clock=bench.clock)
    assert isinstance(made, MadeApp)
    return made


async def taken(bench: Bench, draft: AppDraft = WEB) -> MadeApp:
    """Register an application and hand its secret over."""
    made = await register(bench, draft)
    await handovers.acknowledge(**bench.parts, made=made, how="copy")
    return made


async def add(bench: Bench, app_id: str, **more: Any) -> MadeSecret:
    return await apps.add_secret(**bench.parts, app_id=app_id, clock=bench.clock, **more)


def quiet(bench: Bench) -> dict[str, Any]:
    """Return what actions without a secret take."""
    return {"client": bench.client, "store": bench.store}


def live(bench: Bench, app_id: str) -> list[str]:
    return [secret.last4 for secret in bench.store.apps[app_id].secrets]


async def known(bench: Bench) -> dict[str, AppRow]:
    page = await bench.client.apps.list(limit=1000)
    return {row.id: row for row in page.items if isinstance(row, AppRow)}
