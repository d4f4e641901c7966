"""Changes to a dataset: each makes a version, none loses one, and the exam stays the exam."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from storage import conversions
from storage.database import Store
from tests.fakes.looked import duplicates, looked_through, mails, row
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.data import changes, checkups, datasets
from workbench.data.changes import EDIT
from workbench.data.checkup import record
from workbench.data.checkup.finding import Finding, FlaggedRow
from workbench.data.checkups import Fix
from workbench.data.edits import apply
from workbench.data.edits.edit import Edit
from workbench.data.splits.turns import Turns, turns_of
from workbench.data.versions import VersionInfo, get_version


@pytest.fixture
def version(store: Store, tmp_path: Path) -> VersionInfo:
    return mails(store, tmp_path)


def test_a_fix_takes_out_what_is_marked_and_the_version_before_stays(
    store: Store, version: VersionInfo
) -> None:
    job = looked_through(store, version, duplicates())
    finding = checkups.read(store, job.id).findings[0]
    fix = Fix(version.id, job.id, finding, record.REMOVE)
    number, lines = checkups.preview(store, fix)
    assert (number, [line["row"] for line in lines]) == (2, ["5", "8"])
    made = checkups.apply(store, fix)
    assert isinstance(made, VersionInfo)
    assert (made.number, made.rows) == (2, version.rows - 2)
    assert not row(made, 5)
    assert not row(made, 8)
    assert row(made, 2)
    assert get_version(store, version.id).rows == 60
    assert row(version, 5)
    assert made.change == {
        "kind": "fix",
        "title": "3 rows are alike: take the copies out",
        "rows": 2,
        "of": 1,
    }
    assert made.report["dropped"]["taken out by you"] == {"count": 2, "rows": [5, 8]}


def test_rows_that_are_to_be_left_alone_stay(store: Store, version: VersionInfo) -> None:
    job = looked_through(store, version, duplicates())
    finding = checkups.read(store, job.id).findings[0]
    made = checkups.apply(store, Fix(version.id, job.id, finding, record.REMOVE, frozenset({5})))
    assert isinstance(made, VersionInfo)
    assert row(made, 5)
    assert not row(made, 8)


def test_a_fix_writes_texts_and_keeps_all_other_rows_as_they_are(
    store: Store, version: VersionInfo
) -> None:
    job = looked_through(store, version, duplicates())
    finding = checkups.read(store, job.id).findings[0]
    made = checkups.apply(store, Fix(version.id, job.id, finding, record.CHANGE))
    assert isinstance(made, VersionInfo)
    before, after = (pq.read_table(v.path).to_pylist() for v in (version, made))
    changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert [(a["row_id"], b["text"]) for a, b in changed] == [(8, "new")]


def test_undo_brings_back_the_very_examples_of_before(store: Store, version: VersionInfo) -> None:
    second = changes.apply_edit_here(
        store, version.id, Edit(frozenset({2, 3})), EDIT, "Two rows out"
    )
    third = changes.go_back(store, version.id)
    assert (second.number, third.number) == (2, 3)
    assert third.path == version.path
    assert (third.rows, third.splits, third.report) == (60, version.splits, version.report)
    assert third.change is not None
    assert third.change["title"] == "Back to version 1"
    assert [v.number for v in changes.history(store, third)] == [3, 2, 1]
    with pytest.raises(WorkbenchError, match="very examples already"):
        changes.go_back(store, version.id)


def test_a_version_that_was_returned_to_needs_no_new_checkup(
    store: Store, version: VersionInfo
) -> None:
    job = looked_through(store, version)
    changes.apply_edit_here(store, version.id, Edit(frozenset({2})), EDIT, "One row out")
    back = changes.go_back(store, version.id)
    found = checkups.newest(store, back)
    assert found is not None
    assert found.id == job.id


def test_two_windows_cannot_change_the_same_version(store: Store, version: VersionInfo) -> None:
    changes.apply_edit_here(store, version.id, Edit(frozenset({2})), EDIT, "One row out")
    with pytest.raises(WorkbenchError, match="newer version"):
        changes.apply_edit_here(store, version.id, Edit(frozenset({3})), EDIT, "Another row out")


def test_what_would_leave_too_little_is_refused(store: Store, version: VersionInfo) -> None:
    with pytest.raises(WorkbenchError, match="at least 10 are needed"):
        changes.apply_edit_here(
            store, version.id, Edit(frozenset(range(2, 58))), EDIT, "Most rows out"
        )
    with pytest.raises(WorkbenchError, match="at least one row"):
        changes.apply_edit_here(store, version.id, Edit(), EDIT, "Nothing")


def test_a_checkup_is_not_started_twice(store: Store, version: VersionInfo) -> None:
    first, second = checkups.start(store, version.id), checkups.start(store, version.id)
    assert first.id == second.id
    with store.read() as session:
        assert len(conversions.of_project(session, version.project_id, ("check",))) == 1


def test_before_a_model_is_chosen_examples_may_be_as_long_as_one_that_can_learn_them_reads(
    store: Store, tmp_path: Path
) -> None:
    sorted_mails = mails(store, tmp_path)
    path = tmp_path / "replies.csv"
    lines = [f"question number {i},answer number {i} to that\n" for i in range(20)]
    path.write_text("prompt,response\n" + "".join(lines))
    saved = datasets.save_version(store, project_id=sorted_mails.project_id, path=path)
    looks = checkups.start(store, sorted_mails.id), checkups.start(store, saved.version_id)
    with store.read() as session:
        found = conversions.of_project(session, sorted_mails.project_id, ("check",))
        lengths = {job.id: job.spec["max_tokens"] for job in found}
    assert [lengths[look.id] for look in looks] == [256, 512]


@pytest.mark.parametrize("text", ["", "  "])
def test_a_text_cannot_be_emptied(store: Store, version: VersionInfo, text: str) -> None:
    with pytest.raises(WorkbenchError, match="Row 4 would be left without a text"):
        changes.apply_edit_here(
            store, version.id, Edit(change={(4, "text"): text}), EDIT, "Emptied"
        )


@pytest.mark.parametrize(
    ("task", "role", "broken"),
    [
        ("chat", "messages", '[{"role": "user", "content": "Hi"'),
        ("chat", "messages", '[{"role": "user", "content": "Hi"}]'),
        ("extraction", "response", '{"total": 9'),
    ],
)
def test_what_has_a_form_cannot_be_broken_by_hand(task: str, role: str, broken: str) -> None:
    with pytest.raises(WorkbenchError, match="Row 4 could not be read any more"):
        apply.readable(task_named(task), Edit(change={(4, role): broken}))


def test_what_has_a_form_is_kept_in_it() -> None:
    edit = Edit(change={(4, "response"): "{'total':  '9 \u20ac'}", (4, "prompt"): "{not a form"})
    kept = apply.readable(task_named("extraction"), edit)
    assert kept.change == {(4, "response"): '{"total": "9 \u20ac"}', (4, "prompt"): "{not a form"}


@pytest.mark.parametrize("kept", [True, False])
def test_another_exam_has_turns_of_its_own(store: Store, version: VersionInfo, kept: bool) -> None:
    """A checkup of an earlier edition knows none."""
    turns = Turns({row: row % 3 for row in range(2, 62)})
    finding = Finding(
        "split", "The exam flatters", "", "", 0.5,
        [FlaggedRow(3, role="split", after="test")], change="Draw it by 'customer'",
    )  # fmt: skip
    told = {"by": {"kind": "group", "column": "customer"}, "report": {"text": "by customer"}}
    job = looked_through(
        store, version, finding, split={**told, **({"turns": turns.as_dict()} if kept else {})}
    )
    made = checkups.apply(store, Fix(version.id, job.id, finding, record.CHANGE))
    assert isinstance(made, VersionInfo)
    assert turns_of(version.path) not in (None, turns)
    assert turns_of(made.path) == (turns if kept else None)
    assert made.has_turns is kept
