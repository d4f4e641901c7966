"""Examples as files for other programs: what is written reads back, and nothing in it runs."""

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage import files
from storage.database import Store
from storage.tables import Job
from tests.helpers.conversion_jobs import worked_off
from workbench.cli import main
from workbench.core import cells
from workbench.core.errors import WorkbenchError
from workbench.data import datasets, exports, versions
from workbench.data.export import write as export_file
from workbench.data.export.write import KINDS, write
from workbench.data.readers import read_table
from workbench.data.versions import VersionInfo
from workbench.jobs import queue
from workbench.projects import projects

HOSTILE = [
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "#N/A",
]
TEXTS = [
    *HOSTILE,
    "-5",
    "+49 170 1234567",
    "two\nlines",
    'a "quoted" text; with, signs',
    "'apostrophe",
    "_x000D_ as it stands",
    "Größe 日本 😀",
    "TRUE",
    "1.50",
    "2024-03-05",
]


def _parquet(path: Path, texts: list[str] = TEXTS, **columns: list[str | None]) -> Path:
    rows = len(texts)
    splits = [("train", "validation", "test")[i % 3] for i in range(rows)]
    data = {
        "row_id": pa.array(range(2, rows + 2), pa.int64()),
        "split": pa.array(splits),
        "text": pa.array(texts, pa.large_string()),
        "label": pa.array([f"kind {i % 2}" for i in range(rows)], pa.large_string()),
    }
    data |= {name: pa.array(cells, pa.large_string()) for name, cells in columns.items()}
    pq.write_table(pa.table(data), path)
    return path


def _read_back(path: Path) -> list[list[str | None]]:
    table = read_table(path, path.name)
    return [table.cells(name) for name in ("row_id", "split", "text", "label")]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != exports.DATASETS])
def test_what_is_written_reads_back(kind: str, tmp_path: Path) -> None:
    source = _parquet(tmp_path / "source.parquet")
    target = tmp_path / f"out.{kind}"

    assert write(source, target, kind, "classification") == len(TEXTS)

    table = read_table(target, target.name)
    numbers, splits, texts, labels = _read_back(source)
    assert table.cells("split") == splits
    assert table.cells("label") == labels
    if kind != "jsonl":
        assert table.cells("row_id") == numbers
    expected = [cells.harmless(text) for text in texts] if kind == "csv" else texts
    assert table.cells("text") == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == [target.name, "source.parquet"]


def test_hostile_cells_are_harmless_in_csv_and_workbooks(tmp_path: Path) -> None:
    source = _parquet(tmp_path / "source.parquet")
    for kind in ("csv", "xlsx"):
        write(source, tmp_path / f"out.{kind}", kind, "classification")

    text = (tmp_path / "out.csv").read_text("utf-8-sig")
    cells_ = [row["text"] for row in csv.DictReader(io.StringIO(text))]
    assert [cell[:1] for cell in cells_[:7]] == ["'"] * 7
    assert cells_[8:10] == ["-5", "+49 170 1234567"]
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    found = [sheet.cell(i + 2, 3) for i in range(len(HOSTILE))]
    assert [cell.data_type for cell in found] == ["s"] * len(HOSTILE)
    assert [cell.value for cell in found] == HOSTILE
    assert all(cell.quotePrefix for cell in found)


def test_json_lines_have_the_shape_of_training_tools() -> None:
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    chat = {"messages": json.dumps(turns), "split": "train", "row_id": 2}
    rule = {"role": "system", "content": "Be kind."}
    assert export_file.record("chat", chat) == {"messages": turns, "split": "train"}
    assert export_file.record("chat", chat, "Be kind.")["messages"] == [rule, *turns]
    reply = {"prompt": "a", "response": "b", "split": "test", "row_id": 3}
    plain = {"prompt": "a", "completion": "b", "split": "test"}
    assert export_file.record("completion", reply) == plain
    own = export_file.record("completion", {**reply, "system": "Short."}, "Be kind.")
    assert own == {"system": "Short.", **plain}
    fields = {"text": "a", "response": "{}", "split": "test", "row_id": 3}
    assert export_file.record("extraction", fields)["completion"] == "{}"
    document = {"text": "a", "split": "train", "row_id": 3}
    assert export_file.record("language-modelling", document) == {"text": "a", "split": "train"}


def test_exported_conversations_read_back_as_conversations(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "Größe?"}, {"role": "assistant", "content": "L\nor M"}]
    data = {"row_id": [2, 3], "split": ["train", "test"], "messages": [json.dumps(turns)] * 2}
    pq.write_table(pa.table(data), tmp_path / "source.parquet")

    write(tmp_path / "source.parquet", tmp_path / "out.jsonl", "jsonl", "chat")

    table = read_table(tmp_path / "out.jsonl", "out.jsonl")
    assert [json.loads(cell or "") for cell in table.cells("messages")] == [turns, turns]


def test_a_workbook_that_would_not_do_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = _parquet(tmp_path / "source.parquet", ["short", "x" * 32_768])
    with pytest.raises(WorkbenchError, match=r"The text of row 3 has 32,768 characters"):
        write(source, tmp_path / "out.xlsx", "xlsx", "classification")
    monkeypatch.setattr(export_file, "MAX_ROWS", 2)
    with pytest.raises(WorkbenchError, match="2 examples and a sheet holds 1"):
        write(source, tmp_path / "out.xlsx", "xlsx", "classification")
    with pytest.raises(WorkbenchError, match="not as 'pdf'"):
        write(source, tmp_path / "out.pdf", "pdf", "classification")
    assert [path.name for path in tmp_path.iterdir()] == ["source.parquet"]


