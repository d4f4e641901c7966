"""`import` of two texts that belong together: found by their names, or named as text and text_pair."""

import json
from pathlib import Path

import pytest

from storage.database import Store
from workbench.cli import main
from workbench.data import datasets, mapped_file

VERDICTS = ("supports", "refutes")


def _write(path: Path, names: tuple[str, str, str], rows: int = 40) -> Path:
    lines = [
        f"Car number {n} is red today.,In the list {n} stands as a red car.,{VERDICTS[n % 2]}"
        for n in range(rows)
    ]
    path.write_text("\n".join([",".join(names), *lines]))
    return path


def _imported(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, object]:
    assert main(["import", str(path), "--project", "Cars", *more, "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return told


@pytest.mark.parametrize(
    "names",
    [
        ("claim", "evidence", "verdict"),
        ("premise", "hypothesis", "label"),
        ("sentence1", "sentence2", "gold_label"),
        ("text_a", "text_b", "label"),
        ("question", "answer", "is_correct"),
        ("Product A", "Product B", "same"),
        ("text", "text_pair", "label"),
    ],
)
def test_names_that_say_so_are_read_as_a_pair(
    names: tuple[str, str, str],
    tmp_path: Path,
    store: Store,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = _imported(_write(tmp_path / "cars.csv", names), capsys)
    assert said["task"] == "classification"
    one, other, label = names
    assert said["roles"] == {"text": f"{one}: {{{one}}}\n{other}: {{{other}}}", "label": label}


def test_two_columns_can_be_named(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _write(tmp_path / "cars.csv", ("note", "record", "result"))
    roles = ("--map", "text=note", "--map", "text_pair=record", "--map", "label=result")
    said = _imported(path, capsys, "--task", "classification", *roles)
    assert said["roles"] == {"text": "note: {note}\nrecord: {record}", "label": "result"}

    other = _write(tmp_path / "more.csv", ("A", "B", "C"), rows=12)
    columns = {"text": "A", "text_pair": "B"}
    mapped = mapped_file.map_file(store, 1, other, need_answers=False, columns=columns)
    assert mapped.rows == 12
    import pandas as pd

    assert pd.read_parquet(mapped.data)["text"][0] == (
        "note: Car number 0 is red today.\nrecord: In the list 0 stands as a red car."
    )
    assert datasets.get_version(store, 1).task == "classification"


def test_a_second_text_alone_is_refused(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _write(tmp_path / "cars.csv", ("note", "record", "result"))
    arguments = ["import", str(path), "--project", "Cars", "--task", "classification"]
    assert main([*arguments, "--map", "text_pair=record"]) == 2
    assert "need a column each" in capsys.readouterr().err
