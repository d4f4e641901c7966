"""Answers that transformers' `generate` writes at once: the choice of each of them, token by token."""

from collections.abc import Sequence
from typing import Any

import torch
from transformers import LogitsProcessor, LogitsProcessorList, StoppingCriteria

from workbench.engine.serving.engines.protocol import Choice

NEVER = float("-inf")


class Together:
    """What `generate` asks before a token, and after it."""

    def __init__(self, choices: Sequence[Choice], end: int) -> None:
        """`end` is written behind an answer that is whole."""
        self._choices, self._end = choices, end
        needed = any(choice.is_needed for choice in choices)
        self.before = LogitsProcessorList([_Before(self)] if needed else [])
        self.after: list[StoppingCriteria] = [_After(self)] if needed else []

    def scored(self, scores: torch.Tensor) -> torch.Tensor:
        """The scores (answers, vocabulary) by which the next tokens are chosen."""
        rows = zip(self._choices, scores, strict=True)
        return torch.stack([self._ended(row) if c.is_over else c.scored(row) for c, row in rows])

    def took(self, tokens: Sequence[int]) -> list[bool]:
        """Which answers are over, once these tokens have been chosen."""
        for choice, token in zip(self._choices, tokens, strict=True):
            if not choice.is_over:
                choice.accept(token)
        return [choice.is_over for choice in self._choices]

    def _ended(self, scores: torch.Tensor) -> torch.Tensor:
        found = torch.full_like(scores, NEVER)
        found[self._end] = scores[self._end]
        return found


class _Before(LogitsProcessor):
    def __init__(self, together: Together) -> None:
        self._together = together

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        return self._together.scored(scores)


class _After(StoppingCriteria):
    def __init__(self, together: Together) -> None:
        self._together = together

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        over = self._together.took(input_ids[:, -1].tolist())
        return torch.tensor(over, dtype=torch.bool, device=input_ids.device)
