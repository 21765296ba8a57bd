"""Sends messages to macOS's own objects, by its runtime's C interface; written after its documents, and not run yet."""

import ctypes
from typing import Any, Final

_RUNTIME: Final = "/usr/lib/libobjc.A.dylib"


def runtime() -> Any:
    """Return the runtime; raises OSError on any other system."""
    library = ctypes.CDLL(_RUNTIME)
    library.objc_getClass.restype = library.sel_registerName.restype = ctypes.c_void_p
    library.objc_getClass.argtypes = library.sel_registerName.argtypes = [ctypes.c_char_p]
    return library


def send(target: Any, message: str, *arguments: Any, gives: Any = ctypes.c_void_p) -> Any:
    """Send ``message`` with ``arguments`` (ctypes values) to ``target``, a pointer, and return what it gives."""
    library = runtime()
    # the function is not variadic on arm64: each message needs the type of the method behind it
    kind = ctypes.CFUNCTYPE(gives, ctypes.c_void_p, ctypes.c_void_p, *[type(one) for one in arguments])
    method = kind(("objc_msgSend", library))
    return method(target, library.sel_registerName(message.encode()), *arguments)


def of_class(name: str, message: str, *arguments: Any) -> Any:
    """Send ``message`` to the class ``name`` and return the pointer that it gives."""
    return send(runtime().objc_getClass(name.encode()), message, *arguments)


def string(text: str) -> Any:
    """Return an autoreleased NSString of ``text``."""
    return ctypes.c_void_p(of_class("NSString", "stringWithUTF8String:", ctypes.c_char_p(text.encode())))
