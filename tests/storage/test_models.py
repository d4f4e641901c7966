"""Queries on the catalogue."""

from storage import models
from storage.database import Store
from tests.helpers.made import add_dataset, add_model, add_run
from workbench.projects import projects


def test_models_are_found_by_name_and_place(store: Store) -> None:
    model_id = add_model(store, name="tiny")
    with store.read() as session:
        found = models.named(session, "tiny")
        assert found is not None
        assert found.id == model_id
        assert models.located(session, "folder", "/models/tiny") is found
        assert models.located(session, "hub", "/models/tiny") is None
        assert [model.id for model in models.listed(session)] == [model_id]


def test_runs_of_a_model(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    add_run(store, project_id, version_id, model_id, status="failed")
    run_id = add_run(store, project_id, version_id, model_id)
    with store.read() as session:
        assert models.run_count(session, model_id) == 2
        assert [run.id for run, _ in models.finished_runs(session, model_id)] == [run_id]
