"""A trained run whose table says more than what is learned, and an exam that is weak somewhere."""

from pathlib import Path

import pandas as pd

from storage.database import Store
from tests.helpers import exams
from tests.helpers.exams import LABELS, Trained, accuracies, add_exam, add_trained
from workbench.data.versions import get_version, read_examples

REGIONS = ("North", "South", "East", "West")


def write_table(path: Path, rows: int = 240) -> Path:
    """E-mails with region, channel, day and customer; every row has another region than the last."""
    lines = ["email,category,reply,region,channel,day,customer"]
    for i in range(rows):
        day = f"2026-{1 + i // 3 % 4:02}-11"
        lines.append(
            f"Where is parcel number {i}?,{LABELS[i % 3]},Parcel {i} is on its way.,"
            f"{REGIONS[i % 4]},{'phone' if i % 5 else ''},{day},C-{i:05}"
        )
    path.write_text("\n".join(lines), "utf-8")
    return path


def add_sliced(
    store: Store,
    folder: Path,
    monkeypatch: object,
    *,
    weak: str = "North",
    task: str = "classification",
) -> Trained:
    """A run that has answered all rows of its table, wrongly where the region is `weak`."""
    monkeypatch.setattr(exams, "write_emails", write_table)  # type: ignore[attr-defined]
    trained = add_trained(store, folder, task=task)
    rows = read_examples(get_version(store, trained.version_id)).to_pandas()
    table = exam_of(rows, weak)
    add_exam(store, trained.run_id, table, accuracies(table))
    return trained


def exam_of(rows: pd.DataFrame, weak: str) -> pd.DataFrame:
    """Answers to all rows of a version: right but for the weak region and every thirteenth row."""
    wrong = [REGIONS[(row - 2) % 4] == weak or row % 13 == 0 for row in rows["row_id"]]
    other = dict(zip(LABELS, (*LABELS[1:], LABELS[0]), strict=True))
    answered = [
        other[label] if bad else label for label, bad in zip(rows["label"], wrong, strict=True)
    ]
    return pd.DataFrame(
        {
            "row_id": rows["row_id"],
            "input": rows["text"],
            "expected": rows["label"],
            "baseline": None,
            "base": None,
            "tuned": answered,
            "probability": [0.4 if bad else 0.9 for bad in wrong],
        }
    )
