"""Tries an encoder-decoder: its weights, its marks, one answer and one step of learning."""

from pathlib import Path
from typing import Any

import torch

from workbench.core.errors import WorkbenchError
from workbench.engine.causal.loss import to_device
from workbench.engine.generative.checked_load import begun, check_numbers, learn_once
from workbench.engine.models.checked_load import ANSWER, OTHER, QUESTION, CheckedLoad, Tell
from workbench.engine.runtime.precision import precision
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
    found = begun(model)
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
    check_numbers(folder, shares)
    return "It tells answers apart."


def _learn_once(folder: Path, model: Any, tokenizer: PairTokenizer) -> str:
    example = Example(tokenizer.source(QUESTION)[0], tokenizer.target(ANSWER)[0])
    batch = to_device(collate([example], tokenizer.framing))
    return learn_once(folder, model, PEFT_TASK, PairLoss, batch)
