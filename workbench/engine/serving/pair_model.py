"""A loaded encoder-decoder and its adapters: the question is one text, the answer another."""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from workbench.engine.generative.long_texts.parts import Selection
from workbench.engine.seq2seq.encode import PairTokenizer, limits_of
from workbench.engine.seq2seq.label_scores import label_probabilities
from workbench.engine.serving.fair_lock import FairLock
from workbench.engine.serving.text_model import TextModel


class PairModel(TextModel):
    """An encoder-decoder with switchable adapters."""

    def __init__(self, model: Any, texts: PairTokenizer, turns: FairLock, name: str = "") -> None:
        super().__init__(model, texts.own, turns, name)
        self._texts = texts

    def encode(self, text: str) -> dict[str, Any]:
        """The question as tensors, one row, with what its answer begins with."""
        framing, device = self._texts.framing, self.model.device
        source = torch.tensor([self._texts.whole_source(text)], device=device)
        begun = torch.tensor([framing.begun], device=device)
        mask = torch.ones_like(source)
        return {"input_ids": source, "attention_mask": mask, "decoder_input_ids": begun}

    def longest_read(self, prompt: str, answers: Sequence[str]) -> int:
        """Tokens of the question: the answers have places of their own."""
        return len(self._texts.whole_source(prompt))

    def selected(self, text: str, most: int, way: str) -> Selection:
        """What is read of a question by a model that learned from at most so many tokens."""
        framing = self._texts.framing
        return PairTokenizer(self._texts.own, framing, limits_of(framing, most), way).selected(text)

    @property
    def context_length(self) -> int | None:
        """Tokens of the longest question."""
        return self._texts.framing.longest_source

    def room_after(self, read: int) -> int | None:
        """Tokens of the longest answer; 0 where the question is too long."""
        framing = self._texts.framing
        if framing.longest_source is not None and read > framing.longest_source:
            return 0
        return framing.room_to_write

    def label_probabilities(
        self, prompt: str, answers: Sequence[str], between: Callable[[], None]
    ) -> list[float]:
        """One probability for each answer to the question; they add up to 1."""
        source, _cut = self._texts.source(prompt)
        targets = [self._texts.target(answer)[0] for answer in answers]
        return label_probabilities(self.model, self._texts.framing, source, targets, between)
