"""Base of all settings a user writes: frozen, unknown keys refused, docs taken from attributes."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

Named = tuple[tuple[str | int, ...], str, str]
"""Where in the options, the name given, and what it must be: a register, or `place` for either a
site or a country."""


class Settings(BaseModel):
    """A block of a scenario file."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False
    )


class Options(Settings):
    """Scenario knobs of one concept; every concept extends it."""

    on: bool = True
    """Whether the concept takes part [yes/no]"""

    def named(self) -> Iterator[Named]:
        """Names of sites, classes and the like here, to be checked against the data."""
        yield from ()
