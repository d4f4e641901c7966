"""How long the examples of a version are, in the tokens of a model: what memory and time hang on.

Counted where a training or a measurement of the same examples has counted them; else told from the
characters of some rows, put in the model's words as training does, and of all others by their size.
"""

import functools
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.core.chats.source_text import pairs
from workbench.core.errors import WorkbenchError
from workbench.core.messages import segments
from workbench.core.tasks import task_named
from workbench.core.tasks.preferences import worse_of
from workbench.models.chat_forms import PLAIN
from workbench.models.families import family_named
from workbench.models.model_info import ModelInfo
from workbench.models.templates import in_form, template_of
from workbench.training.token_guess import LARGE_VOCABULARY, tokens_in

logger = logging.getLogger(__name__)

ROWS_AT_ONCE = 5_000
LONGEST, SPREAD = 8, 32
"""Rows that are put in the model's words: the longest, and some of all lengths."""
LONGEST_CHARS = 200_000
"""Of a text: what is beyond it is counted as the rest of it is."""
_SHARES = np.linspace(0.0, 1.0, 201)
_LABEL = "label"


@dataclass(frozen=True)
class Lengths:
    """Tokens of the examples that are learned from."""

    mean: float
    longest: float
    """Of the text that is read: all of an example, or the encoder's of an encoder-decoder."""
    answer_mean: float
    answer_longest: float
    """Of what is learned to be written; 0 where nothing is."""
    quantiles: tuple[float, ...] = ()
    """Of `_SHARES`, what the examples of that share have at most."""
    counted: bool = False
    """Whether a tokenizer counted them."""

    @classmethod
    def even(cls, tokens: float) -> "Lengths":
        """Examples of which only the mean is known: the longest are twice as long."""
        return cls(tokens, 2 * tokens, tokens / 2, tokens)

    def within(self, most: int) -> "Lengths":
        """The same cut at so many tokens."""
        mean, longest, answer, longest_answer = (min(value, most) for value in self._values())
        quantiles = tuple(min(value, most) for value in self.quantiles)
        return Lengths(mean, longest, answer, longest_answer, quantiles, self.counted)

    def leaning(self) -> "Lengths":
        """The same with one more example before each question."""
        quantiles = tuple(value + self.mean for value in self.quantiles)
        return Lengths(
            2 * self.mean, 2 * self.longest, self.answer_mean, self.answer_longest, quantiles
        )

    def share_over(self, tokens: int) -> float:
        """Share of the examples that have more tokens; 0 where that is not known."""
        if not self.quantiles:
            return float(self.longest > tokens) if self.mean > tokens else 0.0
        return float(np.mean(np.array(self.quantiles) > tokens))

    def _values(self) -> tuple[float, float, float, float]:
        return self.mean, self.longest, self.answer_mean, self.answer_longest

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**vars(self), "quantiles": list(self.quantiles)}


def read_lengths(told: Any) -> Lengths | None:
    """What `as_dict` wrote; None where it is missing or not whole."""
    try:
        mean, longest = float(told["mean"]), float(told["longest"])
        answer, longest_answer = float(told["answer_mean"]), float(told["answer_longest"])
        quantiles = tuple(map(float, told.get("quantiles") or ()))
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
    return Lengths(mean, longest, answer, longest_answer, quantiles, bool(told.get("counted")))


def lengths_of(data: Path, task: str, system: str, model: ModelInfo, mean_chars: float) -> Lengths:
    """The lengths of a version's training examples for a model.

    Args:
        data: the version's examples (Parquet).
        mean_chars: of an example, for data that is not there (any more).
    """
    if not data.is_file():
        return Lengths.even(max(4.0, mean_chars / 4))
    try:
        found = _told(data, task, system, Reading.of(model))
    except (pa.ArrowException, OSError, KeyError, ValueError):
        _log(data)
        found = None
    return found or Lengths.even(max(4.0, mean_chars / 4))


@dataclass(frozen=True)
class Reading:
    """As much of a model as its lengths depend on: models that read alike are measured once."""

    name: str
    path: Path | None
    """None where it is not here: then its name says nothing of its template, either."""
    family: str
    vocabulary: int
    """As a guess of tokens minds it: large, or 0."""

    @classmethod
    def of(cls, model: ModelInfo) -> "Reading":
        path = model.path if model.path is not None and model.path.is_dir() else None
        vocabulary = LARGE_VOCABULARY if model.vocab_size >= LARGE_VOCABULARY else 0
        return cls(model.name if path else "", path, model.family, vocabulary)


@functools.lru_cache(maxsize=1024)
def _told(data: Path, task: str, system: str, model: Reading) -> Lengths | None:
    """None where the model's template refuses the examples: so it will the next time."""
    try:
        return _measured(data, task, system, model)
    except WorkbenchError:
        _log(data)
        return None


