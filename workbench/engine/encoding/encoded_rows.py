"""Encoded examples as a memory-mapped `Dataset`: a million of them take no more memory than a few.

The columns are written once, a batch after the other, into an Arrow file; what a training step wants
of them is read from there.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datasets import Dataset, Features, List, Value
from datasets.arrow_writer import ArrowWriter

IDS = "input_ids"
"""The column of token ids; whatever else a family keeps of an example stands beside it."""

Columns = Mapping[str, pa.Array]
"""One batch of examples: name → values, all of one length."""


def tokens_of(ids: np.ndarray, counts: np.ndarray) -> pa.ListArray:
    """Values one behind the other (tokens,), and how many belong to each example (examples,)."""
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(ids))


def write_rows(path: Path, batches: Iterable[Columns], features: Features) -> int:
    """Write the batches as one Arrow file; the number of examples."""
    schema = features.arrow_schema
    with ArrowWriter(path=str(path), features=features) as writer:
        for columns in batches:
            table = pa.table({name: columns[name] for name in schema.names})
            writer.write_table(table.cast(schema))
        rows, _ = writer.finalize()
    return int(rows)


def features_of(**others: Any) -> Features:
    """Token ids in 32 bits, and the columns beside them."""
    return Features({IDS: List(Value("int32")), **others})


class EncodedRows:
    """Encoded examples by their numbers."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset.with_format("arrow")
        counts = pc.list_value_length(dataset.data.column(IDS))
        self.lengths: np.ndarray = counts.to_numpy().astype(np.int32)
        """Tokens of each example, int32 (examples,)."""

    @classmethod
    def mapped(cls, path: Path) -> "EncodedRows":
        """Those of a file, which stays open and is read page by page.

        Raises:
            OSError, pyarrow.ArrowException: it cannot be read.
        """
        return cls(Dataset.from_file(str(path)))

    @classmethod
    def held(cls, batches: Iterable[Columns], features: Features) -> "EncodedRows":
        """Those of the batches, in memory."""
        schema = features.arrow_schema
        tables = [pa.table({name: c[name] for name in schema.names}).cast(schema) for c in batches]
        return cls(Dataset(pa.concat_tables(tables) if tables else schema.empty_table()))

    @classmethod
    def of_ids(cls, ids: Sequence[Sequence[int] | np.ndarray]) -> "EncodedRows":
        """A few texts' token ids, in memory."""
        return cls.held([{IDS: pa.array(ids, pa.list_(pa.int32()))}], features_of())

    def __len__(self) -> int:
        return len(self.lengths)

    def column(self, name: str) -> np.ndarray:
        """A column of single values, whole (examples,)."""
        values: np.ndarray = self._dataset.data.column(name).to_numpy()
        return values

    def ids(self) -> Iterable[np.ndarray]:
        """All token ids, a part of the file at a time; their examples cannot be told apart."""
        for chunk in self._dataset.data.column(IDS).chunks:
            yield chunk.flatten().to_numpy()

    def lists(self, name: str, numbers: Sequence[int]) -> list[np.ndarray]:
        """The lists of a column that the examples of these numbers have, each (tokens,)."""
        found = self._dataset[list(numbers)].column(name)
        return [
            value.values.to_numpy(zero_copy_only=False) for chunk in found.chunks for value in chunk
        ]
