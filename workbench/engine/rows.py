"""The rows of a dataset version, as the engine reads them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from workbench.core import parquet

Row = Mapping[str, Any]


def read_rows(path: Path, split: str | None = None) -> list[dict[str, Any]]:
    """The rows of a canonical Parquet file, of one split or of all.

    Raises:
        WorkbenchError: it is damaged or gone.
    """
    table = parquet.examples(path)
    if split is not None:
        table = table.filter(pc.equal(table["split"], split))
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def labels_of(path: Path) -> list[str]:
    """The categories in the training rows, sorted."""
    return sorted({str(row["label"]) for row in read_rows(path, "train")})
