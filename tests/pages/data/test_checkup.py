"""The Checkup page: what was found, a fix looked at and made, and the way back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from storage.tables import FAILED, RUNNING, Job
from tests.fakes.harness import job_of
from tests.fakes.looked import conversations, duplicates, looked_through, mails
from tests.pages.opened import open_page, texts
from workbench.data import changes, checkups, versions
from workbench.data.checkup import record
from workbench.data.checkup.finding import FlaggedRow
from workbench.data.checkups import Fix
from workbench.data.edits.edit import Edit
from workbench.data.versions import VersionInfo
from workbench.projects import projects
from workbench.ui.checkup import marked

PAGE = "pages/data/checkup.py"
CURVE: dict[str, Any] = {
    "measure": "accuracy",
    "points": [
        {"rows": 12, "accuracy": 0.5, "low": 0.4, "high": 0.6},
        {"rows": 24, "accuracy": 0.7, "low": 0.6, "high": 0.8},
        {"rows": 48, "accuracy": 0.8, "low": 0.7, "high": 0.9},
    ],
    "questions": 12,
    "double": {"gain": 0.06, "low": 0.03, "high": 0.09},
    "helps": "yes",
    "categories": [{"label": "refund", "rows": 16, "more": 16, "gain": 0.03, "recall": 0.6}],
}


@pytest.fixture
def version(store: Store, tmp_path: Path) -> VersionInfo:
    return mails(store, tmp_path)


def opened(version: VersionInfo) -> AppTest:
    return open_page(PAGE, project=version.project_id)


def newest(store: Store, version: VersionInfo) -> VersionInfo:
    return changes.history(store, version)[0]


def test_without_examples_it_leads_to_the_data_page(store: Store) -> None:
    at = open_page(PAGE, project=projects.create_project(store, "Empty"))
    assert "There are no examples yet" in at.info[0].value
    assert at.button(key="no-data")


def test_a_checkup_is_started_and_watched(store: Store, version: VersionInfo) -> None:
    at = opened(version)
    assert "Nothing leaves this machine" in texts(at)
    at.button(key="check").click().run()
    assert not at.exception
    job = checkups.newest(store, version)
    assert job is not None
    with store.write() as session:
        row = session.get_one(Job, job.id)
        row.status, row.progress = RUNNING, {"step": 400, "message": "Looking through"}
    at = opened(version)
    assert at.button(key=f"job-cancel-{job.id}")
    at.button(key=f"job-cancel-{job.id}").click().run()
    assert job_of(store, job.id).cancel_requested_at is not None


def test_findings_are_told_with_their_harm_and_their_rows(
    store: Store, version: VersionInfo
) -> None:
    looked_through(store, version, duplicates(), score=88)
    at = opened(version)
    assert at.metric[0].value == "88 of 100"
    told = texts(at)
    assert "Worth mending" in told
    assert "3 rows are alike" in told
    assert "learns them by heart" in told
    assert at.button(key="fix-duplicates-remove").label == "Take the copies out …"
    assert "From mails" in told


def test_a_fix_is_shown_before_it_is_made_and_can_be_undone(
    store: Store, version: VersionInfo
) -> None:
    looked_through(store, version, duplicates())
    at = opened(version)
    at.button(key="fix-duplicates-remove").click().run()
    assert not at.exception
    assert "2 rows would go" in texts(at)
    assert newest(store, version).number == 1
    at.button(key="fix-yes").click().run()
    assert not at.exception
    made = newest(store, version)
    assert (made.number, made.rows) == (2, 58)
    assert checkups.newest(store, made) is not None  # the new version is looked through at once
    at.button(key="undo").click().run()
    assert not at.exception
    back = newest(store, version)
    assert (back.number, back.path) == (3, version.path)
    assert at.metric[0].value == "80 of 100"  # what was found before is there again


def test_a_fix_that_is_often_wrong_is_made_for_ticked_rows_only(
    store: Store, version: VersionInfo
) -> None:
    looked_through(store, version, replace(duplicates(), ticked=False))
    at = opened(version)
    at.button(key="fix-duplicates-remove").click().run()
    assert not at.exception
    assert "tick those of the 2 rows that are really wrong" in texts(at)
    at.button(key="fix-yes").click().run()
    assert "choose at least one row" in at.error[0].value
    assert newest(store, version).number == 1


def test_a_change_far_within_a_conversation_is_shown_as_people_read_it(
    store: Store, tmp_path: Path
) -> None:
    talks = conversations(store, tmp_path, "I wrote to you about the parcel twice, and to {}.")
    before = versions.rows_by_id(talks, [3])["messages"][0].as_py()
    after = before.replace("max@x.de", "[EMAIL_1]")
    flagged = FlaggedRow(3, role="messages", after=after)
    job = looked_through(
        store, talks, replace(duplicates(), flagged_rows=[flagged], change="Mask it")
    )
    shown = marked.frame(checkups.flagged_rows(store, talks, job.id, "duplicates", 5), "chat")
    assert shown["Conversation"][0].startswith("User: Question 2: I wrote to you about")
    assert shown["Better"][0] == "… parcel twice, and to [EMAIL_1].\nAssistant: Thank you."
    at = opened(talks)
    at.button(key="fix-duplicates-change").click().run()
    assert not at.exception
    lines = marked.changes(checkups.preview(store, _fix(store, talks, job.id))[1])
    assert lines["Before"][0] == "… parcel twice, and to max@x.de."
    assert lines["After"][0] == "… parcel twice, and to [EMAIL_1]."


def _fix(store: Store, version: VersionInfo, job_id: int) -> Fix:
    return Fix(version.id, job_id, checkups.read(store, job_id).findings[0], record.CHANGE)


def test_a_fix_that_is_not_wanted_changes_nothing(store: Store, version: VersionInfo) -> None:
    looked_through(store, version, duplicates())
    at = opened(version)
    at.button(key="fix-duplicates-change").click().run()
    at.button(key="fix-no").click().run()
    assert not at.exception
    assert newest(store, version).number == 1
    assert "would be changed" not in texts(at)


def test_a_window_that_is_behind_is_told_so_and_changes_nothing(
    store: Store, version: VersionInfo
) -> None:
    looked_through(store, version, duplicates())
    at = opened(version)
    at.button(key="fix-duplicates-change").click().run()
    second = changes.apply_edit_here(store, version.id, Edit(frozenset({2})), "edit", "One less")
    looked_through(store, second, duplicates())

    at.button(key="fix-yes").click().run()

    assert not at.exception
    assert newest(store, version) == second
    assert [toast.value for toast in at.toast] == [
        "The examples were changed meanwhile: version 2 is the newest now."
    ]


def test_any_version_can_be_gone_back_to(store: Store, version: VersionInfo) -> None:
    second = changes.apply_edit_here(store, version.id, Edit(frozenset({2})), "edit", "One row out")
    changes.apply_edit_here(store, second.id, Edit(frozenset({3})), "edit", "Another one out")
    at = opened(version)
    assert "One row out" in texts(at)
    at.button(key=f"changed-{second.id}").click().run()
    assert at.dataframe[0].value["Row"].tolist() == ["2"]
    at.button(key=f"back-{second.id}").click().run()
    assert not at.exception
    assert newest(store, version).path == second.path


def test_whether_more_data_would_help_is_answered(store: Store, version: VersionInfo) -> None:
    looked_through(store, version, curve=CURVE)
    at = opened(version)
    told = texts(at)
    assert "Would more data help?" in "\n".join(head.value for head in at.subheader)
    assert "about 6.0 points, between 3.0 and 9.0" in told
    assert "About 16 more for **refund** ≈ +3.0 points" in told


def test_where_all_answers_are_right_nothing_better_is_advised(
    store: Store, version: VersionInfo
) -> None:
    points = [{"rows": 48, "accuracy": 1.0, "low": 1.0, "high": 1.0}]
    nothing = {"gain": 0.0, "low": 0.0, "high": 0.0}
    of_no_use = [{**CURVE["categories"][0], "gain": 0.0}]
    known = {"points": points, "double": nothing, "helps": "no", "categories": of_no_use}
    looked_through(store, version, curve={**CURVE, **known})
    at = opened(version)
    told = texts(at)
    (chart,) = at.get("vega_lite_chart")
    assert '"domain": [95.0, 100.0]' in chart.proto.spec
    assert "next to nothing left to gain" in told
    assert "larger model" not in told
    assert "will be better" not in told
    assert "Where more would help most" not in told


def test_a_checkup_that_failed_says_why_and_can_be_made_again(
    store: Store, version: VersionInfo
) -> None:
    first = looked_through(store, version)
    with store.write() as session:
        job = session.get_one(Job, first.id)
        job.status, job.reason = FAILED, "The memory was full: close other programs."
    at = opened(version)
    assert "The memory was full" in at.error[0].value
    at.button(key="again").click().run()
    assert not at.exception
    job_view = checkups.newest(store, version)
    assert job_view is not None
    assert job_view.id != first.id
