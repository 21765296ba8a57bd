"""Checks an answer against its wire model; what does not fit becomes `Garbled`, without a word of the answer."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from bcdesk.client.errors import Garbled
from bcdesk.client.replies import Reply
from bcdesk.contract import wire
from bcdesk.contract.secret import OneTimeSecret

Model = TypeVar("Model", bound=wire.Wire)


PLACE_MOST: Final = 512
"""The longest cursor or ``since`` that the contract takes back."""


def is_place(text: str) -> bool:
    """Tell whether a cursor or ``since`` can be handed back to the server that gave it."""
    return 0 < len(text) <= PLACE_MOST and text.isascii() and text.isprintable()


def checked(model: type[Model], data: Any, *, status: int = 200) -> Model:
    """Return ``data`` as ``model``; raise `Garbled` where it does not fit."""
    try:
        return model.model_validate(data)
    except (ValidationError, OverflowError, OSError):
        failure = Garbled("shape", status=status)
    raise failure


def read(model: type[Model], reply: Reply) -> Model:
    """Return the body of ``reply`` as ``model``."""
    return checked(model, reply.json(), status=reply.status)


def read_secret(model: type[Model], reply: Reply, well_formed: Callable[[str], object]) -> tuple[Model, OneTimeSecret]:
    """Take the secret out of a secret-making reply first, then check the rest: no model ever sees it."""
    checked_rest, secret = read_maybe_secret(model, reply, well_formed)
    if secret is None:
        raise Garbled("secret", status=reply.status)
    return checked_rest, secret


def read_maybe_secret(
    model: type[Model], reply: Reply, well_formed: Callable[[str], object]
) -> tuple[Model, OneTimeSecret | None]:
    """Do as `read_secret` does with a reply that may hold none."""
    data = reply.json()
    value = data.pop("secret", None) if isinstance(data, dict) else None
    if value is not None and not (isinstance(value, str) and well_formed(value)):
        raise Garbled("secret", status=reply.status)
    secret = None if value is None else OneTimeSecret(value)
    del value
    return checked(model, data, status=reply.status), secret
