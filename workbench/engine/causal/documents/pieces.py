"""Documents in pieces that a model can read: to be learned, and to be scored in an exam.

A document begins with what the tokenizer puts before a text, else with the mark that ended the text
before (as lm-evaluation-harness does, `prefix_token_id`), so that its first token, too, is told from
something. Nothing is cut off: what is longer than a piece goes on in the next one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.engine.causal.many_texts import many_ids
from workbench.engine.encoding.opening import opening

STRIDE = 0.5
"""Of a window of the exam, the share that is scored: the rest is read before it, as context."""


@dataclass(frozen=True)
class Piece:
    """Tokens of a document that are read at once."""

    ids: np.ndarray
    """int32 (tokens,)."""
    context: int
    """So many at the beginning are only read: another piece has them, or they are marks."""

    @property
    def learned(self) -> np.ndarray:
        """Which tokens are learned, or scored; bool (tokens,)."""
        return np.arange(len(self.ids)) >= self.context


def to_learn(texts: Sequence[str], tokenizer: Any, longest: int) -> list[Piece]:
    """Documents with their ends; every token is learned in exactly one of the pieces.

    Args:
        texts: guarded ones (see `marks`).
        longest: tokens of a piece; at least 3.
    """
    begin, end = opening(tokenizer), tokenizer.eos_token_id
    pieces: list[Piece] = []
    for ids in many_ids(texts, tokenizer):
        ids = ids if ids[-1:] == [end] else [*ids, end]
        pieces += _windows(ids, [*begin] or [end], [*begin], longest, longest - len(begin) - 1)
    return pieces


def to_score(texts: Sequence[str], tokenizer: Any, longest: int) -> list[list[Piece]]:
    """The windows of each document: each token of its text is scored in exactly one of them.

    A window is as long as the pieces that are learned. The first scores all of it; the others go on
    by half a window (the stride) and read the half before that as context (transformers' guide
    "Perplexity of fixed-length models"). The end of a document is learned but not scored: it is no
    byte of the text, and rare where documents are long.
    """
    begin = [*opening(tokenizer)]
    start = begin or [tokenizer.eos_token_id]
    stride = max(1, min(round(longest * STRIDE), longest - len(begin) - 1))
    return [
        list(_windows(ids, start, begin, longest, stride)) for ids in many_ids(texts, tokenizer)
    ]


def _windows(
    ids: Sequence[int], start: list[int], begin: list[int], longest: int, stride: int
) -> Iterator[Piece]:
    """Args:
    start: what stands before the first token of the document.
    begin: what stands before each of the other windows.
    """
    done = min(len(ids), longest - len(start))
    if done:
        yield _piece([*start, *ids[:done]], len(start))
    while done < len(ids):
        more = min(stride, len(ids) - done)
        context = [*begin, *ids[max(0, done + more - longest + len(begin)) : done]]
        context = context if stride < longest - len(begin) - 1 else [*begin, ids[done - 1]]
        yield _piece([*context, *ids[done : done + more]], len(context))
        done += more


def _piece(ids: list[int], context: int) -> Piece:
    return Piece(np.array(ids, np.int32), context)
