"""Tries a base model that writes: its weights, its marks, one answer and one step of learning."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from workbench.core.chat_template import template_of
from workbench.core.errors import WorkbenchError
from workbench.core.messages import ChatTemplate, render_prompt, segments
from workbench.core.recipe import Recipe
from workbench.core.words import short_count
from workbench.engine.causal.label_scores import label_probabilities
from workbench.engine.causal.loss import AnswerLoss, precision
from workbench.engine.causal.marks import token_ids
from workbench.engine.models.checked_load import ANSWER, OTHER, QUESTION, CheckedLoad, Tell
from workbench.engine.models.load import add_lora, load_base, load_tokenizer
from workbench.engine.models.packed_layers import count_packed, count_parameters

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
    packed = count_packed(model)
    found = CheckedLoad(count_parameters(model), packed.layers, packed.of_layers)
    found.checks["weights"] = f"All there: {short_count(found.parameters)} parameters."
    found.checks["4 bits"] = packed.sentence
    found.checks |= _try_texts(folder, model, tokenizer, template)
    tell(0.7)
    found.checks["answers"] = _write_one(folder, model, tokenizer, template)
    tell(0.8)
    found.checks["learning"] = _learn_once(folder, model, tokenizer)
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
    ids = token_ids("".join(piece.text for piece in pieces), tokenizer)
    if not ids or set(ids) == {tokenizer.unk_token_id}:
        raise WorkbenchError(
            f"The tokenizer in {folder} makes nothing of a plain English sentence: get the model's "
            "files again, or choose another model."
        )
    begins = tokenizer.bos_token_id is not None and tokenizer.bos_token_id in ids[:1]
    end = pieces[-1].text if pieces[-1].learned else next(p.text for p in pieces if p.learned)
    ends = _last_mark(end, tokenizer) or tokenizer.eos_token
    return {
        "template": "Its own chat template is used."
        if ChatTemplate.load(folder)
        else "It has no chat template: questions and answers are written plainly.",
        "begin": f"A text begins with {tokenizer.bos_token}."
        if begins
        else "Nothing is put before a text.",
        "end": f"An answer ends with {ends}.",
    }


def _last_mark(text: str, tokenizer: Any) -> str | None:
    last = token_ids(text.rstrip(), tokenizer)[-1:]
    return str(tokenizer.decode(last)) if last and last[0] in tokenizer.all_special_ids else None


@dataclass
class _Asked:
    """As much of a loaded model as scoring categories needs."""

    model: Any
    tokenizer: Any

    def encode(self, text: str) -> dict[str, Any]:
        ids = torch.tensor([token_ids(text, self.tokenizer)], device=self.model.device)
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
    if written.shape[1] != question["input_ids"].shape[1] + 1 or not all(
        map(math.isfinite, shares)
    ):
        raise WorkbenchError(
            f"The model in {folder} does not write: what it gives is no number. Its files may be "
            "damaged: download it again, or choose another model."
        )
    return "It writes, and tells answers apart."


def _learn_once(folder: Path, model: Any, tokenizer: Any) -> str:
    """One step there and back through LoRA matrices."""
    adapted = add_lora(model, Recipe(r=2, lora_dropout=0.0))
    ids = torch.tensor([token_ids(f"{QUESTION} {ANSWER}", tokenizer)], device=model.device)
    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": ids}
    adapted.train()
    total, count = AnswerLoss(adapted)(batch)
    total.backward()
    learned = [w.grad for name, w in adapted.named_parameters() if "lora_B" in name]
    moved = sum(bool(g.abs().sum() > 0) for g in learned if g is not None)
    if not count or not torch.isfinite(total) or not moved:
        raise WorkbenchError(
            f"The model in {folder} cannot learn here: nothing comes back through its layers. "
            "Choose another model."
        )
    return f"Corrections reach {moved} of its {len(learned)} adapted layers."
