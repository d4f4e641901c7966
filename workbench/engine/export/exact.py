"""A merged model computed exactly (float32), as what an export is held against.

Two programs that compute the same weights round differently, so where two tokens are nearly as likely they
may part. So an answer that parts is not wrong by itself: it is asked how likely the exact model finds
the other token at that place, and the other answer as a whole.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from workbench.engine.causal.reading import Ends, answer_of, ends_set, text_ids

EXPLAINED = 0.5
"""Nats between two tokens up to which rounding may choose either."""
Check = Callable[[], None]


@dataclass(frozen=True)
class Written:
    """An answer: its text, and the tokens that wrote it, without its end."""

    text: str
    ids: tuple[int, ...]


@dataclass(frozen=True)
class Judged:
    """One answer, as the exact model finds it."""

    surprise: float
    """Nats a token more than the exact model's own answer; never below 0."""
    gap: float
    """Nats between its own token and the other one, where the two answers part first."""

    @property
    def is_explained(self) -> bool:
        """Whether rounding may have chosen the other token."""
        return self.gap <= EXPLAINED


@dataclass
class Exact:
    """The merged weights in float32."""

    model: Any
    tokenizer: Any

    @property
    def ends(self) -> Ends:
        """Where an answer is over."""
        return ends_set(self.model)

    @torch.inference_mode()
    def answer(self, prompt: str, new_tokens: int) -> Written:
        """The likeliest token each time, up to an end or so many."""
        ids = self._tensor(self.asked(prompt))
        written = self.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=new_tokens,
            eos_token_id=sorted(self.ends.ids),
            pad_token_id=self.tokenizer.pad_token_id,
        )
        return written_by(written[0, ids.shape[1] :].tolist(), self.tokenizer, self.ends)

    def asked(self, prompt: str) -> list[int]:
        """A prompt's tokens."""
        return text_ids(prompt, self.tokenizer)

    def answers(self, prompts: Sequence[str], new_tokens: int, check: Check) -> list[Written]:
        """An answer to each prompt, one by one: batches would round differently."""
        found = []
        for prompt in prompts:
            check()
            found.append(self.answer(prompt, new_tokens))
        return found

    @torch.inference_mode()
    def judged(self, prompt: str, own: Written, other: Written) -> Judged:
        """How the exact model finds another answer than its own."""
        if own.ids == other.ids or own.text == other.text:
            return Judged(0.0, 0.0)
        asked, mine, others = self.asked(prompt), own.ids, other.ids
        own_logs, other_logs = self._logs(asked, mine), self._logs(asked, others)
        at = next((i for i, pair in enumerate(zip(mine, others, strict=False)) if pair[0] != pair[1]),
                  min(len(mine), len(others)))  # fmt: skip
        there = own_logs[at]
        gap = self._of(there, mine, at) - self._of(there, others, at)
        surprise = self._mean(own_logs, mine) - self._mean(other_logs, others)
        return Judged(max(0.0, surprise), max(0.0, gap))

    def _logs(self, asked: list[int], answer: Sequence[int]) -> torch.Tensor:
        """Log probabilities (answer + 1, vocabulary) of what comes at each place of an answer."""
        ids = self._tensor([*asked, *answer])
        logits = self.model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0]
        logs: torch.Tensor = logits[len(asked) - 1 :].float().log_softmax(-1)
        return logs

    def _of(self, logs: torch.Tensor, ids: Sequence[int], at: int) -> float:
        """The log probability of an answer's token, or of its end."""
        if at < len(ids):
            return float(logs[ids[at]])
        return max((float(logs[end]) for end in self.ends.ids), default=float(logs.max()))

    def _mean(self, logs: torch.Tensor, ids: Sequence[int]) -> float:
        return statistics.fmean(self._of(logs[at], ids, at) for at in range(len(ids) + 1))

    def _tensor(self, ids: list[int]) -> torch.Tensor:
        return torch.tensor([ids], dtype=torch.long, device=self.model.device)


def written_by(ids: Sequence[int], tokenizer: Any, ends: Ends) -> Written:
    """The answer that these tokens write, up to its end."""
    until = next((at for at, token in enumerate(ids) if token in ends.ids), len(ids))
    return Written(answer_of(ids, tokenizer, ends), tuple(ids[:until]))


def exact_of(model: Any, tokenizer: Any) -> Exact:
    """The exact model of one in 16 bits, which becomes it: there is room for one only."""
    ends = ends_set(model)
    whole = model.float().eval()
    whole.end_text = ends.text
    return Exact(whole, tokenizer)
