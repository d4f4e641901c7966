"""Settings that fit after memory ran out: as little changed as needs to be."""

import dataclasses

import pytest

from storage.database import Store
from storage.tables import Job
from tests.helpers.made import add_dataset, add_run
from tests.training.test_estimate import MACHINE
from workbench.core.recipe import Recipe
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.projects import projects
from workbench.system.hardware import Hardware
from workbench.training import fit_memory, runs
from workbench.training.estimate import memory_mb

TOKENS = 200.0


@pytest.fixture
def writer(store: Store) -> ModelInfo:
    return catalogue.resolve_model(store, "SmolLM2-135M-Instruct")


def small(memory_gb: float) -> Hardware:
    return dataclasses.replace(MACHINE, memory_gb=memory_gb)


def test_first_fewer_examples_are_taken_at_a_time(writer: ModelInfo) -> None:
    recipe = Recipe(per_device_train_batch_size=16, gradient_accumulation_steps=1)
    found = fit_memory.fit(MACHINE, writer, recipe, TOKENS)
    assert found is not None
    assert (found.per_device_train_batch_size, found.gradient_accumulation_steps) == (8, 2)
    assert found.changed(per_device_train_batch_size=16, gradient_accumulation_steps=1) == recipe
    needs = [memory_mb(MACHINE, writer, r, TOKENS) for r in (recipe, found)]
    assert needs[1] < 0.7 * needs[0]


def test_then_values_are_computed_twice_and_last_examples_are_cut(writer: ModelInfo) -> None:
    recipe = Recipe(per_device_train_batch_size=1, max_length=4096)
    found = fit_memory.fit(MACHINE, writer, recipe, 4096.0)
    assert found is not None
    assert found.gradient_checkpointing
    shorter = fit_memory.fit(small(2.4), writer, recipe, 4096.0)
    assert shorter is not None
    assert shorter.max_length < 4096


def test_where_nothing_helps_nothing_is_offered(writer: ModelInfo) -> None:
    assert fit_memory.fit(small(0.1), writer, Recipe(), TOKENS) is None


def test_changes_are_told_in_the_words_of_the_settings() -> None:
    before = Recipe(per_device_train_batch_size=8)
    after = before.changed(per_device_train_batch_size=4, gradient_checkpointing=True)
    assert fit_memory.changes(before, after) == (
        "Examples per step (batch size): 4 instead of 8; Gradient checkpointing: on instead of off"
    )


@pytest.mark.parametrize("out_of_memory", [True, False])
def test_only_a_training_that_ran_out_of_memory_gets_an_offer(
    store: Store, out_of_memory: bool
) -> None:
    project_id = projects.create_project(store, "Mails")
    version_id = add_dataset(store, project_id)
    model_id = next(m.id for m in catalogue.list_models(store) if m.family == "encoder")
    run_id = add_run(store, project_id, version_id, model_id, status="failed")
    with store.write() as session:
        session.query(Job).one().result = {"status": "failed", "out_of_memory": out_of_memory}
    assert fit_memory.ran_out(runs.get_run(store, run_id)) is out_of_memory
