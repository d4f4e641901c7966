"""Edits by hand: they wait through anything, are found as they would be saved, and are told."""

import datetime as dt
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from storage import files
from storage.database import Store
from storage.tables import Job, Project
from tests.fakes.looked import conversations, mails, row
from tests.helpers import conversion_jobs
from workbench.core.errors import WorkbenchError
from workbench.data import changes, datasets, pending_edits
from workbench.data import search as row_search
from workbench.data.edits.edit import WHOLE, Edit
from workbench.data.pending_edits import Pending
from workbench.data.search import Query, search
from workbench.data.versions import VersionInfo, delete_dataset, get_version
from workbench.jobs.job import JobView


@pytest.fixture
def version(store: Store, tmp_path: Path) -> VersionInfo:
    return mails(store, tmp_path)


def found(version: VersionInfo, edits: Pending, query: Query) -> list[int]:
    rows, total = search(version, edits, query, 100)
    assert total == len(rows)
    return list(rows["row_id"].to_pylist())


def test_rows_are_found_by_text_part_and_category(version: VersionInfo) -> None:
    _, total = search(version, Pending(), Query("NUMBER 1"), 3)
    assert total == 11
    rows, total = search(version, Pending(), Query(label="refund"), 3)
    assert (len(rows), total) == (3, 20)
    rows, total = search(version, Pending(), Query("number", "test", "other"), 50)
    assert {(r["split"], r["label"]) for r in rows.to_pylist()} == {("test", "other")}
    assert search(version, Pending(), Query("nowhere"), 5)[1] == 0


def test_rows_are_found_by_what_they_will_say(version: VersionInfo) -> None:
    edits = Pending({(4, "text"): "a brand-new text", (5, "label"): "refund"}, {6})
    assert found(version, edits, Query("brand-NEW")) == [4]
    assert 4 not in found(version, edits, Query("number"))
    assert 5 in found(version, edits, Query(label="refund"))
    assert 5 not in found(version, edits, Query(label="delivery"))
    assert 6 in found(version, edits, Query("number"))
    assert len(found(version, edits, Query())) == 60


def test_a_conversation_is_found_by_what_is_said_in_it(store: Store, tmp_path: Path) -> None:
    talks = conversations(store, tmp_path, 'he said "go"\\nto {}')
    assert len(found(talks, Pending(), Query('"go"'))) == 20
    for mark in ("role", "assistant", "content"):
        assert found(talks, Pending(), Query(mark)) == []


def test_what_waits_is_told_with_before_and_after(store: Store, version: VersionInfo) -> None:
    edits = Pending({(4, "text"): "new"}, {7}, {99: ("an unsorted one", "other")})
    pending_edits.keep(store, version, edits)
    number, lines = row_search.find_pending(version, edits, Query(), 10)
    told = {(line["row"], line["column"]): (line["before"], line["after"]) for line in lines}
    assert number == 3
    assert told == {
        ("4", "text"): ("question number 2", "new"),
        ("7", WHOLE): ("question number 5 → other", ""),
        ("99", WHOLE): ("", "an unsorted one → other"),
    }
    assert all(line["when"] for line in lines)
    assert row_search.find_pending(version, edits, Query("unsorted"), 10)[0] == 1
    assert row_search.find_pending(version, edits, Query("number 5", label="other"), 10)[0] == 1
    assert row_search.find_pending(version, edits, Query("question number 2"), 10)[0] == 0


def test_a_single_edit_can_be_taken_back() -> None:
    edits = Pending({(4, "text"): "new", (4, "label"): "other"}, {7}, {99: ("text", "other")})
    edits.take_back(4, "text")
    assert edits.change == {(4, "label"): "other"}
    edits.take_back(7, WHOLE)
    edits.take_back(99, WHOLE)
    assert (edits.remove, edits.labels) == (set(), {})


def test_edits_survive_until_they_are_saved_and_make_one_version(
    store: Store, version: VersionInfo
) -> None:
    edits = pending_edits.pending(store, version)
    edits.change[4, "text"] = "another text"
    edits.change[7, "label"] = "refund"
    edits.remove = {7}
    edits.labels[99] = ("a new one", "other")
    pending_edits.keep(store, version, edits)
    again = pending_edits.pending(store, version)
    assert again == edits
    assert again.sentence() == "1 row changed, 1 row taken out and 1 row sorted by hand"
    made = pending_edits.save(store, version)
    assert isinstance(made, VersionInfo)
    assert row(made, 4)["text"] == "another text"
    assert not row(made, 7)
    assert row(made, 99) == {"row_id": 99, "split": "train", "text": "a new one", "label": "other"}
    assert made.splits["test"] + made.splits["validation"] <= 12
    number, lines = changes.difference(store, made, 10) or (0, [])
    told = {(line["row"], line["column"]): (line["before"], line["after"]) for line in lines}
    assert number == 3
    assert told["4", "text"] == ("question number 2", "another text")
    assert told["7", WHOLE] == ("question number 5 → other", "")
    assert told["99", WHOLE] == ("", "a new one → other")
    assert changes.difference(store, version, 10) is None
    assert pending_edits.pending(store, made).sentence() == ""
    assert pending_edits.pending(store, version).sentence() == ""


