"""All that few examples teach from: the texts, practice questions too, and the categories' names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from workbench.engine.encoder.few.category_names import lesson_of
from workbench.engine.encoder.reader.reader import Reader
from workbench.engine.encoder.trainer import FEATURES, LABEL, Texts
from workbench.engine.encoder.training_setup import TrainingSetup
from workbench.engine.encoding.encoded_rows import IDS, EncodedRows

FOLDS = 5


@dataclass(frozen=True)
class Lessons:
    """Texts, and behind them the names of the categories that say something."""

    texts: Texts
    examples: int
    """How many of the texts are rows of the data."""

    @property
    def all(self) -> np.ndarray:
        """The numbers of all of them."""
        return np.arange(len(self.texts))

    @property
    def rows(self) -> np.ndarray:
        """The numbers of the rows."""
        return np.arange(self.examples)

    def some(self, numbers: Sequence[int] | np.ndarray) -> Texts:
        """A selection as texts of their own."""
        chosen = list(map(int, numbers))
        return _texts(self.texts.rows.lists(IDS, chosen), self.texts.labels[chosen])


def lessons_of(setup: TrainingSetup, descriptions: Mapping[str, str] | None = None) -> Lessons:
    """The rows of both sides, then the names.

    Args:
        descriptions: category → what belongs there, which stands behind its name. That of a
            category without a row counts as one: there is nothing else to learn it from.
    """
    ids: list[np.ndarray] = []
    labels: list[int] = []
    for texts in (setup.train, setup.validation):
        ids += texts.rows.lists(IDS, range(len(texts)))
        labels += texts.labels.tolist()
    told = _told(setup.labels, descriptions or {})
    told.pop(setup.outside, None)  # what belongs nowhere is not like the name of that
    alone = [number for number in told if number not in {*labels}]
    order = [*alone, *(number for number in told if number not in alone)]
    rows = len(ids) + len(alone)
    ids += _encoded(setup.reader, [told[number] for number in order])
    return Lessons(_texts(ids, np.array([*labels, *order])), rows)


def _told(labels: Sequence[str], descriptions: Mapping[str, str]) -> dict[int, str]:
    """Category's number → its name and description as words, as far as they say something."""
    named = {n: lesson_of(label, descriptions.get(label, "")) for n, label in enumerate(labels)}
    return {number: words for number, words in named.items() if words}


def _encoded(reader: Reader, texts: list[str]) -> list[np.ndarray]:
    return [np.array(own, np.int32) for own in reader.ids(texts)]


def _texts(ids: Sequence[np.ndarray], labels: np.ndarray) -> Texts:
    columns = {
        IDS: pa.array(list(ids), pa.list_(pa.int32())),
        LABEL: pa.array(labels, pa.int32()),
    }
    return Texts(EncodedRows.held([columns], FEATURES))


def folds_of(labels: np.ndarray, seed: int) -> np.ndarray:
    """The fold of each text, 0 to 4, of every category about as many in each; -1 for one that is
    the only one of its category, and is always learned from."""
    generator = np.random.default_rng(seed)
    folds, begun = np.full(len(labels), -1), 0
    for category in np.unique(labels):
        own = generator.permutation(np.flatnonzero(labels == category))
        if len(own) < 2:
            continue
        folds[own] = (begun + np.arange(len(own))) % FOLDS
        begun += len(own)
    return folds
