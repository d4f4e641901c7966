"""What is found when a base model is tried once as a training will use it.

Each check is one thing that a training, an exam or an answer needs. Its result is a sentence; what
makes a training fail is an error. `checked_load` of a family's engine does it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Tell = Callable[..., None]
"""Told how far it is, 0 to 1, and what is done; may raise to leave (`Meter`)."""

QUESTION, ANSWER = "Where is my parcel?", "It is on its way."
OTHER = "It will be there on Friday."


@dataclass
class CheckedLoad:
    """What was found when a model was tried."""

    parameters: int
    packed_layers: int | None = None
    """Layers in 4 bits; None for models that are not packed."""
    layers: int | None = None
    """Of how many."""
    checks: dict[str, str] = field(default_factory=dict)
    """Name of each check → what it found, a sentence."""
    whole_logits: bool = False
    """Whether its loss needs the model's own way from states to logits, for all tokens at once."""

    def as_dict(self) -> dict[str, Any]:
        """For result.json."""
        return dict(vars(self))
