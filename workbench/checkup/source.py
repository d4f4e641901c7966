"""The table that a version came from: rows without a category, and how to draw a fair exam."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench import mapping
from workbench.checkup.finding import Finding
from workbench.checkup.rows import Progress, Rows
from workbench.readers import Table, read_table
from workbench.readers.table import options_from

MOST_UNLABELLED = 5000


@dataclass(frozen=True)
class Unlabelled:
    """Rows of the table that have a text but no category."""

    row_ids: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.row_ids)


@dataclass(frozen=True)
class Look:
    """What the table shows."""

    unlabelled: Unlabelled = field(default_factory=Unlabelled)
    findings: list[Finding] = field(default_factory=list)
    split: dict[str, Any] | None = None
    """A fairer way to draw the exam: `kind`, `column`, `reason`, and the share of exam questions
    with a relative among what is learned from (`related`); None if there is no better one."""


def look(rows: Rows, spec: Mapping[str, Any], progress: Progress) -> Look:
    """Look at the table that `spec` names, if it names one."""
    about = spec.get("table")
    if not about or not Path(about["path"]).is_file():
        return Look()
    table = read_table(Path(about["path"]), about["name"], options_from(about["options"]))
    progress(0.7)
    return Look(_unlabelled(rows, table, spec["mapping"]["roles"]))


def _unlabelled(rows: Rows, table: Table, roles: Mapping[str, str]) -> Unlabelled:
    if rows.task.name != "classification":
        return Unlabelled()
    known = set(rows.row_ids)
    texts, labels = mapping.texts(table, roles["text"]), mapping.texts(table, roles["label"])
    numbers = table.row_numbers.to_pylist()
    found = [
        (number, text.strip())
        for number, text, label in zip(numbers, texts, labels, strict=True)
        if (text or "").strip() and not (label or "").strip() and number not in known
        for text in [text or ""]
    ][:MOST_UNLABELLED]
    return Unlabelled([number for number, _ in found], [text for _, text in found])
