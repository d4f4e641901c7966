"""What was mended once is mended again when a newer file comes: that, and nothing else."""

import dataclasses
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from storage.database import Store
from workbench.data import changes, datasets, pending_edits, replay
from workbench.data.edits.edit import Edit
from workbench.data.examples.plan import Plan, Source, plan_from
from workbench.data.files.sources import open_source
from workbench.data.replay import Earlier
from workbench.data.versions import VersionInfo, get_version
from workbench.projects import projects

LABELS = ("delivery", "refund", "other")
ROWS = [f"question number {i},{LABELS[i % 3]}" for i in range(60)]
EDIT = Edit(frozenset({5}), {(3, "text"): "how much is it", (4, "label"): "delivery"})


class Dataset:
    """A dataset that is imported again and again."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.project_id = projects.create_project(store, "Mails")

    def imported(self, rows: list[str]) -> VersionInfo:
        path = self.folder / "mails.csv"
        path.write_text("\n".join(["text,label", *rows]) + "\n")
        saved = datasets.save_version(
            self.store, project_id=self.project_id, path=path, task="classification"
        )
        return get_version(self.store, saved.version_id)

    def mended(self) -> tuple[VersionInfo, Earlier]:
        """The first version, and the changes that were made to it."""
        first = self.imported(ROWS)
        changes.apply_edit_here(self.store, first.id, EDIT, "edit", "Some changes")
        found = replay.find_earlier(changes.history(self.store, first), first.task)
        assert found is not None
        return first, found

    def edit_for(self, version: VersionInfo) -> Edit:
        """The earlier changes as an edit of this, the newest version."""
        found = replay.find_earlier(self.before(version), version.task)
        assert found is not None
        source, plan = came_from(version)
        return replay.replay_edit(found, source, plan, data_of(version), open_source(source))[0]

    def before(self, version: VersionInfo) -> list[VersionInfo]:
        history = changes.history(self.store, version)
        return [other for other in history if other.number < version.number]


@pytest.fixture
def dataset(store: Store, tmp_path: Path) -> Dataset:
    return Dataset(store, tmp_path)


def came_from(version: VersionInfo) -> tuple[Source, Plan]:
    """The file of a version, and how it was read."""
    source = Source(version.source_hash, version.source_name)
    return source, plan_from(version.task, version.mapping)


def data_of(version: VersionInfo) -> "pq.Table":
    return pq.read_table(version.path)


def said(version: VersionInfo) -> dict[int, tuple[str, str]]:
    return {row["row_id"]: (row["text"], row["label"]) for row in data_of(version).to_pylist()}


def test_rows_are_known_again_by_what_they_say(store: Store, dataset: Dataset) -> None:
    first = dataset.imported(ROWS)
    changes.apply_edit_here(store, first.id, EDIT, "edit", "Some changes")
    longer = dataset.imported(["a new one,refund", *ROWS])

    edit = dataset.edit_for(longer)

    assert edit == Edit(frozenset({6}), {(4, "text"): "how much is it", (5, "label"): "delivery"})
    found = replay.find_earlier(dataset.before(longer), longer.task)
    assert found is not None
    made = replay.replay_changes(store, longer.id, found, edit)
    assert isinstance(made, VersionInfo)
    assert (made.number, made.rows) == (4, 60)
    assert said(made)[4] == ("how much is it", "refund")
    assert made.change == {
        "kind": "again",
        "title": "The changes of version 2 made again",
        "rows": 3,
        "of": 3,
    }
    assert replay.replay_of(store, longer) == made
    assert replay.replay_of(store, first) is None


def test_what_was_corrected_in_the_file_meanwhile_stays_as_it_is_there(
    store: Store, dataset: Dataset
) -> None:
    first = dataset.imported(ROWS)
    changes.apply_edit_here(store, first.id, EDIT, "edit", "Some changes")
    rows = [*ROWS, "one more,other"]
    rows[1] = "question number 1 in other words,refund"

    edit = dataset.edit_for(dataset.imported(rows))

    assert edit == Edit(frozenset({5}), {(4, "label"): "delivery"})


def test_of_rows_that_say_the_same_the_first_is_the_first(store: Store, dataset: Dataset) -> None:
    doubled = ["hello,other", "hello,refund", *ROWS]
    first = dataset.imported(doubled)
    changes.apply_edit_here(store, first.id, Edit(frozenset({3})), "edit", "The second hello")

    edit = dataset.edit_for(dataset.imported(["bye,other", *doubled, "hello,delivery"]))

    assert edit == Edit(frozenset({4}), {})


def test_of_the_same_file_rows_are_known_by_their_number(dataset: Dataset) -> None:
    first, found = dataset.mended()
    source, plan = came_from(first)
    other_texts = data_of(first).slice(0, 3)
    shouted = ["QUESTION NUMBER 0", "QUESTION NUMBER 1", "question number 2"]
    place = other_texts.column_names.index("text")
    other_texts = other_texts.set_column(place, "text", [shouted])

    edit, lost = replay.replay_edit(found, source, plan, other_texts, open_source(source))

    assert edit == Edit(frozenset(), {(4, "label"): "delivery"}), "row 3 says something else now"
    assert lost == 2


def test_a_file_that_is_read_otherwise_numbers_other_rows(dataset: Dataset) -> None:
    first, found = dataset.mended()
    source, plan = came_from(first)
    sheet = dataclasses.replace(plan, read=dataclasses.replace(plan.read, sheet="March"))
    exam = dataclasses.replace(plan, test=Source("e" * 64, "exam.csv"))

    assert replay.same_rows(found, source, plan)
    assert not replay.same_rows(found, source, sheet)
    assert not replay.same_rows(found, source, exam)
    assert not replay.same_rows(found, Source("f" * 64, "mails.csv"), plan)


def test_rows_sorted_by_hand_are_sorted_again_where_they_stand_now(
    store: Store, dataset: Dataset
) -> None:
    unsorted = ["where is it,", "who are you,"]
    first = dataset.imported([*ROWS, *unsorted])
    edits = pending_edits.pending(store, first)
    edits.labels = {62: ("where is it", "delivery"), 63: ("who are you", "other")}
    pending_edits.keep(store, first, edits)
    pending_edits.save(store, first)

    edit = dataset.edit_for(dataset.imported(["where is it,", *ROWS, "more,refund"]))

    assert [(row["row_id"], row["text"], row["label"]) for row in edit.add] == [
        ("2", "where is it", "delivery")
    ]


def test_a_version_that_is_as_its_file_has_nothing_to_make_again(
    store: Store, dataset: Dataset
) -> None:
    first = dataset.imported(ROWS)
    assert replay.find_earlier([first], first.task) is None
    changes.apply_edit_here(store, first.id, EDIT, "edit", "Some changes")
    changes.go_back(store, first.id)
    assert replay.find_earlier(changes.history(store, first), first.task) is None
    assert replay.find_earlier([], "classification") is None


def test_changes_carry_on_through_several_files(store: Store, dataset: Dataset) -> None:
    first = dataset.imported(ROWS)
    changes.apply_edit_here(store, first.id, EDIT, "edit", "Some changes")
    second = dataset.imported([*ROWS, "more,refund"])
    found = replay.find_earlier(dataset.before(second), second.task)
    assert found is not None
    replay.replay_changes(store, second.id, found, dataset.edit_for(second))

    assert dataset.edit_for(dataset.imported(["yet more,other", *ROWS])).remove == {6}
