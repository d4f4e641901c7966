"""`import` of texts with numbers: suggested by itself, read in its form, split by size."""

import json
from pathlib import Path

import pandas as pd
import pytest

from storage.database import Store
from workbench.cli import main
from workbench.data import datasets


def _rows(path: Path, name: str, cells: list[str]) -> Path:
    lines = [
        f"The {n}. room of the inn was as we had hoped.;{cell}" for n, cell in enumerate(cells)
    ]
    path.write_text("\n".join([f"text;{name}", *lines]), "utf-8")
    return path


def _imported(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, object]:
    assert main(["import", str(path), "--project", "Inn", *more, "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return told


def test_prices_are_suggested_read_and_split_by_size(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [f"{n % 7}.{n:03},50 €" for n in range(200)]
    cells[3], cells[8] = "unknown", "40 $"
    said = _imported(_rows(tmp_path / "inn.csv", "price", cells), capsys)
    assert (said["task"], said["rows"]) == ("regression", 198)
    assert said["left_out"] == {
        "answer that is no number": {"count": 1, "rows": [5]},
        "number in '$' where most are in '€'": {"count": 1, "rows": [10]},
    }
    version = datasets.get_version(store, 1)
    told = version.report["numbers"]
    assert (told["low"], told["high"], told["is_score"]) == (0.5, 6195.5, False)
    assert said["numbers"] == told
    frame = pd.read_parquet(version.path)
    frame["number"] = frame["label"].astype(float)
    means = frame.groupby("split")["number"].mean()
    assert means.max() / means.min() < 1.15
    assert not version.has_turns


def test_stars_are_numbers_or_categories_as_the_user_says(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _rows(tmp_path / "inn.csv", "stars", [str(n % 5 + 1) for n in range(60)])
    assert _imported(path, capsys, "--task", "regression")["task"] == "regression"
    sorted_ = _imported(path, capsys, "--name", "Sorted")
    assert sorted_["task"] == "classification"
    assert datasets.get_version(store, 2).report["labels"] == {str(n): 12 for n in range(1, 6)}


def test_numbers_that_are_all_the_same_are_refused(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _rows(tmp_path / "inn.csv", "price", ["5,00"] * 30)
    assert main(["import", str(path), "--project", "Inn", "--task", "regression"]) == 2
    assert "have the same number, 5: add rows with others" in capsys.readouterr().err
