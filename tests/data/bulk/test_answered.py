"""A large table that is written anew leaves the old one, or none, where it does not come to an end."""

from pathlib import Path

import pytest

from tests.helpers.conversion_jobs import converted, json_lines, table_in
from workbench.data.bulk import read_file
from workbench.data.readers import table_file

ROWS = [{"text": f"Ferry {n} is late.", "tags": [["late"], ["late", "crew"]][n % 2]} for n in range(40)]  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_file, "SMALL_BYTES", 0)


def test_the_answer_stands_beside_the_table(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json_lines(ROWS))
    assert converted(tmp_path / "a.jsonl", tmp_path / "job", choice="each")["rows"] == 60
    options = table_file.options_in(tmp_path / "job")
    assert options is not None
    assert options.choice == "each"
    assert table_in(tmp_path / "job").row_numbers.to_pylist() == list(range(1, 61))
    assert not (tmp_path / "job" / "table.new").exists()


def test_what_does_not_come_to_an_end_leaves_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: table_file.TableWriter, path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(table_file.TableWriter, "move", full)
    (tmp_path / "a.jsonl").write_text(json_lines(ROWS))
    assert converted(tmp_path / "a.jsonl", tmp_path / "job", choice="each")["status"] == "failed"
    left = {path.name for path in (tmp_path / "job").iterdir()}
    assert not left & {"table.parquet", "table.json", "table.new"}
