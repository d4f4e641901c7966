"""Merged models that write, asked the questions of a certificate: exactly, and as other programs do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoTokenizer, GenerationConfig

from workbench.core.messages import render_prompt
from workbench.core.templates.chat_template import ChatTemplate
from workbench.engine.causal.marks import guard_of
from workbench.engine.causal.reading import Beginning, Ends, text_ids
from workbench.engine.export.exact import Check, Exact, Judged, Written, written_by
from workbench.engine.export.questions import Question
from workbench.engine.models.config import load_config, writer_class

FLOAT = torch.float32


@dataclass
class CausalWriter:
    """The exact model of one that goes on with texts."""

    exact: Exact
    template: ChatTemplate

    def prompt(self, question: Question) -> str:
        """The text that it goes on from."""
        guard = guard_of(self.exact.tokenizer)
        if not question.messages:
            return Beginning(guard.text(question.text))
        return render_prompt(guard.messages(question.messages), self.template)

    def answers(
        self, questions: Sequence[Question], new_tokens: int, check: Check
    ) -> list[Written]:
        """An answer to each."""
        return self.exact.answers([self.prompt(q) for q in questions], new_tokens, check)

    def judged(
        self,
        questions: Sequence[Question],
        own: Sequence[Written],
        others: Sequence[Written],
        check: Check,
    ) -> list[Judged]:
        """What it makes of another's answers."""
        found = []
        for question, mine, other in zip(questions, own, others, strict=True):
            check()
            found.append(self.exact.judged(self.prompt(question), mine, other))
        return found

    def length(self, question: Question) -> int:
        """Tokens of a question."""
        return len(text_ids(self.prompt(question), self.exact.tokenizer))


def read_causal(
    folder: Path,
    questions: Sequence[Question],
    new_tokens: int,
    check: Check,
    *,
    base: Path | None = None,
    end_text: str = "",
) -> tuple[list[Written], list[str]]:
    """What a folder's model answers to whoever uses transformers alone; and the prompts it got.

    Args:
        base: the model that an adapter's folder belongs to.
        end_text: what ends an answer where no token does.
    """
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    whole = base or folder
    model: Any = writer_class(load_config(whole)).from_pretrained(whole, dtype=FLOAT)
    if base is not None:
        model = PeftModel.from_pretrained(model, folder)
    model.generation_config = _settings(folder, tokenizer)
    ends = Ends(frozenset(_ids(model.generation_config.eos_token_id)), end_text)
    texts, prompts = [], []
    for question in questions:
        check()
        prompt = _prompt(tokenizer, question)
        prompts.append(prompt)
        ids = tokenizer(prompt, add_special_tokens=not question.messages, return_tensors="pt")[
            "input_ids"
        ]
        with torch.inference_mode():
            written = model.eval().generate(
                input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=new_tokens
            )
        texts.append(written_by(written[0, ids.shape[1] :].tolist(), tokenizer, ends))
    return texts, prompts


def _prompt(tokenizer: Any, question: Question) -> str:
    if not question.messages:
        return question.text
    return str(
        tokenizer.apply_chat_template(question.messages, tokenize=False, add_generation_prompt=True)
    )


def _settings(folder: Path, tokenizer: Any) -> GenerationConfig:
    """How the folder says that it writes: beside an adapter, too, since its base's files say it otherwise."""
    found = GenerationConfig.from_pretrained(folder)
    if found.eos_token_id is None:
        found.eos_token_id = tokenizer.eos_token_id
    return found


def _ids(value: Any) -> list[int]:
    return list(value) if isinstance(value, list) else [value]
