"""Tries a base model that writes: its weights, its marks, one answer and one step of learning."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from workbench.core.errors import WorkbenchError
from workbench.core.messages import ChatTemplate, Segment, render_prompt, segments
from workbench.engine.causal.label_scores import label_probabilities
from workbench.engine.causal.loss import AnswerLoss
from workbench.engine.causal.marks import marks_of
from workbench.engine.causal.reading import ends_set, set_ends, text_ids
from workbench.engine.encoding.opening import opening
from workbench.engine.generative.checked_load import begun, check_numbers, learn_once
from workbench.engine.models.checked_load import ANSWER, OTHER, QUESTION, CheckedLoad, Tell
from workbench.engine.models.load import load_base, load_tokenizer
from workbench.engine.runtime.precision import precision
from workbench.models.templates import form_sentence, template_of

USUAL, NOTHING, ALIKE = 5000, 0.05, 0.999
"""How many tokens tell the usual size; below which share of it, and beyond which likeness to another
mark, the numbers of a mark mean nothing."""
_TURNS = (
    {"role": "user", "content": QUESTION},
    {"role": "assistant", "content": ANSWER},
)


def checked_load(folder: Path, tell: Tell) -> CheckedLoad:
    """Load a model that writes, and try it.

    Raises:
        WorkbenchError: a training would fail; why.
        Cancelled, Orphaned: the process is to leave.
    """
    template = template_of(folder)
    tokenizer = load_tokenizer(folder, template)
    tell(0.1, "Loading the model")
    model = load_base(folder, "nf4")
    tell(0.6, "Trying it")
    found = begun(model)
    found.checks |= _try_texts(folder, model, tokenizer, template)
    tell(0.7)
    found.checks["answers"] = _write_one(folder, model, tokenizer, template)
    tell(0.8)
    found.checks["learning"] = _learn_once(folder, model, tokenizer)
    found.whole_logits = not AnswerLoss(model).short
    return found


def _try_texts(folder: Path, model: Any, tokenizer: Any, template: ChatTemplate) -> dict[str, str]:
    """Vocabulary, marks and template, which must fit each other."""
    rows = model.get_input_embeddings().num_embeddings
    if len(tokenizer) > rows:
        raise WorkbenchError(
            f"The tokenizer in {folder} has {len(tokenizer):,} tokens, but the model only "
            f"{rows:,}: the two do not belong together. Get the model's files again."
        )
    pieces = segments(_TURNS, template)
    ids = text_ids("".join(piece.text for piece in pieces), tokenizer)
    if not ids or set(ids) == {tokenizer.unk_token_id}:
        raise WorkbenchError(
            f"The tokenizer in {folder} makes nothing of a plain English sentence: get the model's "
            "files again, or choose another model."
        )
    set_ends(model, tokenizer, template)
    return {
        "template": form_sentence(folder) + _unlearned_sentence(model, tokenizer, ids),
        "begin": _begin_sentence(tokenizer, ids),
        "end": _end_sentence(model, tokenizer, pieces),
    }


@torch.no_grad()
def _unlearned_sentence(model: Any, tokenizer: Any, ids: list[int]) -> str:
    """What is to be said where marks of the template have places in the vocabulary and no meaning.

    Models that were never taught to talk often have them so (Llama 3's base): the numbers of such
    marks are nothing, or alike.
    """
    table = model.get_input_embeddings().weight
    marks = sorted({*ids} & {*tokenizer.convert_tokens_to_ids(list(marks_of(tokenizer)))})
    rows, usual = table[marks].float(), table[:USUAL].float().norm(dim=1).median()
    alike = torch.nn.functional.cosine_similarity(rows[:, None], rows[None], dim=-1) > ALIKE
    unlearned = (rows.norm(dim=1) < NOTHING * usual) | (alike.sum(1) > 1)
    if len(marks) < 2 or not unlearned.any():
        return ""
    named = ", ".join(tokenizer.decode([i]) for i, no in zip(marks, unlearned, strict=True) if no)
    return f" It never learned the marks {named}: one that was taught to talk may learn faster."


def _begin_sentence(tokenizer: Any, ids: list[int]) -> str:
    begin = opening(tokenizer)
    if (begin and ids[: len(begin)] == list(begin)) or tokenizer.bos_token_id in ids[:1]:
        return f"A text begins with {tokenizer.decode(ids[: len(begin) or 1])}."
    if begin:
        return f"A document begins with {tokenizer.decode(begin)}; before questions nothing is put."
    return "Nothing is put before a text."


def _end_sentence(model: Any, tokenizer: Any, pieces: Sequence[Segment]) -> str:
    """What an answer ends with, and what else is taken for its end."""
    ends, learned = ends_set(model), next(p.text for p in pieces if p.learned)
    own = next((i for i in text_ids(learned, tokenizer) if i in ends.ids), None)
    others = [tokenizer.decode([i]) for i in sorted(ends.ids) if i != own]
    if own is None and not ends.text:
        return f"Nothing tells the end of an answer but {', '.join(others)}."
    beside = f" {' or '.join(others)} would end it, too." if others else ""
    return f"An answer ends with {ends.text or tokenizer.decode([own])}.{beside}"


@dataclass
class _Asked:
    """As much of a loaded model as scoring categories needs."""

    model: Any
    tokenizer: Any

    def encode(self, text: str) -> dict[str, Any]:
        ids = torch.tensor([text_ids(text, self.tokenizer)], device=self.model.device)
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


@torch.inference_mode()
def _write_one(folder: Path, model: Any, tokenizer: Any, template: ChatTemplate) -> str:
    """One token is written, and two answers are compared, as in an exam."""
    model.eval()
    asked = _Asked(model, tokenizer)
    prompt = render_prompt(_TURNS[:1], template)
    question = asked.encode(prompt)
    with precision():
        written = model.generate(
            **question, max_new_tokens=1, do_sample=False, pad_token_id=tokenizer.pad_token_id
        )
        shares = label_probabilities(asked, prompt, [ANSWER, OTHER])
    is_more = written.shape[1] == question["input_ids"].shape[1] + 1
    check_numbers(folder, [*shares, 0.0 if is_more else math.nan])
    return "It writes, and tells answers apart."


def _learn_once(folder: Path, model: Any, tokenizer: Any) -> str:
    ids = torch.tensor([text_ids(f"{QUESTION} {ANSWER}", tokenizer)], device=model.device)
    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": ids}
    return learn_once(folder, model, "CAUSAL_LM", AnswerLoss, batch)
