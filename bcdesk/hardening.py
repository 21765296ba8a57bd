"""Keeps the memory of this process from others of the same user, and off the disk, as KeePassXC does at its start.

On Linux no core dump is written and nobody but root may attach to the process or read its memory
(`PR_SET_DUMPABLE`); on macOS nobody may attach; on Windows the process's own access list lets others of the same
user only wait for it, ask for its name and end it. A child that is started by exec begins open again, and closes
itself where it is a program of ours.

What that breaks, on purpose: debuggers and profilers of the same user, ``/proc/PID/{mem,environ,fd,maps}`` for the
same user (and for the process itself, unless it is root), and portals that tell a program by ``/proc/PID/root``.
Root, and a debugger that starts the program and holds it from the beginning on Windows, still see everything.
"""

import ctypes
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

_PR_GET_DUMPABLE: Final = 3
_PR_SET_DUMPABLE: Final = 4
_PT_DENY_ATTACH: Final = 31
_SEM_NOGPFAULTERRORBOX: Final = 0x0002
_TOKEN_QUERY: Final = 0x0008
_TOKEN_USER: Final = 1
_SE_KERNEL_OBJECT: Final = 6
_ACL_REVISION: Final = 2
_ACL_INFORMATION: Final = 0x00000004 | 0x80000000  # the list itself, and that nothing is inherited into it
_MAY_WAIT_NAME_END: Final = 0x00100000 | 0x1000 | 0x0001
"""SYNCHRONIZE, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_TERMINATE: what a protected process grants."""
_log = logging.getLogger(__name__)


class Hardened(NamedTuple):
    """What is in force: no core dumps, and no memory for others of the same user."""

    no_core: bool
    closed: bool


def harden() -> Hardened:
    """Close this process; where the system refuses a part that is logged, and the program goes on."""
    if sys.platform == "win32":
        done = Hardened(_no_error_box(), _own_access_list())
    elif sys.platform == "darwin":
        done = Hardened(_no_core(), _library().ptrace(_PT_DENY_ATTACH, 0, None, 0) == 0)
    elif sys.platform == "linux":
        done = Hardened(_no_core(), _dumpable(False))
    else:
        done = Hardened(_no_core(), False)
    if not all(done):
        _log.warning("the system does not close this process: no core dumps %s, memory closed %s", *done)
    return done


def is_closed() -> bool:
    """Tell whether the memory of this process is closed to others of the same user; known on Linux alone."""
    return sys.platform == "linux" and int(_library().prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0)) == 0


@contextmanager
def opened() -> Iterator[None]:
    """Open the process for the block on Linux, and close it again if it was closed.

    Chromium starts its sandbox in a child that, before it runs anything of its own, has to write
    ``/proc/self/uid_map``; in the child of a closed process that file belongs to root.
    """
    if not is_closed():
        yield
        return
    _dumpable(True)
    try:
        yield
    finally:
        _dumpable(False)


def _library() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _dumpable(wanted: bool) -> bool:
    return bool(_library().prctl(_PR_SET_DUMPABLE, int(wanted), 0, 0, 0) == 0)


def _no_core() -> bool:
    if sys.platform != "win32":
        import resource

        try:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        except (OSError, ValueError):
            return False
    return True


def _no_error_box() -> bool:
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.SetErrorMode(kernel.GetErrorMode() | _SEM_NOGPFAULTERRORBOX)  # its box offers to send a dump
    return True


def _own_access_list() -> bool:
    """Replace the process's access list by one entry for its own user; written after KeePassXC's, and not run yet."""
    if sys.platform == "win32":
        from ctypes import wintypes

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        advapi = ctypes.WinDLL("advapi32", use_last_error=True)
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        process, token = wintypes.HANDLE(kernel.GetCurrentProcess()), wintypes.HANDLE()
        if not advapi.OpenProcessToken(process, _TOKEN_QUERY, ctypes.byref(token)):
            return False
        try:
            length = wintypes.DWORD()
            advapi.GetTokenInformation(token, _TOKEN_USER, None, 0, ctypes.byref(length))
            user = ctypes.create_string_buffer(length.value)  # TOKEN_USER: a pointer to the SID first, the SID behind
            if not advapi.GetTokenInformation(token, _TOKEN_USER, user, length, ctypes.byref(length)):
                return False
            sid = ctypes.c_void_p.from_buffer(user)
            room = 8 + 12 + int(advapi.GetLengthSid(sid))  # sizeof(ACL), sizeof(ACCESS_ALLOWED_ACE), and the SID
            entries = ctypes.create_string_buffer(room)
            if not advapi.InitializeAcl(entries, room, _ACL_REVISION):
                return False
            if not advapi.AddAccessAllowedAce(entries, _ACL_REVISION, _MAY_WAIT_NAME_END, sid):
                return False
            advapi.SetSecurityInfo.restype = wintypes.DWORD
            what = wintypes.DWORD(_ACL_INFORMATION)
            return int(advapi.SetSecurityInfo(process, _SE_KERNEL_OBJECT, what, None, None, entries, None)) == 0
        finally:
            kernel.CloseHandle(token)
    else:
        return False
