"""One outlook for every page: estimated, counted, measured, or refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from storage import files
from storage.database import Store
from storage.tables import DatasetVersion, Job
from tests.helpers.made import add_dataset, add_run, end_job
from tests.training.test_estimate import MACHINE
from workbench.core.recipe import Recipe
from workbench.data import versions
from workbench.data.versions import VersionInfo
from workbench.models import catalogue
from workbench.models.model_info import READY, ModelInfo, suggested_model
from workbench.models.suggested import suggestions
from workbench.projects import projects
from workbench.training import estimate, measuring
from workbench.training.outlook import expected, lengths_for

RECIPE = Recipe(lora_dropout=0.0, per_device_train_batch_size=8)
LENGTHS = {"mean": 40.0, "longest": 90, "answer_mean": 10.0, "answer_longest": 30,
           "quantiles": [1.0, 90.0], "counted": True}  # fmt: skip


@pytest.fixture
def writer(store: Store) -> ModelInfo:
    return catalogue.resolve_model(store, "SmolLM2-135M-Instruct")


@pytest.fixture
def version(store: Store) -> VersionInfo:
    project_id = projects.create_project(store, "Mails")
    return versions.get_version(store, add_dataset(store, project_id, task="completion"))


def measure(store: Store, version: VersionInfo, model: ModelInfo, recipe: Recipe = RECIPE) -> int:
    return measuring.start_measuring(
        store, project_id=version.project_id, version_id=version.id, base_model_id=model.id,
        recipe=recipe,
    )  # fmt: skip


def told(**values: Any) -> dict[str, Any]:
    phases = {"load": 900, "training": 2500, "exam": 1500}
    return {"memory_mb": 2500, "step_s": 2.0, "tokens_in_step": 720, "disk_mb": 140.0,
            "phases": phases, "tokens": LENGTHS, **values}  # fmt: skip


def test_both_pages_tell_the_same_number(
    store: Store, version: VersionInfo, writer: ModelInfo
) -> None:
    outlook = expected(store, MACHINE, version, writer, RECIPE)
    rows = version.splits["train"]
    fit = estimate.fit_of(writer, MACHINE, RECIPE, outlook.lengths, rows=rows, task=version.task)
    assert fit.memory_mb == outlook.memory_mb
    assert fit.ok is outlook.fits


def test_what_was_measured_stands_in_place_of_the_estimate(
    store: Store, version: VersionInfo, writer: ModelInfo
) -> None:
    before = expected(store, MACHINE, version, writer, RECIPE)
    assert before.measured is None
    end_job(store, measure(store, version, writer), measured=told())
    after = expected(store, MACHINE, version, writer, RECIPE.changed(num_train_epochs=7))
    assert after.memory_mb == 2500
    assert after.disk_mb == 140.0
    assert after.lengths.counted
    assert after.correction == pytest.approx(2500 / after.estimate.memory_mb)
    other = expected(store, MACHINE, version, writer, RECIPE.changed(max_length=256))
    assert other.measured is None
    assert other.lengths.counted  # nothing was cut then, nor would it be now


def test_a_step_that_was_measured_tells_the_time(
    store: Store, version: VersionInfo, writer: ModelInfo
) -> None:
    end_job(store, measure(store, version, writer), measured=told(step_s=2.0))
    slow = expected(store, MACHINE, version, writer, RECIPE).estimate.seconds
    end_job(store, measure(store, version, writer), measured=told(step_s=0.2))
    assert expected(store, MACHINE, version, writer, RECIPE).estimate.seconds < 0.5 * slow


def test_a_refused_measurement_says_that_it_does_not_fit(
    store: Store, version: VersionInfo, writer: ModelInfo
) -> None:
    job_id = measure(store, version, writer)
    end_job(store, job_id, "failed", out_of_memory=True, needed_mb=9000, there_mb=4000)
    with store.write() as session:
        session.get_one(Job, job_id).reason = "The training was not begun."
    found = expected(store, MACHINE, version, writer, RECIPE)
    assert not found.fits
    assert found.refused == "The training was not begun."
    assert (found.memory_mb, found.limit_mb) == (9000, 4000)


def test_a_damaged_result_is_passed_over(
    store: Store, version: VersionInfo, writer: ModelInfo
) -> None:
    end_job(store, measure(store, version, writer), measured={"memory_mb": "much", "tokens": 3})
    assert expected(store, MACHINE, version, writer, RECIPE).measured is None


def test_lengths_that_a_training_counted_are_taken(
    store: Store, version: VersionInfo, writer: ModelInfo
) -> None:
    add_run(store, version.project_id, version.id, writer.id, tokens=LENGTHS, steps=60)
    found = expected(store, MACHINE, version, writer, RECIPE)
    assert found.lengths.counted
    assert found.lengths.longest == 90


def test_lengths_come_from_the_texts_where_nobody_counted(
    store: Store, version: VersionInfo, writer: ModelInfo, tmp_path: Path
) -> None:
    from tests.helpers.writers import split_replies

    data = split_replies(tmp_path / "data.parquet")
    with store.write() as session:
        session.get_one(DatasetVersion, version.id).content_hash = files.put_file(data)
    found = expected(store, MACHINE, versions.get_version(store, version.id), writer, RECIPE)
    assert 30 < found.lengths.mean < 80
    assert not found.lengths.counted


def test_of_a_suggested_model_the_database_is_asked_nothing(
    store: Store, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr("workbench.training.outlook._counted", lambda *_: asked.append(1))
    suggested = suggested_model(suggestions()[0])
    lengths_for(store, version, suggested, RECIPE)
    assert asked == []
    lengths_for(store, version, replace(suggested, state=READY), RECIPE)
    assert asked == [1]


def test_lengths_counted_without_examples_before_questions_are_not_those_with_them(
    store: Store, version: VersionInfo, writer: ModelInfo
) -> None:
    add_run(store, version.project_id, version.id, writer.id, tokens=LENGTHS)
    assert lengths_for(store, version, writer, RECIPE).counted
    leaning = RECIPE.changed(lean_on_examples="auto")
    assert not lengths_for(store, version, writer, leaning).counted
