"""Releases: what goes live, what does not, and what is kept of it."""

import json
from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from tests.helpers.released import three, version
from workbench.core.errors import WorkbenchError
from workbench.evaluation.release import must_pass, releases
from workbench.projects import projects
from workbench.training import runs


def told_the_server() -> str:
    """What the model server reads: the model behind the only project's live name."""
    (name,) = json.loads((files.folder("serve") / "live.json").read_text("utf-8"))
    return str(name["model"])


def test_the_model_server_is_told_of_each_release_at_once(store: Store, tmp_path: Path) -> None:
    project_id, ids = three(store, tmp_path)
    for run_id in ids[:2]:
        releases.make_live(store, run_id, approver="Ann")
        assert told_the_server() == f"run-{run_id}"
    releases.go_back(store, project_id, approver="Ann")
    assert told_the_server() == f"run-{ids[0]}"
    releases.take_off(store, project_id)
    assert told_the_server() == ""


def test_going_back_undoes_one_release_after_the_other(store: Store, tmp_path: Path) -> None:
    project_id, ids = three(store, tmp_path)
    assert releases.live(store, project_id) is None
    assert releases.former(store, project_id) is None
    for number, run_id in enumerate(ids):
        made = releases.make_live(store, run_id, approver=" Ann  Lee ", note=f"note {number}")
        assert (made.run_id, made.approver, made.note) == (run_id, "Ann Lee", f"note {number}")

    assert releases.go_back(store, project_id, approver="Bo").run_id == ids[1]
    assert releases.go_back(store, project_id, approver="Bo").run_id == ids[0]
    with pytest.raises(WorkbenchError, match="No other version was live before"):
        releases.go_back(store, project_id, approver="Bo")
    releases.make_live(store, ids[2], approver="Ann")
    assert releases.go_back(store, project_id, approver="Bo").run_id == ids[0]

    found = releases.history(store, project_id)
    assert [one.run_id for one in found] == [ids[0], ids[2], ids[0], ids[1], ids[2], ids[1], ids[0]]
    assert [one.is_live for one in found] == [True] + 6 * [False]
    times = [moment for one in reversed(found) for moment in (one.released_at, one.ended_at)]
    assert times[:-1] == sorted(filter(None, times)), "one begins when the other ends"
    assert found[3].back_to == found[5].id


def test_what_was_taken_off_comes_back(store: Store, tmp_path: Path) -> None:
    project_id, ids = three(store, tmp_path)
    releases.make_live(store, ids[0], approver="Ann")
    releases.take_off(store, project_id)
    assert releases.live(store, project_id) is None
    with pytest.raises(WorkbenchError, match="Nothing is live"):
        releases.take_off(store, project_id)
    assert releases.go_back(store, project_id, approver="Ann").run_id == ids[0]
    releases.take_off(store, project_id)
    releases.make_live(store, ids[0], approver="Ann")
    assert releases.former(store, project_id) is None, "it was never another one"


def test_a_live_run_is_not_deleted_and_one_that_was_stays_on_record(
    store: Store, tmp_path: Path
) -> None:
    project_id, ids = three(store, tmp_path)
    releases.make_live(store, ids[0], approver="Ann", note="First")
    assert "1 release ('Run 1' is live)" in projects.deletion_summary(store, project_id)
    with pytest.raises(WorkbenchError, match="'Run 1' is live"):
        runs.delete_run(store, ids[0])
    assert runs.was_live(store, ids[0])
    assert not runs.was_live(store, ids[1])
    releases.make_live(store, ids[1], approver="Ann")
    runs.rename_run(store, ids[0], "Another name")
    runs.delete_run(store, ids[0])
    kept = releases.history(store, project_id)[1]
    assert (kept.run_id, kept.run_name, kept.note) == (None, "Run 1", "First")
    assert kept.about["score"] == "80.0 % of exam questions right"
    assert releases.former(store, project_id) is None
    projects.delete_project(store, project_id)


@pytest.mark.parametrize("approver", ["", "  ", "x" * 81])
def test_somebody_approves(store: Store, tmp_path: Path, approver: str) -> None:
    trained = version(store, tmp_path, 95)
    with pytest.raises(WorkbenchError, match="name"):
        releases.make_live(store, trained.run_id, approver=approver)


def test_what_is_live_does_not_go_live_again(store: Store, tmp_path: Path) -> None:
    trained = version(store, tmp_path, 95)
    releases.make_live(store, trained.run_id, approver="Ann")
    with pytest.raises(WorkbenchError, match="is live already"):
        releases.make_live(store, trained.run_id, approver="Ann")


def test_a_copied_project_has_the_must_pass_examples_and_nothing_live(
    store: Store, tmp_path: Path
) -> None:
    trained = version(store, tmp_path, 95)
    must_pass.add(store, trained.run_id, "Hello?", "Refund")
    releases.make_live(store, trained.run_id, approver="Ann", reason="not asked yet")
    copy_id = projects.duplicate_project(store, trained.project_id)
    assert [one.question for one in must_pass.list_examples(store, copy_id)] == ["Hello?"]
    assert releases.history(store, copy_id) == []
