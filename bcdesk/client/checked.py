"""Checks an answer against its wire model; what does not fit becomes `Garbled`, without a word of the answer."""

from typing import Any, TypeVar

from pydantic import ValidationError

from bcdesk.client.errors import Garbled
from bcdesk.client.transport import Reply
from bcdesk.contract import key_format, wire
from bcdesk.contract.secret import OneTimeSecret

Model = TypeVar("Model", bound=wire.Wire)


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


def read_secret(model: type[Model], reply: Reply) -> tuple[Model, OneTimeSecret]:
    """Take the secret out of a secret-making reply first, then check the rest: no model ever sees it."""
    data = reply.json()
    value = data.pop("secret", None) if isinstance(data, dict) else None
    if not isinstance(value, str) or key_format.parse(value) is None:
        raise Garbled("secret", status=reply.status)
    secret = OneTimeSecret(value)
    del value
    return checked(model, data, status=reply.status), secret
