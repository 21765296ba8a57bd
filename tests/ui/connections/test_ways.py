"""What a way still does once its connection is left: nothing that the next one would be told of."""

from bcdesk.client.client import Client
from bcdesk.store.connections import Connection
from bcdesk.store.store import Store
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.ways.remote import RemoteWay


class Switching:
    """A connection that goes over to another while the way lets go of its server."""

    cache = None

    def __init__(self, store: Store) -> None:
        self.store = store
        self.way: RemoteWay | None = None

    async def before_contact(self) -> None:
        pass

    async def follow(self, client: Client, host: str) -> None:
        raise AssertionError("nobody is signed in")

    async def leave_server(self) -> None:
        if self.way is not None:
            await self.way.end()
            self.forget()

    def forget(self) -> None:
        self.store.forget()

    def pause(self) -> None:
        pass


async def test_that_a_session_that_ends_while_its_connection_is_left_signs_nobody_out_of_the_next() -> None:
    store = Store()
    async with TaskScope() as scope:
        follower = Switching(store)
        way = RemoteWay(Connection("con_1", "remote", "Studio", "https://desk.example"), follower, store, scope, None)
        follower.way = way
        await way._leave()
    assert store.link.state == "starting"
