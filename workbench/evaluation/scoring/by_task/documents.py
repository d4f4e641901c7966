"""Scores of held-out documents: how likely a model finds them, before training and after."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.core.metrics import BITS_PER_BYTE, LOSS, METRICS, PERPLEXITY
from workbench.evaluation.scoring.likelihoods import MOST_NATS
from workbench.evaluation.scoring.row_sums import score_interval
from workbench.evaluation.scoring.score import Score

_MEANINGS = {
    LOSS: "How surprised the model is by what comes next, a word piece at a time (mean negative log "
    "likelihood). Smaller is better; it serves to compare models on the same texts.",
    PERPLEXITY: "As if it had to guess among so many equally likely continuations each time. Smaller "
    "is better; 1 would be knowing the text by heart. Compare it with before training.",
    BITS_PER_BYTE: "How surprised it is by each letter (byte) of the texts. Smaller is better; unlike "
    "the other two it may be compared between models that cut words into other pieces.",
}


def of_documents(answers: pd.DataFrame, who: str, stored: Mapping[str, Any]) -> list[Score]:
    """Loss, perplexity and bits per byte, with intervals over the documents.

    Args:
        answers: the judged rows; those of earlier versions tell no intervals.
        stored: the scores as they were kept, the loss among them.
    """
    loss = float(stored[LOSS])
    values = {PERPLEXITY: math.exp(min(loss, MOST_NATS)), **stored, LOSS: loss}
    return [_score(name, float(values[name]), answers, who) for name in _MEANINGS if name in values]


def _score(name: str, value: float, answers: pd.DataFrame, who: str) -> Score:
    metric = METRICS[name]
    low, high = score_interval(metric, who, value, answers) or (None, None)
    return Score(name, metric.title, value, low, high, _MEANINGS[name], metric.unit, False)
