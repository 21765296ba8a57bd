"""What every JSON document of the contract has in common."""

from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    """An answer: frozen, unknown members ignored, inputs kept out of errors and of pydantic's string cache."""

    model_config = ConfigDict(frozen=True, extra="ignore", cache_strings="keys", hide_input_in_errors=True)


class Body(Wire):
    """A request: as `Wire`, but an unknown member is a fault."""

    model_config = ConfigDict(extra="forbid", strict=False)
