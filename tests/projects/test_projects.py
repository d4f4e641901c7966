"""Projects: names, copies, the archive, deletion, drafts."""

from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from storage.tables import Conversation, Dataset, Job, Run
from tests.helpers.made import add_dataset, add_evaluation, add_model, add_run
from workbench.core.errors import WorkbenchError
from workbench.projects import projects, samples
from workbench.system import drafts


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "no name yet"),
        ("   ", "no name yet"),
        ("x" * 81, "81 characters"),
        ("mails", "already"),
    ],
)
def test_a_name_that_cannot_be_used_is_explained(store: Store, name: str, says: str) -> None:
    projects.create_project(store, "Mails")
    with pytest.raises(WorkbenchError, match=says):
        projects.create_project(store, name)
    assert len(projects.list_projects(store)) == 1


def test_a_name_taken_in_the_archive_says_where(store: Store) -> None:
    projects.archive_project(store, projects.create_project(store, "Mails"))
    with pytest.raises(WorkbenchError, match="in the archive"):
        projects.create_project(store, "Mails")


def test_renaming_keeps_what_is_not_named(store: Store) -> None:
    project_id = projects.create_project(store, "Mails", "from customers")
    projects.update_project(store, project_id, name="  Mails  of 2026 ")
    view = projects.get_project(store, project_id)
    assert (view.name, view.description) == ("Mails of 2026", "from customers")


def test_a_project_may_keep_its_own_name(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    projects.update_project(store, project_id, name="mails", description="now lower case")
    assert projects.get_project(store, project_id).name == "mails"


def test_a_missing_project_is_a_sentence(store: Store) -> None:
    with pytest.raises(WorkbenchError, match="There is no project 7"):
        projects.get_project(store, 7)


def test_archived_projects_are_listed_apart(store: Store) -> None:
    first = projects.create_project(store, "A")
    second = projects.create_project(store, "B")
    projects.archive_project(store, first)
    assert [card.project.id for card in projects.list_projects(store)] == [second]
    assert [card.project.id for card in projects.list_projects(store, archived=True)] == [first]
    projects.restore_project(store, first)
    assert projects.list_projects(store, archived=True) == []


def test_a_copy_has_the_data_and_the_model_but_no_runs(store: Store) -> None:
    project_id = projects.create_project(store, "Mails", "from customers")
    version_id = add_dataset(store, project_id, name="Categories")
    model_id = add_model(store)
    projects.choose_model(store, project_id, model_id)
    add_run(store, project_id, version_id, model_id)
    copy_id = projects.duplicate_project(store, project_id)
    copy = projects.get_project(store, copy_id)
    assert (copy.name, copy.base_model_id) == ("Mails (copy)", model_id)
    assert projects.deletion_summary(store, copy_id) == "1 dataset"
    assert projects.get_project(store, projects.duplicate_project(store, project_id)).name == (
        "Mails (copy) 2"
    )


def test_the_summary_names_what_goes(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    assert projects.deletion_summary(store, project_id) == "nothing but its name"
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    add_dataset(store, project_id, name="Replies")
    add_run(store, project_id, version_id, model_id)
    with store.write() as session:
        session.add_all(Conversation(project_id=project_id, title="t") for _ in range(3))
    summary = projects.deletion_summary(store, project_id)
    assert summary == "2 datasets, 1 training run and 3 conversations"


def test_deleting_takes_rows_and_job_folders_along(store: Store, home: Path) -> None:
    project_id, other_id = (projects.create_project(store, name) for name in "AB")
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    run_id = add_run(store, project_id, version_id, model_id)
    add_evaluation(store, run_id, {"tuned": {"accuracy": 0.5}})
    with store.write() as session:
        job = Job(project_id=project_id, kind="train", title="t", spec={}, status="succeeded")
        session.add(job)
        session.flush()
        folder = files.folder("jobs", str(job.id))
    (folder / "result.json").write_text("{}")
    projects.delete_project(store, project_id)
    with store.read() as session:
        assert session.query(Run).count() == session.query(Dataset).count() == 0
    assert not folder.exists()
    assert [card.project.id for card in projects.list_projects(store)] == [other_id]


def test_a_busy_project_is_not_deleted(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    with store.write() as session:
        session.add(
            Job(project_id=project_id, kind="train", title="Run 1", spec={}, status="running")
        )
    with pytest.raises(WorkbenchError, match="busy with Run 1: cancel"):
        projects.delete_project(store, project_id)
    assert projects.get_project(store, project_id).name == "Mails"


def test_drafts_are_kept_page_by_page(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    assert drafts.get_draft(store, project_id, "train") == {}
    drafts.save_draft(store, project_id, "train", {"preset": "quick"})
    drafts.save_draft(store, project_id, "data", {"task": "completion"})
    assert drafts.get_draft(store, project_id, "train") == {"preset": "quick"}
    drafts.save_draft(store, project_id, "train", {})
    assert drafts.get_draft(store, project_id, "train") == {}
    assert drafts.get_draft(store, project_id, "data") == {"task": "completion"}


def test_the_card_shows_the_best_exam_of_the_newest_task(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    for accuracy in (0.81, 0.937, 0.9):
        run_id = add_run(store, project_id, version_id, model_id)
        add_evaluation(store, run_id, {"tuned": {"accuracy": accuracy}})
    (card,) = projects.list_projects(store)
    assert card.best == "93.7 % of exam questions right"


def test_scores_of_a_file_of_ones_own_are_no_exam(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    run_id = add_run(store, project_id, version_id, model_id)
    add_evaluation(store, run_id, {"tuned": {"accuracy": 1.0}}, split="mine.csv")
    assert projects.list_projects(store)[0].best == ""


def test_the_sample_project_can_be_trained_at_once(store: Store) -> None:
    project_id = samples.create_sample_project(store)
    view = projects.get_project(store, project_id)
    assert view.is_sample
    assert projects.deletion_summary(store, project_id) == "2 datasets"
    (card,) = projects.list_projects(store)
    assert [step.state for step in card.steps][:2] == ["done", "next"]
    assert "Categories" in card.steps[0].detail


def test_the_sample_project_is_made_once(store: Store) -> None:
    first = samples.create_sample_project(store)
    projects.archive_project(store, first)
    assert samples.create_sample_project(store) == first
    assert projects.get_project(store, first).archived_at is None
