"""Which rows are longer than a model reads, before anything is trained: estimated from characters.

Some rows of all lengths are put in the model's words, which gives a line from characters to tokens. A
row far from the limit is judged by that line, one near it by its own words.
"""

import functools
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError
from workbench.core.long_texts.told import MOST_NAMED, LongTexts
from workbench.core.long_texts.ways import HEAD, way_for
from workbench.core.recipe import Recipe
from workbench.core.tasks import task_named
from workbench.core.tasks.preferences import longer_of
from workbench.core.tasks.text_pair import headings_of
from workbench.models.families import family_named
from workbench.models.model_info import ModelInfo
from workbench.training.lengths import LONGEST_CHARS, ROWS_AT_ONCE, Reading, texts_read
from workbench.training.memory import at_once
from workbench.training.token_guess import tokens_in

logger = logging.getLogger(__name__)

NEAR = 1.2
"""A row whose tokens by the line are within this factor of the limit is looked at itself."""
LOOKED_AT = 400
"""So many rows at most."""
SAMPLE = 40
"""Rows that the line is told from."""


class Examples(Protocol):
    """As much of a dataset version as this depends on."""

    @property
    def path(self) -> Path: ...
    @property
    def task(self) -> str: ...
    @property
    def mapping(self) -> dict[str, Any]: ...


def long_rows(version: Examples, model: ModelInfo, recipe: Recipe) -> LongTexts:
    """The rows of all parts that are longer than the model reads, and what is done with them.

    Nothing is found of documents, which are learned piece by piece, and of data that cannot be read.
    """
    writes = family_named(model.family).writes_text
    has_question = task_named(version.task).asks_about_texts
    way = way_for(recipe.long_texts, writes_text=writes, has_question=has_question)
    if not writes and is_of_pairs(version.task, version.mapping):
        way = HEAD  # two texts are told apart as a whole: no windows of them can be
    limit = at_once(model, recipe)
    nothing = LongTexts(limit, way)
    if task_named(version.task).rows_are_documents or not version.path.is_file():
        return nothing
    system = str(version.mapping.get("system") or "")
    try:
        return _found(version.path, version.task, system, Reading.of(model), limit, way)
    except (WorkbenchError, pa.ArrowException, OSError, KeyError, ValueError):
        _log(version.path)
        return nothing


def is_of_pairs(task: str, mapping: Mapping[str, Any]) -> bool:
    """Whether what comes in are two texts that an encoder tells apart."""
    roles = mapping.get("roles") or {}
    return bool(headings_of(str(roles.get(task_named(task).question_role) or "")))


@functools.lru_cache(maxsize=256)
def _log(data: Path) -> None:
    """Once: pages ask again and again."""
    logger.warning("Which rows of %s are long cannot be told", data, exc_info=True)


@dataclass
class _Rows:
    """All rows of a version."""

    ids: np.ndarray
    read: np.ndarray
    """Characters of what is read."""
    learned: np.ndarray
    """Characters of the answer."""
    labels: tuple[str, ...]
    data: Path = field(repr=False)

    def taken(self, places: Sequence[int]) -> list[Mapping[str, Any]]:
        """The rows in these places, ascending."""
        found: list[Mapping[str, Any]] = []
        first = 0
        for batch in _batches(self.data):
            own = [place - first for place in places if first <= place < first + batch.num_rows]
            found += batch.take(pa.array(own, pa.int64())).to_pylist() if own else []
            first += batch.num_rows
        return found


@functools.lru_cache(maxsize=64)
def _found(data: Path, task: str, system: str, model: Reading, limit: int, way: str) -> LongTexts:
    rows = _rows(data, task, model)
    if not len(rows.ids):
        return LongTexts(limit, way)
    order = np.argsort(rows.read, kind="stable")
    some = np.linspace(0, len(order) - 1, min(SAMPLE, len(order))).astype(int)
    tokens = _Tokens(rows, task, system, model)
    tokens.look(np.unique(order[some]))
    read, learned = tokens.read(), tokens.learned()
    near = np.flatnonzero((read > limit / NEAR) & (read < limit * NEAR))
    tokens.look(near[:LOOKED_AT])
    read, learned = tokens.read(), tokens.learned()
    long, cut = read > limit, _cut_answers(read, learned, limit, model)
    return LongTexts(
        limit, way, len(rows.ids), int(long.sum()), _first(rows.ids[long]),
        round(float(read.max())) if long.any() else 0, int(cut.sum()), _first(rows.ids[cut]),
    )  # fmt: skip


