"""BANKING77's questions, as examples to plant into."""

import csv
from pathlib import Path

from workbench.core.tasks import CLASSIFICATION
from workbench.data.checkup.rows import Rows

SEED = 42
Texts = list[tuple[str, str]]
"""Text and category."""


def banking77(data: Path) -> Texts:
    """The training rows."""
    with (data / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def rows_of(texts: Texts) -> Rows:
    """Examples to learn from, numbered from 0."""
    values = {"text": [text for text, _ in texts], "label": [label for _, label in texts]}
    return Rows(CLASSIFICATION, list(range(len(texts))), ["train"] * len(texts), values)
