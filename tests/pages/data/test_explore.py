"""The Explore page: rows found, edited and sorted by hand, nothing lost before it is saved."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from storage import files
from storage.database import Store
from tests.fakes.looked import looked_through, mails
from tests.pages.opened import open_page, texts
from workbench.data import changes, datasets, pending_edits, versions
from workbench.data.checkup import record
from workbench.data.versions import VersionInfo, get_version
from workbench.projects import projects

PAGE = "pages/data/explore.py"


@pytest.fixture
def version(store: Store, tmp_path: Path) -> VersionInfo:
    return mails(store, tmp_path)


def opened(version: VersionInfo, view: str = "") -> AppTest:
    at = open_page(PAGE, project=version.project_id)
    if view:
        at.segmented_control(key="explore-view").set_value(view).run()
        assert not at.exception, at.exception
    return at


def test_rows_are_searched_and_filtered(version: VersionInfo) -> None:
    at = opened(version)
    assert "60 rows." in texts(at)
    at.text_input(key="explore-text").set_value("number 1").run()
    assert "11 rows." in texts(at)
    at.selectbox(key="explore-label").set_value("refund").run()
    assert "5 rows." in texts(at)
    at.text_input(key="explore-text").set_value("nowhere").run()
    assert "No row is like that" in at.info[0].value


def test_edits_wait_and_are_saved_as_a_version(store: Store, version: VersionInfo) -> None:
    edits = pending_edits.pending(store, version)
    edits.change[4, "text"] = "another text"
    pending_edits.keep(store, version, edits)
    at = opened(version)
    assert "**1 row changed**, not saved yet" in texts(at)
    at.button(key="explore-save").click().run()
    assert not at.exception
    made = changes.history(store, version)[0]
    assert versions.rows_by_id(made, [4])["text"].to_pylist() == ["another text"]
    assert "not saved yet" not in texts(at)


def test_edits_of_a_large_dataset_are_saved_in_the_background(
    store: Store, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "HERE_ROWS", 10)
    edits = pending_edits.pending(store, version)
    edits.change[4, "text"] = "another text"
    pending_edits.keep(store, version, edits)
    at = opened(version)
    at.button(key="explore-save").click().run()
    assert not at.exception
    assert "You may close this page" in texts(at)
    assert not at.data_editor
    assert pending_edits.pending(store, version) == edits


def test_a_text_that_is_not_there_is_no_edit(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "replies.csv"
    lines = [f"question number {i},answer {i},{'' if i % 2 else 'Be kind'}\n" for i in range(20)]
    path.write_text("prompt,response,system\n" + "".join(lines))
    project_id = projects.create_project(store, "Replies")
    roles = {"prompt": "prompt", "response": "response", "system": "system"}
    saved = datasets.save_version(
        store, project_id=project_id, path=path, task="completion", mapping=roles
    )
    replies = get_version(store, saved.version_id)
    assert "20 rows." in texts(opened(replies))
    assert pending_edits.pending(store, replies).sentence() == ""


def test_edits_can_be_thrown_away(store: Store, version: VersionInfo) -> None:
    edits = pending_edits.pending(store, version)
    edits.remove = {4}
    pending_edits.keep(store, version, edits)
    at = opened(version)
    at.button(key="explore-discard").click().run()
    assert not at.exception
    assert pending_edits.pending(store, version).sentence() == ""
    assert changes.history(store, version)[0].number == 1


def test_the_map_needs_a_checkup_and_is_drawn_from_it(store: Store, version: VersionInfo) -> None:
    at = opened(version, "Map")
    assert "needs the checkup" in texts(at)
    looked_through(store, version)
    at = opened(version, "Map")
    assert "60 examples; near each other" in texts(at)


def test_categories_show_the_words_that_mark_them(store: Store, version: VersionInfo) -> None:
    looked_through(store, version, words={"refund": ["money", "back"]})
    at = opened(version, "Categories")
    frame = at.dataframe[0].value
    words = dict(zip(frame["Category"], frame["Words that mark it"], strict=True))
    assert words["refund"] == "money, back"
    assert words["other"] == "none stands out"


def test_a_single_unsorted_row_is_counted_as_one(store: Store, version: VersionInfo) -> None:
    job = looked_through(store, version)
    row = {"row_id": [90], "text": ["x"], "labels": [["a"]], "shares": [[0.5]], "margin": [0.1]}
    pq.write_table(pa.table(row), files.job_folder(job.id) / record.UNLABELLED)
    at = opened(version, "Sort by hand")
    assert at.get("progress")[0].proto.text == "0 of 1 unsorted row is sorted"


def test_unsorted_rows_are_sorted_by_hand_the_least_sure_first(
    store: Store, version: VersionInfo
) -> None:
    job = looked_through(store, version)
    rows = {
        "row_id": [90, 91],
        "text": ["where is it", "money back"],
        "labels": [["delivery", "other"], ["refund", "other"]],
        "shares": [[0.5, 0.4], [0.9, 0.1]],
        "margin": [0.1, 0.8],
    }
    pq.write_table(pa.table(rows), files.job_folder(job.id) / record.UNLABELLED)
    at = opened(version, "Sort by hand")
    assert "where is it" in texts(at)
    at.button(key="label-90-delivery").click().run()
    assert not at.exception
    assert "money back" in texts(at)
    assert pending_edits.pending(store, version).labels == {90: ("where is it", "delivery")}
    at.button(key="label-skip-91").click().run()
    assert "That was the last one" in at.success[0].value
    at.button(key="explore-save").click().run()
    assert not at.exception
    made = changes.history(store, version)[0]
    assert versions.rows_by_id(made, [90])["label"].to_pylist() == ["delivery"]