def test_a_job_makes_the_edits_of_a_large_dataset_and_until_then_they_wait(
    store: Store, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "HERE_ROWS", 10)
    edits = Pending({(4, "text"): "new"}, {7}, {99: ("a new one", "other")})
    pending_edits.keep(store, version, edits)
    job = pending_edits.save(store, version)
    assert isinstance(job, JobView)
    assert pending_edits.pending(store, version) == edits
    with store.read() as session:
        spec = session.get_one(Job, job.id).spec
    result = conversion_jobs.do(files.job_folder(job.id), spec)
    rows = {row["row_id"]: row for row in pq.read_table(result["examples"]).to_pylist()}
    assert (len(rows), result["touched"]) == (60, 3)
    assert (rows[4]["text"], rows[99]["text"]) == ("new", "a new one")
    assert 7 not in rows
    assert spec["change"]["made_at"][0] == [4, "text", edits.made_at[4, "text"]]


def test_an_edit_keeps_the_time_when_it_was_made(
    store: Store, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(text: str, change: dict[tuple[int, str], str]) -> dict[tuple[int, str], str]:
        monkeypatch.setattr(pending_edits, "now", lambda: dt.datetime.fromisoformat(text))
        pending_edits.keep(store, version, Pending(change))
        return pending_edits.pending(store, version).made_at

    first, second = "2026-03-01T10:00:00+00:00", "2026-03-01T11:00:00+00:00"
    assert at(first, {(4, "text"): "new"}) == {(4, "text"): first}
    both = {(4, "text"): "new", (5, "text"): "also new"}
    assert at(second, both) == {(4, "text"): first, (5, "text"): second}
    assert at(second, {(4, "text"): "newer"}) == {(4, "text"): second}


def test_the_history_tells_each_edit_and_when_it_was_made(
    store: Store, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "HERE_ROWS", 59)
    edits = Pending({(4, "text"): "new", (5, "label"): "refund"}, {7}, {99: ("text", "other")})
    pending_edits.keep(store, version, edits)
    at = edits.made_at[7, WHOLE]
    made = changes.apply_edit_here(store, version.id, edits.edit(), changes.EDIT, "By hand")
    number, lines = changes.difference(store, made, 10) or (0, [])
    assert number == 4
    assert [tuple(line.values()) for line in lines] == [
        ("4", "", "text", "question number 2", "new", at),
        ("5", "question number 3", "label", "delivery", "refund", at),
        ("7", "", WHOLE, "question number 5 → other", "", at),
        ("99", "", WHOLE, "", "text → other", at),
    ]


def test_edits_wait_on_when_the_version_is_changed_elsewhere(
    store: Store, version: VersionInfo
) -> None:
    edits = Pending({(4, "text"): "new", (5, "text"): "gone", (6, "label"): "refund"}, {7, 8})
    pending_edits.keep(store, version, edits)
    change = Edit(frozenset({5, 8}), {(6, "label"): "refund"})
    made = changes.apply_edit_here(store, version.id, change, changes.FIX, "A fix")
    waiting = pending_edits.pending(store, made)
    assert (waiting.change, waiting.remove) == ({(4, "text"): "new"}, {7})


def test_edits_of_one_dataset_leave_those_of_another_alone(
    store: Store, version: VersionInfo, tmp_path: Path
) -> None:
    path = tmp_path / "other.csv"
    path.write_text("text,label\n" + "".join(f"text {i},{'ab'[i % 2]}\n" for i in range(20)))
    saved = datasets.save_version(store, project_id=version.project_id, path=path)
    other = get_version(store, saved.version_id)
    pending_edits.keep(store, version, Pending({(4, "text"): "new"}))
    assert pending_edits.pending(store, other).sentence() == ""
    pending_edits.keep(store, other, Pending(remove={3}))
    assert pending_edits.pending(store, version).change == {(4, "text"): "new"}


def test_edits_go_with_their_dataset(store: Store, version: VersionInfo) -> None:
    pending_edits.keep(store, version, Pending({(4, "text"): "a secret"}))
    delete_dataset(store, version.dataset_id)
    with store.read() as session:
        assert "secret" not in str(session.get_one(Project, version.project_id).drafts)


def test_edits_of_another_file_do_not_touch_the_rows_of_a_new_one(
    store: Store, version: VersionInfo, tmp_path: Path
) -> None:
    pending_edits.keep(store, version, Pending({(4, "text"): "new"}))
    path = tmp_path / "newer" / "mails.csv"
    path.parent.mkdir()
    path.write_text("text,label\n" + "".join(f"text {i},{'ab'[i % 2]}\n" for i in range(20)))
    saved = datasets.save_version(store, project_id=version.project_id, path=path)
    newer = get_version(store, saved.version_id)
    assert newer.dataset_id == version.dataset_id
    assert pending_edits.pending(store, newer).sentence() == ""


def test_what_a_row_says_already_is_no_edit(store: Store, tmp_path: Path) -> None:
    talks, edits = conversations(store, tmp_path, "{}"), Pending()
    before = row(talks, 3)
    pending_edits.rewrite(talks, edits, before, {"messages": before["messages"]})
    assert edits.change == {}
    other = before["messages"].replace("Thank you.", "You are welcome.")
    pending_edits.rewrite(talks, edits, before, {"messages": other})
    assert edits.change == {(3, "messages"): other}
    pending_edits.rewrite(talks, edits, before, {"messages": before["messages"]})
    assert edits.change == {}


def test_a_text_is_kept_as_an_import_keeps_it(version: VersionInfo) -> None:
    edits, before = Pending({(4, "label"): "refund"}), row(version, 4)
    pending_edits.rewrite(version, edits, before, {"text": "  new \n", "label": " other "})
    assert edits.change == {(4, "text"): "new"}
    with pytest.raises(WorkbenchError, match="Row 4 would be left without a text"):
        pending_edits.rewrite(version, edits, before, {"text": " "})
    assert edits.change == {(4, "text"): "new"}