class _Stopped(Exception):
    """The user wants it no more."""


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_stopped_on_the_way_leaves_nothing(kind: str, tmp_path: Path) -> None:
    source = _parquet(tmp_path / "source.parquet")

    def stop(share: float) -> None:
        raise _Stopped

    with pytest.raises(_Stopped):
        write(source, tmp_path / f"out.{kind}", kind, "classification", progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["source.parquet"]


def test_rows_are_read_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_file, "_MOST_ROWS", 16)
    source = _parquet(tmp_path / "source.parquet", [f"text {i}" for i in range(50)])
    shares: list[float] = []

    write(source, tmp_path / "out.jsonl", "jsonl", "classification", progress=shares.append)

    assert shares == [0.32, 0.64, 0.96, 1.0]


@pytest.fixture
def version(store: Store, tmp_path: Path) -> VersionInfo:
    """Sixty examples with a name that no file can have."""
    path = tmp_path / "mails.csv"
    lines = "".join(f"mail number {i},kind {i % 3}\n" for i in range(60))
    path.write_text(f"text,label\n{lines}")
    project_id = projects.create_project(store, "Mails")
    saved = datasets.save_version(
        store, project_id=project_id, path=path, dataset_name='Mails: "in/out"'
    )
    return datasets.get_version(store, saved.version_id)


def test_a_small_version_is_made_at_once(version: VersionInfo) -> None:
    assert exports.file_name(version, "csv") == "Mails in out v1.csv"
    assert all(exports.is_made_at_once(version, kind) for kind in KINDS)
    content = exports.content(version, "csv")
    assert content.startswith(b"\xef\xbb\xbfrow_id,split,text,label\r\n")
    assert content.count(b"\r\n") == 61
    assert exports.content(version, "parquet") == version.path.read_bytes()


def test_a_large_version_is_made_by_one_job(
    store: Store, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE_ROWS", 50)
    assert not exports.is_made_at_once(version, "csv")
    job = exports.start(store, version, "csv")
    assert (job.kind, job.status) == ("export", "queued")
    assert exports.start(store, version, "csv").id == job.id
    assert exports.newest(store, version, "jsonl") is None

    worked_off(store, job.id)

    made = exports.newest(store, version, "csv")
    assert made is not None
    assert exports.file_of(made).read_bytes() == exports.content(version, "csv")
    assert exports.start(store, version, "csv").id == job.id
    exports.file_of(made).unlink()
    assert exports.newest(store, version, "csv") is None
    assert exports.start(store, version, "csv").id != job.id


def test_old_files_go_when_a_new_one_is_made_and_all_with_their_dataset(
    store: Store, version: VersionInfo
) -> None:
    old, other = (exports.start(store, version, kind) for kind in ("csv", "jsonl"))
    for job in (old, other):
        worked_off(store, job.id)
    with store.write() as session:
        row = session.get(Job, old.id)
        assert row is not None
        row.finished_at = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)

    exports.start(store, version, "parquet")

    assert exports.newest(store, version, "csv") is None
    assert exports.newest(store, version, "jsonl") is not None
    versions.delete_dataset(store, version.dataset_id)
    assert exports.newest(store, version, "jsonl") is None
    assert not (files.job_folder(other.id)).exists()
    assert {job.status for job in queue.list_jobs(store)} == {"succeeded", "cancelled"}


def test_a_version_whose_examples_are_gone_is_said(store: Store, version: VersionInfo) -> None:
    version.path.unlink()
    with pytest.raises(WorkbenchError, match=r"not here|gone|any more"):
        exports.start(store, version, "csv")


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def test_the_command_line_saves_any_version_in_any_format(
    version: VersionInfo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of = ["export", "--dataset", str(version.dataset_id), "--json"]
    for kind in KINDS:
        out = tmp_path / f"out.{kind}"
        assert main([*of, "--format", kind, "--out", str(out)]) == 0
        assert _said(capsys)["rows"] == 60
        assert read_table(out, out.name).rows == 60
    wrong = [
        (["--format", "pdf", "--out", "x"], "not as 'pdf'"),
        (["--format", "csv", "--out", "no/where/x.csv"], "There is no folder"),
        (["--format", "csv", "--out", "x", "--version", "7"], "has no version 7"),
    ]
    for more, sentence in wrong:
        assert main([*of, *more]) == 2
        assert sentence in capsys.readouterr().err


def test_the_command_line_draws_the_exam_as_asked(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mails.csv"
    rows = "".join(f"mail of {chr(97 + i % 26)}{i},kind {i % 3},C{i % 20}\n" for i in range(80))
    path.write_text(f"text,label,client\n{rows}")
    arguments = ["import", str(path), "--project", "P", "--task", "classification", "--json"]

    assert main([*arguments, "--split-by", "group:Client"]) == 0

    split = _said(capsys)["split"]
    assert (split["column"], split["groups"], split["on_both_sides"]) == ("client", 20, 0)
    assert main([*arguments, "--split-by", "customers"]) == 2
    assert "group:COLUMN or time:COLUMN" in capsys.readouterr().err
