"""Tries an encoder: its weights, its vocabulary, a text and one step of learning."""

from pathlib import Path
from typing import Any

import torch

from workbench.core.errors import WorkbenchError
from workbench.core.words import short_count
from workbench.engine.encoder.encoder import load_encoder, precision
from workbench.engine.encoder.reader.batches import padded, to_device
from workbench.engine.encoder.reader.reader import load_reader
from workbench.engine.models.checked_load import ANSWER, QUESTION, CheckedLoad, Tell


def checked_load(folder: Path, tell: Tell) -> CheckedLoad:
    """Load an encoder, and try it.

    Raises:
        WorkbenchError: a training would fail; why.
        Cancelled, Orphaned: the process is to leave.
    """
    tell(0.1, "Loading the model")
    encoder = load_encoder(folder)
    tell(0.6, "Trying it")
    reader = load_reader(folder, encoder.body, 128)
    ids = reader.ids([QUESTION, f"{QUESTION} {ANSWER}"])
    _check_ids(folder, encoder.body, reader.tokenizer, ids)
    encoder.train()
    with precision():
        vectors = encoder(**to_device(padded(ids, reader.pad_id)))
        vectors[0, : max(1, vectors.shape[1] // 2)].sum().backward()
    learned = sum(w.grad is not None for w in encoder.parameters())
    if not torch.isfinite(vectors).all() or not learned:
        raise WorkbenchError(
            f"The encoder in {folder} gives no numbers for a text: its files may be damaged. "
            "Download it again, or choose another model."
        )
    count = sum(weight.numel() for weight in encoder.parameters())
    return CheckedLoad(
        count,
        checks={
            "weights": f"All there: {short_count(count)} parameters.",
            "reading": f"A text becomes {vectors.shape[1]} numbers.",
            "begin": f"A text begins with {reader.tokenizer.convert_ids_to_tokens(ids[0][0])}.",
            "learning": f"Corrections reach {learned} of its weights.",
        },
    )


def _check_ids(folder: Path, body: Any, tokenizer: Any, ids: list[list[int]]) -> None:
    rows = body.get_input_embeddings().num_embeddings
    plain = {i for own in ids for i in own} - set(tokenizer.all_special_ids)
    if len(tokenizer) > rows or not plain:
        raise WorkbenchError(
            f"The tokenizer in {folder} does not belong to the model: it has {len(tokenizer):,} "
            f"tokens, the model {rows:,}, and of a plain English sentence it knows "
            f"{len(plain)} parts. Get the model's files again."
        )
