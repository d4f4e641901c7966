"""Trainings that go on from the model of an earlier run, of any task and project."""

import json
import shutil
from pathlib import Path

import pytest

from storage import files, models
from storage.database import Store
from storage.tables import SUCCEEDED, Job, Run
from tests.fakes.harness import job_of
from tests.helpers.exams import add_trained
from tests.helpers.made import add_dataset
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.evaluation.told import told as exam_told
from workbench.jobs.process.specs import TrainSpec
from workbench.projects import projects
from workbench.training import chain, runs


@pytest.fixture
def earlier(store: Store, tmp_path: Path) -> int:
    """A run that learned documents."""
    trained = add_trained(store, tmp_path, task="language-modelling", kind="causal", name="Words")
    with store.write() as session:  # its base model lies where it can be found
        folder = tmp_path / "base"
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
        run = session.get_one(Run, trained.run_id)
        run.result = {**(run.result or {}), "digest": "d" * 64}
        model = models.get(session, run.base_model_id)
        assert model is not None
        model.source, model.location, model.facts = "folder", str(folder), {"parameters": 1000}
    return trained.run_id


def further(store: Store, from_run: int, **values: object) -> runs.StartedRun:
    """A training of replies, in a project of its own, that starts from a run."""
    view = runs.get_run(store, from_run)
    project_id = projects.create_project(store, f"Replies {from_run}")
    version_id = add_dataset(store, project_id, task="completion")
    told = {"base_model_id": view.base_model_id, "name": "Replies", "recipe": Recipe(), **values}
    return runs.start_run(
        store,
        project_id=project_id,
        version_id=version_id,
        start_from=from_run,
        **told,  # type: ignore[arg-type]
    )


def ended(store: Store, started: runs.StartedRun, folder: Path) -> Path:
    """Let a training have ended well."""
    adapter = folder / f"adapter-{started.run_id}"
    adapter.mkdir()
    result = {"status": "succeeded", "adapter": str(adapter), "digest": "e" * 64}
    with store.write() as session:
        session.get_one(Job, started.job_id).status = SUCCEEDED
        session.get_one(Run, started.run_id).result = result
    return adapter


def test_a_run_of_another_task_and_project_is_where_a_training_starts(
    store: Store, earlier: int
) -> None:
    started = further(store, earlier)
    spec = TrainSpec.from_dict(job_of(store, started.job_id).spec)
    with store.read() as session:
        assert str(spec.start) == (session.get_one(Run, earlier).result or {})["adapter"]
    (link,) = runs.get_run(store, started.run_id).chain
    assert (link.run_id, link.name, link.project) == (earlier, "Words", "Mails")
    assert (link.task, link.digest) == ("language-modelling", "d" * 64)
    assert link.data.endswith(", version 1")


def test_a_chain_has_all_its_trainings_in_their_order(
    store: Store, earlier: int, tmp_path: Path
) -> None:
    second = further(store, earlier)
    ended(store, second, tmp_path)
    third = further(store, second.run_id, name="Replies again")
    names = [link.name for link in runs.get_run(store, third.run_id).chain]
    assert names == ["Words", "Replies"]


def test_another_base_model_is_refused_with_the_one_to_choose(
    store: Store, earlier: int, tmp_path: Path
) -> None:
    with store.write() as session:
        other = models.add(
            session, name="other", source="folder", location=str(tmp_path / "base"),
            kind="causal", facts={"parameters": 1000},
        ).id  # fmt: skip
    with pytest.raises(WorkbenchError, match=r"'Words' was trained from .* cannot use other"):
        further(store, earlier, base_model_id=other)


def test_a_run_that_another_waits_for_is_not_deleted(store: Store, earlier: int) -> None:
    started = further(store, earlier)
    with pytest.raises(WorkbenchError, match="waits to start from 'Words'"):
        runs.delete_run(store, earlier)
    (files.job_folder(started.job_id) / chain.START).mkdir(parents=True)
    runs.delete_run(store, earlier)
    (link,) = runs.get_run(store, started.run_id).chain
    assert link.name == "Words", "what it was stays known"


def test_what_a_run_started_from_is_found_again_after_that_is_deleted(
    store: Store, earlier: int, tmp_path: Path
) -> None:
    started = further(store, earlier)
    kept = files.job_folder(started.job_id) / chain.START
    kept.mkdir(parents=True)
    ended(store, started, tmp_path)
    runs.delete_run(store, earlier)
    with store.read() as session:
        again = chain.same_start(session.get_one(Job, started.job_id))
    assert again is not None
    assert (again.folder, [link.name for link in again.chain]) == (kept, ["Words"])
    shutil.rmtree(kept)
    shutil.rmtree(tmp_path / "adapter of Words")
    with store.read() as session, pytest.raises(WorkbenchError, match="is not there any more"):
        chain.same_start(session.get_one(Job, started.job_id))


def test_the_projects_own_models_are_offered_first(
    store: Store, earlier: int, tmp_path: Path
) -> None:
    started = further(store, earlier)
    ended(store, started, tmp_path)
    view = runs.get_run(store, started.run_id)
    offered = chain.startable(store, view.base_model_id, view.project_id)
    assert [one.run_id for one in offered] == [started.run_id, earlier]
    assert offered[0].words(view.project_id) == "Replies (Answer questions or write replies)"
    assert offered[1].words(view.project_id) == "Words (Learn our language, project 'Mails')"
    shutil.rmtree(tmp_path / "adapter of Words")
    assert len(chain.startable(store, view.base_model_id, view.project_id)) == 1


def test_links_that_cannot_be_read_are_passed_over() -> None:
    link = {"run_id": 1, "name": "a", "project": "b", "task": "c", "data": "d", "base": "e"}
    assert [one.name for one in chain.chain_of({"chain": [{"odd": 1}, link]})] == ["a"]
    assert chain.chain_of({}) == ()
    assert exam_told.__doc__ is not None
    assert "chain" in exam_told.__doc__
