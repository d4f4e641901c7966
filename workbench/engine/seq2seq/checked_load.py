"""Tries an encoder-decoder: its weights, its marks, one answer and one step of learning."""

import math
from pathlib import Path
from typing import Any

import torch

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.core.words import short_count
from workbench.engine.causal.loss import precision, to_device
from workbench.engine.models.checked_load import ANSWER, OTHER, QUESTION, CheckedLoad, Tell
from workbench.engine.models.load import add_lora
from workbench.engine.models.packed_layers import count_packed, count_parameters
from workbench.engine.seq2seq.batches import collate
from workbench.engine.seq2seq.encode import Example, PairTokenizer
from workbench.engine.seq2seq.label_scores import label_probabilities
from workbench.engine.seq2seq.loss import PairLoss
from workbench.engine.seq2seq.model import load_pair_tokenizer, load_rewriter
from workbench.engine.seq2seq.train import PEFT_TASK

_LONGEST = 64


def checked_load(folder: Path, tell: Tell) -> CheckedLoad:
    """Load a model that rewrites texts, and try it.

    Raises:
        WorkbenchError: a training would fail; why.
        Cancelled, Orphaned: the process is to leave.
    """
    tokenizer = load_pair_tokenizer(folder, folder, _LONGEST)
    tell(0.1, "Loading the model")
    model = load_rewriter(folder, "nf4")
    tell(0.6, "Trying it")
    packed = count_packed(model)
    found = CheckedLoad(count_parameters(model), packed.layers, packed.of_layers)
    found.checks["weights"] = f"All there: {short_count(found.parameters)} parameters."
    found.checks["4 bits"] = packed.sentence
    found.checks["end"] = _marks(folder, model, tokenizer)
    found.checks["answers"] = _compare(folder, model, tokenizer)
    tell(0.8)
    found.checks["learning"] = _learn_once(folder, model, tokenizer)
    return found


def _marks(folder: Path, model: Any, tokenizer: PairTokenizer) -> str:
    own, rows = tokenizer.own, model.get_input_embeddings().num_embeddings
    ids = tokenizer.target(ANSWER)[0]
    if max(ids, default=rows) >= rows or set(ids) <= set(own.all_special_ids):
        raise WorkbenchError(
            f"The tokenizer in {folder} does not belong to the model: of a plain English sentence "
            f"it makes nothing that the model's {rows:,} tokens have. Get the model's files again."
        )
    return f"An answer ends with {own.decode(ids[-1:])}."


@torch.inference_mode()
def _compare(folder: Path, model: Any, tokenizer: PairTokenizer) -> str:
    """Two answers are compared, as in an exam of categories."""
    model.eval()
    targets = [tokenizer.target(text)[0] for text in (ANSWER, OTHER)]
    with precision():
        source = tokenizer.source(QUESTION)[0]
        shares = label_probabilities(model, tokenizer.framing, source, targets)
    if not all(map(math.isfinite, shares)):
        raise WorkbenchError(
            f"The model in {folder} does not write: what it gives is no number. Its files may be "
            "damaged: download it again, or choose another model."
        )
    return "It tells answers apart."


def _learn_once(folder: Path, model: Any, tokenizer: PairTokenizer) -> str:
    """One step there and back through LoRA matrices."""
    adapted = add_lora(model, Recipe(r=2, lora_dropout=0.0), PEFT_TASK)
    example = Example(tokenizer.source(QUESTION)[0], tokenizer.target(ANSWER)[0])
    adapted.train()
    total, count = PairLoss(adapted)(to_device(collate([example], tokenizer.framing)))
    total.backward()
    learned = [w.grad for name, w in adapted.named_parameters() if "lora_B" in name]
    moved = sum(bool(g.abs().sum() > 0) for g in learned if g is not None)
    if not count or not torch.isfinite(total) or not moved:
        raise WorkbenchError(
            f"The model in {folder} cannot learn here: nothing comes back through its layers. "
            "Choose another model."
        )
    return f"Corrections reach {moved} of its {len(learned)} adapted layers."
