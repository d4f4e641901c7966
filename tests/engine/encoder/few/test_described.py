"""Sorting by descriptions alone, and descriptions beside examples."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.helpers.encoders import LABELS, examples, make_job, recipe, split_data
from tests.helpers.engine_jobs import run
from workbench.engine.encoder.few.candidates import names_help
from workbench.engine.encoder.few.category_names import lesson_of, parts_of
from workbench.engine.encoder.few.texts import Lessons
from workbench.engine.encoder.model import load_encoder_model
from workbench.jobs.process.job_dir import read_json
from workbench.jobs.process.specs import BaseModelRef

pytestmark = pytest.mark.usefixtures("one_thread")

TOLD = {label: f"what belongs to {label}" for label in LABELS}


def few(**values: Any) -> dict[str, Any]:
    return recipe(objective="contrastive", max_steps=4, per_device_train_batch_size=8, **values)


@pytest.fixture
def nothing(tmp_path: Path) -> Path:
    """A version without an example."""
    text = pa.large_string()
    kinds = {"row_id": pa.int64(), "split": pa.string(), "text": text, "label": text}
    pq.write_table(pa.schema(kinds).empty_table(), tmp_path / "nothing.parquet")
    return tmp_path / "nothing.parquet"


@pytest.mark.parametrize("settings", [few(method="full"), few(method="lora"), recipe()])
def test_descriptions_alone_make_a_model_that_has_no_exam(
    settings: dict[str, Any], tiny: Path, nothing: Path, tmp_path: Path
) -> None:
    job = make_job(tmp_path / "job", tiny, nothing, recipe=settings, descriptions=TOLD)
    result = run(job)
    assert result["status"] == "succeeded", result
    assert (result["steps"], result["rows"], result["scores"]) == (0, 0, {})
    model = load_encoder_model(BaseModelRef.from_dict(read_json(job.spec)["base"]), job.adapter)
    assert model.labels == sorted(LABELS)
    told = [parts_of(label, TOLD[label])[-1] for label in model.labels]
    found = model.probabilities(told)
    assert [*found.argmax(1)] == [*range(len(LABELS))]
    assert np.allclose(found.sum(1), 1)


def test_without_examples_and_descriptions_nothing_can_be_told_apart(
    tiny: Path, nothing: Path, tmp_path: Path
) -> None:
    result = run(make_job(tmp_path / "job", tiny, nothing, recipe=few()))
    assert result["status"] == "failed"
    assert "add examples of another" in result["reason"]


def test_a_category_with_a_description_only_can_be_answered(tiny: Path, tmp_path: Path) -> None:
    data = split_data(tmp_path / "data.parquet", [*examples(), *examples()])
    told = {"warranty": "a thing broke within two years"}
    job = make_job(tmp_path / "job", tiny, data, recipe=few(), descriptions=told)
    assert run(job)["status"] == "succeeded"
    model = load_encoder_model(BaseModelRef.from_dict(read_json(job.spec)["base"]), job.adapter)
    assert model.labels == sorted([*LABELS, "warranty"])


def test_a_description_is_a_lesson_behind_the_rows(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Lessons] = []

    def watched(*given: Any) -> bool:
        seen.append(given[0])
        return names_help(*given)

    monkeypatch.setattr("workbench.engine.encoder.few.learn.names_help", watched)
    data = split_data(tmp_path / "data.parquet", [*examples(), *examples()])
    told = {"warranty": "a thing broke", sorted(LABELS)[0]: "the first of all"}
    job = make_job(tmp_path / "job", tiny, data, recipe=few(), descriptions=told)
    assert run(job)["status"] == "succeeded"
    (lessons,) = seen
    rows = pq.read_table(data, filters=[("split", "!=", "test")]).num_rows
    labels = sorted([*LABELS, "warranty"])
    assert lessons.examples == rows + 1  # there is nothing else to learn the warranty from
    assert lessons.texts.labels[rows] == labels.index("warranty")
    assert len(lessons.texts) == rows + len(labels)


def test_a_name_that_says_nothing_leaves_the_description() -> None:
    assert parts_of("A17", "Bills and payments.") == ["Bills and payments."]
    assert lesson_of("card_lost", "The card is gone.") == "card lost: The card is gone."
    assert lesson_of("A17", "") == ""
