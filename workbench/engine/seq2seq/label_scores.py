"""How probable each category is to an encoder-decoder that writes the category as text.

The question is read once; the decoder then reads every category as its answer, and the probability
of a category is that of its whole text with the end mark, shared out among the categories.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from transformers.modeling_outputs import BaseModelOutput

from workbench.engine.causal.loss import IGNORED, to_device
from workbench.engine.seq2seq.batches import collate
from workbench.engine.seq2seq.encode import Example
from workbench.engine.seq2seq.framing import Framing

BATCH = 16


@torch.inference_mode()
def label_probabilities(
    model: Any,
    framing: Framing,
    source: list[int],
    targets: Sequence[list[int]],
    between: Callable[[], None] = lambda: None,
) -> list[float]:
    """One probability for each of `targets`; they add up to 1.

    Args:
        model: the transformers model; the caller has selected the adapter.
        source: the question's ids, marks included.
        targets: the categories' ids, marks included.
        between: called before each batch; may raise to leave.
    """
    question = to_device(collate([Example(source, framing.begun)], framing))
    mask = question["attention_mask"]
    read = model.get_encoder()(input_ids=question["input_ids"], attention_mask=mask)
    state = read.last_hidden_state
    scores: list[float] = []
    for at in range(0, len(targets), BATCH):
        between()
        part = targets[at : at + BATCH]
        batch = to_device(collate([Example(source, target) for target in part], framing))
        logits = model(
            encoder_outputs=BaseModelOutput(last_hidden_state=state.expand(len(part), -1, -1)),
            attention_mask=mask.expand(len(part), -1),
            decoder_input_ids=batch["decoder_input_ids"],
            use_cache=False,
        ).logits
        scores += _scores(logits, batch["labels"])
    return torch.tensor(scores, dtype=torch.float64).softmax(0).tolist()


def _scores(logits: torch.Tensor, labels: torch.Tensor) -> list[float]:
    """Log-probability of each row; logits (rows, tokens, vocabulary), labels (rows, tokens)."""
    learned = labels != IGNORED
    told = labels.masked_fill(~learned, 0)[..., None]
    each = logits.float().log_softmax(-1).gather(-1, told).squeeze(-1)
    return (each * learned).sum(-1).tolist()
