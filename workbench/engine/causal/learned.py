"""Which tokens of a text are learned, for many texts at once."""

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

Span = tuple[int, int]
"""Characters from the first up to before the second."""


def learned_tokens(
    offsets: Iterable[Sequence[Span]],
    counts: np.ndarray,
    spans: Sequence[Sequence[Span]],
    lengths: Sequence[int],
) -> np.ndarray:
    """For each token whether any of its characters is learned; bool, all texts' one behind the other.

    Some tokenizers leave the blanks before a word out of its offsets: what lies between two tokens
    belongs to the second. A span that a token has begun behind is over.

    Args:
        offsets: of each text, which characters its tokens stand for.
        counts: of each text, how many tokens it has.
        spans: of each text, what is learned, in order.
        lengths: of each text, its characters.
    """
    # The texts are laid one behind the other, a character apart, so that one pass serves all.
    base = np.concatenate([[0], np.cumsum(np.asarray(lengths, np.int64) + 1)])[:-1]
    starts, ends = (_flat(offsets, counts) + np.repeat(base, counts)[:, None]).T
    own = np.array([len(pairs) for pairs in spans], np.int64)
    learned_from, learned_to = (_flat(spans, own) + np.repeat(base, own)[:, None]).T
    behind = np.concatenate([[0], np.maximum.accumulate(ends)])[: len(ends)]
    starts = np.minimum(starts, np.maximum(behind, np.repeat(base, counts)))
    span = np.searchsorted(learned_to, np.maximum.accumulate(starts), side="right")
    here = span < len(learned_to)
    found = np.zeros(len(starts), bool)
    found[here] = (starts[here] < learned_to[span[here]]) & (ends[here] > learned_from[span[here]])
    return found


def _flat(pairs: Iterable[Sequence[Span]], counts: np.ndarray) -> np.ndarray:
    numbers = chain.from_iterable(chain.from_iterable(pairs))
    return np.fromiter(numbers, np.int64, 2 * int(counts.sum())).reshape(-1, 2)
