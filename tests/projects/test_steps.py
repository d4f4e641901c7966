"""Where a project stands in the five steps."""

from storage.database import Store
from storage.tables import Conversation, Job
from tests.helpers.made import add_dataset, add_evaluation, add_model, add_run
from workbench.projects import projects, steps


def _states(store: Store, project_id: int) -> list[str]:
    return [step.state for step in steps.steps_of(store, project_id)]


def _ready(store: Store) -> tuple[int, int, int]:
    """A project with data and a model."""
    project_id = projects.create_project(store, "Mails")
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    projects.choose_model(store, project_id, model_id)
    return project_id, version_id, model_id


def test_a_new_project_begins_with_data(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    assert _states(store, project_id) == ["next", "open", "blocked", "blocked", "blocked"]
    train = steps.steps_of(store, project_id)[2]
    assert train.detail == "Needs data and a model first."
    assert train.word == "needs data"


def test_with_data_the_model_comes_next(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    add_dataset(store, project_id)
    assert _states(store, project_id) == ["done", "next", "blocked", "blocked", "blocked"]
    assert steps.steps_of(store, project_id)[0].detail == "400 examples in Categories."


def test_with_both_the_training_comes_next(store: Store) -> None:
    project_id, _, _ = _ready(store)
    assert _states(store, project_id) == ["done", "done", "next", "blocked", "blocked"]


def test_a_job_that_waits_or_works_is_what_to_watch(store: Store) -> None:
    project_id, version_id, model_id = _ready(store)
    add_run(store, project_id, version_id, model_id, status="queued")
    train = steps.steps_of(store, project_id)[2]
    assert (train.state, train.word) == ("running", "waiting")
    add_run(store, project_id, version_id, model_id, status="running")
    found = steps.steps_of(store, project_id)
    assert (found[2].state, found[2].word) == ("running", "running")
    assert steps.next_step(found).name == "Train"
    assert steps.action(found[2]) == "Watch it learn"


def test_a_trained_model_is_looked_at_before_it_is_used(store: Store) -> None:
    project_id, version_id, model_id = _ready(store)
    run_id = add_run(store, project_id, version_id, model_id)
    add_evaluation(store, run_id, {"tuned": {"accuracy": 0.9}})
    assert _states(store, project_id) == ["done", "done", "done", "next", "open"]
    projects.mark_evaluation_seen(store, project_id)
    assert _states(store, project_id) == ["done", "done", "done", "done", "next"]


def test_a_newer_result_asks_to_be_looked_at_again(store: Store) -> None:
    project_id, version_id, model_id = _ready(store)
    run_id = add_run(store, project_id, version_id, model_id)
    add_evaluation(store, run_id, {"tuned": {"accuracy": 0.9}})
    projects.mark_evaluation_seen(store, project_id)
    add_evaluation(store, run_id, {"tuned": {"accuracy": 0.91}})
    assert _states(store, project_id)[3] == "next"


def test_a_failed_run_trains_nothing(store: Store) -> None:
    project_id, version_id, model_id = _ready(store)
    add_run(store, project_id, version_id, model_id, status="failed")
    assert _states(store, project_id) == ["done", "done", "next", "blocked", "blocked"]


def test_a_conversation_completes_the_last_step(store: Store) -> None:
    project_id, version_id, model_id = _ready(store)
    run_id = add_run(store, project_id, version_id, model_id)
    add_evaluation(store, run_id, {"tuned": {"accuracy": 0.9}})
    projects.mark_evaluation_seen(store, project_id)
    with store.write() as session:
        session.add(Conversation(project_id=project_id, run_id=run_id, title="Hello"))
    found = steps.steps_of(store, project_id)
    assert {step.state for step in found} == {"done"}
    assert steps.next_step(found).name == "Use"


def test_scoring_a_file_shows_on_evaluate(store: Store) -> None:
    project_id, version_id, model_id = _ready(store)
    add_run(store, project_id, version_id, model_id)
    with store.write() as session:
        session.add(
            Job(project_id=project_id, kind="evaluate", title="t", spec={}, status="running")
        )
    assert _states(store, project_id)[3] == "running"
