"""YAML is read as records, its values as the texts that stand there."""

from pathlib import Path

import pytest

from workbench.core.errors import WorkbenchError
from workbench.data.bulk import read_file
from workbench.data.readers import Table, read_table
from workbench.data.readers.tables import yamls


def _read(tmp_path: Path, text: str, name: str = "a.yaml") -> Table:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return read_table(path)


def test_a_list_of_records_is_a_table(tmp_path: Path) -> None:
    rows = "- {ask: When?, say: no, on: 2024-01-02, n: 1.10}\n- ask: Who?\n  say: |\n    A\n    B\n"
    table = _read(tmp_path, rows)
    assert table.kind == "yaml"
    assert table.cells("say") == ["no", "A\nB\n"]
    assert table.cells("on") == ["2024-01-02", None]
    assert table.cells("n") == ["1.10", None]


def test_documents_one_behind_the_other_are_records(tmp_path: Path) -> None:
    table = _read(tmp_path, "---\nask: When?\n---\nask: Who?\n...\n")
    assert table.cells("ask") == ["When?", "Who?"]


def test_odd_tags_and_keys_are_texts(tmp_path: Path) -> None:
    table = _read(tmp_path, "- {a: !!int 5, b: !!timestamp 2024-01-02, c: !!set {x, y}, ~: z}\n")
    assert table.data.to_pylist() == [
        {"a": "5", "b": "2024-01-02", "c": '["x", "y"]', "(no name)": "z"}
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a: 1\n  b: [\n- c", "Line 3 of a.yaml is not valid YAML"),
        ("- !!python/object/apply:os.getcwd []\n", "Line 1 of a.yaml is not valid YAML"),
        ("a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
        ), "refers to its own parts so often"),
        ("- &a [*a]\n", "refers to its own parts so often"),
        ("[" * 5000, "a.yaml"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    monkeypatch.setattr(yamls, "MOST_VALUES", 100_000)
    with pytest.raises(WorkbenchError, match=words):
        _read(tmp_path, text)


def test_a_large_file_is_refused_with_a_way_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yamls, "MOST_BYTES", 10)
    monkeypatch.setattr(read_file, "SMALL_BYTES", 0)
    with pytest.raises(WorkbenchError, match="save its examples as JSON lines"):
        _read(tmp_path, "- ask: When?\n")
