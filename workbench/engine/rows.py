"""The rows of a dataset version, as the engine and a person read them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.core.messages import answer_of

Row = Mapping[str, Any]
SHOWN_WORDS = 60
"""Words of a document that are shown, and continued, for language modelling."""


def read_rows(path: Path, split: str | None = None) -> list[dict[str, Any]]:
    """The rows of a canonical Parquet file, of one split or of all."""
    table = pq.read_table(path)
    if split is not None:
        table = table.filter(pc.equal(table["split"], split))
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def labels_of(path: Path) -> list[str]:
    """The categories in the training rows, sorted."""
    return sorted({str(row["label"]) for row in read_rows(path, "train")})


def question_text(task: str, row: Row) -> str:
    """The question as a person reads it."""
    if task == "language-modelling":
        return document_halves(row)[0]
    if task == "chat":
        turns = json.loads(row["messages"])
        asked = turns[:-1] if turns[-1]["role"] == "assistant" else turns
        return "\n".join(f"{turn['role']}: {turn['content']}" for turn in asked)
    return str(row["prompt" if task == "completion" else "text"])


def expected_text(task: str, row: Row) -> str:
    """The answer that the data gives."""
    if task == "language-modelling":
        return document_halves(row)[1]
    return answer_of(task, row) or ""


def document_halves(row: Row) -> tuple[str, str]:
    """The beginning of a document that is shown, and the part that is to be continued."""
    words = str(row["text"]).split(" ")
    half = max(1, min(SHOWN_WORDS, len(words) // 2))
    return " ".join(words[:half]), " ".join(words[half : half + SHOWN_WORDS])
