"""A corpus of files as people bring them, good and bad: each is read, or refused in a sentence."""

from pathlib import Path

import pytest

from storage.database import Store
from tests.corpus import make
from tests.corpus.manifest import BAD, GOOD
from tests.helpers.conversion_jobs import converted, table_in
from workbench.core.errors import WorkbenchError
from workbench.data import datasets
from workbench.data.bulk import read_file
from workbench.data.columns.guessing import guess_task
from workbench.data.examples.plan import Source
from workbench.data.files import large
from workbench.data.readers import read_table
from workbench.projects import projects

FILES = make.FILES


def test_every_file_is_in_the_manifest_and_there_are_many() -> None:
    found = {str(path.relative_to(FILES)) for path in FILES.rglob("*") if path.is_file()}

    assert found == GOOD.keys() | BAD.keys()
    assert len(found) > 120


@pytest.mark.parametrize("group", [group for group in make.GROUPS if group != "refused"])
def test_the_files_are_those_that_the_script_makes(group: str) -> None:
    """Parquet and gzip differ from version to version of the libraries, but not what they hold."""
    for name, content in make.GROUPS[group]().items():
        raw = content if isinstance(content, bytes) else content.encode()
        if not name.endswith((".parquet", ".gz", ".zip", ".xlsx", ".ods", ".docx")):
            assert (FILES / group / name).read_bytes() == raw, name


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_read_and_its_task_guessed(name: str) -> None:
    good = GOOD[name]

    table = read_table(FILES / name)

    assert "|".join(table.columns) == good.columns
    assert (len(table), guess_task(table).task) == (good.rows, good.task)
    assert {column: table.cells(column)[0] for column in good.first} == good.first
    assert good.note in " ".join(table.notes)
    assert table.row_numbers.to_pylist() == sorted(set(table.row_numbers.to_pylist()))


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(WorkbenchError) as caught:
        read_table(FILES / name)

    sentence = str(caught.value)
    assert BAD[name].words in sentence
    assert "\n" not in sentence
    assert sentence.endswith((".", '("").'))


@pytest.mark.parametrize(
    "name",
    [
        *(name for name in GOOD if name.startswith(("packed/", "documents/"))),
        "sheets/merged-cells.xlsx",
        "training/preferences-in-turns.jsonl",
    ],
)
def test_a_job_reads_the_same_on_the_disk(tmp_path: Path, name: str) -> None:
    usual = read_table(FILES / name)

    result = converted(FILES / name, tmp_path / "job")

    assert result["status"] == "succeeded", result
    table = table_in(tmp_path / "job")
    assert table.data.to_pylist() == usual.data.to_pylist()
    assert (table.columns, table.notes, table.people) == (usual.columns, usual.notes, usual.people)
    assert (table.kind, table.options) == (usual.kind, usual.options)
    left = {path.name for path in (tmp_path / "job").iterdir()}
    assert not left & {"unpacked", "parts"}


def test_merged_cells_are_filled_in_a_large_workbook_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_file, "SMALL_BYTES", 0)
    path = FILES / "sheets/merged-cells.xlsx"

    converted(path, tmp_path / "job")

    labels = table_in(tmp_path / "job").cells("label")
    assert labels == read_table(path).cells("label")
    assert labels == ["delivery"] * 4 + ["damage"] * 4 + ["order"] * 4


@pytest.mark.parametrize("name", [n for n in BAD if n.endswith((".zip", ".pdf", ".gz", ".docx"))])
def test_a_job_refuses_the_same(tmp_path: Path, name: str) -> None:
    result = converted(FILES / name, tmp_path / "job")

    assert result["status"] == "failed", result
    assert BAD[name].words in result["reason"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("tables/windows-1252.csv", 12),
        ("sheets/merged-cells.xlsx", 12),
        ("sheets/plain.xls", 12),
        ("structured/plain.parquet", 12),
        ("training/alpaca.json", 12),
        ("training/sharegpt.json", 12),
        ("training/preferences-in-turns.jsonl", 12),
        ("packed/months.zip", 12),
        ("documents/newsletters.mbox", 12),
    ],
)
def test_a_file_becomes_a_version(store: Store, name: str, rows: int) -> None:
    project_id = projects.create_project(store, "Corpus")

    saved = datasets.save_version(store, project_id=project_id, path=FILES / name)

    version = datasets.get_version(store, saved.version_id)
    assert (saved.rows, saved.dropped, version.task) == (rows, 0, GOOD[name].task)


def test_what_may_take_long_is_read_by_a_job(home: Path) -> None:
    def is_large(name: str) -> bool:
        with (FILES / name).open("rb") as stream:
            return large.is_large(datasets.keep(stream, Path(name).name))

    slow = ["packed/documents.zip", "packed/one-table.csv.gz", "documents/handbook.pdf"]
    slow += ["packed/formats.zip", "refused/locked.zip"]
    quick = ["documents/handbook.docx", "documents/support.mbox", "sheets/plain.ods"]
    quick += ["packed/months.zip", "packed/slack.zip"]
    assert {name: is_large(name) for name in slow + quick} == {
        **dict.fromkeys(slow, True),
        **dict.fromkeys(quick, False),
    }
    for name in (
        "documents/support.mbox",
        "documents/whatsapp-android.txt",
        "documents/teams.json",
    ):
        longer = home / "longer"
        longer.write_bytes((FILES / name).read_bytes().rstrip() + b"\n" * (3 << 20))
        with longer.open("rb") as stream:
            assert large.is_large(datasets.keep(stream, Path(name).name)), name
    assert not large.is_large(Source("f" * 64, "gone.pdf"))