@functools.lru_cache(maxsize=256)
def _log(data: Path) -> None:
    """Once: pages ask again and again, for every model."""
    logger.warning("The lengths of %s cannot be told from its texts", data, exc_info=True)


def _measured(data: Path, task: str, system: str, model: Reading) -> Lengths:
    sizes, labels = _sizes(data)
    if not len(sizes):
        return Lengths.even(4.0)
    order = np.argsort(sizes, kind="stable")
    spread = order[np.linspace(0, len(order) - 1, min(SPREAD, len(order))).astype(int)]
    longest = order[-LONGEST:]
    rows = _rows(data, sorted({*spread.tolist(), *longest.tolist()}))
    texts = [_whole(rows[number], task, system, labels, model) for number in rows]
    read = dict(zip(rows, tokens_in([text for text, _ in texts], model.vocabulary), strict=True))
    answers = tokens_in([answer for _, answer in texts], model.vocabulary)
    written = dict(zip(rows, answers, strict=True))
    line = _line([sizes[number] for number in read], [*read.values()])
    told = np.maximum(1.0, np.polyval(line, np.quantile(sizes, _SHARES)))
    return Lengths(
        mean=float(np.mean(np.maximum(1.0, np.polyval(line, sizes)))),
        longest=max(read.values()),
        answer_mean=float(np.mean([written[n] for n in spread.tolist()])),
        answer_longest=max(written.values()),
        quantiles=tuple(round(float(value), 1) for value in told),
    )


def _line(sizes: Sequence[float], tokens: Sequence[float]) -> np.ndarray:
    """From an example's characters to its tokens: slope and start."""
    if len(set(sizes)) < 2:
        return np.array([0.0, np.mean(tokens)])
    return np.polyfit(sizes, tokens, 1)


def _sizes(data: Path) -> tuple[np.ndarray, tuple[str, ...]]:
    """Characters of each training example, all of its texts together; and the categories."""
    sizes: list[np.ndarray] = []
    labels: set[str] = set()
    with pq.ParquetFile(data) as file:
        for batch in file.iter_batches(ROWS_AT_ONCE):
            learned = batch.filter(pc.equal(batch["split"], "train"))
            texts = [
                pc.fill_null(pc.utf8_length(learned[name]), 0).to_numpy(zero_copy_only=False)
                for name, kind in zip(learned.schema.names, learned.schema.types, strict=True)
                if name != "split" and (pa.types.is_string(kind) or pa.types.is_large_string(kind))
            ]
            sizes.append(np.sum(texts, axis=0) if texts else np.zeros(learned.num_rows))
            if _LABEL in learned.schema.names:
                labels.update(map(str, learned[_LABEL].unique().to_pylist()))
    return np.concatenate(sizes) if sizes else np.zeros(0), tuple(sorted(labels))


def _rows(data: Path, numbers: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """The training examples of these numbers."""
    found: dict[int, Mapping[str, Any]] = {}
    first = 0
    with pq.ParquetFile(data) as file:
        for batch in file.iter_batches(ROWS_AT_ONCE):
            learned = batch.filter(pc.equal(batch["split"], "train"))
            own = [n for n in numbers if first <= n < first + learned.num_rows]
            if own:
                taken = learned.take(pa.array([n - first for n in own])).to_pylist()
                found |= dict(zip(own, taken, strict=True))
            first += learned.num_rows
    return found


def texts_read(
    row: Mapping[str, Any], task: str, system: str, labels: Sequence[str], model: Reading
) -> tuple[str, str]:
    """What is read of a row at once, and what of it is learned to be written.

    Raises:
        WorkbenchError: the model's template refuses it.
    """
    about, family = task_named(task), family_named(model.family)
    if not family.writes_text:
        return _cut(about.question(row)), ""
    if about.rows_are_documents:
        return (text := _cut(str(row[about.learned]))), text
    turns = list(about.messages(row, system=system, labels=labels if about.has_categories else ()))
    if family.reads_apart:
        longest = max(pairs(turns), key=lambda pair: len(pair.source) + len(pair.target))
        return _cut(longest.source), _cut(longest.target)
    template = template_of(model.path, model.name) if model.path else in_form(PLAIN)
    pieces = segments(turns, template)
    return _cut("".join(p.text for p in pieces)), _cut("".join(p.text for p in pieces if p.learned))


def _whole(
    row: Mapping[str, Any], task: str, system: str, labels: Sequence[str], model: Reading
) -> tuple[str, str]:
    """The same of a pair of answers: of both its sides together, each behind its question."""
    told = texts_read(row, task, system, labels, model)
    if not task_named(task).compares:
        return told
    other = texts_read(worse_of(row), task, system, labels, model)
    return told[0] + other[0], told[1] + other[1]


def _cut(text: str) -> str:
    return text[:LONGEST_CHARS]
