"""Arrow files: what `save_to_disk` and Feather write, read at once and some rows at a time."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value
from pyarrow import feather

from tests.helpers.conversion_jobs import converted, refused, table_in
from workbench.cli import main
from workbench.core.errors import WorkbenchError
from workbench.data.readers import ARROW, kind_of, read_table

LABELS = Features({"text": Value("string"), "label": ClassLabel(names=["late", "price"])})
TURNS = [{"role": "user", "content": "When?"}, {"role": "assistant", "content": "Now."}]


def letters(count: int = 30, start: int = 0) -> Dataset:
    rows = [{"text": f"letter {n}", "label": n % 2} for n in range(start, start + count)]
    return Dataset.from_list(rows, features=LABELS)


def saved(folder: Path, what: Any) -> Path:
    what.save_to_disk(str(folder))
    return folder


def zipped(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "zip", folder))


def the_only(folder: Path) -> Path:
    (path,) = folder.glob("*.arrow")
    return path


def rows(table: Any) -> list[dict[str, Any]]:
    return list(table.data.to_pylist())


def test_a_file_of_a_saved_set_is_read_with_the_names_of_its_categories(tmp_path: Path) -> None:
    path = the_only(saved(tmp_path / "set", letters()))
    assert kind_of(path, "x") == ARROW
    table = read_table(path)
    assert rows(table)[:2] == [
        {"text": "letter 0", "label": "late"},
        {"text": "letter 1", "label": "price"},
    ]
    assert table.row_numbers.to_pylist() == list(range(1, 31))
    assert "turned into the names" in " ".join(table.notes)
    result = converted(path, tmp_path / "job")
    assert result["status"] == "succeeded"
    assert rows(table_in(tmp_path / "job")) == rows(table)


def test_conversations_and_numbers_become_texts(tmp_path: Path) -> None:
    data = Dataset.from_list([{"messages": TURNS, "stars": 4.5, "blank": ""}] * 12)
    table = read_table(the_only(saved(tmp_path / "set", data)))
    first = rows(table)[0]
    assert first["messages"].startswith('[{"role": "user", "content": "When?"}')
    assert (first["stars"], first["blank"]) == ("4.5", None)


def test_a_zip_of_a_saved_set_is_one_table(tmp_path: Path) -> None:
    both = DatasetDict({"train": letters(30), "test": letters(10, 30)})
    path = zipped(saved(tmp_path / "both", both))
    result = converted(path, tmp_path / "job")
    assert result["status"] == "succeeded", result
    found = rows(table_in(tmp_path / "job"))
    assert [row["text"] for row in found] == [f"letter {n}" for n in [*range(30, 40), *range(30)]]
    assert {row["label"] for row in found} == {"late", "price"}
    assert "left out" not in str(result)


def test_a_folder_is_imported_on_the_command_line(
    tmp_path: Path, store: object, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = saved(tmp_path / "letters", letters())
    assert main(["import", str(folder), "--project", "Letters"]) == 0
    assert "30 examples" in capsys.readouterr().out
    (tmp_path / "none").mkdir()
    assert main(["import", str(tmp_path / "none"), "--project", "Letters"]) == 2
    assert "There is no file" in capsys.readouterr().err


def test_a_feather_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "letters.feather"
    table = pa.table({"text": [f"letter {n}" for n in range(12)], "raw": [b"\0"] * 12})
    feather.write_feather(table, path, compression="uncompressed")
    found = read_table(path)
    assert rows(found)[3] == {"text": "letter 3"}
    assert "'raw' holds binary data" in " ".join(found.notes)


def _cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def _offsets_out_of_the_file(content: bytes) -> bytes:
    at = content.rindex(b"letter 0") - 200
    return content[:at] + b"\x7f\xff\xff\x7f" * 24 + content[at + 96 :]


@pytest.mark.parametrize("harm", [_cut, _offsets_out_of_the_file, lambda content: content[:40]])
def test_a_damaged_file_is_a_sentence(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    path = the_only(saved(tmp_path / "set", letters()))
    bad = tmp_path / "bad.arrow"
    bad.write_bytes(harm(path.read_bytes()))
    with pytest.raises(WorkbenchError, match=r"bad.arrow is a damaged Arrow file"):
        read_table(bad)
    assert "bad.arrow is a damaged Arrow file" in refused(bad, tmp_path / "job")


def test_places_that_are_not_in_the_file_are_damage(tmp_path: Path) -> None:
    offsets = pa.array([0, 8, 2], pa.int32()).buffers()[1]
    texts = pa.StringArray.from_buffers(2, offsets, pa.py_buffer(b"letter 0"))
    path = tmp_path / "bad.arrow"
    batch = pa.record_batch({"text": texts})
    with pa.OSFile(str(path), "wb") as stream, pa.ipc.new_stream(stream, batch.schema) as writer:
        writer.write_batch(batch)
    with pytest.raises(WorkbenchError, match=r"bad.arrow is a damaged Arrow file"):
        read_table(path)


def test_an_empty_one_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "empty.arrow"
    schema = pa.schema([("text", pa.string())])
    with pa.OSFile(str(path), "wb") as stream, pa.ipc.new_stream(stream, schema):
        pass
    with pytest.raises(WorkbenchError, match=r"empty.arrow is empty"):
        read_table(path)
    assert "empty.arrow is empty" in refused(path, tmp_path / "job")
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.write(path, "empty.arrow")
    assert "empty" in refused(tmp_path / "e.zip", tmp_path / "again")
