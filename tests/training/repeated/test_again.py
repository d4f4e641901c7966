"""A training repeated: what has changed since is said, and the same job is queued."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from storage import models
from storage.database import Store
from storage.tables import Job, Run
from tests.fakes.harness import job_of
from tests.helpers.exams import add_trained
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.jobs.process.facts.digests import base_digest, weights_digest
from workbench.jobs.process.facts.machine import processor_name
from workbench.jobs.process.specs import TrainSpec
from workbench.system.hardware import hardware
from workbench.training import runs
from workbench.training.repeated import again


@pytest.fixture
def run_id(store: Store, tmp_path: Path) -> int:
    """A run on this machine, with these libraries, of a base model that is there."""
    trained = add_trained(store, tmp_path, task="completion", kind="causal", name="Replies")
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (folder / "model.safetensors").write_bytes(b"weights")
    adapter = tmp_path / "adapter of Replies"
    (adapter / "adapter_model.safetensors").write_bytes(b"learned")
    with store.write() as session:
        run = session.get_one(Run, trained.run_id)
        run.recipe = {**run.recipe, "seed": 77}
        made = {
            "processor": processor_name(), "threads": 1, "gpu": hardware().gpu_name,
            "base_digest": base_digest(folder),
        }  # fmt: skip
        run.result = {
            **(run.result or {}), "made_with": made, "versions": {"numpy": again._version("numpy")},
            "digest": weights_digest(adapter),
        }  # fmt: skip
        model = models.get(session, run.base_model_id)
        assert model is not None
        model.source, model.location, model.facts = "folder", str(folder), {"parameters": 1000}
    return trained.run_id


def changed(store: Store, run_id: int, **values: Any) -> None:
    with store.write() as session:
        run = session.get_one(Run, run_id)
        run.result = {**(run.result or {}), **values}


def made_with(store: Store, run_id: int, **values: Any) -> None:
    made = (runs.get_run(store, run_id).result or {})["made_with"]
    changed(store, run_id, made_with={**made, **values})


def test_where_nothing_changed_the_same_model_is_promised(store: Store, run_id: int) -> None:
    assert again.before(store, run_id).sentence == again.SAME


def test_the_same_data_recipe_seed_and_threads_are_queued(store: Store, run_id: int) -> None:
    started = again.train_again(store, run_id)
    former, new = runs.get_run(store, run_id), runs.get_run(store, started.run_id)
    assert (new.name, new.recipe, new.recipe["seed"]) == ("Replies, again", former.recipe, 77)
    assert (new.version_id, new.base_model_id) == (former.version_id, former.base_model_id)
    spec = TrainSpec.from_dict(job_of(store, started.job_id).spec)
    assert spec.again is not None
    assert (spec.again.run_id, spec.again.threads) == (run_id, 1)
    assert spec.again.digest == (former.result or {})["digest"]
    assert spec.recipe == Recipe().changed(seed=77)


def test_other_libraries_processor_cores_and_base_model_are_said_before(
    store: Store, run_id: int, tmp_path: Path
) -> None:
    changed(store, run_id, versions={"numpy": "0.1", "no-such-package": "3"})
    made_with(store, run_id, processor="Elbrus", threads=4096)
    (tmp_path / "base" / "model.safetensors").write_bytes(b"others!")
    told = again.before(store, run_id)
    assert len(told.changes) == 4
    assert f"numpy is {again._version('numpy')}, and was 0.1" in told.sentence
    assert "no-such-package is gone, and was 3" in told.sentence
    assert "another processor (Elbrus; this one is" in told.sentence
    assert "computed with 4096 threads, and this machine has" in told.sentence
    assert "are others than they were: another model will come out." in told.sentence


def test_a_run_of_an_earlier_version_says_that_nobody_knows(store: Store, run_id: int) -> None:
    changed(store, run_id, made_with=None, digest=None)
    assert "was not kept then, so nobody can say" in again.before(store, run_id).sentence
    spec = TrainSpec.from_dict(job_of(store, again.train_again(store, run_id).job_id).spec)
    assert spec.again is not None
    assert spec.again.digest, "what it came out like still lies there"
    assert spec.again.threads is None


def test_data_or_base_model_that_are_gone_are_said(
    store: Store, run_id: int, tmp_path: Path
) -> None:
    with store.read() as session:
        from storage import files
        from storage.tables import DatasetVersion

        version = session.get_one(DatasetVersion, runs.get_run(store, run_id).version_id)
        data = files.object_path(version.content_hash)
    kept = data.read_bytes()
    data.unlink()
    with pytest.raises(WorkbenchError, match=r"The examples of 'Replies' .* restore a backup"):
        again.before(store, run_id)
    data.write_bytes(kept)
    (tmp_path / "base").rename(tmp_path / "moved")
    with pytest.raises(WorkbenchError, match="cannot be repeated: put them back"):
        again.train_again(store, run_id)


def test_a_run_that_still_learns_is_waited_for(store: Store, run_id: int) -> None:
    with store.write() as session:
        job = session.query(Job).filter_by(run_id=run_id, kind="train").one()
        job.status = "running"
    with pytest.raises(WorkbenchError, match="has not ended yet"):
        again.before(store, run_id)


@pytest.mark.parametrize(
    ("same", "words"),
    [
        (True, "The same model as that of training 4 came out, bit for bit."),
        (False, "It repeats training 4, but another model came out"),
        (None, "It repeats training 4, of which nobody kept what came out."),
    ],
)
def test_what_came_out_is_told(store: Store, run_id: int, same: bool | None, words: str) -> None:
    view = runs.get_run(store, run_id)
    assert again.outcome(view) == ""
    told = {**(view.result or {}), "again": {"run_id": 4, "same": same}}
    assert again.outcome(dataclasses.replace(view, result=told)).startswith(words)
