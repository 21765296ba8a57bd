"""What every JSON document of the contract has in common."""

import re
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _only_rfc_3339(value: object) -> object:
    if (isinstance(value, str) and not _MOMENT.fullmatch(value)) or isinstance(value, int | float):
        raise PydanticCustomError("not_rfc_3339", "not an RFC 3339 moment")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_only_rfc_3339), Field(strict=False)]
"""A moment that a request names: RFC 3339 text with its offset, never a number."""


class Wire(BaseModel):
    """An answer: frozen, unknown members ignored, inputs kept out of errors and of pydantic's string cache."""

    model_config = ConfigDict(frozen=True, extra="ignore", cache_strings="keys", hide_input_in_errors=True)


class Body(Wire):
    """A request: as `Wire`, but an unknown member is a fault, and nothing is read as another type than it has."""

    model_config = ConfigDict(extra="forbid", strict=True)
