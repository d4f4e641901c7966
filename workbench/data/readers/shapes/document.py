"""One JSON object that is a whole file of a known shape, with the records inside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.data.readers.shapes.shape import Shape


@dataclass(frozen=True)
class Opened:
    """What is inside."""

    records: Sequence[Any]
    shape: Shape | None = None
    """None where the records have still to be recognised."""
    notes: tuple[str, ...] = ()
    unused: Mapping[str, int] = field(default_factory=dict)
    """What else stands in the object, with how many parts it has."""


Opener = Callable[[dict[str, Any], str], Opened | None]
"""From the object and the user's choice to its records, if it is of a shape known to the module."""
