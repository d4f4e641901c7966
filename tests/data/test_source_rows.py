"""What stands beside examples in the user's own table."""

from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.data import datasets, source_rows
from workbench.data.files import large
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
