"""Answers by transformers' `generate`, one at a time in turns: the road that serves every model."""

from typing import Any, Protocol

import torch
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from workbench.engine.runtime.precision import precision
from workbench.engine.serving.choosing.together import Together
from workbench.engine.serving.engines.protocol import Asked, Took
from workbench.engine.serving.fair_lock import FairLock
from workbench.engine.serving.requests import Sampling

NAME = "transformers"


class Loaded(Protocol):
    """A model with adapters that can be switched, one at a time."""

    model: Any
    turns: FairLock

    def select(self, name: str | None) -> None:
        """Answer with this adapter; None for the base model."""


class TransformersEngine:
    """See `Engine`. Whoever writes holds the turn, and hands it on ten times a second."""

    name = NAME
    memory_bytes = 0

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded

    @torch.inference_mode()
    def write(self, asked: Asked, took: Took) -> None:
        """One answer; see `Engine`."""
        with self._loaded.turns, precision():
            if asked.gone():
                return
            self._loaded.select(asked.adapter)
            self._loaded.model.generate(
                **asked.inputs,
                generation_config=GenerationConfig(
                    **_settings(asked.sampling),
                    max_new_tokens=asked.most,
                    eos_token_id=sorted(asked.ends),
                    pad_token_id=asked.pad,
                ),
                logits_processor=Together([asked.choice], min(asked.ends, default=0)).before,
                stopping_criteria=StoppingCriteriaList([_Follower(self._loaded, asked, took)]),
            )

    def added(self, adapter: str) -> None:
        """Adapters are in the model itself."""

    def removed(self, adapter: str) -> None:
        """Adapters are in the model itself."""


class _Follower(StoppingCriteria):
    """Called with all tokens after each new one."""

    def __init__(self, loaded: Loaded, asked: Asked, took: Took) -> None:
        self._loaded, self._asked, self._took = loaded, asked, took

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        token, asked = int(input_ids[0, -1]), self._asked
        asked.choice.accept(token, ends=token in asked.ends)
        over = self._took(token) or asked.gone() or asked.choice.is_over
        if not over and self._loaded.turns.is_over():
            self._let_others_go()
        return torch.full((1,), over, dtype=torch.bool, device=input_ids.device)

    def _let_others_go(self) -> None:
        device = self._loaded.model.device
        devices = [device] if device.type == "cuda" else []
        with torch.random.fork_rng(devices):  # draws stay the same whoever else is answered
            self._loaded.turns.pass_on()
        self._loaded.select(self._asked.adapter)


def _settings(sampling: Sampling) -> dict[str, Any]:
    """`generate`'s arguments; also seeds the draws, repeatably if the caller says so."""
    if sampling.is_greedy:
        return {"do_sample": False}
    torch.seed() if sampling.seed is None else torch.manual_seed(sampling.seed)
    return {
        "do_sample": True,
        "temperature": float(sampling.temperature),
        "top_p": float(sampling.top_p),
        "top_k": 0,
    }
