"""The accessible tree of the programs on this session's bus, as a screen reader sees it (AT-SPI 2 over D-Bus)."""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from jeepney import DBusAddress, MessageType, Properties, new_method_call
from jeepney.io.blocking import open_dbus_connection

ACCESSIBLE, COMPONENT = "org.a11y.atspi.Accessible", "org.a11y.atspi.Component"
ROOT = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
ENABLED, SHOWING = 8, 25
PATIENCE = 20.0


class Node(NamedTuple):
    """One accessible object that is on screen."""

    bus: str
    path: str
    role: str
    name: str
    enabled: bool


class Tree:
    """Reads the tree; nothing is kept between two readings."""

    def __init__(self) -> None:
        """Connect to the bus of accessible programs."""
        session = open_dbus_connection()
        where = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        address = session.send_and_get_reply(new_method_call(where, "GetAddress")).body[0]
        session.close()
        self._bus = open_dbus_connection(address)

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()

    def nodes(self) -> Iterator[Node]:
        """Walk all that is showing: dialogs before the window that they stand over."""
        windows = [window for program in self._children(*ROOT) for window in self._children(*program)]
        for window in sorted(windows, key=lambda one: self._role(*one) != "dialog"):
            yield from self._walk(*window)

    def find(self, role: str, name: str | Callable[[str], bool], *, enabled: bool | None = True) -> Node:
        """Return the first node of that role and name, as soon as there is one; ``enabled`` None takes any."""
        end = time.monotonic() + PATIENCE
        while True:
            found = self.look(role, name, enabled=enabled)
            if found is not None:
                return found
            if time.monotonic() > end:
                seen = sorted({f"{one.role}: {one.name}{'' if one.enabled else ' (off)'}" for one in self.nodes()})
                raise AssertionError(f"no {role} {name!r} came; there are {seen}")

    def look(self, role: str, name: str | Callable[[str], bool], *, enabled: bool | None = True) -> Node | None:
        """Return the first node of that role and name that is there now."""
        for one in self.nodes():
            fits = one.name == name if isinstance(name, str) else name(one.name)
            if fits and one.role == role and enabled in (None, one.enabled):
                return one
        return None

    def middle(self, node: Node) -> tuple[int, int]:
        """Return the middle of a node on screen, in pixels."""
        x, y, width, height = self._ask(node.bus, node.path, COMPONENT, "GetExtents", "u", (0,))[0]
        return x + width // 2, y + height // 2

    # ------------------------------------------------------------------ the bus

    def _walk(self, bus: str, path: str) -> Iterator[Node]:
        states = self._ask(bus, path, ACCESSIBLE, "GetState")
        if not states or not states[0][0] >> SHOWING & 1:
            return
        where = DBusAddress(path, bus, ACCESSIBLE)
        reply = self._bus.send_and_get_reply(Properties(where).get("Name"), timeout=PATIENCE)
        name = reply.body[0][1] if reply.header.message_type is MessageType.method_return else ""
        yield Node(bus, path, self._role(bus, path), name, bool(states[0][0] >> ENABLED & 1))
        for child in self._children(bus, path):
            yield from self._walk(*child)

    def _role(self, bus: str, path: str) -> str:
        answer = self._ask(bus, path, ACCESSIBLE, "GetRoleName")
        return str(answer[0]) if answer else ""

    def _children(self, bus: str, path: str) -> list[tuple[str, str]]:
        answer = self._ask(bus, path, ACCESSIBLE, "GetChildren")
        return [(one[0], one[1]) for one in answer[0]] if answer else []

    def _ask(
        self, bus: str, path: str, interface: str, method: str, kinds: str | None = None, values: tuple[Any, ...] = ()
    ) -> tuple[Any, ...]:
        """Return what a method answers; nothing where its object is gone already."""
        call = new_method_call(DBusAddress(path, bus, interface), method, kinds, values)
        reply = self._bus.send_and_get_reply(call, timeout=PATIENCE)
        return reply.body if reply.header.message_type is MessageType.method_return else ()
