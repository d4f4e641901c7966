"""What the server asks of whoever computes the tokens of an answer; knows nothing of HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch

from workbench.engine.serving.requests import Sampling


class Choice(Protocol):
    """How one answer's next token is chosen, beside temperature and top_p (see `choosing`)."""

    @property
    def is_needed(self) -> bool:
        """Whether it does anything to the scores, or keeps any of them."""

    def scored(self, scores: torch.Tensor) -> torch.Tensor:
        """The scores (vocabulary,) by which the next token is chosen."""

    def accept(self, token: int, *, ends: bool = False) -> None:
        """The token that was chosen."""

    @property
    def is_over(self) -> bool:
        """Whether nothing can follow."""


@dataclass(frozen=True)
class Asked:
    """One answer to be computed."""

    inputs: dict[str, torch.Tensor]
    """What the model reads, one row; `input_ids` (1, tokens) among it."""
    adapter: str | None
    sampling: Sampling
    most: int
    """Tokens of the longest answer."""
    ends: frozenset[int]
    """Tokens that end an answer; the last one written may be such."""
    pad: int | None
    choice: Choice
    gone: Callable[[], bool]
    """Whether nobody waits for the answer any more; asked after each token."""

    @property
    def ids(self) -> list[int]:
        """The question's tokens."""
        found: list[int] = self.inputs["input_ids"][0].tolist()
        return found


Took = Callable[[int], bool]
"""Called with each token of an answer; true ends it."""


class Engine(Protocol):
    """Computes answers of one base model and its adapters, for several callers at once."""

    name: str

    def write(self, asked: Asked, took: Took) -> None:
        """Compute an answer; returns when it is over.

        Raises:
            WorkbenchError: it cannot be computed.
        """

    def added(self, adapter: str) -> None:
        """An adapter was put into the model, perhaps in the place of one of this name."""

    def removed(self, adapter: str) -> None:
        """An adapter was taken out of the model."""

    @property
    def memory_bytes(self) -> int:
        """What it holds beside the model's own weights."""
