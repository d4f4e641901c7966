"""A form that an answer keeps to while it is written, token by token; knows nothing of HTTP."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import torch


class TokenConstraint(Protocol):
    """Which token may come next, given those that came.

    One belongs to one answer. Whoever writes asks for the mask, chooses a token that it allows,
    and hands that one back, until nothing may follow.
    """

    def mask(self) -> torch.Tensor:
        """(vocabulary,) bool on the CPU, True for what may come next.

        Raises:
            WorkbenchError: the form is too hard to follow.
        """

    def accept(self, token: int) -> None:
        """Go on with the token that was chosen.

        Raises:
            WorkbenchError: the mask did not allow it.
        """

    @property
    def is_over(self) -> bool:
        """Whether the answer is whole and nothing may follow but its end."""


@runtime_checkable
class Closing(TokenConstraint, Protocol):
    """A form whose answer is whole when its room ends, and that tells how it came about."""

    def limit(self, tokens: int) -> int:
        """Set the room; what the answer gets, which may be a little more."""

    def note(self, logprob: float) -> None:
        """How likely the token was that is handed back next, among those that were allowed."""

    @property
    def cut(self) -> Sequence[str]:
        """What of the answer ended because its room did."""
