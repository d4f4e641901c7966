"""Queries on evaluations."""

from storage import evaluations
from storage.database import Store
from storage.tables import Job
from tests.helpers.made import add_dataset, add_evaluation, add_model, add_run
from workbench.projects import projects


def _run(store: Store, name: str = "Run") -> int:
    project_id = projects.create_project(store, f"Project of {name}")
    return add_run(store, project_id, add_dataset(store, project_id), add_model(store, name=name))


def test_an_evaluation_comes_with_its_run_and_its_data(store: Store) -> None:
    run_id = _run(store)
    evaluation_id = add_evaluation(store, run_id, {"tuned": {"accuracy": 0.9}})
    with store.read() as session:
        row = evaluations.row(session, evaluation_id)
        assert evaluations.row(session, evaluation_id + 1) is None
    assert row is not None
    assert row.run.id == run_id
    assert row.version.task == "classification"
    assert row.evaluation.scores == {"tuned": {"accuracy": 0.9}}


def test_the_evaluations_of_a_run_are_its_own_newest_first(store: Store) -> None:
    run_id, other_id = _run(store), _run(store, "Other")
    first, second = add_evaluation(store, run_id, {}), add_evaluation(store, run_id, {})
    add_evaluation(store, other_id, {})
    with store.read() as session:
        found = evaluations.listing(session, run_id)
    assert [row.evaluation.id for row in found] == [second, first]


def test_the_jobs_of_a_run_are_told_apart_by_kind(store: Store) -> None:
    run_id = _run(store)
    with store.write() as session:
        for kind in ("evaluate", "predict", "evaluate"):
            session.add(Job(kind=kind, title=kind, spec={}, run_id=run_id))
    with store.read() as session:
        found = evaluations.jobs_of(session, run_id, "evaluate")
    assert [job.kind for job in found] == ["evaluate", "evaluate"]
    assert found[0].id > found[1].id
