"""Base of all settings a user writes: frozen, unknown keys refused, docs taken from attributes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A block of a scenario file."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False
    )


class Options(Settings):
    """Scenario knobs of one concept; every concept extends it."""

    on: bool = True
    """Whether the concept takes part [yes/no]"""
