"""What stands beside examples in the user's own table."""

from pathlib import Path

import pyarrow as pa
import pytest

from storage import files
from storage.database import Store
from tests.helpers.conversion_jobs import converted
from workbench.core.errors import WorkbenchError
from workbench.data import datasets, source_rows
from workbench.data.files import large
from workbench.data.readers import Table, options_from
from workbench.data.versions import VersionInfo, get_version
from workbench.projects import projects


def _version(store: Store, folder: Path, **more: object) -> VersionInfo:
    path = folder / "mails.csv"
    kinds = ("Refund", "Delivery")
    lines = [f"Mail {i} here,{kinds[i % 2]},{'North' if i % 3 else ''},{i}" for i in range(40)]
    path.write_text("\n".join(["mail,kind,region,number", *lines]), "utf-8")
    saved = datasets.save_version(
        store,
        project_id=projects.create_project(store, "Mails"),
        path=path,
        task="classification",
        mapping={"text": "{mail} ({number})", "label": "kind"},
        dataset_name="Mails",
        **more,  # type: ignore[arg-type]
    )
    return get_version(store, saved.version_id)


def test_columns_that_play_no_role_are_given_for_the_rows_that_are_there(
    store: Store, tmp_path: Path
) -> None:
    version = _version(store, tmp_path)
    found = source_rows.other_columns(store, version, [4, 2, 999])
    assert found.to_dict("index") == {2: {"region": None}, 4: {"region": "North"}}


def test_rows_of_an_exam_in_a_file_of_its_own_are_looked_up_there(
    store: Store, tmp_path: Path
) -> None:
    exam = tmp_path / "exam.csv"
    exam.write_text("mail,number,kind,shop\nWho,7,Refund,Ulm\nWhat,8,Delivery,Bonn\n", "utf-8")
    version = _version(store, tmp_path, test_path=exam)
    offset = version.report["test_row_offset"]
    found = source_rows.other_columns(store, version, [offset + 2, offset + 3])
    assert found.to_dict("index") == {offset + 2: {"shop": "Ulm"}, offset + 3: {"shop": "Bonn"}}
    both = source_rows.other_columns(store, version, [3, offset + 3])
    assert both.loc[3, "region"] == "North"
    assert both.loc[offset + 3, "shop"] == "Bonn"


def test_a_table_that_is_gone_is_said(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = _version(store, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(large, "is_large", lambda source: True)
        with pytest.raises(WorkbenchError, match=r"mails\.csv, which is large, is not on the disk"):
            source_rows.other_columns(store, version, [2])
    files.object_path(version.source_hash).unlink()
    with pytest.raises(WorkbenchError, match=r"mails\.csv is not here any more"):
        source_rows.other_columns(store, version, [2])


def test_a_large_table_is_read_where_a_job_wrote_it_down(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = _version(store, tmp_path)
    read = options_from(version.mapping["read"]).as_dict()
    converted(files.object_path(version.source_hash), tmp_path / "job", "mails.csv", **read)
    monkeypatch.setattr(large, "is_large", lambda source: True)
    monkeypatch.setattr(large, "_folder_of_table", lambda *about: tmp_path / "job")
    found = source_rows.other_columns(store, version, [4, 2, 999])
    assert found.to_dict("index") == {2: {"region": None}, 4: {"region": "North"}}


def test_columns_beside_a_file_are_kept_and_read_again(store: Store) -> None:
    rows = {"text": ["a", "b", "c"], "shop": ["Ulm", None, "Bonn"], "row_id": ["x", "y", "z"]}
    table = Table("new.csv", pa.table(rows), pa.array([2, 3, 4], pa.int64()), "csv")
    kept = source_rows.keep_beside(table, {"text": "text"}, [4, 2])
    assert kept is not None
    found = source_rows.read_beside(kept)
    assert found.to_dict("index") == {
        2: {"shop": "Ulm", "row_id": "x"},
        4: {"shop": "Bonn", "row_id": "z"},
    }
    nothing = {"text": "{text} {shop}", "label": "row_id"}
    assert source_rows.keep_beside(table, nothing, [2]) is None
