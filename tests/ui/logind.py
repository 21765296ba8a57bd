"""Plays logind on a bus of its own: ``python -m tests.ui.logind ADDRESS``; each line on stdin is an order."""

import os
import sys
import threading
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.low_level import Message
from jeepney.wrappers import new_error

PATH, SESSION = "/org/freedesktop/login1", "/org/freedesktop/login1/session/_37"
MANAGER, ONE = "org.freedesktop.login1.Manager", "org.freedesktop.login1.Session"


class Logind:
    """Answers what a desk asks, and tells of what the orders say."""

    def __init__(self, address: str, *, old: bool) -> None:
        self.bus: DBusConnection = open_dbus_connection(address, enable_fds=True)
        self.bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.login1"))
        self.locked = False
        self.old = old
        self.given: list[int] = []

    def serve(self) -> None:
        while True:
            message = self.bus.receive()
            if message.header.message_type is MessageType.method_call:
                self.bus.send(self.answer(message))
                for descriptor in self.given:
                    os.close(descriptor)  # the desk's own copy holds the inhibition from here on
                self.given.clear()

    def answer(self, message: Message) -> Message:
        member = message.header.fields[HeaderFields.member]
        if member == "Inhibit":
            read, write = os.pipe()
            self.given.append(write)
            threading.Thread(target=wait, args=(read,), daemon=True).start()
            say(f"inhibited {' '.join(message.body)}")
            return new_method_return(message, "h", (write,))
        if member == "GetSession":
            say(f"session {message.body[0]}")
            if self.old and message.body[0] == "auto":
                return new_error(message, "org.freedesktop.login1.NoSuchSession", "s", ("no",))
            return new_method_return(message, "o", (SESSION,))
        if member == "Get":
            return new_method_return(message, "v", (("b", self.locked),))
        return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")

    def tell(self, order: str) -> None:
        if order in ("sleep true", "sleep false"):
            self.signal(PATH, MANAGER, "PrepareForSleep", "b", (order.endswith("true"),))
        elif order == "lock":
            self.signal(SESSION, ONE, "Lock")
        elif order == "lock another":
            self.signal(f"{SESSION}1", ONE, "Lock")
        elif order in ("hint true", "hint false"):
            self.locked = order.endswith("true")
            changed: Any = (ONE, {"LockedHint": ("b", self.locked)}, [])
            self.signal(SESSION, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as", changed)
        elif order.startswith("screen "):
            _, interface, active = order.split()
            self.signal("/org/x/ScreenSaver", interface, "ActiveChanged", "b", (active == "true",))

    def signal(
        self, path: str, interface: str, name: str, kinds: str | None = None, body: tuple[Any, ...] = ()
    ) -> None:
        self.bus.send(new_signal(DBusAddress(path, interface=interface), name, kinds, body))


def wait(inhibitor: int) -> None:
    """Tell when the desk has let go."""
    os.read(inhibitor, 1)
    say("released")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logind = Logind(sys.argv[1], old="--old" in sys.argv)
    threading.Thread(target=logind.serve, daemon=True).start()
    say("ready")
    for line in sys.stdin:
        logind.tell(line.strip())