def _cut_answers(read: np.ndarray, learned: np.ndarray, limit: int, model: Reading) -> np.ndarray:
    """Which answers do not fit: a question gives way first, down to half of the room."""
    if family_named(model.family).reads_apart:
        over: np.ndarray = learned > limit
        return over
    room = np.maximum(limit - (read - learned), limit // 2)
    cut: np.ndarray = (read > limit) & (learned > room)
    return cut


def _first(ids: np.ndarray) -> tuple[int, ...]:
    return tuple(sorted(map(int, ids))[:MOST_NAMED])


class _Tokens:
    """Tokens of all rows: of some by their words, of the others by a line from their characters."""

    def __init__(self, rows: _Rows, task: str, system: str, model: Reading) -> None:
        self._rows, self._task, self._system, self._model = rows, task, system, model
        self._seen: dict[int, tuple[float, float]] = {}

    def look(self, places: np.ndarray) -> None:
        """Put the rows in these places in the model's words."""
        new = sorted({int(place) for place in places} - set(self._seen))
        about = self._task, self._system, self._rows.labels, self._model
        rows = self._rows.taken(new)
        if task_named(self._task).compares:
            rows = [longer_of(row) for row in rows]
        texts = [texts_read(row, *about) for row in rows]
        size = self._model.vocabulary
        both = (tokens_in([text[at] for text in texts], size) for at in (0, 1))
        for place, (text, _), read, learned in zip(new, texts, *both, strict=True):
            more = max(1.0, self._rows.read[place] / LONGEST_CHARS) if text else 1.0
            self._seen[place] = (read * more, learned)

    def read(self) -> np.ndarray:
        """Of what is read (rows,)."""
        return self._all(self._rows.read, 0)

    def learned(self) -> np.ndarray:
        """Of the answers (rows,)."""
        return self._all(self._rows.learned, 1)

    def _all(self, sizes: np.ndarray, at: int) -> np.ndarray:
        places = list(self._seen)
        own = np.array([self._seen[place][at] for place in places])
        known = sizes[places]
        if len(set(known.tolist())) < 2:
            line = np.array([0.0, own.mean()])
        else:
            line = np.polyfit(known, own, 1)
        found: np.ndarray = np.polyval(line, sizes)
        found[places] = own
        return found


def _rows(data: Path, task: str, model: Reading) -> _Rows:
    about = task_named(task)
    writes = family_named(model.family).writes_text
    ids: list[np.ndarray] = []
    sizes: dict[str, list[np.ndarray]] = {"read": [], "learned": []}
    labels: set[str] = set()
    for batch in _batches(data):
        ids.append(batch["row_id"].to_numpy(zero_copy_only=False))
        learned = _characters(batch, [about.learned])
        texts = [about.question_role] if not writes else [*about.required, *about.optional]
        read = _characters(batch, texts)
        if about.compares:  # the longer of both answers is what has to fit
            other = _characters(batch, [about.rejected])
            read, learned = read - np.minimum(learned, other), np.maximum(learned, other)
        sizes["learned"].append(learned)
        sizes["read"].append(read)
        if about.answers_are_categories and about.learned in batch.schema.names:
            labels.update(map(str, batch[about.learned].unique().to_pylist()))
    whole = {name: np.concatenate(own) if own else np.zeros(0) for name, own in sizes.items()}
    return _Rows(
        np.concatenate(ids) if ids else np.zeros(0, np.int64), whole["read"], whole["learned"],
        tuple(sorted(labels)), data,
    )  # fmt: skip


def _characters(batch: pa.RecordBatch, names: Sequence[str]) -> np.ndarray:
    """Of each row, in these columns together (rows,)."""
    found = np.zeros(batch.num_rows)
    for name in dict.fromkeys(names):
        if name in batch.schema.names and _is_text(batch.schema.field(name).type):
            own = pc.fill_null(pc.utf8_length(batch[name]), 0)
            found = found + own.to_numpy(zero_copy_only=False)
    return found


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _batches(data: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(data) as file:
        yield from file.iter_batches(ROWS_AT_ONCE)
