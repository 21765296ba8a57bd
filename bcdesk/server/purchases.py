"""What accounts of the demo marketplace hold: licences that were bought, and a subscription."""

from typing import Any, Final

import sqlalchemy as sa

from bcdesk.contract import wire
from bcdesk.contract.codes import Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.contract.moments import format_moment
from bcdesk.server.catalogue import BEATS
from bcdesk.server.ids import new_id
from bcdesk.server.problems import invalid
from bcdesk.server.state import ServerState
from bcdesk.server.tables_oauth import purchases, users
from bcdesk.server.v1_admit import Subject

FACTORS: Final = {"lease": 1, "exclusive": 10}
"""What a licence costs, in prices of the beat."""
PERIOD: Final = 30 * 86_400
_PRICES: Final = {str(beat["id"]): int(str(beat["price_cents"])) for beat in BEATS}


def buy(state: ServerState, subject: Subject, wanted: wire.PurchaseNew, now: float) -> dict[str, Any]:
    """Buy a licence for the account of ``subject`` and return it as JSON; raise 422 where there is no such beat."""
    price = _PRICES.get(wanted.beat_id)
    if price is None:
        raise invalid([FieldFault("/beat_id", Fault.UNKNOWN_VALUE)])
    bought = {
        "id": new_id("buy"),
        "beat_id": wanted.beat_id,
        "licence": wanted.licence,
        "price_cents": price * FACTORS[wanted.licence],
        "buyer_id": subject.user_id or state.server_id,
        "credential_id": subject.credential_id,
        "created_at": now,
    }
    with state.database.write() as connection:
        connection.execute(purchases.insert().values(bought))
        state.audit.append(
            connection, at=now, actor=subject.credential_id, action="purchase.created", target=str(bought["id"]),
            beat=wanted.beat_id, licence=wanted.licence, buyer=bought["buyer_id"],
        )  # fmt: skip
    shown = ("id", "beat_id", "licence", "price_cents")
    return {name: bought[name] for name in shown} | {"created_at": format_moment(now)}


def subscription_of(state: ServerState, subject: Subject, now: float) -> dict[str, Any]:
    """Return the subscription of an account as JSON: it began with the account, and renews every 30 days."""
    began = 0.0
    if subject.user_id is not None:
        with state.database.read() as connection:
            began = connection.execute(sa.select(users.c.created_at).where(users.c.id == subject.user_id)).scalar_one()
    renews = began + (int((now - began) // PERIOD) + 1) * PERIOD
    return {
        "plan": "studio" if subject.user_id is None else "creator",
        "status": "active",
        "renews_at": format_moment(renews),
    }
