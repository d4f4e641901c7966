"""Examples saved as the library `datasets` saves them: it loads what was written."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import DatasetDict, load_from_disk

from workbench.data.export.write import DATASETS, write
from workbench.data.readers import read_table

TURNS = [{"role": "user", "content": "When?"}, {"role": "assistant", "content": "Now."}]
ROLES: dict[str, dict[str, list[Any]]] = {
    "classification": {"text": ["a", "b", "c"], "label": ["x", "y", "x"]},
    "multi_label": {"text": ["a", "b", "c"], "label": ["none of them", "x; y", "x"]},
    "completion": {
        "prompt": ["a", "b", "c"], "response": ["1", "2", "3"], "system": [None, None, "Be kind."],
    },
    "chat": {"messages": [json.dumps(TURNS)] * 3},
    "language-modelling": {"text": ["a", "b", "c"]},
    "preferences": {
        "prompt": ["a", json.dumps([*TURNS, TURNS[0]]), "c"], "chosen": ["1", "2", "3"],
        "rejected": ["4", "5", "6"], "system": [None, None, "Be kind."],
    },
}  # fmt: skip


def loaded(folder: Path, task: str, system: str = "", splits: str = "train train test") -> Any:
    source, target = folder / "v.parquet", folder / "v.zip"
    columns = {"row_id": [2, 3, 4], "split": splits.split(), **ROLES[task]}
    pq.write_table(pa.table(columns), source)
    assert write(source, target, DATASETS, task, system=system) == 3
    with zipfile.ZipFile(target) as archive:
        archive.extractall(folder / "set")
    assert not list(folder.glob(".saved-*"))
    return load_from_disk(str(folder / "set"))


@pytest.mark.parametrize("task", ROLES)
def test_every_task_is_loaded_with_its_splits(tmp_path: Path, task: str) -> None:
    found = loaded(tmp_path, task)
    assert isinstance(found, DatasetDict)
    assert {split: len(rows) for split, rows in found.items()} == {"train": 2, "test": 1}
    assert list(found["train"].features) == list(found["test"].features)
    first = found["train"][0]
    if task == "chat":
        assert first == {"messages": TURNS}
    elif task == "completion":
        assert first == {"system": None, "prompt": "a", "completion": "1"}
        assert found["test"][0]["system"] == "Be kind."
    elif task == "preferences":
        said = [{"role": "assistant", "content": text} for text in "14"]
        question = [{"role": "user", "content": "a"}]
        assert first == {"prompt": question, "chosen": said[:1], "rejected": said[1:]}
        assert found["train"][1]["prompt"] == [*TURNS, TURNS[0]]
        assert found["test"][0]["prompt"][0] == {"role": "system", "content": "Be kind."}
    else:
        assert first["text"] == "a"


def test_an_instruction_is_with_every_example(tmp_path: Path) -> None:
    found = loaded(tmp_path, "completion", "Answer.")
    assert found["train"]["system"][:] == ["Answer.", "Answer."]


def test_a_split_without_rows_is_not_there_and_the_file_reads_back(tmp_path: Path) -> None:
    found = loaded(tmp_path, "classification", splits="validation validation train")
    assert list(found) == ["train", "validation"]
    (path,) = (tmp_path / "set" / "validation").glob("*.arrow")
    assert read_table(path).data.to_pylist() == [
        {"text": "a", "label": "x"}, {"text": "b", "label": "y"},
    ]  # fmt: skip


def test_an_answer_that_is_not_to_be_learned_weighs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = [
        TURNS[0],
        {**TURNS[1], "learn": False},
        {"role": "user", "content": "Go on."},
        TURNS[1],
    ]
    monkeypatch.setitem(ROLES, "chat", {"messages": [json.dumps(TURNS)] * 2 + [json.dumps(turns)]})
    found = loaded(tmp_path, "chat")
    assert [turn["weight"] for turn in found["test"][0]["messages"]] == [None, 0, None, None]
    assert [turn["weight"] for turn in found["train"][0]["messages"]] == [None, None]


def test_sets_of_categories_are_lists_of_names(tmp_path: Path) -> None:
    found = loaded(tmp_path, "multi_label")
    assert found["train"]["labels"] == [[], ["x", "y"]]
    assert found["test"]["labels"] == [["x"]]
