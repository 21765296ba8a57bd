"""What a start of the desk asks for."""

from bcdesk.actions import handovers
from bcdesk.actions.handovers import Recovered
from tests.unit.actions.conftest import Bench


async def recover(bench: Bench) -> list[Recovered]:
    return await handovers.recover(**bench.parts, clock=bench.clock)
