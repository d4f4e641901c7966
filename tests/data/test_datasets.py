"""Versions: saved whole, saved once, and always with the same exam."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from storage import files
from storage.database import Store
from storage.errors import StorageError
from tests.helpers.made import add_model, add_run
from tests.helpers.shared_data import real
from workbench.core.errors import WorkbenchError
from workbench.data import datasets, mapped_file, versions
from workbench.data.readers import ReadOptions
from workbench.projects import projects

ROLES = {"text": "mail", "label": "kind"}


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def _file(tmp_path: Path, rows: range, name: str = "mails.csv", extra: str = "") -> Path:
    lines = "".join(f"Mail number {i},{'abc'[i % 3]}\n" for i in rows)
    path = tmp_path / name
    path.write_text(f"mail,kind\n{lines}{extra}")
    return path


def _rows(version: versions.VersionInfo) -> dict[int, dict[str, str]]:
    return {row["row_id"]: row for row in pq.read_table(version.path).to_pylist()}


def _save(store: Store, project_id: int, path: Path, **more: object) -> datasets.SavedVersion:
    return datasets.save_version(
        store, project_id=project_id, path=path, task="classification", mapping=ROLES, **more
    )  # type: ignore[arg-type]


def test_a_version_holds_its_rows_with_their_numbers_and_splits(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    saved = _save(store, project_id, _file(tmp_path, range(100)), system=" Be kind. ")

    version = datasets.get_version(store, saved.version_id)
    rows = _rows(version)
    assert (version.dataset_name, version.number, version.task) == ("mails", 1, "classification")
    assert version.splits == {"train": 80, "validation": 10, "test": 10}
    assert version.labels == ["a", "b", "c"]
    assert version.mapping["roles"] == ROLES
    assert version.mapping["system"] == "Be kind."
    assert rows[2] == {**rows[2], "text": "Mail number 0", "label": "a"}
    assert list(rows) == list(range(2, 102))


def test_the_file_itself_is_kept(store: Store, project_id: int, tmp_path: Path) -> None:
    path = _file(tmp_path, range(20))

    version = datasets.get_version(store, _save(store, project_id, path).version_id)

    assert files.object_path(version.source_hash).read_bytes() == path.read_bytes()
    assert version.source_name == "mails.csv"


def test_the_same_file_is_saved_once(store: Store, project_id: int, tmp_path: Path) -> None:
    first = _save(store, project_id, _file(tmp_path, range(50)))
    again = _save(store, project_id, _file(tmp_path, range(50)))
    other = _save(store, project_id, _file(tmp_path, range(50)), system="Be brief.")

    assert (again.version_id, again.created) == (first.version_id, False)
    assert (other.number, other.created) == (2, True)


def test_a_file_that_grew_keeps_its_exam(store: Store, project_id: int, tmp_path: Path) -> None:
    first = _save(store, project_id, _file(tmp_path, range(100)))
    (tmp_path / "v2").mkdir()
    second = _save(store, project_id, _file(tmp_path / "v2", range(60, 200)))

    before = {
        row["text"]: row["split"]
        for row in _rows(datasets.get_version(store, first.version_id)).values()
    }
    after = {
        row["text"]: row["split"]
        for row in _rows(datasets.get_version(store, second.version_id)).values()
    }
    assert (first.dataset_id, second.number) == (second.dataset_id, 2)
    assert {t: s for t, s in after.items() if t in before} == {
        t: s for t, s in before.items() if t in after
    }
    assert second.splits == {"train": 112, "validation": 14, "test": 14}


def test_an_exam_file_takes_the_place_of_the_test_split(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    exam = _file(tmp_path, range(95, 110), "exam.csv", "Mail number 109,a\n,b\n")

    saved = _save(store, project_id, _file(tmp_path, range(100)), test_path=exam)

    rows = _rows(datasets.get_version(store, saved.version_id))
    asked = [row for row in rows.values() if row["split"] == "test"]
    learned = {row["text"] for row in rows.values() if row["split"] != "test"}
    assert len(asked) == 16
    assert [row["row_id"] for row in asked][:2] == [103, 104]
    assert learned.isdisjoint({row["text"] for row in asked})
    assert saved.splits == {"train": 85, "validation": 10, "test": 16}
    assert "5 training rows also stood in your exam file" in json.dumps(saved.report["findings"])


def test_a_column_that_the_exam_file_lacks_is_said(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    exam = tmp_path / "exam.csv"
    exam.write_text("mail,other\n" + "a b,c\n" * 12)

    with pytest.raises(WorkbenchError, match=r"exam\.csv has no column 'kind'"):
        _save(store, project_id, _file(tmp_path, range(20)), test_path=exam)
    assert datasets.list_versions(store, project_id) == []


def test_a_template_is_kept_and_used_for_later_files(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "subject,body,reply\n" + "".join(f"s{i},b{i} and more,r{i}\n" for i in range(20))
    )
    saved = datasets.save_version(
        store,
        project_id=project_id,
        path=path,
        task="completion",
        mapping={"prompt": "{subject}: {body}", "response": "reply"},
    )
    new = tmp_path / "new.csv"
    new.write_text("body,subject\nwhere,lost\n\nwho,found\nwho,found\n")

    mapped = pq.read_table(
        mapped_file.map_file(store, saved.version_id, new, need_answers=False).data
    ).to_pylist()

    assert _rows(datasets.get_version(store, saved.version_id))[2]["prompt"] == "s0: b0 and more"
    assert mapped == [
        {"row_id": 2, "prompt": "lost: where"},
        {"row_id": 4, "prompt": "found: who"},
        {"row_id": 5, "prompt": "found: who"},
    ]
    with pytest.raises(WorkbenchError, match="no column 'reply'"):
        mapped_file.map_file(store, saved.version_id, new, need_answers=True)


def test_columns_are_guessed_when_none_is_named(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    path = _file(tmp_path, range(30))

    saved = datasets.save_version(store, project_id=project_id, path=path)

    version = datasets.get_version(store, saved.version_id)
    assert (version.task, version.mapping["roles"]) == ("classification", ROLES)


def test_reviews_without_column_names_are_mapped_later_too(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    lines = "".join(f"A fine thing, number {i}.\t{i % 2}\n" for i in range(30))
    (tmp_path / "r.txt").write_text(lines)
    (tmp_path / "new.txt").write_text("title\tscore\nbad\t0\n")
    saved = datasets.save_version(store, project_id=project_id, path=tmp_path / "r.txt")

    mapped = mapped_file.map_file(store, saved.version_id, tmp_path / "new.txt", need_answers=False)

    assert pq.read_table(mapped.data).column("text").to_pylist() == ["title", "bad"]


def test_a_full_disk_leaves_nothing_behind(
    store: Store, project_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_stream: object) -> str:
        raise StorageError("The disk is full: free some space and try again.")

    monkeypatch.setattr(files, "put", full)

    with pytest.raises(StorageError, match="disk"):
        _save(store, project_id, _file(tmp_path, range(20)))
    assert datasets.list_versions(store, project_id) == []


def test_names_are_checked(store: Store, project_id: int, tmp_path: Path) -> None:
    path = _file(tmp_path, range(20))
    first = _save(store, project_id, path, dataset_name=" My  mails ")
    second = _save(store, project_id, path, dataset_name="my mails")

    assert datasets.get_version(store, first.version_id).dataset_name == "My mails"
    assert second.version_id == first.version_id
    with pytest.raises(WorkbenchError, match="81 characters"):
        _save(store, project_id, path, dataset_name="x" * 81)


def test_a_pasted_table_is_kept_and_read(store: Store) -> None:
    source = datasets.keep_text("text\tlabel\none, two\ta\nthree\tb\n")

    assert datasets.open_source(source).cells("text") == ["one, two", "three"]
    assert datasets.open_source(source, ReadOptions(header_row=0)).columns == [
        "Column 1",
        "Column 2",
    ]
    with pytest.raises(WorkbenchError, match="Nothing was pasted"):
        datasets.keep_text(" \n")


def test_a_dataset_is_deleted_unless_a_run_learned_from_it(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    used = _save(store, project_id, _file(tmp_path, range(20)), dataset_name="used")
    unused = _save(store, project_id, _file(tmp_path, range(30)), dataset_name="unused")
    add_run(store, project_id, used.version_id, add_model(store))

    versions.delete_dataset(store, unused.dataset_id)

    with pytest.raises(WorkbenchError, match="'used' cannot be deleted"):
        versions.delete_dataset(store, used.dataset_id)
    assert [v.dataset_name for v in datasets.list_versions(store, project_id)] == ["used"]
    assert versions.deletion_summary(store, used.dataset_id) == "1 version and 1 training run"


def test_a_dataset_can_be_renamed(store: Store, project_id: int, tmp_path: Path) -> None:
    one = _save(store, project_id, _file(tmp_path, range(20)), dataset_name="one")
    _save(store, project_id, _file(tmp_path, range(20)), dataset_name="two")

    versions.rename_dataset(store, one.dataset_id, " uno ")

    assert datasets.get_version(store, one.version_id).dataset_name == "uno"
    with pytest.raises(WorkbenchError, match="already a dataset named 'two'"):
        versions.rename_dataset(store, one.dataset_id, "Two")


def test_unknown_versions_are_said(store: Store) -> None:
    for find in (datasets.get_version, datasets.latest_version):
        with pytest.raises(WorkbenchError, match="any more"):
            find(store, 99)


def test_banking77_keeps_every_row_and_its_own_exam(store: Store, project_id: int) -> None:
    saved = datasets.save_version(
        store,
        project_id=project_id,
        path=real("banking77/train.csv"),
        test_path=real("banking77/test.csv"),
    )

    assert saved.rows == 10_003 + 3_080
    assert saved.dropped == 0
    assert saved.splits["test"] == 3_080
    assert saved.splits["validation"] == pytest.approx(1000, abs=120)


def test_a_category_that_stands_for_none_of_the_others_must_be_one(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "mails.csv"
    rows = [f"Message {i} about {i % 2},{'AB'[i % 2]}" for i in range(20)]
    path.write_text("\n".join(["text,label", *rows]), "utf-8")
    project_id = projects.create_project(store, "Mails")
    with pytest.raises(WorkbenchError, match=r"no category 'Other' .* it has 'A' and 'B'"):
        datasets.save_version(
            store, project_id=project_id, path=path, task="classification", out_of_scope="Other"
        )
    saved = datasets.save_version(
        store, project_id=project_id, path=path, task="classification", out_of_scope="B"
    )
    assert datasets.get_version(store, saved.version_id).mapping["out_of_scope"] == "B"
