"""chrF from counts: what each row adds, so that any set of rows can be scored by adding up.

Popović 2015, WMT, 392–395; the numbers are those of sacrebleu's `CHRF()`.
"""

import functools
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

ORDERS = 6
"""Longest pieces, in characters."""
_BETA2 = 4.0
Floats = npt.NDArray[np.float64]


def chrf_counts(expected: Sequence[str], answers: Sequence[str]) -> Floats:
    """For each pair and length of pieces: pieces of the answer, of the expected text, and common ones.

    Returns:
        (rows, 3 * ORDERS), the three numbers of a length side by side.
    """
    pairs = zip(expected, answers, strict=True)
    rows = [_counts(str(wanted), str(answer)) for wanted, answer in pairs]
    return np.array(rows, float).reshape(len(rows), 3 * ORDERS)


def chrf_of(counts: Floats) -> Floats:
    """chrF, 0 to 100, of counts that were added up; shape (...,) of (..., 3 * ORDERS)."""
    answer, wanted, common = counts[..., 0::3], counts[..., 1::3], counts[..., 2::3]
    counted = (answer > 0) & (wanted > 0)
    number = np.maximum(1, counted.sum(-1))
    precision = _mean(common, answer, counted, number)
    recall = _mean(common, wanted, counted, number)
    below = _BETA2 * precision + recall
    above = (1 + _BETA2) * precision * recall
    found: Floats = 100 * np.divide(above, below, out=np.zeros_like(below), where=below > 0)
    return found


def _mean(common: Floats, of: Floats, counted: npt.NDArray[np.bool_], number: Floats) -> Floats:
    shares = np.divide(common, of, out=np.zeros_like(common), where=counted)
    found: Floats = shares.sum(-1) / number
    return found


@functools.lru_cache(maxsize=65_536)
def _counts(wanted: str, answer: str) -> tuple[int, ...]:
    """Once for a pair: rows, the whole and its interval are scored one after the other."""
    counts: list[int] = []
    for own, other in zip(_pieces(answer), _pieces(wanted), strict=True):
        common = sum(min(number, other[piece]) for piece, number in own.items() if piece in other)
        # As sacrebleu has it: where nothing was wanted, what was answered does not count.
        counts += [own.total() if other else 0, other.total(), common]
    return tuple(counts)


@functools.lru_cache(maxsize=1024)
def _pieces(text: str) -> tuple[Counter[str], ...]:
    """Of each length; once for a text with which several answers are compared."""
    text = "".join(text.split())
    return tuple(
        Counter(text[i : i + length] for i in range(len(text) - length + 1))
        for length in range(1, ORDERS + 1)
    )
