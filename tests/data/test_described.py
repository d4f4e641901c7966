"""Datasets of described categories: saved, described anew, grown by sorted texts, gone back to."""

from pathlib import Path

import pytest

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.tasks.descriptions import checked, descriptions_in
from workbench.data import changes, datasets, described
from workbench.data.files.reader import read_table
from workbench.data.versions import VersionInfo
from workbench.projects import projects

TOLD = [
    ("Delivery", "Where a parcel is and when it comes."),
    ("Refund", "Giving something back and getting the money."),
]


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


@pytest.fixture
def version(store: Store, project_id: int) -> VersionInfo:
    return described.start_described(store, project_id, "Topics", TOLD)


def test_categories_are_saved_without_an_example(version: VersionInfo) -> None:
    assert (version.rows, version.number) == (0, 1)
    assert version.labels == ["Delivery", "Refund"]
    assert descriptions_in(version.mapping) == dict(TOLD)
    assert described.is_only_described(version)
    assert changes.plan_of(version).descriptions == dict(TOLD)


def test_describing_anew_makes_the_next_version_and_one_can_go_back(
    store: Store, version: VersionInfo
) -> None:
    more = [*TOLD, ("Other", "Whatever fits nowhere else.")]
    second = described.start_described(store, version.project_id, "topics", more)
    assert (second.dataset_id, second.number) == (version.dataset_id, 2)
    assert second.labels == ["Delivery", "Other", "Refund"]
    third = changes.go_back(store, version.id)
    assert descriptions_in(third.mapping) == dict(TOLD)


def test_what_is_saved_already_is_not_saved_again(store: Store, version: VersionInfo) -> None:
    with pytest.raises(WorkbenchError, match="saved already"):
        described.describe(store, version, dict(TOLD))


def test_a_file_for_the_same_dataset_keeps_the_descriptions(
    store: Store, version: VersionInfo, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("file") / "mails.csv"
    lines = [f"Where is parcel {n}?,Delivery\nMy money for {n} please,Refund" for n in range(8)]
    path.write_text("\n".join(["text,category", *lines]), "utf-8")
    saved = datasets.save_version(
        store, project_id=version.project_id, path=path, dataset_name="Topics"
    )
    newest = datasets.get_version(store, saved.version_id)
    assert (newest.number, newest.rows) == (2, 16)
    assert descriptions_in(newest.mapping) == dict(TOLD)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("A", "one sentence")], "At least two"),
        ([("A", "one"), ("", "two")], "Row 2 has a description but no category"),
        ([("A", "one"), ("B", " ")], "'B' has no description"),
        ([("A", "one"), ("a", "two")], "described twice"),
        ([("A", "one"), ("B", "One")], "same description"),
        ([("A" * 81, "one"), ("B", "two")], "81 characters"),
        ([("A", "o" * 501), ("B", "two")], "501 characters"),
    ],
)
def test_what_cannot_be_used_is_explained(rows: list[tuple[str, str]], says: str) -> None:
    with pytest.raises(WorkbenchError, match=says):
        checked(rows)


def test_empty_rows_of_the_editor_do_not_count() -> None:
    assert checked([("", ""), *TOLD, (" ", " ")]) == dict(TOLD)


def test_a_downloaded_table_of_descriptions_is_one_that_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "descriptions.csv"
    path.write_bytes(described.as_file({"A, B": 'All that is "in" both.', "C": "Umlauts: äöü"}))
    table = read_table(path)
    assert table.columns == ["category", "description"]
    assert table.cells("category") == ["A, B", "C"]
    assert table.cells("description") == ['All that is "in" both.', "Umlauts: äöü"]
