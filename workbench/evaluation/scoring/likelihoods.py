"""How likely a model finds documents: what each adds to loss, perplexity and bits per byte.

With N = -ln p(text), a text's tokens and the bytes that it has in UTF-8, all summed over the documents:

    loss            N / tokens              mean negative log likelihood, in nats a token
    perplexity      exp(N / tokens)         (Jelinek et al. 1977); says nothing across tokenizers
    bits per byte   N / (bytes · ln 2)      the same for every tokenizer

(Gao et al. 2020, "The Pile", section 3.1; `bits_per_byte` of lm-evaluation-harness.)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.metrics import BITS_PER_BYTE, LOSS, PERPLEXITY
from workbench.evaluation.scoring.sums import Floats, Sums

MOST_NATS = 700.0
"""Of a token; more would be no number any more."""


@dataclass(frozen=True)
class Likelihoods:
    """Of documents, one after the other."""

    nats: Sequence[float]
    """-ln p of each text."""
    tokens: Sequence[int]
    bytes: Sequence[int]

    @property
    def loss(self) -> float:
        """Nats a token, over all documents."""
        return sum(self.nats) / max(1, sum(self.tokens))

    def scores(self) -> dict[str, float]:
        """Loss, perplexity and bits per byte."""
        return {
            LOSS: self.loss,
            PERPLEXITY: math.exp(min(self.loss, MOST_NATS)),
            BITS_PER_BYTE: sum(self.nats) / max(1, sum(self.bytes)) / math.log(2),
        }

    def columns(self, who: str) -> dict[str, list[float] | list[int]]:
        """As they stand beside the answers of an exam."""
        return {
            f"nats_{who}": list(self.nats),
            f"tokens_{who}": list(self.tokens),
            "bytes": list(self.bytes),
        }


def document_sums(metric: str, answers: pd.DataFrame, who: str) -> Sums | None:
    """What each document adds to one of the three scores; None where the answers do not tell."""
    below, of = _OF[metric][0].format(who=who), _OF[metric][1]
    if f"nats_{who}" not in answers or below not in answers:
        return None
    return Sums(answers[[f"nats_{who}", below]].to_numpy(float), of)


def _ratio(sums: Floats) -> Floats:
    found: Floats = sums[..., 0] / np.maximum(1, sums[..., 1])
    return found


def _perplexity(sums: Floats) -> Floats:
    found: Floats = np.exp(np.minimum(_ratio(sums), MOST_NATS))
    return found


def _bits(sums: Floats) -> Floats:
    return _ratio(sums) / math.log(2)


_OF = {
    LOSS: ("tokens_{who}", _ratio),
    PERPLEXITY: ("tokens_{who}", _perplexity),
    BITS_PER_BYTE: ("bytes", _bits),
}
