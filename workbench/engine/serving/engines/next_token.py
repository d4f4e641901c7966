"""From scores to the next token of an answer; the same draws as transformers' `generate` makes."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import (
    GenerationConfig,
    RepetitionPenaltyLogitsProcessor,
    TopPLogitsWarper,
)

from workbench.engine.serving.engines.protocol import Asked

KNOWN = {
    "repetition_penalty", "temperature", "top_p", "top_k", "do_sample", "max_length",
    "max_new_tokens", "use_cache", "cache_implementation", "cache_config",
}  # fmt: skip
"""Settings of a model that are followed here, or that a request's own take the place of."""


def unknown_settings(settings: GenerationConfig) -> list[str]:
    """Names of a model's own settings for writing that only `generate` follows."""
    usual = GenerationConfig._get_default_generation_params()
    return [
        name
        for name, value in settings.to_diff_dict().items()
        if name not in KNOWN
        and value
        and value != usual.get(name)
        and not name.endswith(("token_id", "version", "_from_model_config"))
        and not name.startswith("_")
    ]


class NextToken:
    """Chooses the tokens of one answer."""

    def __init__(self, asked: Asked, repetition_penalty: float | None) -> None:
        sampling = asked.sampling
        self._asked = asked
        self._repeats = _penalty(repetition_penalty)
        self._nucleus = TopPLogitsWarper(sampling.top_p) if sampling.top_p < 1 else None
        self._draws = torch.Generator()
        if sampling.seed is None:
            self._draws.seed()
        else:
            self._draws.manual_seed(sampling.seed)

    @property
    def is_plain(self) -> bool:
        """Whether it is just the likeliest token."""
        return (
            self._asked.sampling.is_greedy
            and self._repeats is None
            and not self._asked.choice.is_needed
        )

    def of(self, scores: Tensor, ids: Sequence[int]) -> int:
        """The token for scores (vocabulary,) behind the tokens `ids`.

        Raises:
            Exception: whatever the request's own choice raises.
        """
        if self._repeats is not None:
            scores = self._repeats(torch.tensor([list(ids)]), scores[None])[0]
        if self._asked.choice.is_needed:
            scores = self._asked.choice.scored(scores)
        sampling = self._asked.sampling
        if sampling.is_greedy:
            return int(scores.argmax())
        scores = scores / float(sampling.temperature)
        if self._nucleus is not None:
            scores = self._nucleus(torch.empty(0), scores[None])[0]
        shares = scores.softmax(-1)
        return int(torch.multinomial(shares, 1, generator=self._draws))


def _penalty(factor: float | None) -> Any:
    return RepetitionPenaltyLogitsProcessor(factor) if factor and factor != 1.0 else None
