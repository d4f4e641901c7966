"""Answers of a whole file by the server's batching engine, where it computes what the model does."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from workbench.engine.causal.reading import Ends
from workbench.engine.generative.held import Held, choices
from workbench.engine.runtime import device
from workbench.engine.serving.choosing.token_choice import TokenChoice
from workbench.engine.serving.engines.batching_engine import BatchingEngine
from workbench.engine.serving.engines.choose import batching_engine
from workbench.engine.serving.engines.protocol import Asked, Choice
from workbench.engine.serving.fair_lock import FairLock
from workbench.engine.serving.requests import Sampling

Over = Callable[[int, list[int] | None, TokenChoice], None]
"""Called with the place of an answer that is over, its tokens (None where memory has no room for it) and
how they were chosen."""


@dataclass(frozen=True)
class Batching:
    """The engine, and with which adapter it answers."""

    engine: BatchingEngine
    adapter: str | None = None

    @classmethod
    def of(cls, model: Any, name: str, most_bytes: float) -> "Batching | None":
        """The engine of a base model without an adapter; None where `generate` answers.

        Args:
            name: of the model, for the log.
            most_bytes: that its weights may take once more.
        """
        if model.num_parameters() * device.dtype().itemsize > most_bytes:
            return None
        engine = batching_engine(model, FairLock(), None, name)
        return None if engine is None else cls(engine)

    def adapted(self, adapter: str) -> "Batching | None":
        """The same with an adapter that peft has put into the model; None where `generate` answers."""
        self.engine.added(adapter)
        return Batching(self.engine, adapter) if self.engine.takes(adapter) else None

    def plain(self) -> "Batching":
        """The same without an adapter."""
        return Batching(self.engine)

    def write(
        self,
        questions: Sequence[list[int]],
        most: int,
        ends: Ends,
        tokenizer: Any,
        form: Held | None,
        gone: Callable[[], bool],
        over: Over,
    ) -> None:
        """One answer to each question, the longest questions first.

        Args:
            questions: token ids.
            most: tokens of the longest answer.
            gone: whether the answers are of no use any more; asked with each token.
            over: called in the order in which answers end; it may raise, which ends them all.
        """
        order = sorted(range(len(questions)), key=lambda place: -len(questions[place]))
        chosen: dict[int, TokenChoice] = {}

        def asked() -> Iterator[Asked]:
            for place in order:
                (chosen[place],) = choices(form, [place], most)
                yield self._asked(questions[place], most, ends, tokenizer, chosen[place], gone)

        def ended(number: int, tokens: list[int] | None) -> None:
            over(order[number], tokens, chosen.pop(order[number]))

        self.engine.write_all(asked(), ended)

    def _asked(
        self,
        ids: list[int],
        most: int,
        ends: Ends,
        tokenizer: Any,
        choice: TokenChoice,
        gone: Callable[[], bool],
    ) -> Asked:
        return Asked(
            inputs={"input_ids": torch.tensor([ids])},
            adapter=self.adapter,
            sampling=Sampling(max_tokens=most),
            most=choice.room(most),
            ends=ends.ids,
            pad=tokenizer.pad_token_id,
            choice=_UpTo(choice, ends.text, tokenizer) if ends.text else choice,
            gone=gone,
        )


class _UpTo:
    """A `Choice` that is over where several tokens have written the text of an answer's end."""

    def __init__(self, choice: Choice, text: str, tokenizer: Any) -> None:
        self._choice, self._text, self._tokenizer = choice, text, tokenizer
        self._last: deque[int] = deque(maxlen=len(text.encode()))  # no token is shorter than a byte
        self._has_ended = False

    @property
    def is_needed(self) -> bool:
        return self._choice.is_needed

    def scored(self, scores: torch.Tensor) -> torch.Tensor:
        return self._choice.scored(scores)

    def accept(self, token: int, *, ends: bool = False) -> None:
        self._choice.accept(token, ends=ends)
        self._last.append(token)
        written = self._tokenizer.decode(list(self._last))
        self._has_ended = self._has_ended or written.rstrip().endswith(self._text)

    @property
    def is_over(self) -> bool:
        return self._has_ended or self._choice.is_over
