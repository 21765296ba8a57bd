"""What a screen reader gets of a program, read from outside it over AT-SPI's own bus."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

ACCESSIBLE = "org.a11y.atspi.Accessible"
TEXT = "org.a11y.atspi.Text"
PROPERTIES = {ACCESSIBLE: ("Name", "Description", "HelpText"), "org.a11y.atspi.Value": ("CurrentValue",)}
ROOT = "/org/a11y/atspi/accessible/root"


def missing() -> bool:
    """Tell whether this machine has no display server or no accessibility bus to read."""
    return shutil.which("Xvfb") is None or not os.path.exists("/usr/share/dbus-1/services/org.a11y.Bus.service")


@contextlib.contextmanager
def display() -> Iterator[str]:
    """Run a display without a screen and yield its name."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(
        command, pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        os.close(write_end)
        try:
            with os.fdopen(read_end) as said:
                yield f":{said.readline().strip()}"
        finally:
            server.terminate()


class Bus:
    """The accessibility bus of this session."""

    def __init__(self) -> None:
        """Ask the session where it is, which also starts it."""
        with contextlib.closing(open_dbus_connection()) as session:
            place = DBusAddress("/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Bus")
            address = session.send_and_get_reply(new_method_call(place, "GetAddress"), timeout=20).body[0]
        self._connection: DBusConnection = open_dbus_connection(address)

    def close(self) -> None:
        """Leave the bus."""
        self._connection.close()

    def texts(self) -> list[str]:
        """Return names, descriptions, values and texts of every object of every program."""
        said: list[str] = []
        self._walk("org.a11y.atspi.Registry", ROOT, said, set())
        return said

    def _walk(self, name: str, path: str, said: list[str], seen: set[tuple[str, str]]) -> None:
        if (name, path) in seen or path == "/org/a11y/atspi/null":
            return
        seen.add((name, path))
        interfaces = (self._ask(name, path, ACCESSIBLE, "GetInterfaces") or ((),))[0]
        for interface, names in PROPERTIES.items():
            if interface in interfaces:
                said += [self._property(name, path, interface, one) for one in names]
        said.append(str(self._ask(name, path, ACCESSIBLE, "GetAttributes")))
        if TEXT in interfaces:
            said.append(str(self._ask(name, path, TEXT, "GetText", "ii", (0, -1))))
        for child_name, child_path in (self._ask(name, path, ACCESSIBLE, "GetChildren") or ((),))[0]:
            self._walk(child_name, child_path, said, seen)

    def _property(self, name: str, path: str, interface: str, wanted: str) -> str:
        found = self._ask(name, path, "org.freedesktop.DBus.Properties", "Get", "ss", (interface, wanted))
        return str(found[0][1]) if found else ""

    def _ask(
        self, name: str, path: str, interface: str, method: str, signature: str = "", body: tuple[Any, ...] = ()
    ) -> tuple[Any, ...] | None:
        """Return the answer, or None where the object does not know the question."""
        place = DBusAddress(path, bus_name=name, interface=interface)
        reply = self._connection.send_and_get_reply(new_method_call(place, method, signature or None, body), timeout=20)
        return None if reply.header.message_type is MessageType.error else tuple(reply.body)
