"""Merged encoder-decoders, asked the questions of a certificate: exactly, and as other programs do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, GenerationConfig

from workbench.core.chats.source_text import source_text
from workbench.engine.causal.reading import Ends
from workbench.engine.export.exact import Check, Exact, Written, written_by
from workbench.engine.export.questions import Question
from workbench.engine.seq2seq.encode import PairTokenizer
from workbench.engine.seq2seq.framing import Framing, settings_of

FLOAT = torch.float32


@dataclass
class ExactRewriter(Exact):
    """The merged weights in float32; a prompt is the encoder's text."""

    pair: PairTokenizer

    @property
    def ends(self) -> Ends:
        """Where an answer is over."""
        return ends_of(self.pair.framing)

    @torch.inference_mode()
    def answer(self, prompt: str, new_tokens: int) -> Written:
        """The likeliest token each time, up to an end or so many."""
        framing, ids = self.pair.framing, self._tensor(self.asked(prompt))
        most = min(new_tokens, framing.room_to_write or new_tokens)
        written = self.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            decoder_input_ids=self._tensor(framing.begun),
            do_sample=False,
            max_new_tokens=most,
        )
        return written_by(written[0, len(framing.begun) :].tolist(), self.tokenizer, self.ends)

    def asked(self, prompt: str) -> list[int]:
        """What the encoder reads."""
        return self.pair.whole_source(prompt)

    def _logs(self, asked: list[int], answer: Sequence[int]) -> torch.Tensor:
        ids, begun = self._tensor(asked), self.pair.framing.begun
        logits = self.model(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            decoder_input_ids=self._tensor([*begun, *answer]),
        ).logits[0]
        logs: torch.Tensor = logits[len(begun) - 1 :].float().log_softmax(-1)
        return logs


def ends_of(framing: Framing) -> Ends:
    """What ends an answer."""
    return Ends(frozenset(framing.ends), "")


def plain_settings(base: Path, framing: Framing, new_tokens: int) -> GenerationConfig:
    """How the model writes for whoever calls `generate` and says nothing: the likeliest token each time,
    and not the 20 tokens at most that are taken otherwise."""
    given = settings_of(base)
    return GenerationConfig(
        do_sample=False,
        max_new_tokens=new_tokens,
        decoder_start_token_id=framing.start,
        forced_bos_token_id=framing.opening[0] if framing.opening else None,
        eos_token_id=list(framing.ends),
        pad_token_id=framing.pad,
        bad_words_ids=given.bad_words_ids,
        suppress_tokens=given.suppress_tokens,
    )


def read_rewriter(
    folder: Path,
    questions: Sequence[Question],
    new_tokens: int,
    check: Check,
    *,
    framing: Framing,
    base: Path | None = None,
) -> tuple[list[Written], list[list[int]]]:
    """What a folder's model answers to whoever uses transformers alone; and the tokens it got.

    Args:
        framing: what stands around answers, to take it off again.
        base: the model that an adapter's folder belongs to.
    """
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForSeq2SeqLM.from_pretrained(base or folder, dtype=FLOAT)
    if base is not None:
        model = PeftModel.from_pretrained(model, folder)
    model.generation_config = GenerationConfig.from_pretrained(folder)
    found, read = [], []
    for question in questions:
        check()
        ids = tokenizer(source_text(question.messages), return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            written = model.eval().generate(
                input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=new_tokens
            )
        begun = len(framing.begun)
        found.append(written_by(written[0, begun:].tolist(), tokenizer, ends_of(framing)))
        read.append(ids[0].tolist())
    return found, read
